// SPDX-License-Identifier: Apache-2.0

#include "monitor.h"

#include <algorithm>
#include <cstring>
#include <sstream>
#include <string_view>
#include <utility>

#include "cce_contract.hpp"

namespace cce::example {

namespace {

namespace doorbell = contract::doorbell_page;
namespace global = contract::global_page;
namespace page = contract::queue_page;

constexpr std::uint64_t boundary = 4096;
constexpr unsigned word_bits = 32;

using Names = std::vector<std::pair<std::uint32_t, std::string_view>>;

const Names& queue_names() {
    static const Names names{{page::control, "control"},
                             {page::status, "status"},
                             {page::submission_base_low, "submission_base_low"},
                             {page::submission_base_high, "submission_base_high"},
                             {page::completion_base_low, "completion_base_low"},
                             {page::completion_base_high, "completion_base_high"},
                             {page::ring_size, "ring_size"},
                             {page::rights, "rights"},
                             {page::interrupt_count, "interrupt_count"},
                             {page::interrupt_time, "interrupt_time"}};
    return names;
}

const Names& doorbell_names() {
    static const Names names{{doorbell::submission_tail, "submission_tail doorbell"},
                             {doorbell::completion_head, "completion_head doorbell"}};
    return names;
}

const Names& global_names() {
    static const Names names{{global::identification, "identification"},
                             {global::version, "version"},
                             {global::algorithms, "algorithms"},
                             {global::geometry, "geometry"},
                             {global::control, "control"},
                             {global::engine_status, "engine_status"},
                             {global::cycle_low, "cycle_low"},
                             {global::cycle_high, "cycle_high"},
                             {global::gate, "gate"},
                             {global::capacity, "capacity"}};
    return names;
}

std::string hexadecimal(std::uint64_t value) {
    std::ostringstream text;
    text << "0x" << std::hex << value;
    return text.str();
}

/// The queue whose page, of those from `base` on, holds the register.
bool in_queue_pages(std::uint32_t offset, std::uint32_t base) {
    return offset >= base && offset < base + contract::queue_limit * contract::page_bytes;
}

std::string name_register(std::uint32_t offset) {
    const auto find = [](const Names& names, std::uint32_t in_page) {
        const auto found = std::ranges::find(names, in_page, &Names::value_type::first);
        return found == names.end() ? hexadecimal(in_page) : std::string(found->second);
    };
    const std::uint32_t in_page = offset % contract::page_bytes;
    if (in_queue_pages(offset, page::base)) {
        return "queue " + std::to_string((offset - page::base) / page::stride) + " " + find(queue_names(), in_page);
    }
    if (in_queue_pages(offset, doorbell::base)) {
        return "queue " + std::to_string((offset - doorbell::base) / doorbell::stride) + " " +
               find(doorbell_names(), in_page);
    }
    if (offset < contract::page_bytes) return find(global_names(), in_page);
    return hexadecimal(offset);
}

void put_half(std::uint64_t& number, bool high, std::uint32_t value) {
    const unsigned shift = high ? word_bits : 0;
    number &= ~(std::uint64_t{~std::uint32_t{0}} << shift);
    number |= std::uint64_t{value} << shift;
}

}  // namespace

Monitor::Monitor(const sc_core::sc_module_name& name, unsigned interrupt_count, const sc_core::sc_time& clock_period,
                 bool lets_dmi_pass)
    : sc_core::sc_module(name),
      from_interconnect("from_interconnect"),
      to_engine("to_engine"),
      from_engine("from_engine"),
      to_interconnect("to_interconnect"),
      interrupts("interrupt", interrupt_count),
      clock_period_(clock_period),
      lets_dmi_pass_(lets_dmi_pass),
      raised_(interrupt_count) {
    from_interconnect.register_b_transport(this, &Monitor::pass_register_access);
    from_engine.register_b_transport(this, &Monitor::pass_dma);
    from_engine.register_transport_dbg(this, &Monitor::pass_debug);
    from_engine.register_get_direct_mem_ptr(this, &Monitor::pass_dmi_request);
    to_interconnect.register_invalidate_direct_mem_ptr(this, &Monitor::pass_invalidation);
    SC_HAS_PROCESS(Monitor);
    SC_METHOD(see_interrupts);
    dont_initialize();
    for (auto& line : interrupts) sensitive << line;
}

void Monitor::clear() {
    timeline_.clear();
    violations_.clear();
    queues_.clear();
}

void Monitor::violate(const std::string& text) {
    violations_.push_back(sc_core::sc_time_stamp().to_string() + ": " + text);
    timeline_.add(sc_core::sc_time_stamp(), sc_core::sc_time_stamp(), "MONITOR", "rule broken: " + text);
}

void Monitor::check_request(const char* where, const tlm::tlm_generic_payload& transaction) {
    const auto rule = [&](bool kept, const char* text) {
        if (!kept) violate(std::string(where) + " at " + hexadecimal(transaction.get_address()) + ": " + text);
    };
    rule(transaction.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, "the response status is not INCOMPLETE");
    rule(!transaction.is_dmi_allowed(), "the DMI hint is set");
    rule(transaction.is_read() || transaction.is_write(), "there is no command");
    rule(transaction.get_data_length() != 0, "the length is 0");
    rule(transaction.get_streaming_width() >= transaction.get_data_length(),
         "the streaming width is less than the length");
    rule(transaction.get_byte_enable_ptr() == nullptr ||
             transaction.get_byte_enable_length() >= transaction.get_data_length(),
         "there are fewer byte enables than bytes");
}

void Monitor::check_answer(const char* where, const tlm::tlm_generic_payload& transaction,
                           const sc_core::sc_time& begin, const sc_core::sc_time& end) {
    const std::string what = std::string(where) + " at " + hexadecimal(transaction.get_address()) + ": ";
    if (transaction.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE) violate(what + "there is no response");
    if (end < begin) violate(what + "it ended before it began");
}

void Monitor::pass_register_access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    check_request("register access", transaction);
    const sc_core::sc_time begin = sc_core::sc_time_stamp() + delay;
    to_engine->b_transport(transaction, delay);
    const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
    check_answer("register access", transaction, begin, end);
    const auto offset = static_cast<std::uint32_t>(transaction.get_address());
    std::uint32_t value = 0;
    std::memcpy(&value, transaction.get_data_ptr(), std::min<std::size_t>(sizeof value, transaction.get_data_length()));
    std::string text =
        (transaction.is_write() ? "write " : "read  ") + name_register(offset) + " = " + hexadecimal(value);
    if (!transaction.is_response_ok()) text += "  " + transaction.get_response_string();
    timeline_.add(begin, end, "register", text);
    if (transaction.is_write() && transaction.is_response_ok()) learn(offset, value);
}

void Monitor::learn(std::uint32_t offset, std::uint32_t value) {
    if (!in_queue_pages(offset, page::base)) return;
    Queue& queue = queues_[(offset - page::base) / page::stride];
    switch (offset % contract::page_bytes) {
        case page::submission_base_low:
        case page::submission_base_high:
            put_half(queue.submission_base, offset % contract::page_bytes == page::submission_base_high, value);
            break;
        case page::completion_base_low:
        case page::completion_base_high:
            put_half(queue.completion_base, offset % contract::page_bytes == page::completion_base_high, value);
            break;
        case page::ring_size:
            queue.submission_bytes = sizeof(contract::Descriptor) << page::ring_size_submission_log2.get(value);
            queue.completion_bytes = sizeof(contract::Completion) << page::ring_size_completion_log2.get(value);
            break;
        case page::control:
            queue.enabled = page::control_enable.get(value) != 0;
            break;
        default:
            break;
    }
}

std::string Monitor::name_memory(std::uint64_t address) const {
    for (const auto& [index, queue] : queues_) {
        const auto entry = [&, index = index](const char* ring, std::uint64_t base, std::uint64_t entry_bytes) {
            return std::string(ring) + " ring " + std::to_string(index) + ", entry " +
                   std::to_string((address - base) / entry_bytes);
        };
        if (address >= queue.submission_base && address - queue.submission_base < queue.submission_bytes) {
            return entry("submission", queue.submission_base, sizeof(contract::Descriptor));
        }
        if (address >= queue.completion_base && address - queue.completion_base < queue.completion_bytes) {
            return entry("completion", queue.completion_base, sizeof(contract::Completion));
        }
    }
    return "";
}

void Monitor::pass_dma(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    check_request("DMA", transaction);
    const std::uint64_t address = transaction.get_address();
    const std::uint64_t length = transaction.get_data_length();
    if (length != 0 && address / boundary != (address + length - 1) / boundary) {
        violate("DMA at " + hexadecimal(address) + ": it crosses a 4 KiB boundary");
    }
    if (std::ranges::none_of(queues_, [](const auto& queue) { return queue.second.enabled; })) {
        violate("DMA at " + hexadecimal(address) + ": no queue is enabled");
    }
    const sc_core::sc_time begin = sc_core::sc_time_stamp() + delay;
    to_interconnect->b_transport(transaction, delay);
    const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
    check_answer("DMA", transaction, begin, end);
    if (!lets_dmi_pass_) transaction.set_dmi_allowed(false);

    std::ostringstream text;
    text << (transaction.is_write() ? "write " : "read  ") << hexadecimal(address) << ", " << length << " bytes";
    if (transaction.get_byte_enable_ptr() != nullptr) text << ", with byte enables";
    const std::string name = name_memory(address);
    if (!name.empty()) text << ": " << name;
    if (!transaction.is_response_ok()) text << "  " << transaction.get_response_string();
    timeline_.add(begin, end, "DMA", text.str());

    if (!transaction.is_write()) return;
    for (auto& [index, queue] : queues_) {
        if (address >= queue.completion_base && address - queue.completion_base < queue.completion_bytes) {
            queue.completed = true;
        }
    }
}

unsigned Monitor::pass_debug(tlm::tlm_generic_payload& transaction) {
    return to_interconnect->transport_dbg(transaction);
}

bool Monitor::pass_dmi_request(tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi) {
    return lets_dmi_pass_ && to_interconnect->get_direct_mem_ptr(transaction, dmi);
}

void Monitor::pass_invalidation(sc_dt::uint64 first, sc_dt::uint64 last) {
    from_engine->invalidate_direct_mem_ptr(first, last);
}

void Monitor::see_interrupts() {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    for (unsigned vector = 0; vector < raised_.size(); ++vector) {
        if (interrupts[vector].negedge() && (now - raised_[vector]) != clock_period_) {
            violate("interrupt " + std::to_string(vector) + " was high for " + (now - raised_[vector]).to_string());
        }
        if (!interrupts[vector].posedge()) continue;
        raised_[vector] = now;
        timeline_.add(now, now, "interrupt", "vector " + std::to_string(vector));
        if (vector == contract::interrupt_vector_event || lets_dmi_pass_) continue;
        Queue& queue = queues_[vector - 1];
        if (!queue.completed) {
            violate("interrupt " + std::to_string(vector) + ": nothing was written to the completion ring");
        }
        queue.completed = false;
    }
}

}  // namespace cce::example
