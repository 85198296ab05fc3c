// SPDX-License-Identifier: Apache-2.0

#include "memory.h"

#include <algorithm>

namespace cce::example {

Memory::Memory(const sc_core::sc_module_name& name, const Options& options)
    : sc_core::sc_module(name), socket("socket"), options_(options), bytes_(options.bytes) {
    socket.register_b_transport(this, &Memory::access);
    socket.register_transport_dbg(this, &Memory::debug_access);
    socket.register_get_direct_mem_ptr(this, &Memory::grant);
}

tlm::tlm_response_status Memory::check(const tlm::tlm_generic_payload& transaction) const {
    if (!transaction.is_read() && !transaction.is_write()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
    const std::uint64_t address = transaction.get_address();
    const std::uint64_t length = transaction.get_data_length();
    if (address > bytes_.size() || length > bytes_.size() - address) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    if (length == 0 || transaction.get_streaming_width() < length) return tlm::TLM_BURST_ERROR_RESPONSE;
    if (transaction.get_byte_enable_ptr() != nullptr && transaction.get_byte_enable_length() == 0) {
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    }
    return tlm::TLM_OK_RESPONSE;
}

void Memory::move(const tlm::tlm_generic_payload& transaction) {
    std::uint8_t* const here = bytes_.data() + transaction.get_address();
    std::uint8_t* const data = transaction.get_data_ptr();
    const std::uint8_t* const enable = transaction.get_byte_enable_ptr();
    for (unsigned i = 0; i < transaction.get_data_length(); ++i) {
        if (enable != nullptr && enable[i % transaction.get_byte_enable_length()] != TLM_BYTE_ENABLED) continue;
        if (transaction.is_read()) {
            data[i] = here[i];
        } else {
            here[i] = data[i];
        }
    }
}

void Memory::access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    transaction.set_response_status(check(transaction));
    if (!transaction.is_response_ok()) return;
    delay += transaction.is_read() ? options_.read_latency : options_.write_latency;
    if (options_.spends_time) {
        sc_core::wait(delay);
        delay = sc_core::SC_ZERO_TIME;
    }
    move(transaction);
    transaction.set_dmi_allowed(options_.lends);
}

unsigned Memory::debug_access(tlm::tlm_generic_payload& transaction) {
    const std::uint64_t address = transaction.get_address();
    if (address >= bytes_.size() || (!transaction.is_read() && !transaction.is_write())) return 0;
    const auto length =
        static_cast<unsigned>(std::min<std::uint64_t>(transaction.get_data_length(), bytes_.size() - address));
    transaction.set_data_length(length);
    move(transaction);
    return length;
}

bool Memory::grant(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0);
    dmi.set_end_address(bytes_.size() - 1);
    if (!options_.lends) {
        dmi.allow_none();
        return false;
    }
    dmi.set_dmi_ptr(bytes_.data());
    dmi.set_read_latency(dmi.get_read_latency() + options_.read_latency);
    dmi.set_write_latency(dmi.get_write_latency() + options_.write_latency);
    dmi.allow_read_write();
    return true;
}

void Memory::lend(bool on) {
    options_.lends = on;
    if (!on) socket->invalidate_direct_mem_ptr(0, bytes_.size() - 1);
}

}  // namespace cce::example
