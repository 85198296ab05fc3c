// SPDX-License-Identifier: Apache-2.0
//
// GHASH (SP 800-38D, 6.4), a block a cycle.

#pragma once

#include <span>

#include "ghash/host_ghash.h"
#include "types.h"

namespace cce::model {

/// Model of ghash.sv with the pipelined multiplier (ghash_pipelined.sv): the result stands three cycles after the last
/// block. The sum is formed when a block is taken; nobody sees it before.
class Ghash {
public:
    struct Inputs {
        bool start = false;
        const Block* hash_key{};  ///< with start
        bool clear = false;
        bool valid = false;
        const Block* block{};  ///< with valid
        bool last = false;
    };

    void reset() { clear(); }

    void clock(const Inputs& inputs) {
        if (inputs.clear) {
            if (!cleared_) clear();
        } else if (inputs.start) {
            sum_.start(*inputs.hash_key);
            active_ = true;
            cleared_ = taken_last_ = stage_last_ = result_valid_ = false;
        } else {
            if (stage_last_) result_valid_ = true;
            stage_last_ = taken_last_;
            taken_last_ = inputs.valid && active_ && inputs.last;
            if (inputs.valid && active_) sum_.update(std::span(inputs.block, 1));
            if (taken_last_) active_ = false;
        }
    }

    /// Bulk advance: a block in every cycle, none of them the last one.
    void advance(std::span<const Block> blocks) { sum_.update(blocks); }

    [[nodiscard]] bool ready() const { return active_; }
    [[nodiscard]] bool result_near() const { return result_valid_ || stage_last_; }
    [[nodiscard]] bool result_valid() const { return result_valid_; }
    [[nodiscard]] Block result() const { return sum_.sum(); }

private:
    void clear() {
        sum_.clear();
        active_ = taken_last_ = stage_last_ = result_valid_ = false;
        cleared_ = true;
    }

    HostGhash sum_;
    bool active_ = false;  ///< started, and the last block has not come yet
    bool taken_last_ = false;
    bool stage_last_ = false;
    bool result_valid_ = false;
    bool cleared_ = true;
};

}  // namespace cce::model
