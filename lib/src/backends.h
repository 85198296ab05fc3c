// SPDX-License-Identifier: Apache-2.0
//
// The backends by name, and the choice among them. Each backend stands in its own file: software.cc, af_alg.cc,
// in_process.cc, dev.cc; the choice in choice.cc.

#pragma once

#include "backend.h"

namespace cce::internal {

[[nodiscard]] std::unique_ptr<SynchronousBackend> make_software();

/// What a device is opened with: the options, or what the environment says, or defaults.
struct Settings {
    std::string engine = "rtl";
    std::string transport;  ///< empty: the best that works
    std::size_t queue_depth = CCE_QUEUE_DEPTH;
    std::size_t cpu_below = 0;
    unsigned workers = 0;
};

/// From the options, which may be null, and the environment. Throws Failure.
[[nodiscard]] Settings settings_of(const cce_options& options);

/// Why a backend cannot be opened.
struct Missing {
    cce_status status = CCE_OK;
    std::string reason{};  ///< a sentence; empty: it can
};

inline constexpr const char* dev_path = "/dev/cce";
[[nodiscard]] Missing dev_missing();
[[nodiscard]] std::unique_ptr<Backend> make_dev(const Settings& settings);

/// Empty if the drivers are there and AF_ALG takes them; else the reason, a sentence.
[[nodiscard]] std::string af_alg_missing();
[[nodiscard]] std::unique_ptr<Backend> make_af_alg();

#ifdef CCE_WITH_IN_PROCESS
/// Builds the simulated engine `engine` with rings for `depth` requests; says on stderr that it simulates.
[[nodiscard]] std::unique_ptr<Backend> make_in_process(const std::string& engine, std::size_t depth);
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
[[nodiscard]] std::unique_ptr<Backend> make_backend(const std::string& backend, const Settings& settings);

}  // namespace cce::internal
