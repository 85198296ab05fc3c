// SPDX-License-Identifier: Apache-2.0
//
// Erasing of key material that a compiler can't leave out.

#pragma once

#include <type_traits>

namespace cce::model {

/// Gives `object` the value of a new one. The compiler must take it for read afterwards.
template <class Object>
requires std::is_trivially_copyable_v<Object>
void erase(Object& object) {
    object = Object{};
    // The object may be used by whoever sees its address: so the assignment is not dead.
    asm volatile("" : : "r"(&object) : "memory");
}

}  // namespace cce::model
