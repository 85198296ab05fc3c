// SPDX-License-Identifier: Apache-2.0
//
// Gives the read channels of the AXI4 manager to several clients, after the address checker.

#pragma once

#include <bit>
#include <cstdint>

#include "common/motion.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "dma/dma_address_checker.h"
#include "types.h"

namespace cce::model {

/// What a DMA port says to the client that it looks at in this cycle.
struct DmaAnswer {
    bool ready = false;   ///< the request is taken
    bool denied = false;  ///< and refused
};

/// Model of dma_read_port.sv. In a cycle the parent asks the client with the lowest number that shows a request (the
/// port looks at no other one) for its request and tag, has it answered, and gives all that to the clock edge.
class DmaReadPort {
public:
    /// The request that the port looks at.
    struct Offer {
        bool valid = false;
        unsigned client = 0;
        DmaRequest request;
        ReadTag tag = 0;
    };

    struct Inputs {
        const Offer& offer;
        DmaAnswer answer;  ///< what `answer` said in this cycle
        bool arready = false;
        bool rvalid = false;
        bool rlast = false;
    };

    explicit DmaReadPort(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    /// The answer to `offer.client` in this cycle; all others get none.
    [[nodiscard]] DmaAnswer answer(const Offer& offer, bool arready, const RegionTable& regions) const;
    /// What was refused in this cycle.
    [[nodiscard]] DmaFault fault(const Offer& offer, DmaAnswer answer, bool rvalid, bool rerror) const;
    [[nodiscard]] bool idle(bool any_valid) const { return !any_valid && !arvalid_ && !outstanding_.valid(); }

    /// Whose beat is on the bus, if there is one, and what belongs to it.
    [[nodiscard]] unsigned beat_client() const { return outstanding_.data().client; }
    [[nodiscard]] ReadTag beat_tag() const { return outstanding_.data().tag; }
    [[nodiscard]] unsigned beat_lane() const {
        return static_cast<unsigned>(outstanding_.data().address) & (data_bytes_ - 1);
    }
    [[nodiscard]] bool beat_first() const { return first_; }

    /// Bulk advance, each in its cycle: the address was accepted; beats came, with the burst's last one as the last of
    /// them; a request was taken.
    void accepted() { arvalid_ = false; }
    void advance(bool last) {
        first_ = last;
        if (last) outstanding_.pop();
    }
    void take(const Offer& offer);
    /// What a bulk advance may change. `visit_tag` visits a tag of read_client_data.
    template <class VisitTag>
    void visit(Motion& motion, VisitTag&& visit_tag) {
        motion.constant(arvalid_);
        motion.constant(first_);
        motion.bytes(araddr_);
        motion.constant(arlen_);
        motion.constant(outstanding_.count());
        for (unsigned i = 0; i < outstanding_.count(); ++i) {
            Burst& burst = outstanding_.at(i);
            motion.constant(burst.queue_index);
            motion.bytes(burst.address);
            const bool data = burst.client == read_client_data;
            motion.expect(data);
            if (data) visit_tag(burst.tag);
        }
    }

    [[nodiscard]] bool arvalid() const { return arvalid_; }
    [[nodiscard]] std::uint64_t araddr() const { return araddr_; }
    [[nodiscard]] std::uint8_t arlen() const { return arlen_; }

private:
    static constexpr unsigned outstanding_count = 64;

    struct Burst {
        std::uint8_t client = 0;
        std::uint8_t queue_index = 0;
        ReadTag tag = 0;
        std::uint64_t address = 0;
    };

    unsigned data_bytes_;
    bool arvalid_ = false;
    bool first_ = true;  ///< the next beat is a burst's first one
    std::uint64_t araddr_ = 0;
    std::uint8_t arlen_ = 0;
    StreamFifo<Burst, outstanding_count> outstanding_;
};

/// Beats of a burst, less 1 (AXI4, A3.4.1).
[[nodiscard]] constexpr std::uint8_t burst_length(const DmaRequest& request, unsigned data_bytes) {
    const unsigned span = request.bytes + (static_cast<unsigned>(request.address) & (data_bytes - 1));
    return static_cast<std::uint8_t>((span - 1) >> std::countr_zero(data_bytes));
}

}  // namespace cce::model
