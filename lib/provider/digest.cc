// SPDX-License-Identifier: Apache-2.0
//
// SHA-2 (FIPS 180-4), SHA-3 and SHAKE (FIPS 202) with EVP_MD's semantics. OpenSSL 3.0 has no EVP_DigestSqueeze():
// SHAKE's output comes in one piece, of the length that EVP_DigestFinalXOF() or the parameter "xoflen" says.

#include <array>
#include <memory>

#include "functions.h"
#include "hasher.h"
#include "parameters.h"

namespace cce::provider {

namespace {

/// OpenSSL 3.0's output length of SHAKE where none is set: its strength against preimages, no more.
constexpr std::size_t shake_128_bytes = 16;
constexpr std::size_t shake_256_bytes = 32;

constexpr bool is_shake(cce_hash hash) {
    return hash == CCE_HASH_SHAKE_128 || hash == CCE_HASH_SHAKE_256;
}

std::size_t default_bytes(cce_hash hash) {
    return is_shake(hash) ? (hash == CCE_HASH_SHAKE_128 ? shake_128_bytes : shake_256_bytes)
                          : cce_hash_digest_bytes(hash);
}

class Digest final : public Hasher {
public:
    Digest(Provider& provider, cce_hash hash, const char* name)
        : Hasher(provider), hash_(hash), name_(name), size_(default_bytes(hash)) {}

    void initialize(const OSSL_PARAM params[]) {
        begin();
        set(params);
    }

    void set(const OSSL_PARAM params[]) {
        if (!is_xof()) {
            return;
        }
        if (const auto length = size_in(params, OSSL_DIGEST_PARAM_XOFLEN); length) {
            size_ = *length;
        }
    }

    std::size_t finish(std::span<std::uint8_t> out) {
        require(out.size() >= size_, Reason::output_buffer_too_small);
        Hasher::finish(out.first(size_));
        return size_;
    }

    [[nodiscard]] std::unique_ptr<Digest> clone() const { return std::make_unique<Digest>(*this); }

protected:
    std::shared_ptr<Key> key() override { return provider().plain_hash(hash_); }
    CpuHash make_cpu() override { return CpuHash(provider().cpu.digest_context(name_)); }
    bool is_xof() const override { return is_shake(hash_); }

private:
    cce_hash hash_;
    const char* name_;  ///< OpenSSL's
    std::size_t size_;  ///< of the output
};

// ---- the functions that libcrypto calls (provider-digest(7)) --------------------------------------------------------

using Functions = ContextFunctions<Digest>;

/// Every function by OpenSSL's name for it.
template <cce_hash Hash>
constexpr const char* name_of = nullptr;
template <>
constexpr const char* name_of<CCE_HASH_SHA_224> = "SHA2-224";
template <>
constexpr const char* name_of<CCE_HASH_SHA_256> = "SHA2-256";
template <>
constexpr const char* name_of<CCE_HASH_SHA_384> = "SHA2-384";
template <>
constexpr const char* name_of<CCE_HASH_SHA_512> = "SHA2-512";
template <>
constexpr const char* name_of<CCE_HASH_SHA_512_224> = "SHA2-512/224";
template <>
constexpr const char* name_of<CCE_HASH_SHA_512_256> = "SHA2-512/256";
template <>
constexpr const char* name_of<CCE_HASH_SHA3_224> = "SHA3-224";
template <>
constexpr const char* name_of<CCE_HASH_SHA3_256> = "SHA3-256";
template <>
constexpr const char* name_of<CCE_HASH_SHA3_384> = "SHA3-384";
template <>
constexpr const char* name_of<CCE_HASH_SHA3_512> = "SHA3-512";
template <>
constexpr const char* name_of<CCE_HASH_SHAKE_128> = "SHAKE-128";
template <>
constexpr const char* name_of<CCE_HASH_SHAKE_256> = "SHAKE-256";

template <cce_hash Hash>
void* new_context(void* context) {
    return Functions::create(
        context, [](Provider& provider) { return std::make_unique<Digest>(provider, Hash, name_of<Hash>); });
}

int initialize(void* context, const OSSL_PARAM params[]) {
    Digest& digest = Functions::of(context);
    return guarded(digest.provider().core, 0, [&] {
        digest.initialize(params);
        return 1;
    });
}

const OSSL_PARAM* settable_context_params(void*, void*) {
    static constexpr std::array list{described(OSSL_DIGEST_PARAM_XOFLEN, OSSL_PARAM_UNSIGNED_INTEGER), end_of_list};
    return list.data();
}

const OSSL_PARAM* gettable_params(void*) {
    static constexpr std::array list{
        described(OSSL_DIGEST_PARAM_BLOCK_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_DIGEST_PARAM_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_DIGEST_PARAM_XOF, OSSL_PARAM_INTEGER),
        described(OSSL_DIGEST_PARAM_ALGID_ABSENT, OSSL_PARAM_INTEGER),
        end_of_list,
    };
    return list.data();
}

/// Without a context, and so without an error queue: libcrypto asks when it fetches the function.
template <cce_hash Hash>
int get_params(OSSL_PARAM params[]) {
    const auto put = [params](const char* name, auto set) {
        OSSL_PARAM* param = OSSL_PARAM_locate(params, name);
        return param == nullptr || set(param) == 1;
    };
    const auto put_size = [&](const char* name, std::size_t size) {
        return put(name, [size](OSSL_PARAM* param) { return OSSL_PARAM_set_size_t(param, size); });
    };
    const auto put_flag = [&](const char* name, bool flag) {
        return put(name, [flag](OSSL_PARAM* param) { return OSSL_PARAM_set_int(param, flag ? 1 : 0); });
    };
    // Their AlgorithmIdentifiers have no parameters (RFC 5754, 2; RFC 8702, 3).
    const bool good = put_size(OSSL_DIGEST_PARAM_BLOCK_SIZE, cce_hash_block_bytes(Hash)) &&
                      put_size(OSSL_DIGEST_PARAM_SIZE, default_bytes(Hash)) &&
                      put_flag(OSSL_DIGEST_PARAM_XOF, is_shake(Hash)) && put_flag(OSSL_DIGEST_PARAM_ALGID_ABSENT, true);
    return good ? 1 : 0;
}

template <cce_hash Hash>
const OSSL_DISPATCH* functions() {
    constexpr OSSL_DISPATCH end{0, nullptr};
    static const std::array<OSSL_DISPATCH, 11> table{
        dispatch(OSSL_FUNC_DIGEST_NEWCTX, new_context<Hash>),
        dispatch(OSSL_FUNC_DIGEST_FREECTX, Functions::destroy),
        dispatch(OSSL_FUNC_DIGEST_DUPCTX, Functions::duplicate),
        dispatch(OSSL_FUNC_DIGEST_INIT, initialize),
        dispatch(OSSL_FUNC_DIGEST_UPDATE, Functions::update),
        dispatch(OSSL_FUNC_DIGEST_FINAL, Functions::finish),
        dispatch(OSSL_FUNC_DIGEST_GET_PARAMS, get_params<Hash>),
        dispatch(OSSL_FUNC_DIGEST_GETTABLE_PARAMS, gettable_params),
        is_shake(Hash) ? dispatch(OSSL_FUNC_DIGEST_SET_CTX_PARAMS, Functions::set) : end,
        is_shake(Hash) ? dispatch(OSSL_FUNC_DIGEST_SETTABLE_CTX_PARAMS, settable_context_params) : end,
        end,
    };
    return table.data();
}

template <cce_hash Hash>
OSSL_ALGORITHM algorithm(const char* names) {
    return {names, "provider=cce", functions<Hash>(), "on the Core Crypto Engine"};
}

}  // namespace

const OSSL_ALGORITHM* digest_algorithms() {
    // The names of OpenSSL's default provider.
    static const std::array<OSSL_ALGORITHM, 13> algorithms{
        algorithm<CCE_HASH_SHA_224>("SHA2-224:SHA-224:SHA224:2.16.840.1.101.3.4.2.4"),
        algorithm<CCE_HASH_SHA_256>("SHA2-256:SHA-256:SHA256:2.16.840.1.101.3.4.2.1"),
        algorithm<CCE_HASH_SHA_384>("SHA2-384:SHA-384:SHA384:2.16.840.1.101.3.4.2.2"),
        algorithm<CCE_HASH_SHA_512>("SHA2-512:SHA-512:SHA512:2.16.840.1.101.3.4.2.3"),
        algorithm<CCE_HASH_SHA_512_224>("SHA2-512/224:SHA-512/224:SHA512-224:2.16.840.1.101.3.4.2.5"),
        algorithm<CCE_HASH_SHA_512_256>("SHA2-512/256:SHA-512/256:SHA512-256:2.16.840.1.101.3.4.2.6"),
        algorithm<CCE_HASH_SHA3_224>("SHA3-224:2.16.840.1.101.3.4.2.7"),
        algorithm<CCE_HASH_SHA3_256>("SHA3-256:2.16.840.1.101.3.4.2.8"),
        algorithm<CCE_HASH_SHA3_384>("SHA3-384:2.16.840.1.101.3.4.2.9"),
        algorithm<CCE_HASH_SHA3_512>("SHA3-512:2.16.840.1.101.3.4.2.10"),
        algorithm<CCE_HASH_SHAKE_128>("SHAKE-128:SHAKE128:2.16.840.1.101.3.4.2.11"),
        algorithm<CCE_HASH_SHAKE_256>("SHAKE-256:SHAKE256:2.16.840.1.101.3.4.2.12"),
        OSSL_ALGORITHM{nullptr, nullptr, nullptr, nullptr},
    };
    return algorithms.data();
}

}  // namespace cce::provider
