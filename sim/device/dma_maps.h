// SPDX-License-Identifier: Apache-2.0
//
// The memory that a vfio-user client shows the device: maps of DMA addresses (IOVA), each with a file that is mapped
// here, or without one; the latter are reached by messages (see DmaMessenger). Tested by test/dma_maps_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "device/dma_memory.h"
#include "device/unix_socket.h"

namespace cce::sim::device {

/// Carries DMA to maps without a file. Does not wait: answers come later, by DmaMaps::fetched and DmaMaps::stored.
class DmaMessenger {
public:
    virtual ~DmaMessenger() = default;
    virtual std::uint16_t send_read(std::uint64_t address, std::uint32_t bytes) = 0;
    virtual std::uint16_t send_write(std::uint64_t address, std::span<const std::byte> data) = 0;
    /// Bytes of data that a message may have at most.
    [[nodiscard]] virtual std::uint32_t data_maximum() const = 0;
};

/// A request about maps that cannot be granted; `error` is its errno.
class MapError : public std::runtime_error {
public:
    MapError(int number, const std::string& text) : std::runtime_error(text), error(number) {}
    int error;
};

class DmaMaps final : public DmaMemory {
public:
    /// Cycles that the engine is told to wait for data that come by messages. They are cycles of waiting for the
    /// answer; what must not use them up are register accesses meanwhile, of which a few hundred fit.
    static constexpr std::uint16_t message_latency = 3000;

    struct Range {
        std::uint64_t address = 0;
        std::uint64_t size = 0;
    };
    struct Access {
        bool read = false;
        bool write = false;
    };

    explicit DmaMaps(DmaMessenger& messenger) : messenger_(messenger) {}

    /// Adds a map, of a file if there is one. Throws MapError if the range is empty, wraps around, overlaps another
    /// map, or if the file cannot be mapped.
    void add(const Range& range, const Access& access, const FileDescriptor* file, std::uint64_t offset);
    /// Removes the maps that lie in the range. Throws MapError if it cuts one in two.
    void remove(const Range& range);
    void remove_all() { maps_.clear(); }
    /// The client has gone: nothing is mapped, and nobody will answer.
    void clear();
    /// Forgets the bursts that were announced, and drops what has not been sent yet: the engine has been reset.
    void forget();

    [[nodiscard]] std::size_t count() const { return maps_.size(); }
    [[nodiscard]] std::size_t count_peak() const { return peak_; }

    // What the engine does.
    [[nodiscard]] std::span<std::byte> view(Direction direction, std::uint64_t address,
                                            std::uint64_t bytes) const override;
    std::uint16_t announced(const Burst& burst, bool allowed) override;
    void read_ended() override;
    [[nodiscard]] bool read(std::uint64_t address, std::span<std::uint8_t> data) override;
    [[nodiscard]] bool write(std::uint64_t address, std::span<const std::uint8_t> data) override;

    // DMA by messages.
    /// Sends what the engine has asked for and written since the last call, writes first.
    void send();
    /// The answer of a read: nothing if it failed. Throws ProtocolError if nobody waits for it.
    void fetched(std::uint16_t id, std::optional<std::span<const std::byte>> data);
    /// The answer of a write. Throws ProtocolError if nobody waits for it.
    void stored(std::uint16_t id);
    /// The engine may not advance: a burst that it waits for has not been answered.
    [[nodiscard]] bool awaits_data() const;
    /// First cycle in which a beat may be asked for that is not there yet.
    [[nodiscard]] std::optional<std::uint64_t> deadline() const;
    /// Writes sent, and how many of them have been answered, since the beginning.
    [[nodiscard]] std::uint64_t writes_sent() const { return writes_sent_; }
    [[nodiscard]] std::uint64_t writes_answered() const { return writes_answered_; }
    [[nodiscard]] std::uint64_t reads_sent() const { return reads_sent_; }
    [[nodiscard]] std::size_t writes_waiting() const { return unsent_.size(); }

private:
    /// Owns the mapping of a file.
    class Mapping {
    public:
        Mapping() = default;
        Mapping(const FileDescriptor& file, std::uint64_t offset, std::uint64_t size, const Access& access);
        Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
        Mapping& operator=(Mapping&&) = delete;
        Mapping(const Mapping&) = delete;
        Mapping& operator=(const Mapping&) = delete;
        ~Mapping();
        [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

    private:
        std::span<std::byte> bytes_;
    };
    struct Map {
        std::uint64_t size;
        Access access;
        Mapping mapping;  ///< empty: reached by messages
    };
    using Maps = std::map<std::uint64_t, Map>;

    /// A read burst, from its announcement to its last beat.
    struct Fetch {
        Range range;
        std::uint64_t deadline = 0;
        bool by_messages = false;
        unsigned unanswered = 0;
        bool failed = false;
        std::vector<std::byte> data;
    };
    /// A message on its way: the burst and where in it, or a burst that nobody wants any more.
    struct Question {
        std::uint64_t burst;
        std::size_t offset;
        std::uint32_t bytes;
    };
    struct Store {
        std::uint64_t address;
        std::vector<std::byte> data;
    };

    /// The map that holds `address`, or end().
    [[nodiscard]] Maps::const_iterator find(std::uint64_t address) const;
    /// Calls `piece(map, address, offset, bytes)` for each map that the range goes through; false, at once, if a part
    /// of it is in none or must not be accessed so.
    template <typename Piece>
    bool for_each_piece(Direction direction, std::uint64_t address, std::uint64_t bytes, Piece piece) const;
    [[nodiscard]] Fetch* burst(std::uint64_t number);
    void ask(std::uint64_t number);

    DmaMessenger& messenger_;
    Maps maps_;
    std::size_t peak_ = 0;
    std::deque<Fetch> fetches_;           ///< in the order of announcements
    std::uint64_t first_fetch_ = 0;       ///< number of fetches_.front()
    std::vector<std::uint64_t> unasked_;  ///< numbers of bursts
    std::map<std::uint16_t, Question> questions_;
    std::map<std::uint16_t, std::uint32_t> stores_;
    std::deque<Store> unsent_;
    std::uint64_t writes_sent_ = 0;
    std::uint64_t writes_answered_ = 0;
    std::uint64_t reads_sent_ = 0;
};

}  // namespace cce::sim::device
