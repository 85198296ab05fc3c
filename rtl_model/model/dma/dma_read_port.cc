// SPDX-License-Identifier: Apache-2.0

#include "dma/dma_read_port.h"

#include "cce_contract.hpp"

namespace cce::model {

void DmaReadPort::reset() {
    waiting_ = false;
    fresh_ = false;
    first_ = true;
    refusal_.valid = false;
    fault_.valid = false;
    outstanding_.clear();
}

DmaFault DmaReadPort::found(bool rvalid, bool rerror) const {
    if (refusal_.valid) {
        return {true, false, static_cast<std::uint8_t>(contract::FaultReason::region), refusal_.queue_index,
                refusal_.address};
    }
    if (rvalid && rerror) {
        const Burst& burst = outstanding_.data();
        return {true, false, static_cast<std::uint8_t>(contract::FaultReason::bus), burst.queue_index, burst.address};
    }
    return {};
}

void DmaReadPort::clock(const Inputs& inputs, const RegionTable& regions) {
    const bool refused = fresh_ && !allowed_;
    fault_ = found(inputs.rvalid, inputs.rerror);
    if (inputs.rvalid) {
        first_ = inputs.rlast;
        if (inputs.rlast) outstanding_.pop();
    }
    if (fresh_ && allowed_) push();
    refusal_.valid = refused;
    if (refused) refusal_ = {true, client_, tag_, request_.queue_index, request_.address};
    if (inputs.arready || refused) waiting_ = false;
    fresh_ = false;
    if (inputs.taken) take(inputs.offer, regions);
}

void DmaReadPort::push() {
    outstanding_.push({client_, request_.queue_index, tag_, request_.address});
}

void DmaReadPort::take(const Offer& offer, const RegionTable& regions) {
    waiting_ = fresh_ = true;
    request_ = offer.request;
    client_ = static_cast<std::uint8_t>(offer.client);
    tag_ = offer.tag;
    allowed_ = DmaAddressChecker::allowed(request_, false, regions);
}

}  // namespace cce::model
