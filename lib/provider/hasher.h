// SPDX-License-Identifier: Apache-2.0
//
// A message on its way through a hash function, HMAC or KMAC, whose pieces come as they come (EVP's digests and MACs).
// It is gathered: below the threshold the CPU does it, up to a limit it is one request to the engine, and what is
// longer is a stream of libcce. What the engine does not offer, the CPU does.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <variant>

#include "hash_stream.h"
#include "provider.h"

namespace cce::provider {

/// A message in the hands of OpenSSL's own code.
class CpuHash {
public:
    CpuHash() = default;
    explicit CpuHash(DigestContext context) : context_(std::move(context)) {}
    explicit CpuHash(MacContext context) : context_(std::move(context)) {}

    [[nodiscard]] bool started() const noexcept { return !std::holds_alternative<std::monostate>(context_); }
    void update(std::span<const std::uint8_t> more);
    /// `xof`: as much as `out` has room for, which is else the whole digest or MAC.
    void finish(std::span<std::uint8_t> out, bool xof);
    [[nodiscard]] CpuHash duplicate() const;
    /// Of a MAC: sets parameters in the middle of a message.
    void set(const OSSL_PARAM params[]);

private:
    std::variant<std::monostate, DigestContext, MacContext> context_;
};

class Hasher {
public:
    explicit Hasher(Provider& provider) : provider_(provider) {}
    virtual ~Hasher() = default;
    Hasher& operator=(const Hasher&) = delete;

    [[nodiscard]] Provider& provider() const noexcept { return provider_; }
    /// Begins a message.
    void begin() noexcept;
    void update(std::span<const std::uint8_t> more);
    /// Ends it; `out` is the digest, MAC or output, no more and no less.
    void finish(std::span<std::uint8_t> out);

protected:
    Hasher(const Hasher& other);

    /// What the engine needs for a session; null: the function is none of the engine's.
    [[nodiscard]] virtual std::shared_ptr<Key> key() = 0;
    /// A message of this kind on the CPU.
    [[nodiscard]] virtual CpuHash make_cpu() = 0;
    [[nodiscard]] virtual bool is_xof() const = 0;

    /// From here on the CPU works on the message, for this reason.
    CpuHash& go_to_cpu(OnCpu reason);
    [[nodiscard]] bool on_cpu() const noexcept { return cpu_.started(); }
    [[nodiscard]] bool on_stream() const noexcept { return stream_.has_value(); }
    void set_on_cpu(const OSSL_PARAM params[]) { cpu_.set(params); }

private:
    [[nodiscard]] bool engine_offers();

    Provider& provider_;
    std::uint64_t bytes_ = 0;  ///< of the message so far
    SecretBytes gathered_;     ///< all of it, unless one of these has it:
    std::optional<HashStream> stream_;
    CpuHash cpu_;
    OnCpu why_cpu_ = OnCpu::below_threshold;
};

}  // namespace cce::provider
