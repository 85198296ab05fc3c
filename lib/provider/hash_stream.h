// SPDX-License-Identifier: Apache-2.0
//
// A hash stream of libcce on the provider's device, with what it needs to live.

#pragma once

#include <memory>
#include <span>

#include "cce/cce.h"
#include "engine.h"

namespace cce::provider {

/// Belongs to the process that made it: another one, forked meanwhile, can't go on with it.
class HashStream {
public:
    /// Throws Fault.
    HashStream(std::shared_ptr<Station> station, std::shared_ptr<Key> key, Report& report);
    ~HashStream();
    HashStream(HashStream&& other) noexcept;
    HashStream& operator=(HashStream&&) = delete;

    [[nodiscard]] cce_hash hash() const noexcept;
    void update(std::span<const std::uint8_t> bytes);
    void finish(std::span<std::uint8_t> out);
    [[nodiscard]] HashStream copy() const;

private:
    HashStream(std::shared_ptr<Station> station, std::shared_ptr<Key> key, Report& report, cce_hash_stream* handle);
    void check(cce_status status) const;
    /// Throws Fault if the device is lost, or another process's.
    void require_usable() const;

    // In the order in which they are needed: the stream goes first.
    std::shared_ptr<Station> station_;
    std::shared_ptr<Key> key_;
    Report& report_;
    cce_hash_stream* handle_;
};

}  // namespace cce::provider
