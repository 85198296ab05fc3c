// SPDX-License-Identifier: Apache-2.0
//
// What libcrypto gives a provider (openssl-core_dispatch.h(7)), and how this one reports errors: code in here throws a
// Fault, the outermost function turns it into an entry of the caller's error queue.

#pragma once

#include <openssl/core.h>
#include <openssl/core_dispatch.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace cce::provider {

/// Reasons of errors. The numbers are this provider's own; where OpenSSL's default provider has the same error, the
/// text is the same.
enum class Reason : std::uint32_t {
    bad_decrypt = 1,
    cipher_operation_failed,
    digest_operation_failed,
    failed_to_get_parameter,
    failed_to_set_parameter,
    invalid_aad,
    invalid_custom_length,
    invalid_data,
    invalid_digest,
    invalid_output_length,
    invalid_input_length,
    invalid_iv_length,
    invalid_key_length,
    invalid_mode,
    invalid_tag,
    invalid_tag_length,
    no_key_set,
    no_iv_set,
    no_digest_set,
    output_buffer_too_small,
    tag_not_needed,
    tag_not_set,
    too_many_records,
    wrong_final_block_length,
    xts_data_unit_is_too_large,
    xts_duplicated_keys,
    out_of_memory,
    invalid_configuration,
    device_not_available,
    device_failed,
    internal_error,
};

/// The texts of the reasons, for OSSL_FUNC_PROVIDER_GET_REASON_STRINGS.
[[nodiscard]] const OSSL_ITEM* reason_strings();

/// An error on its way to the caller's error queue: a reason, and particulars if there are any.
class Fault : public std::runtime_error {
public:
    explicit Fault(Reason reason, const std::string& particulars = {})
        : std::runtime_error(particulars), reason_(reason) {}
    [[nodiscard]] Reason reason() const noexcept { return reason_; }

private:
    Reason reason_;
};

inline void require(bool condition, Reason reason, const char* particulars = "") {
    if (!condition) {
        throw Fault(reason, particulars);
    }
}

/// The core's functions.
class Core {
public:
    Core(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH* functions) noexcept;

    [[nodiscard]] const OSSL_CORE_HANDLE* handle() const noexcept { return handle_; }
    /// The value of a key in the provider's section of the configuration; empty: there is none.
    [[nodiscard]] std::string parameter(const char* key) const;
    /// Puts an error into the calling thread's queue.
    void raise(Reason reason, const char* particulars) const noexcept;

private:
    void set_error(std::uint32_t reason, const char* format, ...) const noexcept;

    const OSSL_CORE_HANDLE* handle_;
    OSSL_FUNC_core_get_params_fn* get_params_ = nullptr;
    OSSL_FUNC_core_new_error_fn* new_error_ = nullptr;
    OSSL_FUNC_core_vset_error_fn* vset_error_ = nullptr;
};

/// Runs `call`; what it throws becomes an error of `core`, and the result `failed`. No exception leaves the provider.
template <typename Result, typename Call>
Result guarded(const Core& core, Result failed, Call call) noexcept {
    try {
        return call();
    } catch (const Fault& fault) {
        core.raise(fault.reason(), fault.what());
    } catch (const std::bad_alloc&) {
        core.raise(Reason::out_of_memory, "");
    } catch (const std::exception& error) {
        core.raise(Reason::internal_error, error.what());
    } catch (...) {
        core.raise(Reason::internal_error, "");
    }
    return failed;
}

}  // namespace cce::provider
