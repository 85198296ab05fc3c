// SPDX-License-Identifier: Apache-2.0

#include "dma/dma_write_port.h"

#include "cce_contract.hpp"

namespace cce::model {

void DmaWritePort::reset() {
    waiting_ = false;
    fresh_ = false;
    beat_ = 0;
    refusal_.valid = false;
    fault_.valid = false;
    bursts_.clear();
    responses_.clear();
}

DmaFault DmaWritePort::found(bool bvalid, bool berror) const {
    if (refusal_.valid) {
        return {true, true, static_cast<std::uint8_t>(contract::FaultReason::region), refusal_.queue_index,
                refusal_.address};
    }
    if (bvalid && berror) {
        const Response& response = responses_.data();
        return {true, true, static_cast<std::uint8_t>(contract::FaultReason::bus), response.queue_index,
                response.address};
    }
    return {};
}

void DmaWritePort::clock(const Inputs& inputs, const RegionTable& regions) {
    const bool refused = fresh_ && !allowed_;
    fault_ = found(inputs.bvalid, inputs.berror);
    if (inputs.wready && wvalid(inputs.beat_valid)) {
        if (wlast()) {
            beat_ = 0;
            bursts_.pop();
        } else {
            ++beat_;
        }
    }
    if (inputs.bvalid) responses_.pop();
    refusal_.valid = refused;
    if (refused) {
        refusal_ = {true, client_, tag_, request_.queue_index, request_.address};
        waiting_ = fresh_ = false;
    }
    if (inputs.awready && waiting_) accepted();
    if (fresh_) push();
    fresh_ = false;
    if (inputs.taken) take(inputs.offer, regions);
}

void DmaWritePort::take(const Offer& offer, const RegionTable& regions) {
    waiting_ = fresh_ = true;
    request_ = offer.request;
    client_ = static_cast<std::uint8_t>(offer.client);
    tag_ = offer.tag;
    allowed_ = DmaAddressChecker::allowed(request_, true, regions);
}

}  // namespace cce::model
