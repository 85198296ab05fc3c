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

/// What a DMA port says of a request that it has refused, two cycles after it was taken.
template <class Tag>
struct DmaRefusal {
    bool valid = false;
    std::uint8_t client = 0;
    Tag tag = 0;
    std::uint8_t queue_index = 0;
    std::uint64_t address = 0;
};

/// Model of dma_read_port.sv. In a cycle the parent asks the client with the lowest number that shows a request (the
/// port looks at no other one) for its request and tag, asks whether it is taken, and gives all that to the clock edge.
/// What the checker says in the cycle after depends on the region table of that cycle, which the clock edge is given.
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
        bool taken = false;  ///< what `takes` said in this cycle
        bool arready = false;
        bool rvalid = false;
        bool rerror = false;
        bool rlast = false;
    };

    explicit DmaReadPort(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    /// `regions`: as they are behind the clock edge.
    void clock(const Inputs& inputs, const RegionTable& regions);

    /// The request that is offered is taken in this cycle.
    [[nodiscard]] bool takes(bool valid, bool arready) const {
        return valid && (!waiting_ || arready) && counted() < outstanding_count - 1;
    }
    /// Whatever is offered some cycles later, all addresses accepted, would be taken.
    [[nodiscard]] bool takes_later() const { return outstanding_.count() + (fresh_ ? 1U : 0U) < outstanding_count - 1; }
    /// What was refused; told in this cycle.
    [[nodiscard]] const DmaRefusal<ReadTag>& refusal() const { return refusal_; }
    /// A request is being refused, or a fault told.
    [[nodiscard]] bool refusing() const { return refusal_.valid || fault_.valid || (fresh_ && !allowed_); }
    /// A fault for the queue's registers, a cycle later than the client is told.
    [[nodiscard]] const DmaFault& fault() const { return fault_; }
    [[nodiscard]] bool idle() const { return !waiting_ && !outstanding_.valid() && !fault_.valid; }

    /// Whose beat is on the bus, if there is one, and what belongs to it.
    [[nodiscard]] unsigned beat_client() const { return outstanding_.data().client; }
    [[nodiscard]] ReadTag beat_tag() const { return outstanding_.data().tag; }
    [[nodiscard]] unsigned beat_lane() const {
        return static_cast<unsigned>(outstanding_.data().address) & (data_bytes_ - 1);
    }
    [[nodiscard]] bool beat_first() const { return first_; }

    /// Bulk advance, each in its cycle: the address was accepted; beats came, with the burst's last one as the last of
    /// them; a request was taken.
    void accepted() {
        if (fresh_) push();
        waiting_ = fresh_ = false;
    }
    void advance(bool last) {
        first_ = last;
        if (last) outstanding_.pop();
    }
    void take(const Offer& offer, const RegionTable& regions);
    /// What a bulk advance may change. `visit_tag` visits a tag of read_client_data.
    template <class VisitTag>
    void visit(Motion& motion, VisitTag&& visit_tag) {
        motion.expect(!refusing() && client_ == read_client_data);
        motion.constant(waiting_);
        motion.constant(fresh_);
        motion.constant(first_);
        motion.constant(request_.queue_index);
        motion.bytes(request_.address);
        motion.constant(request_.bytes);
        if (client_ == read_client_data) visit_tag(tag_);
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

    [[nodiscard]] bool arvalid() const { return waiting_ && allowed_; }
    [[nodiscard]] std::uint64_t araddr() const { return request_.address; }
    [[nodiscard]] std::uint8_t arlen() const;

private:
    static constexpr unsigned outstanding_count = 64;

    struct Burst {
        std::uint8_t client = 0;
        std::uint8_t queue_index = 0;
        ReadTag tag = 0;
        std::uint64_t address = 0;
    };

    [[nodiscard]] DmaFault found(bool rvalid, bool rerror) const;
    void push();
    /// Bursts under way; what was refused in the cycle before is counted, too.
    [[nodiscard]] unsigned counted() const { return outstanding_.count() + (refusal_.valid ? 1U : 0U); }

    unsigned data_bytes_;
    bool waiting_ = false;  ///< request_ was not accepted by the bus yet
    bool fresh_ = false;    ///< it was taken in the cycle before: the checker looks at it
    bool allowed_ = false;  ///< what it says
    bool first_ = true;     ///< the next beat is a burst's first one
    std::uint8_t client_ = 0;
    ReadTag tag_ = 0;
    DmaRequest request_;
    DmaRefusal<ReadTag> refusal_;
    DmaFault fault_;
    StreamFifo<Burst, outstanding_count> outstanding_;
};

/// Beats of a burst, less 1 (AXI4, A3.4.1).
[[nodiscard]] constexpr std::uint8_t burst_length(const DmaRequest& request, unsigned data_bytes) {
    const unsigned span = request.bytes + (static_cast<unsigned>(request.address) & (data_bytes - 1));
    return static_cast<std::uint8_t>((span - 1) >> std::countr_zero(data_bytes));
}

inline std::uint8_t DmaReadPort::arlen() const {
    return burst_length(request_, data_bytes_);
}

}  // namespace cce::model
