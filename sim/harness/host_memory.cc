// SPDX-License-Identifier: Apache-2.0

#include "harness/host_memory.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace cce::sim {

namespace {

std::string hexadecimal(std::uint64_t value) {
    std::ostringstream text;
    text << "0x" << std::hex << value;
    return text.str();
}

}  // namespace

std::uint64_t HostMemory::allocate(std::size_t bytes, std::size_t alignment, std::string name) {
    if (!std::has_single_bit(alignment)) throw std::invalid_argument("HostMemory: alignment is not a power of two");
    // In a window of the address space that nothing else lies in, but at the place in it that is next: the bits above
    // are all over the place, those below as if buffers followed one another. The factor is odd, so windows come again
    // only when all have been used.
    constexpr unsigned place_bits = 28;
    constexpr std::uint64_t window_factor = 0x9e3'779b'97f5;
    const std::uint64_t place = (next_ + 2 * guard_bytes + alignment - 1) & ~static_cast<std::uint64_t>(alignment - 1);
    std::uint64_t base = 0;
    do {
        ++windows_;
        base = windows_ * window_factor << place_bits | (place & ((std::uint64_t{1} << place_bits) - 1));
    } while (!is_free(base, bytes));
    allocate_at(base, bytes, std::move(name));
    next_ = place + bytes + guard_bytes;
    return base;
}

bool HostMemory::is_free(std::uint64_t address, std::size_t bytes) const {
    if (address < guard_bytes || address > std::numeric_limits<std::uint64_t>::max() - bytes - guard_bytes)
        return false;
    const auto above = blocks_.lower_bound(address);
    const bool hits_above = above != blocks_.end() && address + bytes + 2 * guard_bytes > above->first;
    const bool hits_below = above != blocks_.begin() &&
                            std::prev(above)->first + std::prev(above)->second.bytes + 2 * guard_bytes > address;
    return !hits_above && !hits_below;
}

void HostMemory::allocate_at(std::uint64_t address, std::size_t bytes, std::string name) {
    if (bytes == 0) throw std::invalid_argument("HostMemory: an empty buffer");
    if (address < guard_bytes || address > std::numeric_limits<std::uint64_t>::max() - bytes - guard_bytes) {
        throw std::invalid_argument("HostMemory: no room for a guard zone around " + hexadecimal(address));
    }
    if (!is_free(address, bytes)) {
        throw std::invalid_argument("HostMemory: " + hexadecimal(address) + " is too near to another buffer");
    }
    Block block;
    block.bytes = bytes;
    block.storage.assign(bytes + 2 * guard_bytes, guard_pattern);
    std::fill_n(block.storage.begin() + guard_bytes, bytes, std::uint8_t{0});
    block.name = std::move(name);
    blocks_.emplace(address, std::move(block));
}

void HostMemory::release(std::uint64_t address) {
    if (blocks_.erase(address) == 0) {
        throw std::out_of_range("HostMemory: no buffer begins at " + hexadecimal(address));
    }
}

HostMemory::Blocks::const_iterator HostMemory::find(std::uint64_t address, bool with_guard) const {
    const std::size_t margin = with_guard ? guard_bytes : 0;
    auto candidate = blocks_.upper_bound(address + margin);
    if (candidate == blocks_.begin()) return blocks_.end();
    --candidate;
    const auto& [base, block] = *candidate;
    return address - (base - margin) < block.bytes + 2 * margin ? candidate : blocks_.end();
}

std::span<const std::uint8_t> HostMemory::view(std::uint64_t address, std::size_t bytes) const {
    const auto found = find(address, false);
    if (found == blocks_.end() || address - found->first + bytes > found->second.bytes) {
        throw std::out_of_range("HostMemory: software access to " + std::to_string(bytes) + " bytes at " +
                                hexadecimal(address) + ": " + describe(address));
    }
    return std::span(found->second.storage).subspan(address - found->first + guard_bytes, bytes);
}

std::span<std::uint8_t> HostMemory::view(std::uint64_t address, std::size_t bytes) {
    const std::span<const std::uint8_t> found = std::as_const(*this).view(address, bytes);
    // The storage belongs to this object, which is not const here.
    return {const_cast<std::uint8_t*>(found.data()), found.size()};
}

void HostMemory::write(std::uint64_t address, std::span<const std::uint8_t> data) {
    if (!data.empty()) std::ranges::copy(data, view(address, data.size()).begin());
}

std::vector<std::uint8_t> HostMemory::read(std::uint64_t address, std::size_t bytes) const {
    if (bytes == 0) return {};
    const auto found = view(address, bytes);
    return {found.begin(), found.end()};
}

void HostMemory::inject_error(Direction direction, std::uint64_t address, std::size_t bytes) {
    errors_.push_back({direction, address, bytes});
}

void HostMemory::clear_errors() {
    errors_.clear();
}

bool HostMemory::error_injected(Direction direction, std::uint64_t address, std::size_t bytes) const {
    return std::ranges::any_of(errors_, [&](const ErrorRange& range) {
        return range.direction == direction && address < range.address + range.bytes && range.address < address + bytes;
    });
}

bool HostMemory::device_read(std::uint64_t address, std::span<std::uint8_t> data) {
    if (error_injected(Direction::read, address, data.size())) {
        faults_.push_back({Direction::read, address, true});
        return false;
    }
    const auto found = find(address, true);
    const bool inside = found != blocks_.end() && address < found->first + found->second.bytes &&
                        address + data.size() > found->first &&
                        address - (found->first - guard_bytes) + data.size() <= found->second.storage.size();
    if (!inside) {
        faults_.push_back({Direction::read, address, false});
        return false;
    }
    const auto& storage = found->second.storage;
    std::ranges::copy(std::span(storage).subspan(address - (found->first - guard_bytes), data.size()), data.begin());
    return true;
}

bool HostMemory::device_write(std::uint64_t address, std::span<const std::uint8_t> data,
                              std::span<const std::uint8_t> strobe) {
    const auto first =
        static_cast<std::size_t>(std::ranges::find_if(strobe, [](auto s) { return s != 0; }) - strobe.begin());
    if (first == strobe.size()) return true;
    std::size_t last = strobe.size() - 1;
    while (strobe[last] == 0) --last;
    if (error_injected(Direction::write, address + first, last - first + 1)) {
        faults_.push_back({Direction::write, address + first, true});
        return false;
    }
    const auto found = find(address + first, false);
    if (found == blocks_.end() || address + last - found->first >= found->second.bytes) {
        faults_.push_back({Direction::write, address + first, false});
        return false;
    }
    std::uint8_t* const target = blocks_.find(found->first)->second.storage.data() + guard_bytes;
    for (std::size_t i = first; i <= last; ++i) {
        if (strobe[i] != 0) target[address + i - found->first] = data[i];
    }
    return true;
}

std::span<std::uint8_t> HostMemory::device_view(Direction direction, std::uint64_t address, std::size_t bytes) {
    if (error_injected(direction, address, bytes)) return {};
    auto candidate = blocks_.upper_bound(address);
    if (candidate == blocks_.begin()) return {};
    auto& [base, block] = *--candidate;
    if (address - base > block.bytes || bytes > block.bytes - (address - base)) return {};
    return std::span(block.storage).subspan(guard_bytes + (address - base), bytes);
}

const HostMemory::Fault* HostMemory::stray_access() const {
    const auto found = std::ranges::find_if(faults_, [](const Fault& fault) { return !fault.injected; });
    return found == faults_.end() ? nullptr : &*found;
}

void HostMemory::clear_faults() {
    faults_.clear();
}

std::string HostMemory::describe(std::uint64_t address) const {
    auto candidate = blocks_.upper_bound(address);
    if (candidate == blocks_.begin()) return hexadecimal(address) + " lies below every buffer";
    --candidate;
    const auto& [base, block] = *candidate;
    return hexadecimal(address) + " is byte " + std::to_string(address - base) + " of '" + block.name + "' at " +
           hexadecimal(base) + " (" + std::to_string(block.bytes) + " bytes)";
}

}  // namespace cce::sim
