// SPDX-License-Identifier: Apache-2.0

#include "dma/dma_read_port.h"

#include "cce_contract.hpp"

namespace cce::model {

void DmaReadPort::reset() {
    arvalid_ = false;
    first_ = true;
    outstanding_.clear();
}

DmaAnswer DmaReadPort::answer(const Offer& offer, bool arready, const RegionTable& regions) const {
    if (!offer.valid || (arvalid_ && !arready) || outstanding_.count() == outstanding_count) return {};
    return {true, !DmaAddressChecker::allowed(offer.request, false, regions)};
}

DmaFault DmaReadPort::fault(const Offer& offer, DmaAnswer answer, bool rvalid, bool rerror) const {
    if (answer.denied) {
        return {true, false, static_cast<std::uint8_t>(contract::FaultReason::region), offer.request.queue_index,
                offer.request.address};
    }
    if (rvalid && rerror) {
        const Burst& burst = outstanding_.data();
        return {true, false, static_cast<std::uint8_t>(contract::FaultReason::bus), burst.queue_index, burst.address};
    }
    return {};
}

void DmaReadPort::clock(const Inputs& inputs) {
    if (inputs.arready) arvalid_ = false;
    if (inputs.rvalid) {
        first_ = inputs.rlast;
        if (inputs.rlast) outstanding_.pop();
    }
    if (inputs.answer.ready && !inputs.answer.denied) take(inputs.offer);
}

void DmaReadPort::take(const Offer& offer) {
    const DmaRequest& request = offer.request;
    arvalid_ = true;
    araddr_ = request.address;
    arlen_ = burst_length(request, data_bytes_);
    outstanding_.push({static_cast<std::uint8_t>(offer.client), request.queue_index, offer.tag, request.address});
}

}  // namespace cce::model
