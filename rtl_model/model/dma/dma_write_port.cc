// SPDX-License-Identifier: Apache-2.0

#include "dma/dma_write_port.h"

#include "cce_contract.hpp"

namespace cce::model {

void DmaWritePort::reset() {
    awvalid_ = false;
    beat_ = 0;
    bursts_.clear();
    responses_.clear();
}

DmaAnswer DmaWritePort::answer(const Offer& offer, bool awready, const RegionTable& regions) const {
    if (!offer.valid || (awvalid_ && !awready) || responses_.count() == outstanding_count) return {};
    return {true, !DmaAddressChecker::allowed(offer.request, true, regions)};
}

DmaFault DmaWritePort::fault(const Offer& offer, DmaAnswer answer, bool bvalid, bool berror) const {
    if (answer.denied) {
        return {true, true, static_cast<std::uint8_t>(contract::FaultReason::region), offer.request.queue_index,
                offer.request.address};
    }
    if (bvalid && berror) {
        const Response& response = responses_.data();
        return {true, true, static_cast<std::uint8_t>(contract::FaultReason::bus), response.queue_index,
                response.address};
    }
    return {};
}

void DmaWritePort::clock(const Inputs& inputs) {
    if (inputs.wready && wvalid(inputs.beat_valid)) {
        if (wlast()) {
            beat_ = 0;
            bursts_.pop();
        } else {
            ++beat_;
        }
    }
    if (inputs.bvalid) responses_.pop();
    if (inputs.awready && awvalid_) accepted();
    if (inputs.answer.ready && !inputs.answer.denied) take(inputs.offer);
}

void DmaWritePort::take(const Offer& offer) {
    const DmaRequest& request = offer.request;
    awvalid_ = true;
    awaddr_ = request.address;
    awlen_ = burst_length(request, data_bytes_);
    awclient_ = static_cast<std::uint8_t>(offer.client);
    responses_.push({awclient_, static_cast<std::uint8_t>(offer.tag), request.queue_index, request.address});
}

}  // namespace cce::model
