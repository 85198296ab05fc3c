// SPDX-License-Identifier: Apache-2.0
//
// OSSL_PARAM lists, read and answered: what is not in a list is not touched.

#pragma once

#include <openssl/params.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core.h"

namespace cce::provider {

inline void put_size(OSSL_PARAM params[], const char* name, std::size_t value) {
    if (OSSL_PARAM* param = OSSL_PARAM_locate(params, name); param != nullptr) {
        require(OSSL_PARAM_set_size_t(param, value) == 1, Reason::failed_to_set_parameter, name);
    }
}

inline void put_number(OSSL_PARAM params[], const char* name, unsigned value) {
    if (OSSL_PARAM* param = OSSL_PARAM_locate(params, name); param != nullptr) {
        require(OSSL_PARAM_set_uint(param, value) == 1, Reason::failed_to_set_parameter, name);
    }
}

/// `bytes` stay where they are for as long as the context: the caller may ask for a pointer to them.
inline void put_octets(OSSL_PARAM params[], const char* name, std::span<const std::uint8_t> bytes) {
    if (OSSL_PARAM* param = OSSL_PARAM_locate(params, name); param != nullptr) {
        require(OSSL_PARAM_set_octet_string(param, bytes.data(), bytes.size()) == 1 ||
                    OSSL_PARAM_set_octet_ptr(param, bytes.data(), bytes.size()) == 1,
                Reason::failed_to_set_parameter, name);
    }
}

[[nodiscard]] inline std::optional<std::size_t> size_in(const OSSL_PARAM params[], const char* name) {
    const OSSL_PARAM* param = params == nullptr ? nullptr : OSSL_PARAM_locate_const(params, name);
    if (param == nullptr) {
        return std::nullopt;
    }
    std::size_t value = 0;
    require(OSSL_PARAM_get_size_t(param, &value) == 1, Reason::failed_to_get_parameter, name);
    return value;
}

[[nodiscard]] inline std::optional<unsigned> number_in(const OSSL_PARAM params[], const char* name) {
    const OSSL_PARAM* param = params == nullptr ? nullptr : OSSL_PARAM_locate_const(params, name);
    if (param == nullptr) {
        return std::nullopt;
    }
    unsigned value = 0;
    require(OSSL_PARAM_get_uint(param, &value) == 1, Reason::failed_to_get_parameter, name);
    return value;
}

/// The octets of a parameter. Its data may be null: then only their number is told.
struct Octets {
    const std::uint8_t* data;
    std::size_t size;
    [[nodiscard]] std::span<const std::uint8_t> bytes() const {
        return data == nullptr ? std::span<const std::uint8_t>() : std::span(data, size);
    }
};
[[nodiscard]] inline std::optional<Octets> octets_in(const OSSL_PARAM params[], const char* name) {
    const OSSL_PARAM* param = params == nullptr ? nullptr : OSSL_PARAM_locate_const(params, name);
    if (param == nullptr) {
        return std::nullopt;
    }
    require(param->data_type == OSSL_PARAM_OCTET_STRING, Reason::failed_to_get_parameter, name);
    return Octets{static_cast<const std::uint8_t*>(param->data), param->data_size};
}

[[nodiscard]] inline std::optional<std::string> text_in(const OSSL_PARAM params[], const char* name) {
    const OSSL_PARAM* param = params == nullptr ? nullptr : OSSL_PARAM_locate_const(params, name);
    if (param == nullptr) {
        return std::nullopt;
    }
    const char* text = nullptr;
    require(OSSL_PARAM_get_utf8_string_ptr(param, &text) == 1 && text != nullptr, Reason::failed_to_get_parameter,
            name);
    return std::string(text);
}

}  // namespace cce::provider
