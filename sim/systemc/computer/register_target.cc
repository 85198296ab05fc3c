// SPDX-License-Identifier: Apache-2.0

#include "register_target.h"

#include <cstring>

namespace cce::computer {

RegisterTarget::RegisterTarget(const sc_core::sc_module_name& name, const sc_core::sc_time& latency)
    : sc_core::sc_module(name), socket("socket"), latency_(latency) {
    socket.register_b_transport(this, &RegisterTarget::access);
}

void RegisterTarget::access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    const std::uint64_t offset = transaction.get_address();
    const unsigned bytes = transaction.get_data_length();
    if (!transaction.is_read() && !transaction.is_write()) {
        transaction.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        return;
    }
    if (transaction.get_byte_enable_ptr() != nullptr) {
        transaction.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return;
    }
    if ((bytes != 4 && bytes != 8) || transaction.get_streaming_width() < bytes || offset % bytes != 0) {
        transaction.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    if (delay != sc_core::SC_ZERO_TIME) {
        sc_core::wait(delay);
        delay = sc_core::SC_ZERO_TIME;
    }
    std::uint64_t value = 0;
    bool known = true;
    if (transaction.is_read()) {
        const auto answer = read_register(offset, bytes);
        known = answer.has_value();
        value = answer.value_or(0);
        std::memcpy(transaction.get_data_ptr(), &value, bytes);
    } else {
        std::memcpy(&value, transaction.get_data_ptr(), bytes);
        known = write_register(offset, bytes, value);
    }
    delay += latency_;
    transaction.set_response_status(known ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

}  // namespace cce::computer
