// SPDX-License-Identifier: Apache-2.0
//
// The engine-held contexts: keys with their lengths and rights.

#pragma once

#include <array>
#include <cstdint>

#include "configuration.h"
#include "types.h"

namespace cce::model {

/// What an engine-held context holds.
struct HeldContext {
    bool pair = false;
    KeyLength length = KeyLength::aes_128;
    std::uint32_t rights = 0;
    Key key{};
    Key second_key{};
};

/// Model of context_store.sv. Erasing all takes a cycle a context.
class ContextStore {
public:
    struct Inputs {
        bool write = false;
        bool erase = false;
        unsigned index = 0;            ///< of writing and erasing
        const HeldContext* context{};  ///< with write
        bool erase_all = false;
    };

    /// Reset erases as well: nothing of an earlier life is left in the memory.
    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool valid(unsigned index) const { return has(valid_, index); }
    [[nodiscard]] const HeldContext& context(unsigned index) const { return contexts_[index]; }
    [[nodiscard]] bool erasing() const { return erasing_; }
    [[nodiscard]] std::uint32_t valid_all() const { return valid_; }

private:
    std::array<HeldContext, Configuration::context_count> contexts_{};
    std::uint32_t valid_ = 0;
    bool erasing_ = false;
    unsigned erase_index_ = 0;
};

}  // namespace cce::model
