// SPDX-License-Identifier: Apache-2.0

#include "keyslot/context_store.h"

#include "common/erase.h"

namespace cce::model {

void ContextStore::reset() {
    valid_ = 0;
    erasing_ = true;
    erase_index_ = 0;
    erase(contexts_);
}

void ContextStore::clock(const Inputs& inputs) {
    // The memory has one write port, and erasing all goes first.
    if (erasing_) {
        erase(contexts_[erase_index_]);
    } else if (inputs.erase) {
        erase(contexts_[inputs.index]);
    } else if (inputs.write) {
        contexts_[inputs.index] = *inputs.context;
    }
    if (inputs.write) valid_ |= bit(inputs.index);
    if (inputs.erase) valid_ &= ~bit(inputs.index);
    if (inputs.erase_all) {
        valid_ = 0;
        erasing_ = true;
        erase_index_ = 0;
    } else if (erasing_) {
        if (erase_index_ == Configuration::context_count - 1) erasing_ = false;
        erase_index_ = (erase_index_ + 1) % Configuration::context_count;
    }
}

}  // namespace cce::model
