// SPDX-License-Identifier: Apache-2.0

#include "cipher.h"

#include <array>
#include <utility>

#include "functions.h"
#include "parameters.h"

namespace cce::provider {

namespace {

using Maker = std::unique_ptr<CipherState> (*)(Provider&, const CipherAlgorithm&);

struct Entry {
    CipherAlgorithm algorithm;
    Maker make;
    const OSSL_PARAM* (*gettable)();
    const OSSL_PARAM* (*settable)();
};

// ---- which parameters contexts have ---------------------------------------------------------------------------------

const OSSL_PARAM* plain_gettable() {
    static constexpr std::array list{
        described(OSSL_CIPHER_PARAM_KEYLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_IVLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_PADDING, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_NUM, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_IV, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_UPDATED_IV, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_TLS_MAC, OSSL_PARAM_OCTET_PTR),
        end_of_list,
    };
    return list.data();
}

const OSSL_PARAM* plain_settable() {
    static constexpr std::array list{
        described(OSSL_CIPHER_PARAM_KEYLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_PADDING, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_NUM, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_TLS_VERSION, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_TLS_MAC_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
        end_of_list,
    };
    return list.data();
}

const OSSL_PARAM* key_length_settable() {
    static constexpr std::array list{
        described(OSSL_CIPHER_PARAM_KEYLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        end_of_list,
    };
    return list.data();
}

const OSSL_PARAM* aead_gettable() {
    static constexpr std::array list{
        described(OSSL_CIPHER_PARAM_KEYLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_IVLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_AEAD_TAGLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_IV, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_UPDATED_IV, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_AEAD_TAG, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_AEAD_TLS1_AAD_PAD, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_AEAD_TLS1_GET_IV_GEN, OSSL_PARAM_OCTET_STRING),
        end_of_list,
    };
    return list.data();
}

const OSSL_PARAM* aead_settable() {
    static constexpr std::array list{
        described(OSSL_CIPHER_PARAM_KEYLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_AEAD_IVLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_AEAD_TAG, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_AEAD_TLS1_AAD, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, OSSL_PARAM_OCTET_STRING),
        described(OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV, OSSL_PARAM_OCTET_STRING),
        end_of_list,
    };
    return list.data();
}

// ---- the table ------------------------------------------------------------------------------------------------------

constexpr Entry ecb(const char* names, const char* name, std::size_t key) {
    return {{names, name, CCE_MODE_ECB, EVP_CIPH_ECB_MODE, key, 0, 16, false, false},
            make_block_cipher,
            plain_gettable,
            plain_settable};
}
constexpr Entry cbc(const char* names, const char* name, std::size_t key) {
    return {{names, name, CCE_MODE_CBC, EVP_CIPH_CBC_MODE, key, 16, 16, false, false},
            make_block_cipher,
            plain_gettable,
            plain_settable};
}
constexpr Entry ctr(const char* name, std::size_t key) {
    return {{name, name, CCE_MODE_CTR, EVP_CIPH_CTR_MODE, key, 16, 1, false, false},
            make_counter_cipher,
            plain_gettable,
            plain_settable};
}
constexpr Entry xts(const char* names, const char* name, std::size_t key) {
    return {{names, name, CCE_MODE_XTS, EVP_CIPH_XTS_MODE, key, 16, 1, false, true},
            make_xts,
            plain_gettable,
            key_length_settable};
}
constexpr Entry gcm(const char* names, const char* name, std::size_t key) {
    return {
        {names, name, CCE_MODE_GCM, EVP_CIPH_GCM_MODE, key, 12, 1, true, true}, make_gcm, aead_gettable, aead_settable};
}
constexpr Entry ccm(const char* names, const char* name, std::size_t key) {
    return {
        {names, name, CCE_MODE_CCM, EVP_CIPH_CCM_MODE, key, 12, 1, true, true}, make_ccm, aead_gettable, aead_settable};
}
constexpr Entry wrap(const char* names, const char* name, std::size_t key) {
    return {{names, name, CCE_MODE_KW, EVP_CIPH_WRAP_MODE, key, 8, 8, false, true},
            make_key_wrap,
            plain_gettable,
            key_length_settable};
}
constexpr Entry wrap_pad(const char* names, const char* name, std::size_t key) {
    return {{names, name, CCE_MODE_KWP, EVP_CIPH_WRAP_MODE, key, 4, 8, false, true},
            make_key_wrap,
            plain_gettable,
            key_length_settable};
}

/// The names are those of the default provider, so that both mean the same algorithm to libcrypto.
constexpr std::array entries{
    ecb("AES-256-ECB:2.16.840.1.101.3.4.1.41", "AES-256-ECB", 32),
    ecb("AES-192-ECB:2.16.840.1.101.3.4.1.21", "AES-192-ECB", 24),
    ecb("AES-128-ECB:2.16.840.1.101.3.4.1.1", "AES-128-ECB", 16),
    cbc("AES-256-CBC:AES256:2.16.840.1.101.3.4.1.42", "AES-256-CBC", 32),
    cbc("AES-192-CBC:AES192:2.16.840.1.101.3.4.1.22", "AES-192-CBC", 24),
    cbc("AES-128-CBC:AES128:2.16.840.1.101.3.4.1.2", "AES-128-CBC", 16),
    ctr("AES-256-CTR", 32),
    ctr("AES-192-CTR", 24),
    ctr("AES-128-CTR", 16),
    xts("AES-256-XTS:1.3.111.2.1619.0.1.2", "AES-256-XTS", 64),
    xts("AES-128-XTS:1.3.111.2.1619.0.1.1", "AES-128-XTS", 32),
    gcm("AES-256-GCM:id-aes256-GCM:2.16.840.1.101.3.4.1.46", "AES-256-GCM", 32),
    gcm("AES-192-GCM:id-aes192-GCM:2.16.840.1.101.3.4.1.26", "AES-192-GCM", 24),
    gcm("AES-128-GCM:id-aes128-GCM:2.16.840.1.101.3.4.1.6", "AES-128-GCM", 16),
    ccm("AES-256-CCM:id-aes256-CCM:2.16.840.1.101.3.4.1.47", "AES-256-CCM", 32),
    ccm("AES-192-CCM:id-aes192-CCM:2.16.840.1.101.3.4.1.27", "AES-192-CCM", 24),
    ccm("AES-128-CCM:id-aes128-CCM:2.16.840.1.101.3.4.1.7", "AES-128-CCM", 16),
    wrap("AES-256-WRAP:id-aes256-wrap:AES256-WRAP:2.16.840.1.101.3.4.1.45", "AES-256-WRAP", 32),
    wrap("AES-192-WRAP:id-aes192-wrap:AES192-WRAP:2.16.840.1.101.3.4.1.25", "AES-192-WRAP", 24),
    wrap("AES-128-WRAP:id-aes128-wrap:AES128-WRAP:2.16.840.1.101.3.4.1.5", "AES-128-WRAP", 16),
    wrap_pad("AES-256-WRAP-PAD:id-aes256-wrap-pad:AES256-WRAP-PAD:2.16.840.1.101.3.4.1.48", "AES-256-WRAP-PAD", 32),
    wrap_pad("AES-192-WRAP-PAD:id-aes192-wrap-pad:AES192-WRAP-PAD:2.16.840.1.101.3.4.1.28", "AES-192-WRAP-PAD", 24),
    wrap_pad("AES-128-WRAP-PAD:id-aes128-wrap-pad:AES128-WRAP-PAD:2.16.840.1.101.3.4.1.8", "AES-128-WRAP-PAD", 16),
};

// ---- the functions that libcrypto calls -----------------------------------------------------------------------------

CipherState& state_of(void* context) {
    return *static_cast<CipherState*>(context);
}

template <std::size_t Index>
void* new_context(void* context) {
    Provider& provider = *static_cast<Provider*>(context);
    return guarded(provider.core, static_cast<CipherState*>(nullptr), [&] {
        constexpr const Entry& entry = entries[Index];
        return entry.make(provider, entry.algorithm).release();
    });
}

void free_context(void* context) {
    const std::unique_ptr<CipherState> owner(static_cast<CipherState*>(context));
}

void* duplicate_context(void* context) {
    const CipherState& state = state_of(context);
    return guarded(state.provider().core, static_cast<CipherState*>(nullptr),
                   [&] { return state.duplicate().release(); });
}

void check_key_length(const CipherState& state, const OSSL_PARAM params[]) {
    if (const auto length = size_in(params, OSSL_CIPHER_PARAM_KEYLEN); length) {
        require(*length == state.algorithm().key_bytes, Reason::invalid_key_length,
                "the length of an AES key is part of the cipher's name");
    }
}

int initialize(void* context, const unsigned char* key, std::size_t key_length, const unsigned char* iv,
               std::size_t iv_length, const OSSL_PARAM params[], bool encrypt) {
    CipherState& state = state_of(context);
    return guarded(state.provider().core, 0, [&] {
        require(iv == nullptr || iv_length != 0 || state.algorithm().iv_bytes == 0, Reason::invalid_iv_length);
        require(key == nullptr || key_length != 0, Reason::invalid_key_length);
        state.initialize(encrypt, {key, key == nullptr ? 0 : key_length}, {iv, iv == nullptr ? 0 : iv_length});
        check_key_length(state, params);
        state.set(params);
        return 1;
    });
}

int encrypt_init(void* context, const unsigned char* key, std::size_t key_length, const unsigned char* iv,
                 std::size_t iv_length, const OSSL_PARAM params[]) {
    return initialize(context, key, key_length, iv, iv_length, params, true);
}

int decrypt_init(void* context, const unsigned char* key, std::size_t key_length, const unsigned char* iv,
                 std::size_t iv_length, const OSSL_PARAM params[]) {
    return initialize(context, key, key_length, iv, iv_length, params, false);
}

int update(void* context, unsigned char* out, std::size_t* written, std::size_t room, const unsigned char* in,
           std::size_t length) {
    CipherState& state = state_of(context);
    *written = 0;
    return guarded(state.provider().core, 0, [&] {
        *written = state.update(out, room, in, length);
        return 1;
    });
}

int finish(void* context, unsigned char* out, std::size_t* written, std::size_t room) {
    CipherState& state = state_of(context);
    *written = 0;
    return guarded(state.provider().core, 0, [&] {
        *written = state.finish(out, room);
        return 1;
    });
}

/// EVP_Cipher(3): a text in one call, or with `in` null the end.
int run_once(void* context, unsigned char* out, std::size_t* written, std::size_t room, const unsigned char* in,
             std::size_t length) {
    CipherState& state = state_of(context);
    if (state.algorithm().aead && in == nullptr) {
        return finish(context, out, written, room);
    }
    return update(context, out, written, room, in, length);
}

int get_context_params(void* context, OSSL_PARAM params[]) {
    CipherState& state = state_of(context);
    return guarded(state.provider().core, 0, [&] {
        put_size(params, OSSL_CIPHER_PARAM_KEYLEN, state.algorithm().key_bytes);
        state.get(params);
        return 1;
    });
}

int set_context_params(void* context, const OSSL_PARAM params[]) {
    CipherState& state = state_of(context);
    return guarded(state.provider().core, 0, [&] {
        check_key_length(state, params);
        state.set(params);
        return 1;
    });
}

template <std::size_t Index>
const OSSL_PARAM* gettable_context_params(void*, void*) {
    return entries[Index].gettable();
}

template <std::size_t Index>
const OSSL_PARAM* settable_context_params(void*, void*) {
    return entries[Index].settable();
}

const OSSL_PARAM* gettable_params(void*) {
    static constexpr std::array list{
        described(OSSL_CIPHER_PARAM_MODE, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_KEYLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_IVLEN, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_BLOCK_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_CIPHER_PARAM_AEAD, OSSL_PARAM_INTEGER),
        described(OSSL_CIPHER_PARAM_CUSTOM_IV, OSSL_PARAM_INTEGER),
        described(OSSL_CIPHER_PARAM_CTS, OSSL_PARAM_INTEGER),
        described(OSSL_CIPHER_PARAM_TLS1_MULTIBLOCK, OSSL_PARAM_INTEGER),
        described(OSSL_CIPHER_PARAM_HAS_RAND_KEY, OSSL_PARAM_INTEGER),
        end_of_list,
    };
    return list.data();
}

/// libcrypto gives no provider here, so that an error has no words.
template <std::size_t Index>
int get_params(OSSL_PARAM params[]) {
    constexpr const CipherAlgorithm& algorithm = entries[Index].algorithm;
    try {
        const auto put_flag = [params](const char* name, bool value) {
            OSSL_PARAM* param = OSSL_PARAM_locate(params, name);
            require(param == nullptr || OSSL_PARAM_set_int(param, value ? 1 : 0) == 1, Reason::failed_to_set_parameter);
        };
        put_number(params, OSSL_CIPHER_PARAM_MODE, algorithm.evp_mode);
        put_flag(OSSL_CIPHER_PARAM_AEAD, algorithm.aead);
        put_flag(OSSL_CIPHER_PARAM_CUSTOM_IV, algorithm.custom_iv);
        put_flag(OSSL_CIPHER_PARAM_CTS, false);
        put_flag(OSSL_CIPHER_PARAM_TLS1_MULTIBLOCK, false);
        put_flag(OSSL_CIPHER_PARAM_HAS_RAND_KEY, false);
        put_size(params, OSSL_CIPHER_PARAM_KEYLEN, algorithm.key_bytes);
        put_size(params, OSSL_CIPHER_PARAM_IVLEN, algorithm.iv_bytes);
        put_size(params, OSSL_CIPHER_PARAM_BLOCK_SIZE, algorithm.block_bytes);
        return 1;
    } catch (const std::exception&) {
        return 0;
    }
}

template <std::size_t Index>
const OSSL_DISPATCH* functions() {
    static const std::array<OSSL_DISPATCH, 16> table{
        dispatch(OSSL_FUNC_CIPHER_NEWCTX, new_context<Index>),
        dispatch(OSSL_FUNC_CIPHER_FREECTX, free_context),
        dispatch(OSSL_FUNC_CIPHER_DUPCTX, duplicate_context),
        dispatch(OSSL_FUNC_CIPHER_ENCRYPT_INIT, encrypt_init),
        dispatch(OSSL_FUNC_CIPHER_DECRYPT_INIT, decrypt_init),
        dispatch(OSSL_FUNC_CIPHER_UPDATE, update),
        dispatch(OSSL_FUNC_CIPHER_FINAL, finish),
        dispatch(OSSL_FUNC_CIPHER_CIPHER, run_once),
        dispatch(OSSL_FUNC_CIPHER_GET_PARAMS, get_params<Index>),
        dispatch(OSSL_FUNC_CIPHER_GETTABLE_PARAMS, gettable_params),
        dispatch(OSSL_FUNC_CIPHER_GET_CTX_PARAMS, get_context_params),
        dispatch(OSSL_FUNC_CIPHER_SET_CTX_PARAMS, set_context_params),
        dispatch(OSSL_FUNC_CIPHER_GETTABLE_CTX_PARAMS, gettable_context_params<Index>),
        dispatch(OSSL_FUNC_CIPHER_SETTABLE_CTX_PARAMS, settable_context_params<Index>),
        OSSL_DISPATCH{0, nullptr},
    };
    return table.data();
}

template <std::size_t... Indices>
std::array<OSSL_ALGORITHM, sizeof...(Indices) + 1> make_algorithms(std::index_sequence<Indices...>) {
    return {OSSL_ALGORITHM{entries[Indices].algorithm.names, "provider=cce", functions<Indices>(),
                           "AES on the Core Crypto Engine"}...,
            OSSL_ALGORITHM{nullptr, nullptr, nullptr, nullptr}};
}

}  // namespace

std::shared_ptr<Key> CipherState::make_key(std::span<const std::uint8_t> key) const {
    require(key.size() == algorithm_.key_bytes, Reason::invalid_key_length);
    return std::make_shared<Key>(algorithm_.mode, key);
}

const OSSL_ALGORITHM* cipher_algorithms() {
    static const auto algorithms = make_algorithms(std::make_index_sequence<entries.size()>());
    return algorithms.data();
}

}  // namespace cce::provider
