// SPDX-License-Identifier: Apache-2.0

#include "openssl_operations.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "cce_contract.hpp"
#include "openssl_handles.h"

namespace cce::bench {

namespace {

constexpr std::size_t block_bytes = 16;
/// CCM: the longest nonce that allows texts of up to 16 MiB (SP 800-38C, A.1).
constexpr std::size_t aead_iv_bytes = 12;

/// Bytes that differ from one another, so that a wrong block shows: the keys of XTS must not be equal either.
std::vector<std::uint8_t> pattern(std::size_t bytes, unsigned first) {
    std::vector<std::uint8_t> result(bytes);
    unsigned value = first;
    for (auto& byte : result) {
        value = value * 1103515245U + 12345U;
        byte = static_cast<std::uint8_t>(value >> 16);
    }
    return result;
}

enum class Kind : std::uint8_t { plain, gcm, ccm, wrap };

class CipherOperation final : public HostOperation {
public:
    CipherOperation(const std::string& name, Kind kind, std::size_t key_bytes, bool decrypt, std::size_t bytes)
        : kind_(kind),
          decrypt_(decrypt),
          cipher_(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr)),
          context_(EVP_CIPHER_CTX_new()),
          input_(pattern(bytes, 1)) {
        if (!cipher_ || !context_) throw std::runtime_error("OpenSSL has no " + name);
        key_ = pattern(key_bytes, 2);
        if (decrypt) {
            set_up(true);
            output_.resize(input_.size() + block_bytes);
            encrypt();
            input_.assign(output_.begin(), output_.begin() + written_);
        }
        set_up(!decrypt);
        output_.resize(input_.size() + block_bytes);
    }

    void run() override {
        if (decrypt_) {
            decrypt();
        } else {
            encrypt();
        }
    }
    [[nodiscard]] std::vector<std::uint8_t> output() const override {
        std::vector<std::uint8_t> result(output_.begin(), output_.begin() + written_);
        if (authenticated() && !decrypt_) result.insert(result.end(), tag_.begin(), tag_.end());
        return result;
    }

private:
    [[nodiscard]] bool authenticated() const { return kind_ == Kind::gcm || kind_ == Kind::ccm; }
    [[nodiscard]] const std::uint8_t* iv() const { return kind_ == Kind::wrap ? nullptr : iv_.data(); }

    void set_up(bool encrypting) {
        if (kind_ == Kind::wrap) EVP_CIPHER_CTX_set_flags(context_.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
        const int direction = encrypting ? 1 : 0;
        demand(EVP_CipherInit_ex(context_.get(), cipher_.get(), nullptr, nullptr, nullptr, direction), "cipher");
        if (authenticated()) {
            demand(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_IVLEN, aead_iv_bytes, nullptr), "IV length");
        }
        if (kind_ == Kind::ccm) demand_tag(encrypting ? nullptr : tag_.data());
        demand(EVP_CipherInit_ex(context_.get(), nullptr, nullptr, key_.data(), iv(), direction), "key");
        demand(EVP_CIPHER_CTX_set_padding(context_.get(), 0), "padding");
    }
    void demand_tag(std::uint8_t* tag) {
        demand(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, block_bytes, tag), "tag");
    }
    void begin() {
        // The first request's IV is the same in every process; later ones differ, as a user's do, but where there is
        // only one text to be decrypted.
        demand(EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, iv(), -1), "IV");
        if (!decrypt_) ++iv_[0];
    }
    void update() {
        int length = 0;
        const int bytes = static_cast<int>(input_.size());
        if (kind_ == Kind::ccm) demand(EVP_CipherUpdate(context_.get(), nullptr, &length, nullptr, bytes), "length");
        demand(EVP_CipherUpdate(context_.get(), output_.data(), &written_, input_.data(), bytes), "text");
    }
    void encrypt() {
        begin();
        update();
        if (!authenticated()) return;
        int rest = 0;
        demand(EVP_CipherFinal_ex(context_.get(), output_.data() + written_, &rest), "end");
        demand(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, block_bytes, tag_.data()), "tag");
    }
    void decrypt() {
        if (kind_ == Kind::ccm) demand_tag(tag_.data());
        begin();
        if (kind_ == Kind::gcm) demand_tag(tag_.data());
        update();
        int rest = 0;
        if (kind_ == Kind::gcm) demand(EVP_CipherFinal_ex(context_.get(), output_.data() + written_, &rest), "tag");
    }

    Kind kind_;
    bool decrypt_;
    Cipher cipher_;
    CipherContext context_;
    std::vector<std::uint8_t> key_;
    std::array<std::uint8_t, block_bytes> iv_{};
    std::array<std::uint8_t, block_bytes> tag_{};
    std::vector<std::uint8_t> input_;
    std::vector<std::uint8_t> output_;
    int written_ = 0;
};

class MacOperation final : public HostOperation {
public:
    MacOperation(const char* name, const char* parameter, std::string value, std::size_t key_bytes, std::size_t bytes)
        : mac_(EVP_MAC_fetch(nullptr, name, nullptr)),
          context_(mac_ ? EVP_MAC_CTX_new(mac_.get()) : nullptr),
          input_(pattern(bytes, 1)) {
        if (!context_) throw std::runtime_error(std::string("OpenSSL has no ") + name);
        const std::vector<std::uint8_t> key = pattern(key_bytes, 2);
        const std::array<OSSL_PARAM, 2> parameters{OSSL_PARAM_construct_utf8_string(parameter, value.data(), 0),
                                                   OSSL_PARAM_construct_end()};
        demand(EVP_MAC_init(context_.get(), key.data(), key.size(), parameters.data()), "MAC's key");
        result_.resize(EVP_MAC_CTX_get_mac_size(context_.get()));
    }
    void run() override {
        std::size_t length = 0;
        demand(EVP_MAC_init(context_.get(), nullptr, 0, nullptr), "MAC");
        demand(EVP_MAC_update(context_.get(), input_.data(), input_.size()), "text");
        demand(EVP_MAC_final(context_.get(), result_.data(), &length, result_.size()), "MAC's end");
    }
    [[nodiscard]] std::vector<std::uint8_t> output() const override { return result_; }

private:
    Mac mac_;
    MacContext context_;
    std::vector<std::uint8_t> input_;
    std::vector<std::uint8_t> result_;
};

class DigestOperation final : public HostOperation {
public:
    DigestOperation(const std::string& name, std::size_t bytes)
        : digest_(EVP_MD_fetch(nullptr, name.c_str(), nullptr)), context_(EVP_MD_CTX_new()), input_(pattern(bytes, 1)) {
        if (!digest_ || !context_) throw std::runtime_error("OpenSSL has no " + name);
        result_.resize(static_cast<std::size_t>(EVP_MD_get_size(digest_.get())));
    }
    void run() override {
        demand(EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr), "digest");
        demand(EVP_DigestUpdate(context_.get(), input_.data(), input_.size()), "text");
        demand(EVP_DigestFinal_ex(context_.get(), result_.data(), nullptr), "digest's end");
    }
    [[nodiscard]] std::vector<std::uint8_t> output() const override { return result_; }

private:
    Digest digest_;
    DigestContext context_;
    std::vector<std::uint8_t> input_;
    std::vector<std::uint8_t> result_;
};

class CopyOperation final : public HostOperation {
public:
    explicit CopyOperation(std::size_t bytes) : input_(pattern(bytes, 1)), output_(bytes) {}
    void run() override {
        std::memcpy(output_.data(), input_.data(), input_.size());
        // Or the compiler would see that nobody looks.
        asm volatile("" : : "r"(output_.data()) : "memory");
    }
    [[nodiscard]] std::vector<std::uint8_t> output() const override { return output_; }

private:
    std::vector<std::uint8_t> input_;
    std::vector<std::uint8_t> output_;
};

struct HashName {
    const char* name;
    const char* openssl;
};
constexpr std::array hash_names{
    HashName{"sha-224", "SHA2-224"},  HashName{"sha-256", "SHA2-256"},         HashName{"sha-384", "SHA2-384"},
    HashName{"sha-512", "SHA2-512"},  HashName{"sha-512-224", "SHA2-512/224"}, HashName{"sha-512-256", "SHA2-512/256"},
    HashName{"sha3-224", "SHA3-224"}, HashName{"sha3-256", "SHA3-256"},        HashName{"sha3-384", "SHA3-384"},
    HashName{"sha3-512", "SHA3-512"}, HashName{"shake-128", "SHAKE128"},       HashName{"shake-256", "SHAKE256"}};
constexpr std::array hmac_names{HashName{"hmac-sha-256", "SHA2-256"}, HashName{"hmac-sha-512", "SHA2-512"}};
constexpr std::size_t hmac_key_bytes = 32;

struct ModeName {
    const char* name;
    const char* openssl;  ///< behind AES-nnn-
    Kind kind;
    bool both_directions;  ///< decryption is other work
};
constexpr std::array mode_names{
    ModeName{"ecb", "ECB", Kind::plain, true},  ModeName{"cbc", "CBC", Kind::plain, true},
    ModeName{"ctr", "CTR", Kind::plain, false}, ModeName{"xts", "XTS", Kind::plain, true},
    ModeName{"gcm", "GCM", Kind::gcm, true},    ModeName{"ccm", "CCM", Kind::ccm, true},
    ModeName{"kw", "WRAP", Kind::wrap, true},   ModeName{"kwp", "WRAP-PAD", Kind::wrap, true}};

}  // namespace

const std::vector<HostAlgorithm>& host_algorithms() {
    static const std::vector<HostAlgorithm> list = [] {
        std::vector<HostAlgorithm> made;
        for (const char* bits : {"128", "192", "256"}) {
            const std::string aes = std::string("aes-") + bits + "-";
            for (const ModeName& mode : mode_names) {
                // OpenSSL has XTS with keys of 128 and 256 bits alone, as IEEE 1619 has.
                if (std::strcmp(mode.name, "xts") == 0 && std::strcmp(bits, "192") == 0) continue;
                const std::size_t limit = mode.kind == Kind::wrap ? contract::key_wrap_limit_bytes : 0;
                made.push_back({aes + mode.name, "encrypt", limit});
                if (mode.both_directions) made.push_back({aes + mode.name, "decrypt", limit});
            }
            made.push_back({aes + "cmac", "encrypt"});
        }
        for (const HashName& hash : hash_names) made.push_back({hash.name, ""});
        for (const HashName& hash : hmac_names) made.push_back({hash.name, ""});
        made.push_back({"memcpy", ""});
        return made;
    }();
    return list;
}

std::unique_ptr<HostOperation> make_host_operation(const HostAlgorithm& algorithm, std::size_t bytes) {
    const std::string& name = algorithm.name;
    if (name == "memcpy") return std::make_unique<CopyOperation>(bytes);
    for (const HashName& hash : hash_names) {
        if (name == hash.name) return std::make_unique<DigestOperation>(hash.openssl, bytes);
    }
    for (const HashName& hash : hmac_names) {
        if (name != hash.name) continue;
        return std::make_unique<MacOperation>("HMAC", OSSL_MAC_PARAM_DIGEST, hash.openssl, hmac_key_bytes, bytes);
    }
    for (const unsigned bits : {128U, 192U, 256U}) {
        const std::string aes = "aes-" + std::to_string(bits) + "-";
        if (!name.starts_with(aes)) continue;
        const std::string mode_name = name.substr(aes.size());
        const std::string openssl = "AES-" + std::to_string(bits) + "-";
        if (mode_name == "cmac") {
            return std::make_unique<MacOperation>("CMAC", OSSL_MAC_PARAM_CIPHER, openssl + "CBC", bits / 8, bytes);
        }
        for (const ModeName& mode : mode_names) {
            if (mode_name != mode.name) continue;
            const std::size_t keys = mode_name == "xts" ? 2 : 1;
            return std::make_unique<CipherOperation>(openssl + mode.openssl, mode.kind, keys * bits / 8,
                                                     algorithm.direction == "decrypt", bytes);
        }
    }
    throw std::invalid_argument("there is no algorithm '" + name + "'");
}

}  // namespace cce::bench
