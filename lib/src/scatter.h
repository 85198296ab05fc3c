// SPDX-License-Identifier: Apache-2.0
//
// Scatter lists: what lies in pieces, as one string. A list of one piece is that piece; more are gathered in a bounce
// buffer, which is overwritten before it is given back.

#pragma once

#include "backend.h"
#include "checks.h"

namespace cce::internal {

/// What a request with scatter lists needs until it has ended.
class Bounce {
public:
    Bounce() = default;
    ~Bounce();
    Bounce(const Bounce&) = delete;
    Bounce& operator=(const Bounce&) = delete;

    /// `list` as one string: its only piece, or a copy.
    [[nodiscard]] std::span<const std::uint8_t> gather(std::span<const cce_segment> list);
    /// Room in the buffer that becomes the start of `list` by scatter().
    [[nodiscard]] std::span<std::uint8_t> stand_in(std::span<const cce_segment> list, std::size_t bytes);

    /// Copies the first `bytes` bytes of the room to where they belong; does nothing if there is no such room.
    void scatter(std::size_t bytes) const;
    /// Overwrites the first `bytes` bytes of where they belong.
    void wipe_destination(std::size_t bytes) const;

private:
    std::vector<std::vector<std::uint8_t>> buffers_;
    std::vector<cce_segment> destination_;
    std::span<std::uint8_t> room_;
};

/// A request of any mode as one on strings; `bounce` is set where one is needed, and must outlive the result. Throws
/// Failure.
[[nodiscard]] Text checked_operation(Role role, const cce_operation& operation, std::unique_ptr<Bounce>& bounce);

/// The same for a session of a hash function.
[[nodiscard]] cce_digest_request digest_request_of(Role role, const cce_operation& operation,
                                                   std::unique_ptr<Bounce>& bounce);

}  // namespace cce::internal
