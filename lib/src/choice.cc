// SPDX-License-Identifier: Apache-2.0
//
// Which backend: the one named by the caller, else by CCE_BACKEND, else the first that is there of dev, af_alg and
// software. in-process is a simulation and therefore never chosen automatically. A named backend is never replaced. And
// the other options, with what the environment says of them.

#include <charconv>
#include <cstdlib>

#include "backends.h"

namespace cce::internal {

namespace {

constexpr const char* names = "auto, dev, af_alg, in-process, software";

bool is_known(const std::string& name) {
    return name == "dev" || name == "af_alg" || name == "in-process" || name == "software";
}

Choice choose_automatically(const std::string& by) {
    const Missing dev = dev_missing();
    if (dev.reason.empty()) {
        return {"dev", by + ": the kernel has " + dev_path};
    }
    const std::string af_alg = af_alg_missing();
    if (af_alg.empty()) {
        return {"af_alg", by + ": the kernel has the engine's drivers; " + dev.reason};
    }
    return {"software", by + ": no engine, " + dev.reason + "; " + af_alg};
}

/// The variable's value, or null if it is not set or empty.
const char* environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

Settings settings_of(const cce_options& options) {
    Settings settings;
    if (const char* engine = options.engine != nullptr ? options.engine : environment("CCE_ENGINE")) {
        settings.engine = engine;
    }
    if (const char* transport = options.transport != nullptr ? options.transport : environment("CCE_DEV_TRANSPORT")) {
        settings.transport = transport;
        if (settings.transport != "io_uring" && settings.transport != "ioctl") {
            throw Failure(CCE_ERROR_ARGUMENT, "transport \"" + settings.transport + "\" (" +
                                                  (options.transport != nullptr ? "option" : "CCE_DEV_TRANSPORT") +
                                                  ") is neither io_uring nor ioctl");
        }
    }
    if (options.queue_depth != 0) settings.queue_depth = options.queue_depth;
    if (settings.queue_depth > CCE_QUEUE_DEPTH_MAX) {
        throw Failure(CCE_ERROR_ARGUMENT, "queue_depth is at most " + std::to_string(CCE_QUEUE_DEPTH_MAX) + ", not " +
                                              std::to_string(settings.queue_depth));
    }
    if (options.workers > CCE_WORKERS_MAX) {
        throw Failure(CCE_ERROR_ARGUMENT, "workers is at most " + std::to_string(CCE_WORKERS_MAX) + ", not " +
                                              std::to_string(options.workers));
    }
    settings.workers = options.workers;
    if (options.cpu_below >= 0) {
        settings.cpu_below = static_cast<std::size_t>(options.cpu_below);
    } else if (const char* below = environment("CCE_CPU_BELOW")) {
        const std::string_view text(below);
        const auto result = std::from_chars(text.data(), text.data() + text.size(), settings.cpu_below);
        if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
            throw Failure(CCE_ERROR_ARGUMENT, "CCE_CPU_BELOW is \"" + std::string(text) + "\", not a number of bytes");
        }
    }
    return settings;
}

Choice choose(const char* named) {
    std::string name;
    std::string by;
    if (named != nullptr) {
        name = named;
        by = "named by the caller";
    } else if (const char* from_environment = environment("CCE_BACKEND")) {
        name = from_environment;
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
    if (backend == "dev") {
        const Missing missing = dev_missing();
        sentence = missing.reason.empty() ? std::string("the kernel has ") + dev_path : missing.reason;
        return missing.status;
    }
    if (backend == "af_alg") {
        sentence = af_alg_missing();
        if (sentence.empty()) {
            sentence = "the kernel has the engine's drivers";
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
    sentence = "no backend is called \"" + backend + "\"; there are: dev, af_alg, in-process, software";
    return CCE_ERROR_BACKEND_UNKNOWN;
}

std::unique_ptr<Backend> make_backend(const std::string& backend, const Settings& settings) {
    std::string sentence;
    if (const cce_status status = probe(backend, sentence); status != CCE_OK) {
        throw Failure(status, "backend " + backend + ": " + sentence);
    }
    if (settings.workers != 0 && backend == "dev") {
        throw Failure(CCE_ERROR_ARGUMENT, "backend dev starts no workers: the kernel works");
    }
    if (settings.workers > 1 && backend == "in-process") {
        throw Failure(CCE_ERROR_ARGUMENT, "backend in-process has one engine and at most one worker");
    }
    if (backend == "dev") {
        return make_dev(settings);
    }
    if (backend == "af_alg") {
        return make_af_alg();
    }
#ifdef CCE_WITH_IN_PROCESS
    if (backend == "in-process") {
        return make_in_process(settings.engine, settings.queue_depth);
    }
#endif
    return make_software();
}

}  // namespace cce::internal
