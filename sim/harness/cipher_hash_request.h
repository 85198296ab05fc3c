// SPDX-License-Identifier: Apache-2.0
//
// One request of cipher and hash in one pass, with everything it needs in the machine's memory: context record, source
// (HMAC's states, AAD, text, tag), destination, lists.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cce_contract.hpp"
#include "harness/cipher_request.h"
#include "harness/hash_request.h"
#include "harness/machine.h"

namespace cce::sim {

/// The memory of a request lives as long as it does.
///
///     CipherHashRequest request(machine, CipherMode::cbc, HashMode::sha_256);
///     request.key(key).iv(iv).front(session).aad(header).tag_length(16).text(plain);
///     queue.run(request.descriptor());
///     use(request.output_text(), request.output_tag());
///
/// The steps may come in any order, but `text` comes last.
class CipherHashRequest {
public:
    CipherHashRequest(Machine& machine, contract::CipherMode cipher, contract::HashMode hash)
        : machine_(machine), cipher_(cipher), hash_(hash) {}
    ~CipherHashRequest();
    CipherHashRequest(const CipherHashRequest&) = delete;
    CipherHashRequest& operator=(const CipherHashRequest&) = delete;

    CipherHashRequest& decrypt(bool on = true);
    /// The tag is of AAD and plaintext; else of AAD and ciphertext.
    CipherHashRequest& over_plaintext(bool on = true);
    /// The key, in a context record in memory.
    CipherHashRequest& key(std::span<const std::uint8_t> key, std::uint32_t rights = all_cipher_rights);
    /// A context record in memory, as it is.
    CipherHashRequest& context(const contract::ContextRecord& record);
    /// The engine-held context of this index instead.
    CipherHashRequest& held_context(unsigned index);
    /// 16 bytes. CBC: IV, CTR: first counter block.
    CipherHashRequest& iv(std::span<const std::uint8_t> iv);
    /// HMAC: the states behind its key blocks.
    CipherHashRequest& front(const HashFront& front);
    CipherHashRequest& aad(std::span<const std::uint8_t> aad);
    /// Encrypting: the bytes of the tag to be made. (Decrypting: a tag of zero bytes.)
    CipherHashRequest& tag_length(std::size_t bytes);
    /// Decrypting: the tag to be verified. (Encrypting: only its length counts.)
    CipherHashRequest& tag(std::span<const std::uint8_t> tag);
    CipherHashRequest& fence(bool on = true);
    CipherHashRequest& regions(std::uint16_t context, std::uint16_t source, std::uint16_t destination);

    /// Lengths of both streams for so many bytes of text.
    [[nodiscard]] StreamLengths lengths(std::size_t text_bytes) const;
    CipherHashRequest& text(std::span<const std::uint8_t> text);
    CipherHashRequest& text(std::span<const std::uint8_t> text, const Shape& source, const Shape& destination);

    [[nodiscard]] contract::Descriptor descriptor() const;
    [[nodiscard]] std::vector<std::uint8_t> output_text() const;
    /// The tag that was made; empty if the request makes none.
    [[nodiscard]] std::vector<std::uint8_t> output_tag() const;
    /// True if no byte but those of the destination has changed.
    [[nodiscard]] bool surroundings_untouched() const;
    [[nodiscard]] std::uint64_t context_address() const { return context_; }
    [[nodiscard]] const ScatteredText& source() const { return *source_; }
    [[nodiscard]] const ScatteredText& destination() const { return *destination_; }

private:
    Machine& machine_;
    contract::CipherMode cipher_;
    contract::HashMode hash_;
    bool decrypt_ = false;
    bool over_plaintext_ = false;
    bool fence_ = false;
    std::uint64_t context_ = 0;
    std::optional<unsigned> held_;
    std::array<std::uint8_t, 16> iv_{};
    std::vector<std::uint8_t> front_;
    std::vector<std::uint8_t> aad_;
    std::vector<std::uint8_t> tag_;
    std::uint16_t context_region_ = contract::region_unrestricted;
    std::uint16_t source_region_ = contract::region_unrestricted;
    std::uint16_t destination_region_ = contract::region_unrestricted;
    std::uint32_t text_length_ = 0;
    std::vector<std::uint8_t> stream_;
    std::unique_ptr<ScatteredText> source_;
    std::unique_ptr<ScatteredText> destination_;
};

}  // namespace cce::sim
