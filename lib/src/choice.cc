// SPDX-License-Identifier: Apache-2.0
//
// Which backend: the one named by the caller, else by CCE_BACKEND, else af_alg if it is there, else software.
// in-process is a simulation and therefore never chosen automatically. A named backend is never replaced.

#include <cstdlib>

#include "backends.h"

namespace cce::internal {

namespace {

constexpr const char* names = "auto, af_alg, in-process, software";

bool is_known(const std::string& name) {
    return name == "af_alg" || name == "in-process" || name == "software";
}

Choice choose_automatically(const std::string& by) {
    const std::string missing = af_alg_missing();
    if (missing.empty()) {
        return {"af_alg", by + ": the kernel has the engine's drivers"};
    }
    return {"software", by + ": no engine, " + missing};
}

}  // namespace

Choice choose(const char* named) {
    std::string name;
    std::string by;
    if (named != nullptr) {
        name = named;
        by = "named by the caller";
    } else if (const char* environment = std::getenv("CCE_BACKEND"); environment != nullptr && *environment != '\0') {
        name = environment;
        by = "named by CCE_BACKEND";
    } else {
        return choose_automatically("automatic choice");
    }
    if (name == "auto") {
        return choose_automatically("automatic choice");
    }
    if (!is_known(name)) {
        throw Failure(CCE_ERROR_BACKEND_UNKNOWN,
                      "no backend is called \"" + name + "\" (" + by + "); there are: " + names);
    }
    return {name, by};
}

cce_status probe(const std::string& backend, std::string& sentence) {
    if (backend == "software") {
        sentence = "OpenSSL on the CPU, always available";
        return CCE_OK;
    }
    if (backend == "af_alg") {
        sentence = af_alg_missing();
        if (sentence.empty()) {
            sentence = "the kernel has ecb-aes-cce, cbc-aes-cce and ctr-aes-cce";
            return CCE_OK;
        }
        return CCE_ERROR_BACKEND_UNAVAILABLE;
    }
    if (backend == "in-process") {
#ifdef CCE_WITH_IN_PROCESS
        sentence = "a simulation of the engine in this process; used only when it is named";
        return CCE_OK;
#else
        sentence = "this library was built without the simulated engine (CMake option CCE_IN_PROCESS)";
        return CCE_ERROR_BACKEND_UNAVAILABLE;
#endif
    }
    sentence = "no backend is called \"" + backend + "\"; there are: af_alg, in-process, software";
    return CCE_ERROR_BACKEND_UNKNOWN;
}

std::unique_ptr<Backend> make_backend(const std::string& backend, [[maybe_unused]] const std::string& engine) {
    std::string sentence;
    if (const cce_status status = probe(backend, sentence); status != CCE_OK) {
        throw Failure(status, "backend " + backend + ": " + sentence);
    }
    if (backend == "af_alg") {
        return make_af_alg();
    }
#ifdef CCE_WITH_IN_PROCESS
    if (backend == "in-process") {
        return make_in_process(engine);
    }
#endif
    return make_software();
}

}  // namespace cce::internal
