// SPDX-License-Identifier: Apache-2.0
//
// What the engine sees of the machine: its DMA goes to the guest's memory, its interrupt edges are noted with their
// cycle. Tested by test/dma_host_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "device/access_classifier.h"
#include "device/dma_memory.h"
#include "device/fault_injection.h"
#include "device/fault_log.h"
#include "device/statistics.h"
#include "engine/engine.h"

namespace cce::sim::device {

/// An interrupt edge of the engine, raised in `cycle`.
struct InterruptEdge {
    unsigned vector = 0;
    std::uint64_t cycle = 0;
};

class DmaHost final : public EngineHost {
public:
    /// `latency`: cycles to the first beat of a read and to the response of a write.
    DmaHost(DmaMemory& memory, FaultInjection& injection, FaultLog& faults, Statistics& statistics,
            std::uint16_t latency)
        : memory_(memory),
          injection_(injection),
          faults_(faults),
          statistics_(statistics),
          latency_(latency),
          classifier_(memory) {}

    /// Without bus mastering every beat fails.
    void set_bus_master(bool on) { bus_master_ = on; }
    /// A driver writes a register.
    void register_written(std::uint32_t offset, std::uint32_t value);
    /// The guest has done something, in `cycle`; the function has so many vectors. Perhaps one is raised for nothing.
    void guest_acted(std::uint64_t cycle, unsigned vectors);
    /// Edges raised and not yet taken, in the order of their cycles.
    [[nodiscard]] std::deque<InterruptEdge>& edges() { return edges_; }
    /// A hard reset of the engine: bursts and edges are forgotten.
    void reset();
    [[nodiscard]] const std::deque<InterruptEdge>& edges() const { return edges_; }

    BurstSchedule schedule(const Burst& burst) override;
    bool ends_address_wait(std::uint64_t cycle) override;
    bool read(std::uint64_t address, std::span<std::uint8_t> data) override;
    bool write(std::uint64_t address, std::span<const std::uint8_t> data,
               std::span<const std::uint8_t> strobe) override;
    std::span<std::uint8_t> direct(Direction direction, std::uint64_t address, std::size_t bytes) override;
    void moved_directly(Direction direction, std::size_t bytes) override;
    void read_ended(const Burst& burst) override;
    void interrupt(unsigned vector, std::uint64_t cycle) override;

private:
    /// The burst whose beats are to fail.
    struct Doomed {
        Direction direction;
        std::uint64_t begin;
        std::uint64_t end;
        std::uint64_t bytes_left;
    };

    void doom(const Burst& burst);
    [[nodiscard]] bool doomed(Direction direction, std::uint64_t address, std::uint64_t bytes);
    bool refuse(const char* what, std::uint64_t address, std::uint64_t bytes);

    DmaMemory& memory_;
    FaultInjection& injection_;
    FaultLog& faults_;
    Statistics& statistics_;
    std::uint16_t latency_;
    AccessClassifier classifier_;
    bool bus_master_ = false;
    std::uint64_t bursts_ = 0;
    std::optional<Doomed> doomed_;
    std::deque<InterruptEdge> edges_;
};

}  // namespace cce::sim::device
