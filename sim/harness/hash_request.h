// SPDX-License-Identifier: Apache-2.0
//
// One hash request with everything it needs in the machine's memory: source (what goes on, message), destination,
// lists.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cce_contract.hpp"
#include "harness/cipher_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::sim {

// The tests' own account of the functions: the model's (rtl_model/model/hash/hash_functions.h) is under test.

/// Bytes that the function's state has in memory, behind hash_context.
[[nodiscard]] std::size_t hash_state_bytes(contract::HashMode mode);
/// Bytes of a block: 200 less the capacity for SHA-3.
[[nodiscard]] std::size_t hash_block_bytes(contract::HashMode mode);
/// Bytes of the digest; of shake and cshake, which have none, 0.
[[nodiscard]] std::size_t hash_digest_bytes(contract::HashMode mode);
/// An output of any length: shake and cshake.
[[nodiscard]] bool hash_extendable(contract::HashMode mode);

/// What stands in front of a message that goes on, or of one with a key.
struct HashFront {
    contract::HashContext context;
    std::vector<std::uint8_t> state;  ///< to go on from
    std::vector<std::uint8_t> outer;  ///< HMAC: behind the outer key block; else empty

    /// As it lies in the source.
    [[nodiscard]] std::vector<std::uint8_t> bytes() const;
};

/// HMAC's states behind both key blocks (FIPS 198-1, 4), made by the engine on `queue`, where nothing is outstanding. A
/// key that is longer than a block must have been hashed. Throws std::runtime_error if a request fails.
[[nodiscard]] HashFront hmac_session(Machine& machine, QueuePair& queue, contract::HashMode mode,
                                     std::span<const std::uint8_t> key);

/// The memory of a request lives as long as it does.
///
///     HashRequest request(machine, HashMode::sha_256);
///     request.last(32).message(bytes);
///     queue.run(request.descriptor());
///     use(request.output());
///
/// The steps may come in any order, but `message` comes last.
class HashRequest {
public:
    HashRequest(Machine& machine, contract::HashMode mode) : machine_(machine), mode_(mode) {}

    /// The message goes on from there; with `outer` it is HMAC.
    HashRequest& front(const HashFront& front);
    /// With `front`: the message begins here nevertheless (HMAC, whose key block is in the state).
    HashRequest& first(bool on = true);
    /// The message ends here, so much output is wanted.
    HashRequest& last(std::uint32_t output_bytes);
    /// The message ends here, so much output is wanted now and more later.
    HashRequest& squeeze(std::uint32_t output_bytes);
    HashRequest& fence(bool on = true);
    HashRequest& regions(std::uint16_t source, std::uint16_t destination);

    /// Bytes of both streams for so many bytes of message.
    [[nodiscard]] StreamLengths lengths(std::size_t message_bytes) const;
    HashRequest& message(std::span<const std::uint8_t> message);
    HashRequest& message(std::span<const std::uint8_t> message, const Shape& source, const Shape& destination);

    [[nodiscard]] contract::Descriptor descriptor() const;
    [[nodiscard]] std::vector<std::uint8_t> output() const { return destination_->gather(); }
    /// What a later request goes on from: the end of the destination, and the outer state of this one.
    [[nodiscard]] HashFront continuation() const;
    [[nodiscard]] const ScatteredText& source() const { return *source_; }
    [[nodiscard]] const ScatteredText& destination() const { return *destination_; }
    /// True if no byte but those of the destination has changed.
    [[nodiscard]] bool surroundings_untouched() const;

private:
    Machine& machine_;
    contract::HashMode mode_;
    std::vector<std::uint8_t> front_;
    std::vector<std::uint8_t> outer_;
    bool first_ = true;
    bool keyed_ = false;
    bool last_ = false;
    bool squeeze_ = false;
    bool fence_ = false;
    std::uint32_t output_bytes_ = 0;
    std::uint16_t source_region_ = contract::region_unrestricted;
    std::uint16_t destination_region_ = contract::region_unrestricted;
    std::uint32_t text_length_ = 0;
    std::vector<std::uint8_t> stream_;
    std::unique_ptr<ScatteredText> source_;
    std::unique_ptr<ScatteredText> destination_;
};

}  // namespace cce::sim
