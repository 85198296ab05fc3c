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
        DmaAnswer answer;  ///< what `answer` said in this cycle
        bool awready = false;
        bool beat_valid = false;  ///< `beat_client` offers a beat
        bool wready = false;
        bool bvalid = false;
    };

    explicit DmaWritePort(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    /// The answer to `offer.client` in this cycle; all others get none.
    [[nodiscard]] DmaAnswer answer(const Offer& offer, bool awready, const RegionTable& regions) const;
    /// What was refused in this cycle.
    [[nodiscard]] DmaFault fault(const Offer& offer, DmaAnswer answer, bool bvalid, bool berror) const;
    [[nodiscard]] bool idle(bool any_valid) const { return !any_valid && !awvalid_ && !responses_.valid(); }

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

    [[nodiscard]] bool awvalid() const { return awvalid_; }
    [[nodiscard]] std::uint64_t awaddr() const { return awaddr_; }
    [[nodiscard]] std::uint8_t awlen() const { return awlen_; }
    /// wvalid: a beat is wanted of a client that offers one.
    [[nodiscard]] bool wvalid(bool beat_valid) const { return bursts_.valid() && beat_valid; }
    [[nodiscard]] bool wlast() const { return beat_ == bursts_.data().length; }

    /// Beats of the burst that are still to be given.
    [[nodiscard]] unsigned beats_left() const { return bursts_.data().length - beat_ + 1U; }
    /// Bulk advance, each in its cycle: the address was accepted, a request was taken.
    void accepted() {
        bursts_.push({awclient_, awlen_});
        awvalid_ = false;
    }
    void take(const Offer& offer);
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
        motion.constant(awvalid_);
        motion.bytes(awaddr_);
        motion.constant(awlen_);
        motion.constant(awclient_);
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

    unsigned data_bytes_;
    bool awvalid_ = false;
    std::uint64_t awaddr_ = 0;
    std::uint8_t awlen_ = 0;
    std::uint8_t awclient_ = 0;
    std::uint8_t beat_ = 0;                              ///< beats of the burst already given
    StreamFifo<Burst, outstanding_count> bursts_;        ///< address accepted, beats still to come
    StreamFifo<Response, outstanding_count> responses_;  ///< without a response
};

}  // namespace cce::model
