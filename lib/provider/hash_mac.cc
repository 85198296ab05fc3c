// SPDX-License-Identifier: Apache-2.0

#include "hash_mac.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "functions.h"
#include "hasher.h"
#include "parameters.h"

namespace cce::provider {

namespace {

class HashMac : public Hasher {
public:
    using Hasher::Hasher;
    HashMac& operator=(const HashMac&) = delete;

    /// `key` null: the one that there is.
    virtual void initialize(const std::uint8_t* key, std::size_t key_length, const OSSL_PARAM params[]) = 0;
    virtual void set(const OSSL_PARAM params[]) = 0;
    [[nodiscard]] virtual std::size_t size() const = 0;
    [[nodiscard]] virtual std::size_t block_size() const = 0;
    [[nodiscard]] virtual std::unique_ptr<HashMac> clone() const = 0;

    void update(std::span<const std::uint8_t> more) {
        require(has_key_, Reason::no_key_set);
        Hasher::update(more);
    }
    std::size_t finish(std::span<std::uint8_t> out) {
        require(has_key_, Reason::no_key_set);
        require(out.size() >= size(), Reason::output_buffer_too_small);
        const std::size_t bytes = size();
        Hasher::finish(out.first(bytes));
        return bytes;
    }
    void get(OSSL_PARAM params[]) const {
        put_size(params, OSSL_MAC_PARAM_SIZE, size());
        put_size(params, OSSL_MAC_PARAM_BLOCK_SIZE, block_size());
    }

protected:
    HashMac(const HashMac&) = default;

    void take_key(std::span<const std::uint8_t> key) {
        key_bytes_.clear();
        key_bytes_.append(key);
        has_key_ = true;
        changed();
    }
    /// Key, function or customization are others now: sessions and contexts of before are not of use any more.
    void changed() {
        session_.reset();
        output_changed();
    }
    /// The length of the output is no part of a session of the engine.
    void output_changed() { cpu_prototype_.reset(); }
    [[nodiscard]] bool has_key() const noexcept { return has_key_; }

    [[nodiscard]] std::shared_ptr<Key> key() final {
        if (session_ == nullptr) {
            if (auto use = this->use(); use) {
                session_ = std::make_shared<Key>(std::move(*use), key_bytes_.bytes());
            }
        }
        return session_;
    }
    /// None: the engine knows no such function.
    [[nodiscard]] virtual std::optional<HashUse> use() const = 0;

    /// A context that has taken the key in is kept: it is hashed once.
    [[nodiscard]] CpuHash make_cpu() final {
        if (cpu_prototype_ == nullptr) {
            MacContext context = provider().cpu.mac_context(cpu_name());
            std::vector<OSSL_PARAM> params = cpu_params();
            params.push_back(OSSL_PARAM_construct_end());
            // A key of no bytes is one, too; null would be none.
            static constexpr std::uint8_t nothing = 0;
            const std::span<const std::uint8_t> bytes = key_bytes_.bytes();
            ensure(EVP_MAC_init(context.get(), bytes.empty() ? &nothing : bytes.data(), bytes.size(), params.data()));
            cpu_prototype_ = std::move(context);
        }
        return CpuHash(Cpu::duplicate(cpu_prototype_.get()));
    }
    [[nodiscard]] virtual const char* cpu_name() const = 0;
    [[nodiscard]] virtual std::vector<OSSL_PARAM> cpu_params() = 0;
    [[nodiscard]] bool is_xof() const final { return false; }

private:
    SecretBytes key_bytes_;
    bool has_key_ = false;
    // Copies share them; neither is changed.
    std::shared_ptr<Key> session_;
    std::shared_ptr<EVP_MAC_CTX> cpu_prototype_;
};

class Hmac final : public HashMac {
public:
    explicit Hmac(Provider& provider) : HashMac(provider) {}

    void initialize(const std::uint8_t* key, std::size_t key_length, const OSSL_PARAM params[]) override {
        begin();
        set(params);
        require(!digest_.empty(), Reason::no_digest_set);
        if (key != nullptr) {
            take_key({key, key_length});
        }
    }

    void set(const OSSL_PARAM params[]) override {
        if (const auto name = text_in(params, OSSL_MAC_PARAM_DIGEST); name) {
            set_digest(*name);
        }
        if (const auto key = octets_in(params, OSSL_MAC_PARAM_KEY); key) {
            require(!digest_.empty(), Reason::no_digest_set);
            begin();
            take_key(key->bytes());
        }
        if (auto length = size_in(params, OSSL_MAC_PARAM_TLS_DATA_SIZE); length) {
            // libssl: padding and MAC of a record in CBC are checked together in constant time, by OpenSSL's own code.
            require(has_key(), Reason::no_key_set);
            if (!on_cpu()) {
                go_to_cpu(OnCpu::tls_padding);
            }
            const std::array<OSSL_PARAM, 2> forward{OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &*length),
                                                    OSSL_PARAM_construct_end()};
            set_on_cpu(forward.data());
        }
    }

    [[nodiscard]] std::size_t size() const override { return size_; }
    [[nodiscard]] std::size_t block_size() const override { return block_size_; }
    [[nodiscard]] std::unique_ptr<HashMac> clone() const override { return std::make_unique<Hmac>(*this); }

protected:
    std::optional<HashUse> use() const override {
        return hash_ ? std::optional(HashUse{*hash_, CCE_HASH_HMAC, {}}) : std::nullopt;
    }
    const char* cpu_name() const override { return "HMAC"; }
    std::vector<OSSL_PARAM> cpu_params() override {
        return {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_.data(), 0)};
    }

private:
    void set_digest(const std::string& name) {
        if (name == digest_) {
            return;
        }
        const EVP_MD* found = provider().cpu.digest(name);
        require(found != nullptr, Reason::invalid_digest, name.c_str());
        require((EVP_MD_get_flags(found) & EVP_MD_FLAG_XOF) == 0, Reason::invalid_digest, "HMAC is for no XOF");
        digest_ = name;
        size_ = static_cast<std::size_t>(EVP_MD_get_size(found));
        block_size_ = static_cast<std::size_t>(EVP_MD_get_block_size(found));
        hash_.reset();
        for (const auto& [engines, openssls] : known_) {
            if (EVP_MD_is_a(found, openssls) == 1) {
                hash_ = engines;
            }
        }
        changed();
    }

    static constexpr std::array<std::pair<cce_hash, const char*>, 10> known_{{
        {CCE_HASH_SHA_224, "SHA2-224"},
        {CCE_HASH_SHA_256, "SHA2-256"},
        {CCE_HASH_SHA_384, "SHA2-384"},
        {CCE_HASH_SHA_512, "SHA2-512"},
        {CCE_HASH_SHA_512_224, "SHA2-512/224"},
        {CCE_HASH_SHA_512_256, "SHA2-512/256"},
        {CCE_HASH_SHA3_224, "SHA3-224"},
        {CCE_HASH_SHA3_256, "SHA3-256"},
        {CCE_HASH_SHA3_384, "SHA3-384"},
        {CCE_HASH_SHA3_512, "SHA3-512"},
    }};

    std::string digest_;            ///< OpenSSL's name; empty: none was set
    std::optional<cce_hash> hash_;  ///< none: not the engine's
    std::size_t size_ = 0;
    std::size_t block_size_ = 0;
};

/// Limits are those of OpenSSL 3.0's own KMAC, which does what stays on the CPU.
class Kmac final : public HashMac {
public:
    Kmac(Provider& provider, cce_hash hash)
        : HashMac(provider), hash_(hash), size_(hash == CCE_HASH_CSHAKE_128 ? 32 : 64) {}

    void initialize(const std::uint8_t* key, std::size_t key_length, const OSSL_PARAM params[]) override {
        begin();
        set(params);
        if (key != nullptr) {
            set_key({key, key_length});
        }
        require(has_key(), Reason::no_key_set);
    }

    void set(const OSSL_PARAM params[]) override {
        if (const auto xof = OSSL_PARAM_locate_const(params == nullptr ? no_params.data() : params, OSSL_MAC_PARAM_XOF);
            xof != nullptr) {
            int value = 0;
            require(OSSL_PARAM_get_int(xof, &value) == 1, Reason::failed_to_get_parameter, OSSL_MAC_PARAM_XOF);
            set_xof(value);
        }
        if (auto size = size_in(params, OSSL_MAC_PARAM_SIZE); size) {
            require(*size <= output_bytes_max, Reason::invalid_output_length);
            if (size_ != *size) {
                size_ = *size;
                forward(OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size_));
                output_changed();
            }
        }
        if (const auto key = octets_in(params, OSSL_MAC_PARAM_KEY); key) {
            set_key(key->bytes());
        }
        if (const auto custom = octets_in(params, OSSL_MAC_PARAM_CUSTOM); custom) {
            require(custom->size <= custom_bytes_max, Reason::invalid_custom_length);
            customization_.clear();
            customization_.append(custom->bytes());
            changed();
        }
    }

    [[nodiscard]] std::size_t size() const override { return size_; }
    [[nodiscard]] std::size_t block_size() const override { return cce_hash_block_bytes(hash_); }
    [[nodiscard]] std::unique_ptr<HashMac> clone() const override { return std::make_unique<Kmac>(*this); }

protected:
    std::optional<HashUse> use() const override {
        return HashUse{hash_, xof_ != 0 ? CCE_HASH_KMAC_XOF : CCE_HASH_KMAC, customization_};
    }
    const char* cpu_name() const override { return hash_ == CCE_HASH_CSHAKE_128 ? "KMAC-128" : "KMAC-256"; }
    std::vector<OSSL_PARAM> cpu_params() override {
        std::vector<OSSL_PARAM> params{OSSL_PARAM_construct_int(OSSL_MAC_PARAM_XOF, &xof_),
                                       OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size_)};
        if (customization_.size() != 0) {
            params.push_back(OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_CUSTOM, customization_.bytes().data(),
                                                               customization_.size()));
        }
        return params;
    }

private:
    static constexpr std::size_t key_bytes_min = 4;
    static constexpr std::size_t key_bytes_max = 512;
    static constexpr std::size_t custom_bytes_max = 512;
    static constexpr std::size_t output_bytes_max = 0xffffff / 8;
    static constexpr std::array<OSSL_PARAM, 1> no_params{{{nullptr, 0, nullptr, 0, 0}}};

    void set_key(std::span<const std::uint8_t> key) {
        require(key.size() >= key_bytes_min && key.size() <= key_bytes_max, Reason::invalid_key_length);
        take_key(key);
    }

    /// What is encoded behind the message: may be set until its end, but a session of the engine has one or the other.
    void set_xof(int value) {
        if (value == xof_) {
            return;
        }
        require(!on_stream() || (value != 0) == (xof_ != 0), Reason::failed_to_set_parameter,
                "xof is set before a long message, not within it");
        xof_ = value;
        forward(OSSL_PARAM_construct_int(OSSL_MAC_PARAM_XOF, &xof_));
        changed();
    }

    void forward(const OSSL_PARAM& param) {
        if (on_cpu()) {
            const std::array<OSSL_PARAM, 2> params{param, OSSL_PARAM_construct_end()};
            set_on_cpu(params.data());
        }
    }

    cce_hash hash_;
    int xof_ = 0;
    std::size_t size_;
    SecretBytes customization_;
};

// ---- the functions that libcrypto calls (provider-mac(7)) -----------------------------------------------------------

using Functions = MacFunctions<HashMac>;

void* new_hmac(void* context) {
    return Functions::create(context, [](Provider& provider) { return std::make_unique<Hmac>(provider); });
}
template <cce_hash Hash>
void* new_kmac(void* context) {
    return Functions::create(context, [](Provider& provider) { return std::make_unique<Kmac>(provider, Hash); });
}

const OSSL_PARAM* hmac_settable_params(void*, void*) {
    static constexpr std::array list{
        described(OSSL_MAC_PARAM_DIGEST, OSSL_PARAM_UTF8_STRING),
        described(OSSL_MAC_PARAM_PROPERTIES, OSSL_PARAM_UTF8_STRING),
        described(OSSL_MAC_PARAM_KEY, OSSL_PARAM_OCTET_STRING),
        described(OSSL_MAC_PARAM_TLS_DATA_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
        end_of_list,
    };
    return list.data();
}

const OSSL_PARAM* kmac_settable_params(void*, void*) {
    static constexpr std::array list{
        described(OSSL_MAC_PARAM_XOF, OSSL_PARAM_INTEGER),
        described(OSSL_MAC_PARAM_SIZE, OSSL_PARAM_UNSIGNED_INTEGER),
        described(OSSL_MAC_PARAM_KEY, OSSL_PARAM_OCTET_STRING),
        described(OSSL_MAC_PARAM_CUSTOM, OSSL_PARAM_OCTET_STRING),
        end_of_list,
    };
    return list.data();
}

}  // namespace

const OSSL_DISPATCH* hmac_functions() {
    static const auto functions = Functions::table(new_hmac, hmac_settable_params);
    return functions.data();
}

const OSSL_DISPATCH* kmac_128_functions() {
    static const auto functions = Functions::table(new_kmac<CCE_HASH_CSHAKE_128>, kmac_settable_params);
    return functions.data();
}

const OSSL_DISPATCH* kmac_256_functions() {
    static const auto functions = Functions::table(new_kmac<CCE_HASH_CSHAKE_256>, kmac_settable_params);
    return functions.data();
}

}  // namespace cce::provider
