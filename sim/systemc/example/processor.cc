// SPDX-License-Identifier: Apache-2.0

#include "processor.h"

#include <sstream>
#include <stdexcept>

namespace cce::example {

Processor::Processor(const sc_core::sc_module_name& name, std::uint64_t registers, unsigned interrupt_count)
    : sc_core::sc_module(name),
      socket("socket"),
      interrupts("interrupt", interrupt_count),
      registers_(registers),
      lines_(interrupt_count) {
    SC_HAS_PROCESS(Processor);
    SC_METHOD(see_interrupts);
    dont_initialize();
    for (auto& line : interrupts) sensitive << line.pos();
}

void Processor::see_interrupts() {
    for (unsigned vector = 0; vector < lines_.size(); ++vector) {
        if (interrupts[vector].posedge()) lines_[vector] = {true, sc_core::sc_time_stamp()};
    }
    interrupted_.notify();
}

void Processor::wait_interrupt(unsigned vector) {
    keeper_.sync();
    while (!lines_[vector].raised) sc_core::wait(interrupted_);
    lines_[vector].raised = false;
    keeper_.reset();
}

void Processor::compute(const sc_core::sc_time& time) {
    keeper_.inc(time);
    if (keeper_.need_sync()) keeper_.sync();
}

void Processor::access(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data, std::size_t bytes) {
    tlm::tlm_generic_payload transaction;
    transaction.set_command(command);
    transaction.set_address(address);
    transaction.set_data_ptr(data);
    transaction.set_data_length(static_cast<unsigned>(bytes));
    transaction.set_streaming_width(static_cast<unsigned>(bytes));
    sc_core::sc_time delay = keeper_.get_local_time();
    socket->b_transport(transaction, delay);
    keeper_.set(delay);
    if (keeper_.need_sync()) keeper_.sync();
    if (!transaction.is_response_ok()) {
        std::ostringstream text;
        text << name() << ": " << (command == tlm::TLM_READ_COMMAND ? "read" : "write") << " of " << bytes
             << " bytes at 0x" << std::hex << address << ": " << transaction.get_response_string();
        throw std::runtime_error(text.str());
    }
}

std::uint32_t Processor::read_register(std::uint32_t offset) {
    std::uint32_t value = 0;
    access(tlm::TLM_READ_COMMAND, registers_ + offset, reinterpret_cast<std::uint8_t*>(&value), sizeof value);
    return value;
}

void Processor::write_register(std::uint32_t offset, std::uint32_t value) {
    access(tlm::TLM_WRITE_COMMAND, registers_ + offset, reinterpret_cast<std::uint8_t*>(&value), sizeof value);
}

void Processor::load(std::uint64_t address, std::span<std::uint8_t> bytes) {
    access(tlm::TLM_READ_COMMAND, address, bytes.data(), bytes.size());
}

void Processor::store(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());  // the generic payload has no const data
    access(tlm::TLM_WRITE_COMMAND, address, copy.data(), copy.size());
}

}  // namespace cce::example
