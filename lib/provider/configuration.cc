// SPDX-License-Identifier: Apache-2.0

#include "configuration.h"

#include <charconv>
#include <cstdlib>

#include "cce/cce.h"

namespace cce::provider {

namespace {

std::size_t number(const std::string& text, const char* name) {
    std::size_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) {
        throw Fault(Reason::invalid_configuration,
                    std::string(name) + " is a number of bytes, 0 or more; it is set to '" + text + "'");
    }
    return value;
}

/// secure_getenv: a program with other rights than its user's takes nothing from the environment.
std::string value_of(const Core& core, const char* key, const char* variable) {
    std::string value = core.parameter(key);
    if (value.empty() && variable != nullptr) {
        if (const char* environment = ::secure_getenv(variable); environment != nullptr) {
            value = environment;
        }
    }
    return value;
}

}  // namespace

Configuration Configuration::read(const Core& core) {
    Configuration result;
    result.backend = value_of(core, "backend", "CCE_BACKEND");
    result.engine = value_of(core, "engine", "CCE_ENGINE");
    if (const std::string text = value_of(core, "cpu-below", "CCE_CPU_BELOW"); !text.empty()) {
        result.cpu_below = number(text, "cpu-below (CCE_CPU_BELOW)");
    }
    result.report = value_of(core, "report", "CCE_PROVIDER_REPORT");

    // A backend that is not there is told now, when the configuration is loaded, and not with the first long text.
    if (!result.backend.empty() && result.backend != "auto") {
        cce_error error{};
        if (const cce_status status = cce_probe(result.backend.c_str(), &error); status != CCE_OK) {
            const bool unknown = status == CCE_ERROR_BACKEND_UNKNOWN;
            throw Fault(unknown ? Reason::invalid_configuration : Reason::device_not_available,
                        "backend '" + result.backend + "': " + error.message);
        }
    }
    return result;
}

}  // namespace cce::provider
