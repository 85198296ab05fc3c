// SPDX-License-Identifier: Apache-2.0

#include "reference.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace cce::reference {

namespace {

struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

void ensure(bool good, const std::string& what) {
    if (!good) throw std::runtime_error("reference: OpenSSL: " + what);
}

class Evp {
public:
    /// `suffix` as in "AES-128-GCM".
    Evp(const std::string& suffix, std::size_t key_bytes, bool encrypt)
        : context_(EVP_CIPHER_CTX_new()),
          cipher_(EVP_CIPHER_fetch(nullptr, ("AES-" + std::to_string(8 * key_bytes) + "-" + suffix).c_str(), nullptr)),
          encrypt_(encrypt ? 1 : 0) {
        ensure(context_ && cipher_, suffix);
        EVP_CIPHER_CTX_set_flags(context_.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
        ensure(EVP_CipherInit_ex2(context_.get(), cipher_.get(), nullptr, nullptr, encrypt_, nullptr) == 1, "cipher");
    }
    void control(int command, std::size_t length, void* data = nullptr) {
        ensure(EVP_CIPHER_CTX_ctrl(context_.get(), command, static_cast<int>(length), data) == 1, "control");
    }
    void key(View key, View iv = {}) {
        ensure(EVP_CipherInit_ex2(context_.get(), nullptr, key.data(), iv.empty() ? nullptr : iv.data(), encrypt_,
                                  nullptr) == 1,
               "key");
        EVP_CIPHER_CTX_set_padding(context_.get(), 0);
    }
    void length(std::size_t bytes) {
        int written = 0;
        ensure(EVP_CipherUpdate(context_.get(), nullptr, &written, nullptr, static_cast<int>(bytes)) == 1, "length");
    }
    void aad(View bytes) {
        int written = 0;
        if (bytes.empty()) return;
        ensure(EVP_CipherUpdate(context_.get(), nullptr, &written, bytes.data(), static_cast<int>(bytes.size())) == 1,
               "AAD");
    }
    Bytes text(View bytes) {
        Bytes out(bytes.size() + 32);
        const std::uint8_t nothing = 0;
        int written = 0;
        ensure(EVP_CipherUpdate(context_.get(), out.data(), &written, bytes.empty() ? &nothing : bytes.data(),
                                static_cast<int>(bytes.size())) == 1,
               "text");
        out.resize(static_cast<std::size_t>(written));
        return out;
    }
    Bytes final_tag(std::size_t length) {
        std::array<std::uint8_t, 32> rest{};
        int written = 0;
        ensure(EVP_CipherFinal_ex(context_.get(), rest.data(), &written) == 1 && written == 0, "final");
        Bytes tag(length);
        control(EVP_CTRL_AEAD_GET_TAG, length, tag.data());
        return tag;
    }

private:
    std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
    std::unique_ptr<EVP_CIPHER, Free> cipher_;
    int encrypt_;
};

Bytes joined(View a, View b) {
    Bytes result(a.begin(), a.end());
    result.insert(result.end(), b.begin(), b.end());
    return result;
}

Bytes exclusive_or(View a, View b) {
    Bytes result(a.begin(), a.end());
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<std::uint8_t>(result[i] ^ b[i]);
    return result;
}

/// GHASH over AAD, text and their lengths, drawn out of a GCM tag: the ciphertext is made to be `text`.
Bytes ghash(View key, View aad, View text) {
    const Bytes iv(12, 0x5a);
    Bytes first_counter = iv;
    first_counter.insert(first_counter.end(), {0, 0, 0, 1});
    const Bytes keystream = gcm(key, iv, {}, Bytes(text.size()), 16);
    const Bytes sealed = gcm(key, iv, aad, exclusive_or(text, keystream), 16);
    return exclusive_or(View(sealed).last(16), ecb(key, first_counter));
}

}  // namespace

Bytes bytes_of(const std::string& hex) {
    Bytes result;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        result.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    }
    return result;
}

Bytes ecb(View key, View text, bool encrypt) {
    Evp evp("ECB", key.size(), encrypt);
    evp.key(key);
    return evp.text(text);
}

Bytes cbc_or_ctr(bool ctr, View key, View iv, View text, bool encrypt) {
    Evp evp(ctr ? "CTR" : "CBC", key.size(), encrypt);
    evp.key(key, iv);
    return evp.text(text);
}

Bytes xts(View key, View tweak, View text, bool encrypt) {
    const View data_key = key.first(key.size() / 2);
    Bytes tweak_block = ecb(key.last(key.size() / 2), tweak);
    std::vector<Bytes> tweaks;
    for (std::size_t i = 0; i < text.size() / 16 + 1; ++i) {
        tweaks.push_back(tweak_block);
        const bool carry = (tweak_block[15] & 0x80) != 0;
        for (std::size_t byte = 16; byte-- > 0;) {
            const unsigned below = byte == 0 ? 0U : tweak_block[byte - 1] >> 7;
            tweak_block[byte] = static_cast<std::uint8_t>((tweak_block[byte] << 1) | static_cast<int>(below));
        }
        if (carry) tweak_block[0] ^= 0x87;
    }
    const auto block = [&](View bytes, const Bytes& t) {
        return exclusive_or(ecb(data_key, exclusive_or(bytes, t), encrypt), t);
    };
    const std::size_t rest = text.size() % 16;
    const std::size_t plain_blocks = text.size() / 16 - (rest == 0 ? 0 : 1);
    Bytes out;
    for (std::size_t i = 0; i < plain_blocks; ++i) {
        out = joined(out, block(text.subspan(16 * i, 16), tweaks[i]));
    }
    if (rest != 0) {
        const std::size_t m = plain_blocks;
        const Bytes last = block(text.subspan(16 * m, 16), tweaks[encrypt ? m : m + 1]);
        const Bytes stolen = joined(text.subspan(16 * m + 16), View(last).subspan(rest));
        out = joined(out, block(stolen, tweaks[encrypt ? m + 1 : m]));
        out = joined(out, View(last).first(rest));
    }
    return out;
}

Bytes xts_of_openssl(View key, View tweak, View text, bool encrypt) {
    Evp evp("XTS", key.size() / 2, encrypt);
    evp.key(key, tweak);
    return evp.text(text);
}

Bytes gcm(View key, View iv, View aad, View text, std::size_t tag_length) {
    Evp evp("GCM", key.size(), true);
    evp.control(EVP_CTRL_AEAD_SET_IVLEN, iv.size());
    evp.key(key, iv);
    evp.aad(aad);
    const Bytes ciphertext = text.empty() ? Bytes() : evp.text(text);
    return joined(ciphertext, evp.final_tag(tag_length));
}

Bytes gcm_by_parts(View key, View iv, View aad, View text, std::size_t tag_length) {
    const Bytes first_counter = ghash(key, {}, iv);
    Bytes counter = first_counter;
    Bytes counters;
    for (std::size_t i = 0; i < text.size(); i += 16) {
        for (std::size_t byte = 16; byte-- > 12;) {
            if (++counter[byte] != 0) break;
        }
        counters = joined(counters, counter);
    }
    const Bytes ciphertext = exclusive_or(text, ecb(key, counters));
    const Bytes tag = exclusive_or(ghash(key, aad, ciphertext), ecb(key, first_counter));
    return joined(ciphertext, View(tag).first(tag_length));
}

Bytes ccm(View key, View nonce, View aad, View text, std::size_t tag_length) {
    Evp evp("CCM", key.size(), true);
    evp.control(EVP_CTRL_AEAD_SET_IVLEN, nonce.size());
    evp.control(EVP_CTRL_AEAD_SET_TAG, tag_length);
    evp.key(key, nonce);
    evp.length(text.size());
    evp.aad(aad);
    const Bytes ciphertext = evp.text(text);
    Bytes tag(tag_length);
    evp.control(EVP_CTRL_AEAD_GET_TAG, tag_length, tag.data());
    return joined(ciphertext, tag);
}

Bytes cmac(View key, View message, std::size_t length) {
    const std::unique_ptr<EVP_MAC, Free> mac(EVP_MAC_fetch(nullptr, "CMAC", nullptr));
    const std::unique_ptr<EVP_MAC_CTX, Free> context(EVP_MAC_CTX_new(mac.get()));
    std::string cipher = "AES-" + std::to_string(8 * key.size()) + "-CBC";
    const std::array<OSSL_PARAM, 2> options{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
                                            OSSL_PARAM_construct_end()};
    Bytes result(16);
    std::size_t written = 0;
    ensure(EVP_MAC_init(context.get(), key.data(), key.size(), options.data()) == 1 &&
               EVP_MAC_update(context.get(), message.data(), message.size()) == 1 &&
               EVP_MAC_final(context.get(), result.data(), &written, result.size()) == 1,
           "CMAC");
    result.resize(length);
    return result;
}

Bytes key_wrap(View key, View plain, bool padded) {
    Evp evp(padded ? "WRAP-PAD" : "WRAP", key.size(), true);
    evp.key(key);
    return evp.text(plain);
}

Bytes key_wrap_with(View key, View first_semiblock, View plain) {
    Evp evp("WRAP", key.size(), true);
    evp.key(key, first_semiblock);
    return evp.text(plain);
}

namespace {

constexpr std::uint8_t nothing = 0;

/// No pointer means no key to OpenSSL, not an empty one.
const std::uint8_t* pointer_of(View bytes) {
    return bytes.empty() ? &nothing : bytes.data();
}

Bytes mac(const char* name, const OSSL_PARAM* options, View key, View message, std::size_t length) {
    const std::unique_ptr<EVP_MAC, Free> algorithm(EVP_MAC_fetch(nullptr, name, nullptr));
    ensure(algorithm != nullptr, name);
    const std::unique_ptr<EVP_MAC_CTX, Free> context(EVP_MAC_CTX_new(algorithm.get()));
    Bytes result(std::max<std::size_t>(length, EVP_MAX_MD_SIZE));
    std::size_t written = 0;
    ensure(EVP_MAC_init(context.get(), pointer_of(key), key.size(), options) == 1 &&
               EVP_MAC_update(context.get(), message.data(), message.size()) == 1 &&
               EVP_MAC_final(context.get(), result.data(), &written, result.size()) == 1,
           name);
    result.resize(length);
    return result;
}

/// encode_string() of SP 800-185, for strings of fewer than 2^13 bytes.
void append_string(Bytes& to, View string) {
    const std::size_t bits = 8 * string.size();
    if (bits < 256) {
        to.push_back(1);
    } else {
        to.push_back(2);
        to.push_back(static_cast<std::uint8_t>(bits >> 8));
    }
    to.push_back(static_cast<std::uint8_t>(bits));
    to.insert(to.end(), string.begin(), string.end());
}

}  // namespace

Bytes digest(const std::string& name, View message, std::size_t length) {
    const std::unique_ptr<EVP_MD, Free> algorithm(EVP_MD_fetch(nullptr, name.c_str(), nullptr));
    ensure(algorithm != nullptr, name);
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    const bool extendable = (EVP_MD_get_flags(algorithm.get()) & EVP_MD_FLAG_XOF) != 0;
    Bytes result(extendable ? length : EVP_MAX_MD_SIZE);
    ensure(EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) == 1 &&
               EVP_DigestUpdate(context.get(), message.data(), message.size()) == 1 &&
               (extendable ? EVP_DigestFinalXOF(context.get(), result.data(), length)
                           : EVP_DigestFinal_ex(context.get(), result.data(), nullptr)) == 1,
           name);
    result.resize(length);
    return result;
}

Bytes hmac(const std::string& name, View key, View message, std::size_t length) {
    std::string digest = name;
    const std::array<OSSL_PARAM, 2> options{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                            OSSL_PARAM_construct_end()};
    return mac("HMAC", options.data(), key, message, length);
}

Bytes kmac(unsigned bits, View key, View customization, View message, std::size_t length, bool xof) {
    int is_xof = xof ? 1 : 0;
    Bytes custom(customization.begin(), customization.end());
    custom.push_back(0);
    const std::array<OSSL_PARAM, 4> options{
        OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &length),
        OSSL_PARAM_construct_int(OSSL_MAC_PARAM_XOF, &is_xof),
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_CUSTOM, custom.data(), customization.size()),
        OSSL_PARAM_construct_end()};
    return mac(bits == 128 ? "KMAC128" : "KMAC256", options.data(), key, message, length);
}

Bytes cshake(unsigned bits, View function, View customization, View message, std::size_t length) {
    const std::size_t rate = 200 - bits / 4;
    Bytes text{1, static_cast<std::uint8_t>(rate)};
    append_string(text, function);
    append_string(text, customization);
    text.resize((text.size() + rate - 1) / rate * rate);
    text.insert(text.end(), message.begin(), message.end());
    return digest(bits == 128 ? "KECCAK-KMAC-128" : "KECCAK-KMAC-256", text, length);
}

}  // namespace cce::reference
