// SPDX-License-Identifier: Apache-2.0
//
// The engine's DMA as TLM-2.0 transactions: one b_transport, or one use of DMI, for each AXI burst.

#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <deque>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

#include "engine/engine.h"
#include "systemc/dmi_regions.h"
#include "systemc/engine_clock.h"
#include "systemc/interrupt_lines.h"

namespace cce::sim::systemc {

/// What the delay that a target annotates says of an AXI burst of several beats.
enum class AnnotatedDelay : std::uint8_t {
    /// Time from the address to the first beat of a read, from the last beat of a write to its response. The beats
    /// themselves flow at one a cycle. For memories whose delay is a latency.
    latency,
    /// Time for the whole burst: beats that flow at one a cycle are part of it. For memories and interconnects whose
    /// delay contains the transfer of the data.
    whole_burst,
};

/// How DMA was done so far.
struct DmaCounts {
    std::uint64_t transactions = 0;  ///< by b_transport
    std::uint64_t direct = 0;        ///< by DMI
    std::uint64_t errors = 0;        ///< of the transactions, answered with an error
};

/// A read is made when its address is first shown, a write when its last beat has been transferred: what is annotated
/// then becomes the burst's timing, in cycles, rounded up.
class TlmHost final : public EngineHost {
public:
    using Socket = tlm_utils::simple_initiator_socket<TlmHost>;

    struct Options {
        AnnotatedDelay annotated_delay = AnnotatedDelay::latency;
        bool use_dmi = true;
    };

    TlmHost(Socket& socket, const EngineClock& clock, InterruptLines& interrupts, const Options& options);

    /// Forgets the bursts under way: the engine was reset.
    void reset();
    [[nodiscard]] const DmaCounts& counts() const { return counts_; }

    BurstSchedule schedule(const Burst& burst) override;
    bool read(std::uint64_t address, std::span<std::uint8_t> data) override;
    bool write(std::uint64_t address, std::span<const std::uint8_t> data,
               std::span<const std::uint8_t> strobe) override;
    std::span<std::uint8_t> direct(Direction direction, std::uint64_t address, std::size_t bytes) override;
    void read_ended(const Burst& burst) override;
    WriteAnswer write_ended(const Burst& burst, const BurstSchedule& schedule, std::uint64_t cycle) override;
    void interrupt(unsigned vector, std::uint64_t cycle) override;

private:
    /// The bytes of a burst, from the first lane of its first beat on.
    struct Staged {
        std::uint64_t base = 0;
        std::size_t skip = 0;  ///< bytes in front of the burst's address
        bool ok = true;
        std::vector<std::uint8_t> data;
        std::vector<std::uint8_t> enable;  ///< writes: as the generic payload has them
    };
    /// How a transaction ended.
    struct Answer {
        bool ok = true;
        std::uint64_t cycles = 0;  ///< that it took
    };

    [[nodiscard]] static Staged stage(const Burst& burst);
    Answer access(Direction direction, std::uint64_t address, std::span<std::uint8_t> data,
                  std::span<std::uint8_t> enable, std::uint64_t cycle);
    void ask_for_dmi(std::uint64_t address, Direction direction);
    [[nodiscard]] std::uint64_t wait_cycles(const Answer& answer, const Burst& burst) const;
    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last);

    Socket& socket_;
    const EngineClock& clock_;
    InterruptLines& interrupts_;
    Options options_;
    DmiRegions dmi_;
    DmaCounts counts_;
    std::deque<Staged> reads_;   ///< in the order of their addresses
    std::deque<Staged> writes_;  ///< likewise
};

}  // namespace cce::sim::systemc
