// SPDX-License-Identifier: Apache-2.0
//
// Gives the write channels of the AXI4 manager to several clients, after the address checker.

#pragma once

#include <cstdint>

#include "common/motion.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "dma/dma_address_checker.h"
#include "dma/dma_read_port.h"
#include "types.h"

namespace cce::model {

/// Model of dma_write_port.sv. Requests as in DmaReadPort. Beats: the port looks at the client `beat_client` alone.
class DmaWritePort {
public:
    /// The request that the port looks at.
    struct Offer {
        bool valid = false;
        unsigned client = 0;
        DmaRequest request;
        unsigned tag = 0;  ///< the slot
    };

    struct Inputs {
        const Offer& offer;
        bool taken = false;  ///< what `takes` said in this cycle
        bool awready = false;
        bool beat_valid = false;  ///< `beat_client` offers a beat
        bool wready = false;
        bool bvalid = false;
        bool berror = false;
    };

    explicit DmaWritePort(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    /// `regions`: as they are behind the clock edge.
    void clock(const Inputs& inputs, const RegionTable& regions);

    /// The request that is offered is taken in this cycle.
    [[nodiscard]] bool takes(bool valid, bool awready) const {
        return valid && (!waiting_ || awready) && counted() < outstanding_count - 1;
    }
    /// Whatever is offered some cycles later, all addresses accepted, would be taken.
    [[nodiscard]] bool takes_later() const { return responses_.count() + (fresh_ ? 1U : 0U) < outstanding_count - 1; }
    /// The client's request that was taken in the cycle before is allowed.
    [[nodiscard]] bool granted(unsigned client) const { return fresh_ && allowed_ && client_ == client; }
    /// What was refused; told in this cycle.
    [[nodiscard]] const DmaRefusal<unsigned>& refusal() const { return refusal_; }
    /// A request is being refused, or a fault told.
    [[nodiscard]] bool refusing() const { return refusal_.valid || fault_.valid || (fresh_ && !allowed_); }
    /// A fault for the queue's registers, a cycle later than the client is told.
    [[nodiscard]] const DmaFault& fault() const { return fault_; }
    [[nodiscard]] bool idle() const { return !waiting_ && !responses_.valid() && !fault_.valid; }

    /// A burst waits for beats of `beat_client`; they are taken while wready is set.
    [[nodiscard]] bool beat_wanted() const { return bursts_.valid(); }
    [[nodiscard]] unsigned beat_client() const { return bursts_.data().client; }
    /// `client` may give a beat in this cycle.
    [[nodiscard]] bool beat_ready(unsigned client, bool wready) const {
        return wready && bursts_.valid() && bursts_.data().client == client;
    }
    /// Whose burst a response answers, and its tag.
    [[nodiscard]] unsigned done_client() const { return responses_.data().client; }
    [[nodiscard]] unsigned done_tag() const { return responses_.data().tag; }

    [[nodiscard]] bool awvalid() const { return waiting_ && allowed_; }
    [[nodiscard]] std::uint64_t awaddr() const { return request_.address; }
    [[nodiscard]] std::uint8_t awlen() const { return burst_length(request_, data_bytes_); }
    /// wvalid: a beat is wanted of a client that offers one.
    [[nodiscard]] bool wvalid(bool beat_valid) const { return bursts_.valid() && beat_valid; }
    [[nodiscard]] bool wlast() const { return beat_ == bursts_.data().length; }

    /// Beats of the burst that are still to be given.
    [[nodiscard]] unsigned beats_left() const { return bursts_.data().length - beat_ + 1U; }
    /// Bulk advance, each in its cycle: the address was accepted, a request was taken.
    void accepted() {
        if (fresh_) push();
        bursts_.push({client_, awlen()});
        waiting_ = fresh_ = false;
    }
    void take(const Offer& offer, const RegionTable& regions);
    /// Bulk advance: so many beats were given, and a response came in the first cycle.
    void advance(unsigned beats, bool response) {
        if (response) responses_.pop();
        if (beats == 0) return;
        if (beats == beats_left()) {
            beat_ = 0;
            bursts_.pop();
        } else {
            beat_ = static_cast<std::uint8_t>(beat_ + beats);
        }
    }
    /// What a bulk advance may change.
    void visit(Motion& motion) {
        motion.expect(!refusing());
        motion.constant(waiting_);
        motion.constant(fresh_);
        motion.constant(client_);
        motion.constant(tag_);
        motion.constant(request_.queue_index);
        motion.bytes(request_.address);
        motion.constant(request_.bytes);
        motion.constant(beat_);
        motion.constant(bursts_.count());
        for (unsigned i = 0; i < bursts_.count(); ++i) {
            motion.expect(bursts_.at(i).client == write_client_data);
            motion.constant(bursts_.at(i).length);
        }
        motion.constant(responses_.count());
        for (unsigned i = 0; i < responses_.count(); ++i) {
            Response& response = responses_.at(i);
            motion.expect(response.client == write_client_data);
            motion.constant(response.tag);
            motion.constant(response.queue_index);
            motion.bytes(response.address);
        }
    }

private:
    static constexpr unsigned outstanding_count = 64;

    struct Burst {
        std::uint8_t client = 0;
        std::uint8_t length = 0;
    };
    struct Response {
        std::uint8_t client = 0;
        std::uint8_t tag = 0;
        std::uint8_t queue_index = 0;
        std::uint64_t address = 0;
    };

    /// Bursts without a response; what was refused in the cycle before is counted, too.
    [[nodiscard]] unsigned counted() const { return responses_.count() + (refusal_.valid ? 1U : 0U); }
    [[nodiscard]] DmaFault found(bool bvalid, bool berror) const;
    void push() { responses_.push({client_, static_cast<std::uint8_t>(tag_), request_.queue_index, request_.address}); }

    unsigned data_bytes_;
    bool waiting_ = false;  ///< request_ was not accepted by the bus yet
    bool fresh_ = false;    ///< it was taken in the cycle before: the checker looks at it
    bool allowed_ = false;  ///< what it says
    std::uint8_t client_ = 0;
    unsigned tag_ = 0;
    DmaRequest request_;
    DmaRefusal<unsigned> refusal_;
    DmaFault fault_;
    std::uint8_t beat_ = 0;                              ///< beats of the burst already given
    StreamFifo<Burst, outstanding_count> bursts_;        ///< address accepted, beats still to come
    StreamFifo<Response, outstanding_count> responses_;  ///< without a response
};

}  // namespace cce::model
