// SPDX-License-Identifier: Apache-2.0
//
// The page of identification, capabilities and control, and the whole-engine reset.

#pragma once

#include <cstdint>
#include <optional>

#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of global_registers.sv.
class GlobalRegisters {
public:
    struct Inputs {
        bool write = false;
        std::uint32_t offset = 0;
        std::uint32_t data = 0;
        QueueMask queue_event = 0;
        QueueMask queue_reset_pending = 0;
        bool erasing_contexts = false;
    };

    explicit GlobalRegisters(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    /// Content of a register; nothing if there is none at `offset`.
    [[nodiscard]] std::optional<std::uint32_t> read(std::uint32_t offset, std::uint64_t timestamp,
                                                    bool engine_idle) const;
    [[nodiscard]] bool reset_queues() const { return state_ == State::request; }
    [[nodiscard]] bool erase_contexts() const { return state_ == State::erase; }
    [[nodiscard]] bool gate_aes() const { return gate_aes_; }
    [[nodiscard]] bool gate_hash() const { return gate_hash_; }
    [[nodiscard]] bool interrupt() const { return interrupt_; }
    [[nodiscard]] bool idle() const { return state_ == State::idle && !interrupt_; }

private:
    enum class State : std::uint8_t { idle, request, wait, erase, erasing };

    unsigned data_bytes_;
    State state_ = State::idle;
    bool gate_aes_ = false;
    bool gate_hash_ = false;
    QueueMask event_ = 0;
    bool interrupt_ = false;
};

}  // namespace cce::model
