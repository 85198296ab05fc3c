// SPDX-License-Identifier: Apache-2.0
//
// Watches the pins of the engine's AXI4 manager port and throws EngineFault at the first broken rule.
// Tested by tests/axi_monitor_test.cc.

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>

#include "engine/engine.h"

namespace cce::sim {

/// Widest data bus the monitor knows, in bytes.
inline constexpr unsigned axi_bytes_maximum = 64;

/// The pins of one address channel in one cycle.
struct AddressPins {
    bool valid = false;
    bool ready = false;
    std::uint64_t address = 0;
    std::uint8_t length = 0;  ///< beats - 1
    std::uint8_t size = 0;    ///< log2 of the bytes of a beat
    std::uint8_t burst = 1;   ///< 1: INCR
    std::uint8_t id = 0;
    std::uint8_t cache = 0;
    std::uint8_t protection = 0;
};

/// The pins of the write data channel in one cycle.
struct WriteDataPins {
    bool valid = false;
    bool ready = false;
    bool last = false;
    std::uint64_t strobe = 0;
    std::array<std::uint8_t, axi_bytes_maximum> data{};
};

/// The pins of a response channel (B or R) in one cycle.
struct ResponsePins {
    bool valid = false;
    bool ready = false;
    bool last = true;  ///< R only
    std::uint8_t id = 0;
};

/// All five channels in one cycle.
struct AxiPins {
    AddressPins aw;
    WriteDataPins w;
    ResponsePins b;
    AddressPins ar;
    ResponsePins r;
};

/// Checks cycle by cycle. Rules:
///  - a valid signal, once high, stays until ready, with a stable payload (AW, W, AR; B and R from the memory side);
///  - bursts are INCR, as wide as the bus, and do not cross a 4 KiB boundary;
///  - write data follow the order of their addresses, WLAST marks exactly the last beat, and no strobe is set in front
///    of an unaligned start address;
///  - a response belongs to a burst whose address and data were accepted, one B for each, reads with RLAST at their
///  end.
class AxiMonitor {
public:
    explicit AxiMonitor(unsigned bytes_per_beat) : bytes_per_beat_(bytes_per_beat) {}

    /// Forgets everything: the engine was reset.
    void reset();

    /// The pins in cycle `cycle`, as the rising edge that ends it finds them.
    void check(std::uint64_t cycle, const AxiPins& pins);

    /// True when no burst is under way and no channel waits.
    [[nodiscard]] bool quiet() const;

private:
    struct Open {
        std::uint64_t address;
        unsigned beats;
        unsigned done;
        std::uint8_t id;
    };

    [[noreturn]] void fail(std::string_view channel, std::string_view rule) const;
    void check_address(std::string_view channel, const AddressPins& now, const AddressPins& before) const;
    void check_data(const WriteDataPins& now);
    void check_write_response(const ResponsePins& now);
    void check_read_data(const ResponsePins& now);

    unsigned bytes_per_beat_;
    std::uint64_t cycle_ = 0;
    AxiPins before_;
    std::deque<Open> writes_;      ///< address accepted, data not complete
    std::deque<Open> unanswered_;  ///< data complete, no response
    std::deque<Open> reads_;
};

}  // namespace cce::sim
