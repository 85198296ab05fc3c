// SPDX-License-Identifier: Apache-2.0

#include "aes_job.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <stdexcept>

#include "harness/cipher_request.h"

namespace cce::example {

namespace {

using contract::CipherMode;

constexpr std::uint64_t alignment = 64;
constexpr std::size_t context_bytes = sizeof(sim::KeyPairRecord);

std::uint64_t aligned(std::uint64_t address) {
    return (address + alignment - 1) & ~(alignment - 1);
}

/// "AES-256-GCM" and the like: OpenSSL's name too.
std::string algorithm(const AesJob& job) {
    std::string name = "AES-" + std::to_string(job.key.size() * 8) + "-" + std::string(contract::name_of(job.mode));
    std::ranges::transform(name, name.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    return name;
}

void require(int result, const char* what) {
    if (result != 1) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

}  // namespace

std::string AesJob::name() const {
    return algorithm(*this) + (decrypt ? " decrypt " : " encrypt ") + std::to_string(text.size()) + " bytes";
}

Bytes answer_of_openssl(const AesJob& job) {
    const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher(
        EVP_CIPHER_fetch(nullptr, algorithm(job).c_str(), nullptr), &EVP_CIPHER_free);
    if (!cipher) throw std::runtime_error("OpenSSL does not know " + algorithm(job));
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    Bytes key = job.key;  // XTS: both keys, one behind the other
    key.insert(key.end(), job.tweak_key.begin(), job.tweak_key.end());
    require(EVP_CipherInit_ex(context.get(), cipher.get(), nullptr, key.data(), job.iv.data(), job.decrypt ? 0 : 1),
            "init");
    const bool gcm = job.mode == CipherMode::gcm;
    int length = 0;
    if (gcm && job.decrypt) {
        Bytes tag = job.tag;
        require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()), tag.data()),
                "set tag");
    }
    if (!job.aad.empty()) {
        require(EVP_CipherUpdate(context.get(), nullptr, &length, job.aad.data(), static_cast<int>(job.aad.size())),
                "AAD");
    }
    Bytes out(job.text.size());
    require(EVP_CipherUpdate(context.get(), out.data(), &length, job.text.data(), static_cast<int>(job.text.size())),
            "update");
    require(EVP_CipherFinal_ex(context.get(), out.data() + length, &length), job.decrypt ? "tag" : "final");
    if (gcm && !job.decrypt) {
        Bytes tag(job.tag.size());
        require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag.size()), tag.data()),
                "get tag");
        out.insert(out.end(), tag.begin(), tag.end());
    }
    return out;
}

PlacedJob::PlacedJob(Bus& bus, const AesJob& job, std::uint64_t address, unsigned gap)
    : bus_(bus), job_(job), context_(address) {
    if (job.tweak_key.empty()) {
        bus.store_object(context_, sim::cipher_context(job.key));
    } else {
        bus.store_object(context_, sim::cipher_pair_context(job.key, job.tweak_key));
    }
    Bytes source = job.aad;
    source.insert(source.end(), job.text.begin(), job.text.end());
    if (job.decrypt) source.insert(source.end(), job.tag.begin(), job.tag.end());
    source_ = context_ + context_bytes + gap;
    bus.store(source_, source);
    destination_ = aligned(source_ + source.size()) + gap;
    destination_bytes_ = job.text.size() + (job.decrypt ? 0 : job.tag.size());
}

contract::Descriptor PlacedJob::descriptor(std::uint32_t cookie) const {
    contract::Descriptor descriptor;
    descriptor.opcode = contract::Opcode::cipher;
    descriptor.mode = static_cast<std::uint8_t>(job_.mode);
    descriptor.flags = job_.decrypt ? contract::Descriptor::flags_decrypt : std::uint16_t{0};
    descriptor.cookie = cookie;
    descriptor.context_reference = context_;
    std::ranges::copy(job_.iv, descriptor.iv.begin());
    descriptor.source = source_;
    descriptor.destination = destination_;
    descriptor.text_length = static_cast<std::uint32_t>(job_.text.size());
    descriptor.aad_length = static_cast<std::uint32_t>(job_.aad.size());
    descriptor.tag_length = static_cast<std::uint8_t>(job_.tag.size());
    return descriptor;
}

Bytes PlacedJob::result() const {
    Bytes bytes(destination_bytes_);
    bus_.load(destination_, bytes);
    return bytes;
}

std::uint64_t PlacedJob::end() const {
    return aligned(destination_ + destination_bytes_);
}

}  // namespace cce::example
