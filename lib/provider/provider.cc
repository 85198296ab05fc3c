// SPDX-License-Identifier: Apache-2.0
//
// The provider `cce` of OpenSSL 3: entry, description, algorithms, end. docs/provider.md says how to use it.

#include "provider.h"

#include <array>
#include <cstdio>
#include <memory>
#include <new>

#include "functions.h"

namespace cce::provider {

namespace {

Provider& provider_of(void* context) {
    return *static_cast<Provider*>(context);
}

void teardown(void* context) {
    const std::unique_ptr<Provider> provider(static_cast<Provider*>(context));
    if (const std::string& file = provider->configuration.report; !file.empty()) {
        provider->report.write(file);
    }
}

/// What is told beside name, version, build and status; described in docs/provider.md.
constexpr const char* engine_requests_name = "cce-engine-requests";
constexpr const char* engine_bytes_name = "cce-engine-bytes";
constexpr const char* cpu_requests_name = "cce-cpu-requests";
constexpr const char* cpu_bytes_name = "cce-cpu-bytes";
constexpr const char* async_pauses_name = "cce-async-pauses";
constexpr const char* most_in_flight_name = "cce-most-in-flight";
constexpr const char* report_name = "cce-report";

const OSSL_PARAM* gettable_params(void*) {
    static const std::array<OSSL_PARAM, 12> list{
        described(OSSL_PROV_PARAM_NAME, OSSL_PARAM_UTF8_PTR),
        described(OSSL_PROV_PARAM_VERSION, OSSL_PARAM_UTF8_PTR),
        described(OSSL_PROV_PARAM_BUILDINFO, OSSL_PARAM_UTF8_PTR),
        described(OSSL_PROV_PARAM_STATUS, OSSL_PARAM_INTEGER),
        described(engine_requests_name, OSSL_PARAM_UNSIGNED_INTEGER),
        described(engine_bytes_name, OSSL_PARAM_UNSIGNED_INTEGER),
        described(cpu_requests_name, OSSL_PARAM_UNSIGNED_INTEGER),
        described(cpu_bytes_name, OSSL_PARAM_UNSIGNED_INTEGER),
        described(async_pauses_name, OSSL_PARAM_UNSIGNED_INTEGER),
        described(most_in_flight_name, OSSL_PARAM_UNSIGNED_INTEGER),
        described(report_name, OSSL_PARAM_UTF8_STRING),
        end_of_list,
    };
    return list.data();
}

int get_params(void* context, OSSL_PARAM params[]) {
    const Provider& provider = provider_of(context);
    const Report& report = provider.report;
    return guarded(provider.core, 0, [&] {
        const auto put = [&](const char* name, auto set) {
            if (OSSL_PARAM* param = OSSL_PARAM_locate(params, name); param != nullptr) {
                require(set(param) == 1, Reason::failed_to_set_parameter, name);
            }
        };
        const auto put_count = [&](const char* name, std::uint64_t count) {
            put(name, [count](OSSL_PARAM* param) { return OSSL_PARAM_set_uint64(param, count); });
        };
        put(OSSL_PROV_PARAM_NAME,
            [](OSSL_PARAM* param) { return OSSL_PARAM_set_utf8_ptr(param, "Core Crypto Engine provider"); });
        put(OSSL_PROV_PARAM_VERSION, [](OSSL_PARAM* param) { return OSSL_PARAM_set_utf8_ptr(param, cce_version()); });
        put(OSSL_PROV_PARAM_BUILDINFO,
            [](OSSL_PARAM* param) { return OSSL_PARAM_set_utf8_ptr(param, "built with " OPENSSL_VERSION_TEXT); });
        put(OSSL_PROV_PARAM_STATUS, [](OSSL_PARAM* param) { return OSSL_PARAM_set_int(param, 1); });
        put_count(engine_requests_name, report.engine_requests());
        put_count(engine_bytes_name, report.engine_bytes());
        put_count(cpu_requests_name, report.cpu_requests());
        put_count(cpu_bytes_name, report.cpu_bytes());
        put_count(async_pauses_name, report.pauses());
        put_count(most_in_flight_name, report.most_in_flight());
        put(report_name, [&](OSSL_PARAM* param) { return OSSL_PARAM_set_utf8_string(param, report.json().c_str()); });
        return 1;
    });
}

const OSSL_ALGORITHM* query_operation(void*, int operation, int* no_cache) {
    *no_cache = 0;
    switch (operation) {
        case OSSL_OP_CIPHER:
            return cipher_algorithms();
        case OSSL_OP_DIGEST:
            return digest_algorithms();
        case OSSL_OP_MAC:
            return mac_algorithms();
        default:
            return nullptr;
    }
}

const OSSL_ITEM* get_reason_strings(void*) {
    return reason_strings();
}

}  // namespace

}  // namespace cce::provider

/// The one name that the module exports (provider-base(7)).
extern "C" __attribute__((visibility("default"))) int OSSL_provider_init(const OSSL_CORE_HANDLE* handle,
                                                                         const OSSL_DISPATCH* functions,
                                                                         const OSSL_DISPATCH** out, void** context) {
    using namespace cce::provider;
    static const std::array<OSSL_DISPATCH, 6> dispatch_table{
        dispatch(OSSL_FUNC_PROVIDER_TEARDOWN, teardown),
        dispatch(OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, gettable_params),
        dispatch(OSSL_FUNC_PROVIDER_GET_PARAMS, get_params),
        dispatch(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query_operation),
        dispatch(OSSL_FUNC_PROVIDER_GET_REASON_STRINGS, get_reason_strings),
        OSSL_DISPATCH{0, nullptr},
    };
    const Core core(handle, functions);
    return guarded(core, 0, [&] {
        try {
            *context = std::make_unique<Provider>(handle, functions).release();
        } catch (const Fault& fault) {
            // libcrypto says nothing where a provider of the configuration file is not loaded, and goes on with its
            // own.
            std::fprintf(stderr, "cce provider: not loaded: %s\n", fault.what());
            throw;
        }
        *out = dispatch_table.data();
        return 1;
    });
}
