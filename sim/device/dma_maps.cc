// SPDX-License-Identifier: Apache-2.0

#include "device/dma_maps.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>

#include "device/errors.h"

namespace cce::sim::device {

namespace {

/// The last bytes written tell the guest's driver that the others are there (the phase bit of a completion entry is in
/// them), and the guest may look at any time: they go last, and at once.
void copy_in_order(std::span<std::byte> to, std::span<const std::uint8_t> from) {
    constexpr std::size_t beat = 16;
    const std::size_t last = (from.size() - 1) / beat * beat;
    for (std::size_t i = 0; i < last; i += beat) std::memcpy(&to[i], &from[i], beat);
    std::atomic_thread_fence(std::memory_order_release);
    if (from.size() - last == beat) {
        std::memcpy(&to[last], &from[last], beat);
    } else {
        std::memcpy(&to[last], &from[last], from.size() - last);
    }
    std::atomic_thread_fence(std::memory_order_release);
}

}  // namespace

DmaMaps::Mapping::Mapping(const FileDescriptor& file, std::uint64_t offset, std::uint64_t size, const Access& access) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) < size ||
        static_cast<std::uint64_t>(status.st_size) - size < offset) {
        throw MapError(EINVAL, fmt::format("{:#x} bytes at {:#x} are not in the map's file", size, offset));
    }
    const int protection = (access.read ? PROT_READ : 0) | (access.write ? PROT_WRITE : 0);
    void* start = ::mmap(nullptr, size, protection, MAP_SHARED, file.get(), static_cast<off_t>(offset));
    if (start == MAP_FAILED) {
        const int error = errno;
        throw MapError(error,
                       fmt::format("the map's file cannot be mapped at {:#x}: {}", offset, std::strerror(error)));
    }
    bytes_ = {static_cast<std::byte*>(start), size};
}

DmaMaps::Mapping::~Mapping() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

void DmaMaps::add(const Range& range, const Access& access, const FileDescriptor* file, std::uint64_t offset) {
    if (range.size == 0 || range.size - 1 > std::numeric_limits<std::uint64_t>::max() - range.address) {
        throw MapError(EINVAL, fmt::format("a map of {:#x} bytes at {:#x}", range.size, range.address));
    }
    const std::uint64_t last = range.address + (range.size - 1);
    auto next = maps_.upper_bound(last);
    if (next != maps_.begin()) {
        --next;
        if (next->first + (next->second.size - 1) >= range.address) {
            throw MapError(EEXIST, fmt::format("a map at {:#x}..{:#x} overlaps the one at {:#x}", range.address, last,
                                               next->first));
        }
    }
    Mapping mapping = file != nullptr ? Mapping(*file, offset, range.size, access) : Mapping();
    maps_.emplace(range.address, Map{range.size, access, std::move(mapping)});
    peak_ = std::max(peak_, maps_.size());
}

void DmaMaps::remove(const Range& range) {
    const std::uint64_t last = range.size == 0 ? range.address : range.address + (range.size - 1);
    if (range.size == 0 || last < range.address) {
        throw MapError(EINVAL, fmt::format("unmapping {:#x} bytes at {:#x}", range.size, range.address));
    }
    const auto cut = [&](std::uint64_t address) {
        const auto map = find(address);
        return map != maps_.end() && (map->first < range.address || map->first + (map->second.size - 1) > last);
    };
    if (cut(range.address) || cut(last)) {
        throw MapError(EINVAL, fmt::format("unmapping {:#x}..{:#x} cuts a map in two", range.address, last));
    }
    maps_.erase(maps_.lower_bound(range.address), maps_.upper_bound(last));
}

void DmaMaps::clear() {
    forget();
    maps_.clear();
    questions_.clear();
    stores_.clear();
}

void DmaMaps::forget() {
    // Numbers go on, so that answers to what was asked for them find nobody.
    first_fetch_ += fetches_.size();
    fetches_.clear();
    unasked_.clear();
    unsent_.clear();
}

DmaMaps::Maps::const_iterator DmaMaps::find(std::uint64_t address) const {
    auto map = maps_.upper_bound(address);
    if (map == maps_.begin()) return maps_.end();
    --map;
    return address - map->first < map->second.size ? map : maps_.end();
}

template <typename Piece>
bool DmaMaps::for_each_piece(Direction direction, std::uint64_t address, std::uint64_t bytes, Piece piece) const {
    for (std::uint64_t done = 0; done < bytes;) {
        const auto map = find(address + done);
        if (map == maps_.end()) return false;
        const Access& access = map->second.access;
        if (!(direction == Direction::read ? access.read : access.write)) return false;
        const std::uint64_t offset = address + done - map->first;
        const std::uint64_t part = std::min(bytes - done, map->second.size - offset);
        piece(map->second, offset, static_cast<std::size_t>(done), static_cast<std::size_t>(part));
        done += part;
    }
    return true;
}

std::span<std::byte> DmaMaps::view(Direction direction, std::uint64_t address, std::uint64_t bytes) const {
    const auto map = find(address);
    if (map == maps_.end() || map->second.mapping.bytes().empty()) return {};
    if (!(direction == Direction::read ? map->second.access.read : map->second.access.write)) return {};
    const std::uint64_t offset = address - map->first;
    if (bytes > map->second.size - offset) return {};
    return map->second.mapping.bytes().subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(bytes));
}

std::uint16_t DmaMaps::announced(const Burst& burst, bool allowed) {
    if (burst.direction != Direction::read) return 0;
    Fetch fetch;
    fetch.range = {burst.address, burst.beat_address(burst.beats) - burst.address};
    if (allowed) {
        for_each_piece(Direction::read, fetch.range.address, fetch.range.size,
                       [&](const Map& map, std::uint64_t, std::size_t, std::size_t) {
                           fetch.by_messages = fetch.by_messages || map.mapping.bytes().empty();
                       });
    }
    fetches_.push_back(std::move(fetch));
    if (!fetches_.back().by_messages) return 0;
    unasked_.push_back(first_fetch_ + fetches_.size() - 1);
    fetches_.back().deadline = burst.valid_cycle + message_latency;
    return message_latency;
}

void DmaMaps::read_ended() {
    if (fetches_.empty()) return;
    fetches_.pop_front();
    ++first_fetch_;
}

bool DmaMaps::read(std::uint64_t address, std::span<std::uint8_t> data) {
    bool good = true;
    const bool mapped = for_each_piece(
        Direction::read, address, data.size(),
        [&](const Map& map, std::uint64_t offset, std::size_t at, std::size_t bytes) {
            if (!map.mapping.bytes().empty()) {
                std::memcpy(&data[at], &map.mapping.bytes()[static_cast<std::size_t>(offset)], bytes);
                return;
            }
            const Fetch* fetch = fetches_.empty() ? nullptr : &fetches_.front();
            const std::uint64_t from = address + at;
            if (fetch == nullptr || from < fetch->range.address || from - fetch->range.address > fetch->data.size() ||
                bytes > fetch->data.size() - (from - fetch->range.address) || fetch->failed) {
                good = false;
                return;
            }
            if (fetch->unanswered > 0) {
                throw ProtocolError(
                    fmt::format("DMA read at {:#x}: the engine needs the data before the client has sent them; the "
                                "memory latency must be longer",
                                from));
            }
            std::memcpy(&data[at], &fetch->data[static_cast<std::size_t>(from - fetch->range.address)], bytes);
        });
    return mapped && good;
}

bool DmaMaps::write(std::uint64_t address, std::span<const std::uint8_t> data) {
    // All of it, or nothing.
    if (!for_each_piece(Direction::write, address, data.size(),
                        [](const Map&, std::uint64_t, std::size_t, std::size_t) {})) {
        return false;
    }
    return for_each_piece(Direction::write, address, data.size(),
                          [&](const Map& map, std::uint64_t offset, std::size_t at, std::size_t bytes) {
                              if (!map.mapping.bytes().empty()) {
                                  copy_in_order(map.mapping.bytes().subspan(static_cast<std::size_t>(offset), bytes),
                                                data.subspan(at, bytes));
                                  return;
                              }
                              const std::span<const std::byte> part = std::as_bytes(data.subspan(at, bytes));
                              const std::uint64_t to = address + at;
                              if (!unsent_.empty() && unsent_.back().address + unsent_.back().data.size() == to) {
                                  unsent_.back().data.insert(unsent_.back().data.end(), part.begin(), part.end());
                              } else {
                                  unsent_.push_back({to, {part.begin(), part.end()}});
                              }
                          });
}

DmaMaps::Fetch* DmaMaps::burst(std::uint64_t number) {
    if (number < first_fetch_ || number - first_fetch_ >= fetches_.size()) return nullptr;
    return &fetches_[static_cast<std::size_t>(number - first_fetch_)];
}

void DmaMaps::ask(std::uint64_t number) {
    Fetch* const fetch = burst(number);
    if (fetch == nullptr) return;
    fetch->data.resize(static_cast<std::size_t>(fetch->range.size));
    for_each_piece(Direction::read, fetch->range.address, fetch->range.size,
                   [&](const Map& map, std::uint64_t, std::size_t at, std::size_t bytes) {
                       if (!map.mapping.bytes().empty()) return;
                       for (std::size_t done = 0; done < bytes;) {
                           const auto part = static_cast<std::uint32_t>(
                               std::min<std::size_t>(bytes - done, messenger_.data_maximum()));
                           const std::uint16_t id = messenger_.send_read(fetch->range.address + at + done, part);
                           questions_[id] = {number, at + done, part};
                           ++fetch->unanswered;
                           ++reads_sent_;
                           done += part;
                       }
                   });
}

void DmaMaps::send() {
    while (!unsent_.empty()) {
        const Store store = std::move(unsent_.front());
        unsent_.pop_front();
        for (std::size_t done = 0; done < store.data.size();) {
            const std::size_t part = std::min<std::size_t>(store.data.size() - done, messenger_.data_maximum());
            const std::uint16_t id =
                messenger_.send_write(store.address + done, std::span(store.data).subspan(done, part));
            stores_[id] = static_cast<std::uint32_t>(part);
            ++writes_sent_;
            done += part;
        }
    }
    for (const std::uint64_t number : std::exchange(unasked_, {})) ask(number);
}

void DmaMaps::fetched(std::uint16_t id, std::optional<std::span<const std::byte>> data) {
    const auto found = questions_.find(id);
    if (found == questions_.end())
        throw ProtocolError(fmt::format("vfio-user: an answer to dma_read {} that is not under way", id));
    const Question question = found->second;
    questions_.erase(found);
    if (data && data->size() != question.bytes) {
        throw ProtocolError(
            fmt::format("vfio-user: dma_read of {} bytes answered with {}", question.bytes, data->size()));
    }
    Fetch* const fetch = burst(question.burst);
    if (fetch == nullptr) return;
    --fetch->unanswered;
    if (!data) {
        fetch->failed = true;
        return;
    }
    std::copy(data->begin(), data->end(), fetch->data.begin() + static_cast<std::ptrdiff_t>(question.offset));
}

void DmaMaps::stored(std::uint16_t id) {
    if (stores_.erase(id) == 0) {
        throw ProtocolError(fmt::format("vfio-user: an answer to dma_write {} that is not under way", id));
    }
    ++writes_answered_;
}

bool DmaMaps::awaits_data() const {
    return !unasked_.empty() ||
           std::any_of(fetches_.begin(), fetches_.end(), [](const Fetch& fetch) { return fetch.unanswered > 0; });
}

std::optional<std::uint64_t> DmaMaps::deadline() const {
    for (std::size_t i = 0; i < fetches_.size(); ++i) {
        const Fetch& fetch = fetches_[i];
        const bool asked = std::find(unasked_.begin(), unasked_.end(), first_fetch_ + i) == unasked_.end();
        if (fetch.by_messages && (!asked || fetch.unanswered > 0)) return fetch.deadline;
    }
    return std::nullopt;
}

}  // namespace cce::sim::device
