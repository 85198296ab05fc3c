// SPDX-License-Identifier: Apache-2.0

#include "device/dma_host.h"

#include <fmt/format.h>

#include <algorithm>

#include "cce_contract.hpp"

namespace cce::sim::device {

void DmaHost::register_written(std::uint32_t offset, std::uint32_t value) {
    RandomFaults* random = injection_.random();
    if (random == nullptr) return;
    classifier_.register_written(offset, value);
    namespace page = contract::queue_page;
    if (offset == contract::global_page::base + contract::global_page::control) {
        if (contract::global_page::control_reset.get(value) != 0) random->reset_begins(ResetScope::engine);
    } else if (offset >= page::base && offset < page::base + page::stride * contract::queue_limit &&
               (offset - page::base) % page::stride == page::control && page::control_reset.get(value) != 0) {
        random->reset_begins(ResetScope::queue_pair);
    }
}

bool DmaHost::ends_address_wait(std::uint64_t cycle) {
    RandomFaults* random = injection_.random();
    return random != nullptr && random->ends_stall(cycle);
}

BurstSchedule DmaHost::schedule(const Burst& burst) {
    ++bursts_;
    BurstSchedule schedule;
    schedule.address_wait = injection_.memory_stall(bursts_);
    const std::uint16_t latency = std::max(latency_, memory_.announced(burst, bus_master_));
    if (burst.direction == Direction::read) {
        ++statistics_.read_bursts;
        schedule.beat_wait[0] = latency;
    } else {
        ++statistics_.write_bursts;
        schedule.response_wait = latency_;
    }
    if (injection_.bus_error(bursts_)) doom(burst);
    if (RandomFaults* random = injection_.random(); random != nullptr && bus_master_) {
        const RandomFaults::Fate fate = random->burst(classifier_.classify(burst), burst.valid_cycle, !doomed_);
        if (fate.bus_error) doom(burst);
        schedule.address_wait += fate.stall;
    }
    return schedule;
}

void DmaHost::doom(const Burst& burst) {
    const std::uint64_t begin = burst.beat_address(0);
    const std::uint64_t end = burst.beat_address(burst.beats);
    doomed_ = Doomed{burst.direction, begin, end, end - burst.address};
}

void DmaHost::guest_acted(std::uint64_t cycle, unsigned vectors) {
    RandomFaults* random = injection_.random();
    if (random == nullptr || !bus_master_) return;
    if (const std::optional<unsigned> vector = random->spurious_interrupt(vectors)) {
        edges_.push_back({*vector, edges_.empty() ? cycle : std::max(cycle, edges_.back().cycle)});
    }
}

bool DmaHost::doomed(Direction direction, std::uint64_t address, std::uint64_t bytes) {
    // A beat does not name its burst; direction and address do, as long as the burst has beats left.
    if (!doomed_ || doomed_->direction != direction || address < doomed_->begin || address >= doomed_->end)
        return false;
    doomed_->bytes_left -= std::min(bytes, doomed_->bytes_left);
    if (doomed_->bytes_left == 0) doomed_.reset();
    return true;
}

bool DmaHost::refuse(const char* what, std::uint64_t address, std::uint64_t bytes) {
    faults_.record(fmt::format("DMA {} of {} bytes at {:#x}: {}", what, bytes, address,
                               bus_master_ ? "not in memory that the guest shows the device" : "bus mastering is off"));
    return false;
}

bool DmaHost::read(std::uint64_t address, std::span<std::uint8_t> data) {
    if (doomed(Direction::read, address, data.size())) return false;
    if (!bus_master_ || !memory_.read(address, data)) return refuse("read", address, data.size());
    statistics_.bytes_read += data.size();
    return true;
}

bool DmaHost::write(std::uint64_t address, std::span<const std::uint8_t> data, std::span<const std::uint8_t> strobe) {
    if (doomed(Direction::write, address, data.size())) return false;
    // Runs of written bytes: only those must lie in memory.
    for (std::size_t begin = 0; begin < data.size();) {
        if (strobe[begin] == 0) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < data.size() && strobe[end] != 0) ++end;
        if (!bus_master_ || !memory_.write(address + begin, data.subspan(begin, end - begin))) {
            return refuse("write", address + begin, end - begin);
        }
        statistics_.bytes_written += end - begin;
        begin = end;
    }
    return true;
}

std::span<std::uint8_t> DmaHost::direct(Direction direction, std::uint64_t address, std::size_t bytes) {
    // Beats that fail, or may, are asked for one by one.
    if (!bus_master_ || doomed_) return {};
    const std::span<std::byte> memory = memory_.view(direction, address, bytes);
    return {reinterpret_cast<std::uint8_t*>(memory.data()), memory.size()};
}

void DmaHost::moved_directly(Direction direction, std::size_t bytes) {
    (direction == Direction::read ? statistics_.bytes_read : statistics_.bytes_written) += bytes;
}

void DmaHost::read_ended(const Burst&) {
    memory_.read_ended();
}

void DmaHost::reset() {
    doomed_.reset();
    edges_.clear();
}

void DmaHost::interrupt(unsigned vector, std::uint64_t cycle) {
    ++statistics_.interrupt_edges;
    if (injection_.drop_interrupt(statistics_.interrupt_edges)) return;
    if (injection_.random() != nullptr && injection_.random()->drop_interrupt()) return;
    edges_.push_back({vector, cycle});
}

}  // namespace cce::sim::device
