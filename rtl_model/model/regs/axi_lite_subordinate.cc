// SPDX-License-Identifier: Apache-2.0

#include "regs/axi_lite_subordinate.h"

namespace cce::model {

namespace {

constexpr std::uint8_t response_okay = 0;
constexpr std::uint8_t response_slverr = 2;
constexpr std::uint8_t all_bytes = 0xf;

}  // namespace

void AxiLiteSubordinate::clock(const Inputs& inputs) {
    const RegisterPortInputs& port = inputs.port;
    switch (state_) {
        case State::idle: {
            const bool write_here = port.awvalid && port.wvalid;
            if (!write_here && !port.arvalid) return;  // what is stored here is looked at in other states alone
            address_ = write_here ? port.awaddr : port.araddr;
            data_ = port.wdata;
            whole_ = port.wstrb == all_bytes;
            state_ = write_here ? State::write : State::read;
            break;
        }
        case State::write:
            response_ = inputs.known && whole_ && aligned() ? response_okay : response_slverr;
            state_ = State::write_response;
            break;
        case State::write_response:
            if (port.bready) state_ = State::idle;
            break;
        case State::read: {
            const bool good = inputs.known && aligned();
            response_ = good ? response_okay : response_slverr;
            data_ = good ? inputs.data : 0;
            state_ = State::read_response;
            break;
        }
        case State::read_response:
            if (port.rready) state_ = State::idle;
            break;
    }
}

}  // namespace cce::model
