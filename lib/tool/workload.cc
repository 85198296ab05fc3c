// SPDX-License-Identifier: Apache-2.0

#include "workload.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "hash_names.h"

namespace cce::tool {

namespace {

constexpr std::size_t wrap_room = 16;  ///< what wrapping and padding add at most

bool is_mac(const std::string& name) {
    return name == "cmac" || name == "gmac";
}

void randomize(std::span<std::uint8_t> bytes) {
    if (!bytes.empty() && RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw ToolError(exit_failure, "there are no random bytes");
    }
}

/// Nonces: GCM's best length, which CCM has, too.
constexpr std::size_t nonce_length = 12;

/// Output of an XOF: what it takes for its full strength against collisions.
std::size_t digest_bytes(cce_hash hash) {
    const std::size_t bytes = cce_hash_digest_bytes(hash);
    return bytes != 0 ? bytes : hash == CCE_HASH_SHAKE_128 ? 32 : 64;
}

}  // namespace

bool RequestKind::offered(const Information& information) const {
    return (mode ? information.mode_supported[*mode]
                 : (hmac ? information.hmac_supported : information.hash_supported)[hash]) != 0;
}

RequestKind request_kind(const std::string& name) {
    constexpr std::string_view hmac_prefix = "hmac-";
    const bool hmac = name.starts_with(hmac_prefix);
    if (const auto hash = find_hash(hmac ? name.substr(hmac_prefix.size()) : name); hash) {
        return {std::nullopt, *hash, hmac};
    }
    return {name == "gmac" ? CCE_MODE_GCM : mode_of(name)};
}

std::string refusal_of(const std::string& name, std::size_t bytes) {
    if (bytes == 0 || bytes > CCE_SUBMIT_BYTES_MAX - CCE_TAG_BYTES_MAX) {
        return "1 byte to 16 MiB less 16 bytes are possible";
    }
    if ((name == "ecb" || name == "cbc") && bytes % CCE_BLOCK_BYTES != 0) {
        return name + " needs whole blocks of 16 bytes";
    }
    if (name == "xts" && bytes < CCE_BLOCK_BYTES) {
        return "xts needs at least 16 bytes";
    }
    if (name == "kw" && (bytes < 16 || bytes % 8 != 0 || bytes > CCE_KEY_WRAP_BYTES_MAX)) {
        return "kw wraps 16 to 4096 bytes, a multiple of 8";
    }
    if (name == "kwp" && bytes > CCE_KEY_WRAP_BYTES_MAX) {
        return "kwp wraps 1 to 4096 bytes";
    }
    return "";
}

Workload::Workload(Device& device, const Work& work)
    : device_(device),
      work_(work),
      kind_(request_kind(work.name)),
      key_(work.key_bits / 8 * (work.name == "xts" ? 2 : 1)) {
    if (const std::string refusal = refusal_of(work.name, work.bytes); !refusal.empty()) {
        throw ToolError(exit_usage, "--size: " + std::to_string(work.bytes) + " bytes: " + refusal);
    }
    randomize(key_.bytes());
    session_.emplace(session(device, work.decrypt ? CCE_DECRYPT : CCE_ENCRYPT));
    prepare();
}

Session Workload::session(Device& device, cce_direction direction) const {
    if (kind_.mode) {
        return {device, *kind_.mode, direction, key_.bytes()};
    }
    HashOptions options = CCE_HASH_OPTIONS_INIT;
    options.direction = direction;
    if (kind_.hmac) {
        options.kind = CCE_HASH_HMAC;
        options.key = key_.bytes().data();
        options.key_length = key_.bytes().size();
    }
    return {device, kind_.hash, options};
}

Workload::~Workload() {
    std::array<Completion, 8> done{};
    try {
        while (device_.outstanding() > 0) {
            static_cast<void>(device_.poll(done, std::chrono::milliseconds(-1)));
        }
    } catch (const Error&) {
        // The session stays behind, as cce.hpp says.
    }
}

/// What is decrypted must be authentic; OpenSSL makes it, so that the device does nothing but what is asked for.
void Workload::prepare() {
    randomize(iv_);
    std::vector<std::uint8_t> text(work_.bytes);
    randomize(text);
    const std::span<const std::uint8_t> nonce = std::span(iv_).first(nonce_length);
    source_ = text;
    if (work_.decrypt && (is_mac(work_.name) || kind_.is_aead() || kind_.is_key_wrap() || !kind_.mode)) {
        Device software("software");
        Session maker = session(software, CCE_ENCRYPT);
        if (!kind_.mode) {
            mac_.resize(digest_bytes(kind_.hash));
            maker.digest(text, mac_);
        } else if (is_mac(work_.name)) {
            mac_.resize(CCE_TAG_BYTES_MAX);
            maker.generate_mac(work_.name == "gmac" ? nonce : nonce.first(0), text, mac_);
        } else if (kind_.is_key_wrap()) {
            source_.resize(text.size() + wrap_room);
            source_.resize(maker.wrap(text, source_));
        } else {
            source_.resize(text.size() + CCE_TAG_BYTES_MAX);
            maker.seal(nonce, {}, text, source_);
        }
    }
    const std::size_t room = kind_.mode ? source_.size() + wrap_room : digest_bytes(kind_.hash);
    destinations_.assign(work_.depth, std::vector<std::uint8_t>(room));
}

void Workload::submit(std::size_t slot) {
    std::vector<std::uint8_t>& destination = destinations_.at(slot);
    const std::size_t nonce = kind_.is(CCE_MODE_CMAC) ? 0 : nonce_length;
    if (!kind_.mode) {
        session_->submit(DigestRequest{slot, source_.data(), source_.size(), destination.data(),
                                       work_.decrypt ? mac_.data() : nullptr, digest_bytes(kind_.hash)});
    } else if (is_mac(work_.name)) {
        session_->submit(MacRequest{slot, iv_.data(), nonce, source_.data(), source_.size(), destination.data(),
                                    work_.decrypt ? mac_.data() : nullptr, CCE_TAG_BYTES_MAX});
    } else if (kind_.is_aead()) {
        session_->submit(AeadRequest{slot, iv_.data(), nonce, nullptr, 0, source_.data(), source_.size(),
                                     destination.data(), destination.size(), CCE_TAG_BYTES_MAX});
    } else if (kind_.is_key_wrap()) {
        session_->submit(KeyWrapRequest{slot, source_.data(), source_.size(), destination.data(), destination.size()});
    } else {
        Request request{};
        request.cookie = slot;
        std::copy(iv_.begin(), iv_.end(), request.iv);
        request.source = source_.data();
        request.destination = destination.data();
        request.length = source_.size();
        session_->submit(request);
    }
}

void Workload::run(const std::function<bool(std::size_t)>& more,
                   const std::function<void(const Completion&, std::uint64_t)>& done) {
    std::vector<std::uint64_t> submitted_ns(work_.depth);
    std::size_t submitted = 0;
    const auto start = [&](std::size_t slot) {
        submitted_ns.at(slot) = monotonic_nanoseconds();
        submit(slot);
        ++submitted;
    };
    for (std::size_t slot = 0; slot < work_.depth && more(submitted); ++slot) {
        start(slot);
    }
    std::vector<Completion> completions(work_.depth);
    while (device_.outstanding() > 0) {
        for (const Completion& completion : device_.poll(completions, std::chrono::milliseconds(-1))) {
            if (completion.status != CCE_OK) {
                throw ToolError(exit_failure, work_.name + ", " + std::to_string(work_.bytes) +
                                                  " bytes: " + cce_strerror(completion.status) + " (" +
                                                  cce_error_message(device_.get()) + ")");
            }
            done(completion, submitted_ns.at(completion.cookie));
            if (more(submitted)) {
                start(completion.cookie);
            }
        }
    }
}

}  // namespace cce::tool
