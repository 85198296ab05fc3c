// SPDX-License-Identifier: Apache-2.0
//
// Stands between an engine and everything else, and looks at all that passes: register accesses, DMA, interrupts.
// Checks the rules below, and writes a timeline.

#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <map>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "timeline.h"

namespace cce::example {

/// Rules:
///  - a transaction comes with TLM_INCOMPLETE_RESPONSE, without the DMI hint, has a command, a length that is not 0, a
///    streaming width that is not less, and if byte enables, then at least as many as bytes;
///  - it comes back with a response, and not earlier than it went;
///  - DMA does not cross a 4 KiB boundary (AXI4, A3.4.1), and comes only while a queue is enabled;
///  - queue q's interrupt comes only when its completion ring was written since the last one;
///  - an interrupt is high for one clock period.
class Monitor : public sc_core::sc_module {
public:
    /// `lets_dmi_pass`: then DMA by DMI goes unseen, and what depends on it unchecked.
    Monitor(const sc_core::sc_module_name& name, unsigned interrupt_count, const sc_core::sc_time& clock_period,
            bool lets_dmi_pass);

    tlm_utils::simple_target_socket<Monitor> from_interconnect;  ///< register accesses
    tlm_utils::simple_initiator_socket<Monitor> to_engine;
    tlm_utils::simple_target_socket<Monitor> from_engine;  ///< DMA
    tlm_utils::simple_initiator_socket<Monitor> to_interconnect;
    sc_core::sc_vector<sc_core::sc_in<bool>> interrupts;

    [[nodiscard]] Timeline& timeline() { return timeline_; }
    /// Broken rules so far, a line each.
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    /// Forgets everything that it has seen of the engine: for a test that breaks the rules on purpose.
    void clear();

private:
    /// What register writes have said of a queue.
    struct Queue {
        std::uint64_t submission_base = 0;
        std::uint64_t completion_base = 0;
        std::uint64_t submission_bytes = 0;
        std::uint64_t completion_bytes = 0;
        bool enabled = false;
        bool completed = false;  ///< since the last interrupt
    };

    void pass_register_access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    void pass_dma(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned pass_debug(tlm::tlm_generic_payload& transaction);
    bool pass_dmi_request(tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi);
    void pass_invalidation(sc_dt::uint64 first, sc_dt::uint64 last);
    void see_interrupts();

    void check_request(const char* where, const tlm::tlm_generic_payload& transaction);
    void check_answer(const char* where, const tlm::tlm_generic_payload& transaction, const sc_core::sc_time& begin,
                      const sc_core::sc_time& end);
    void learn(std::uint32_t offset, std::uint32_t value);
    [[nodiscard]] std::string name_memory(std::uint64_t address) const;
    void violate(const std::string& text);

    sc_core::sc_time clock_period_;
    bool lets_dmi_pass_;
    Timeline timeline_;
    std::vector<std::string> violations_;
    std::map<unsigned, Queue> queues_;
    std::vector<sc_core::sc_time> raised_;  ///< [v]: when the line of vector v went high
};

}  // namespace cce::example
