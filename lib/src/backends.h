// SPDX-License-Identifier: Apache-2.0
//
// The backends by name, and the choice among them. Each backend stands in its own file: software.cc, af_alg.cc,
// in_process.cc; the choice in choice.cc.

#pragma once

#include "backend.h"

namespace cce::internal {

[[nodiscard]] std::unique_ptr<Backend> make_software();

/// Empty if the three drivers are there and AF_ALG takes them; else the reason, a sentence.
[[nodiscard]] std::string af_alg_missing();
[[nodiscard]] std::unique_ptr<Backend> make_af_alg();

#ifdef CCE_WITH_IN_PROCESS
/// Builds the simulated engine `engine`; says on stderr that it simulates.
[[nodiscard]] std::unique_ptr<Backend> make_in_process(const std::string& engine);
#endif

/// A backend's name, and why it.
struct Choice {
    std::string backend;
    std::string reason;
};

/// Name in the options, else $CCE_BACKEND, else automatic. Throws Failure for an unknown name.
[[nodiscard]] Choice choose(const char* named);

/// Whether `backend` can be opened now, with a sentence either way.
[[nodiscard]] cce_status probe(const std::string& backend, std::string& sentence);

/// Opens exactly this backend. Throws Failure.
[[nodiscard]] std::unique_ptr<Backend> make_backend(const std::string& backend, const std::string& engine);

}  // namespace cce::internal
