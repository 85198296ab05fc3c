// SPDX-License-Identifier: Apache-2.0

#include "device/register_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "cce_contract.hpp"

namespace cce::sim::device {

namespace {

constexpr std::uint64_t word_bytes = 4;
constexpr std::uint32_t mark_offset = contract::queue_page::at(contract::queue_page::completed_low, 0);
constexpr std::uint32_t all_ones = 0xffff'ffff;

bool in_space(std::uint64_t offset, std::uint64_t bytes) {
    return offset < contract::register_space_bytes && bytes <= contract::register_space_bytes - offset;
}

bool is_doorbell(std::uint64_t offset) {
    namespace page = contract::doorbell_page;
    return offset >= page::base && offset < page::base + page::stride * contract::queue_limit;
}

}  // namespace

bool RegisterWindow::present() {
    ++accesses_;
    vanished_ = vanished_ || injection_.vanished(accesses_);
    return !vanished_;
}

std::uint32_t RegisterWindow::read_word(std::uint32_t offset) {
    ++statistics_.register_reads;
    if (offset == mark_offset) statistics_.marks.push_back({statistics_.bytes_read, statistics_.bytes_written});
    if (!present()) return all_ones;
    if (const auto answer = injection_.answer(offset)) return *answer;
    const RegisterValue result = engine_.read_register(offset);
    if (!result.error) return result.value;
    faults_.record(fmt::format("read of register {:#07x}: bus error", offset));
    return all_ones;
}

void RegisterWindow::read(std::uint64_t offset, std::span<std::byte> data) {
    if (!in_space(offset, data.size())) {
        faults_.record(fmt::format("read of {} bytes at {:#x}: outside the register space", data.size(), offset));
        std::fill(data.begin(), data.end(), std::byte{0xff});
        return;
    }
    while (!data.empty()) {
        const std::uint64_t within = offset % word_bytes;
        const std::size_t bytes = std::min<std::size_t>(data.size(), word_bytes - within);
        const std::uint32_t value = read_word(static_cast<std::uint32_t>(offset - within)) >> (8 * within);
        std::memcpy(data.data(), &value, bytes);
        data = data.subspan(bytes);
        offset += bytes;
    }
}

void RegisterWindow::write(std::uint64_t offset, std::span<const std::byte> data) {
    if (!in_space(offset, data.size()) || offset % word_bytes != 0 || data.size() % word_bytes != 0) {
        faults_.record(fmt::format("write of {} bytes at {:#x}: not whole registers", data.size(), offset));
        return;
    }
    for (std::size_t i = 0; i < data.size(); i += word_bytes) {
        const auto address = static_cast<std::uint32_t>(offset + i);
        std::uint32_t value = 0;
        std::memcpy(&value, &data[i], sizeof value);
        ++statistics_.register_writes;
        if (is_doorbell(address)) ++statistics_.doorbell_writes;
        if (!present()) continue;
        if (observer_) observer_(address, value);
        if (engine_.write_register(address, value).error) {
            faults_.record(fmt::format("write of {:#x} to register {:#07x}: bus error", value, address));
        }
    }
}

}  // namespace cce::sim::device
