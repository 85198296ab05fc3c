// SPDX-License-Identifier: Apache-2.0

#include "hasher.h"

#include <algorithm>

namespace cce::provider {

namespace {

/// Longer messages are streams. A job that is asynchronous can be paused for a request, but not for a stream's piece.
/// With what stands in front of it, the state of a key, the driver takes 1 MiB at once.
constexpr std::size_t gathered_bytes_max = (std::size_t{1} << 20) - 4096;
constexpr Reason digest_failed = Reason::digest_operation_failed;

template <typename... Calls>
struct Overloaded : Calls... {
    using Calls::operator()...;
};

}  // namespace

void CpuHash::update(std::span<const std::uint8_t> more) {
    std::visit(Overloaded{
                   [](std::monostate) { throw Fault(Reason::internal_error, "no context"); },
                   [&](DigestContext& context) {
                       ensure(EVP_DigestUpdate(context.get(), more.data(), more.size()), digest_failed);
                   },
                   [&](MacContext& context) { ensure(EVP_MAC_update(context.get(), more.data(), more.size())); },
               },
               context_);
}

void CpuHash::finish(std::span<std::uint8_t> out, bool xof) {
    std::visit(Overloaded{
                   [](std::monostate) { throw Fault(Reason::internal_error); },
                   [&](DigestContext& context) {
                       if (xof) {
                           ensure(EVP_DigestFinalXOF(context.get(), out.data(), out.size()), digest_failed);
                       } else {
                           ensure(EVP_DigestFinal_ex(context.get(), out.data(), nullptr), digest_failed);
                       }
                   },
                   [&](MacContext& context) {
                       std::size_t written = 0;
                       ensure(EVP_MAC_final(context.get(), out.data(), &written, out.size()));
                       require(written == out.size(), Reason::internal_error, "a MAC of another length");
                   },
               },
               context_);
}

CpuHash CpuHash::duplicate() const {
    return std::visit(Overloaded{
                          [](std::monostate) { return CpuHash(); },
                          [](const DigestContext& context) { return CpuHash(Cpu::duplicate(context)); },
                          [](const MacContext& context) { return CpuHash(Cpu::duplicate(context.get())); },
                      },
                      context_);
}

void CpuHash::set(const OSSL_PARAM params[]) {
    ensure(EVP_MAC_CTX_set_params(std::get<MacContext>(context_).get(), params));
}

Hasher::Hasher(const Hasher& other)
    : provider_(other.provider_),
      bytes_(other.bytes_),
      gathered_(other.gathered_),
      cpu_(other.cpu_.duplicate()),
      why_cpu_(other.why_cpu_) {
    if (other.stream_) {
        stream_.emplace(other.stream_->copy());
    }
}

void Hasher::begin() noexcept {
    bytes_ = 0;
    gathered_.clear();
    stream_.reset();
    cpu_ = CpuHash();
}

bool Hasher::engine_offers() {
    const std::shared_ptr<Key> session = key();
    return session && provider_.engine.offers(*session->hash());
}

CpuHash& Hasher::go_to_cpu(OnCpu reason) {
    cpu_ = make_cpu();
    why_cpu_ = reason;
    if (gathered_.size() != 0) {
        cpu_.update(gathered_.bytes());
        gathered_.clear();
    }
    return cpu_;
}

void Hasher::update(std::span<const std::uint8_t> more) {
    const std::size_t threshold = provider_.configuration.cpu_below;
    const std::uint64_t before = bytes_;
    bytes_ += more.size();
    if (!stream_ && !on_cpu()) {
        if (!key()) {
            go_to_cpu(OnCpu::not_offered);
        } else if (bytes_ >= threshold && before < std::max<std::uint64_t>(threshold, 1) && !engine_offers()) {
            // Asked once, and only for what is long enough to open the device for.
            go_to_cpu(OnCpu::not_offered);
        } else if (bytes_ > gathered_bytes_max && bytes_ >= threshold) {
            stream_.emplace(provider_.engine.hash_stream(key()));
            stream_->update(gathered_.bytes());
            gathered_.clear();
        }
    }
    if (stream_) {
        stream_->update(more);
    } else if (on_cpu()) {
        cpu_.update(more);
    } else {
        gathered_.append(more);
    }
}

void Hasher::finish(std::span<std::uint8_t> out) {
    if (out.empty()) {
        // No output is wanted, as may be of an XOF.
    } else if (stream_) {
        stream_->finish(out);
        provider_.report.on_engine(stream_->hash(), bytes_);
    } else if (!on_cpu() && bytes_ >= provider_.configuration.cpu_below && engine_offers()) {
        cce_digest_request request{};
        request.message = gathered_.bytes().data();
        request.message_length = gathered_.size();
        request.digest = out.data();
        request.digest_length = out.size();
        const std::shared_ptr<Key> session = key();
        static_cast<void>(provider_.engine.run(*session, CCE_ENCRYPT, request));
    } else {
        if (!on_cpu()) {
            go_to_cpu(bytes_ < provider_.configuration.cpu_below ? OnCpu::below_threshold : OnCpu::not_offered);
        }
        cpu_.finish(out, is_xof());
        provider_.report.on_cpu(why_cpu_, bytes_);
    }
    begin();
}

}  // namespace cce::provider
