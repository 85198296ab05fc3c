// SPDX-License-Identifier: Apache-2.0

#include "core.h"

#include <openssl/params.h>

#include <array>
#include <cstdarg>

namespace cce::provider {

namespace {

OSSL_ITEM item(Reason reason, const char* text) {
    // libcrypto does not write to the text.
    return {static_cast<unsigned>(reason), const_cast<char*>(text)};
}

}  // namespace

const OSSL_ITEM* reason_strings() {
    static const std::array<OSSL_ITEM, 32> items{
        item(Reason::bad_decrypt, "bad decrypt"),
        item(Reason::cipher_operation_failed, "cipher operation failed"),
        item(Reason::failed_to_get_parameter, "failed to get parameter"),
        item(Reason::failed_to_set_parameter, "failed to set parameter"),
        item(Reason::invalid_aad, "invalid aad"),
        item(Reason::digest_operation_failed, "digest operation failed"),
        item(Reason::invalid_custom_length, "invalid custom length"),
        item(Reason::invalid_digest, "invalid digest"),
        item(Reason::invalid_output_length, "invalid output length"),
        item(Reason::no_digest_set, "no digest set"),
        item(Reason::invalid_data, "invalid data"),
        item(Reason::invalid_input_length, "invalid input length"),
        item(Reason::invalid_iv_length, "invalid iv length"),
        item(Reason::invalid_key_length, "invalid key length"),
        item(Reason::invalid_mode, "invalid mode"),
        item(Reason::invalid_tag, "invalid tag"),
        item(Reason::invalid_tag_length, "invalid tag length"),
        item(Reason::no_key_set, "no key set"),
        item(Reason::no_iv_set, "no iv set"),
        item(Reason::output_buffer_too_small, "output buffer too small"),
        item(Reason::tag_not_needed, "tag not needed"),
        item(Reason::tag_not_set, "tag not set"),
        item(Reason::too_many_records, "too many records"),
        item(Reason::wrong_final_block_length, "wrong final block length"),
        item(Reason::xts_data_unit_is_too_large, "xts data unit is too large"),
        item(Reason::xts_duplicated_keys, "xts duplicated keys"),
        item(Reason::out_of_memory, "out of memory"),
        item(Reason::invalid_configuration, "invalid configuration of the provider"),
        item(Reason::device_not_available, "crypto engine not available"),
        item(Reason::device_failed, "crypto engine failed the request"),
        item(Reason::internal_error, "internal error of the provider"),
        OSSL_ITEM{0, nullptr},
    };
    return items.data();
}

Core::Core(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH* functions) noexcept : handle_(handle) {
    for (const OSSL_DISPATCH* entry = functions; entry->function_id != 0; ++entry) {
        switch (entry->function_id) {
            case OSSL_FUNC_CORE_GET_PARAMS:
                get_params_ = OSSL_FUNC_core_get_params(entry);
                break;
            case OSSL_FUNC_CORE_NEW_ERROR:
                new_error_ = OSSL_FUNC_core_new_error(entry);
                break;
            case OSSL_FUNC_CORE_VSET_ERROR:
                vset_error_ = OSSL_FUNC_core_vset_error(entry);
                break;
            default:
                break;
        }
    }
}

std::string Core::parameter(const char* key) const {
    const char* value = nullptr;
    // The parameters of a provider's section come as pointers to text.
    std::array<OSSL_PARAM, 2> query{OSSL_PARAM_construct_utf8_ptr(key, const_cast<char**>(&value), 0),
                                    OSSL_PARAM_construct_end()};
    if (get_params_ == nullptr || get_params_(handle_, query.data()) != 1 || value == nullptr) {
        return {};
    }
    return value;
}

void Core::set_error(std::uint32_t reason, const char* format, ...) const noexcept {
    std::va_list arguments;
    va_start(arguments, format);
    vset_error_(handle_, reason, format, arguments);
    va_end(arguments);
}

void Core::raise(Reason reason, const char* particulars) const noexcept {
    if (new_error_ == nullptr || vset_error_ == nullptr) {
        return;
    }
    new_error_(handle_);
    if (*particulars != '\0') {
        set_error(static_cast<std::uint32_t>(reason), "%s", particulars);
    } else {
        set_error(static_cast<std::uint32_t>(reason), nullptr);
    }
}

}  // namespace cce::provider
