// SPDX-License-Identifier: Apache-2.0
//
// One cipher request with everything it needs in the machine's memory: context record, source, destination, lists.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cce_contract.hpp"
#include "harness/machine.h"

namespace cce::sim {

/// All rights that a cipher key can have.
inline constexpr std::uint32_t all_cipher_rights =
    contract::ContextRecord::rights_encrypt | contract::ContextRecord::rights_decrypt |
    contract::ContextRecord::rights_ecb | contract::ContextRecord::rights_cbc | contract::ContextRecord::rights_ctr |
    contract::ContextRecord::rights_xts | contract::ContextRecord::rights_gcm | contract::ContextRecord::rights_ccm |
    contract::ContextRecord::rights_cmac | contract::ContextRecord::rights_kw | contract::ContextRecord::rights_kwp;

/// The context record of an AES key (16, 24 or 32 bytes).
[[nodiscard]] contract::ContextRecord cipher_context(std::span<const std::uint8_t> key,
                                                     std::uint32_t rights = all_cipher_rights);

/// A context record of two keys, as it lies in memory.
struct KeyPairRecord {
    contract::ContextRecord first;
    contract::ContextSecondKey second;
};

/// The context record of a pair of AES keys of the same length: that of the data, that of the tweak (IEEE 1619: Key1,
/// Key2).
[[nodiscard]] KeyPairRecord cipher_pair_context(std::span<const std::uint8_t> data_key,
                                                std::span<const std::uint8_t> tweak_key,
                                                std::uint32_t rights = all_cipher_rights);

/// The descriptor that loads the record at `address` into the engine-held context `index`.
[[nodiscard]] contract::Descriptor context_load(unsigned index, std::uint64_t address,
                                                std::size_t record_bytes = sizeof(contract::ContextRecord),
                                                std::uint16_t region = contract::region_unrestricted);
/// The descriptor that erases the engine-held context `index`.
[[nodiscard]] contract::Descriptor context_invalidate(unsigned index);

/// How a stream lies in memory: the segments in order, each `gap` bytes behind a 64-byte boundary. One segment and no
/// `list` is a direct buffer. A stream of no bytes has neither segments nor a list.
struct Shape {
    struct Piece {
        std::uint32_t gap = 0;
        std::uint32_t length = 0;
    };
    std::vector<Piece> pieces;
    bool list = false;
    /// Entries of room between a boundary of contract::list_fetch_bytes and the list.
    unsigned list_gap = 0;

    /// One direct buffer, `gap` bytes behind a 64-byte boundary.
    [[nodiscard]] static Shape direct(std::uint32_t length, std::uint32_t gap = 0) {
        return Shape{{{gap, length}}, false, 0};
    }
    /// Bytes of all pieces together.
    [[nodiscard]] std::uint32_t length() const;
};

/// A stream in memory, surrounded by a known pattern.
class ScatteredText {
public:
    /// What every byte of the stream and around it holds before anybody writes there.
    static constexpr std::uint8_t background = 0x5a;

    /// Allocates the segments (and the list, if the shape has one) in `machine`.
    ScatteredText(Machine& machine, const Shape& shape, std::uint16_t region = contract::region_unrestricted);
    /// `length` bytes of `whole`, from byte `offset` on: no memory of its own but for a list, if `whole` has one.
    /// `whole` must live longer.
    ScatteredText(Machine& machine, const ScatteredText& whole, std::uint32_t offset, std::uint32_t length,
                  std::uint16_t region = contract::region_unrestricted);
    ~ScatteredText();
    ScatteredText(const ScatteredText&) = delete;
    ScatteredText& operator=(const ScatteredText&) = delete;

    void fill(std::span<const std::uint8_t> text);
    [[nodiscard]] std::vector<std::uint8_t> gather() const;
    /// True if no byte around the segments has changed.
    [[nodiscard]] bool surroundings_untouched() const;
    /// What goes into the descriptor: address of the buffer or of the list.
    [[nodiscard]] std::uint64_t address() const { return is_list_ ? list_ : segments_.front().address; }
    [[nodiscard]] bool is_list() const { return is_list_; }
    [[nodiscard]] std::uint64_t list_address() const { return list_; }
    [[nodiscard]] const std::vector<contract::ListEntry>& segments() const { return segments_; }
    [[nodiscard]] std::uint32_t length() const { return length_; }

private:
    struct Surroundings {
        std::uint64_t base;
        std::size_t bytes;
    };
    void store_list();

    Machine& machine_;
    std::vector<contract::ListEntry> segments_;
    std::vector<Surroundings> buffers_;
    std::uint64_t list_buffer_ = 0;
    std::uint64_t list_ = 0;
    unsigned list_gap_ = 0;
    std::uint32_t length_ = 0;
    bool is_list_ = false;
};

/// What a request of this mode reads and writes, in bytes.
struct StreamLengths {
    std::uint32_t source = 0;       ///< IV (if it stands there), AAD, text, tag (to be verified)
    std::uint32_t front = 0;        ///< of these, the bytes in front of the text
    std::uint32_t destination = 0;  ///< text, tag (made); what a key wrap adds or takes away is counted
};

/// Builds a request step by step; the memory it uses lives as long as it does.
///
///     CipherRequest request(machine, CipherMode::gcm);
///     request.key(key).iv(iv).aad(header).tag_length(16).text(plain);
///     Completion done = queue.run(request.descriptor());
///     use(request.output_text(), request.output_tag());
///
/// The steps may come in any order, but `text` and `text_in_place` come behind all that decide what the source and the
/// destination hold: direction, IV, AAD and tag.
class CipherRequest {
public:
    explicit CipherRequest(Machine& machine, contract::CipherMode mode = contract::CipherMode::ecb)
        : machine_(machine), mode_(mode) {}
    ~CipherRequest();
    CipherRequest(const CipherRequest&) = delete;
    CipherRequest& operator=(const CipherRequest&) = delete;

    /// Decrypt, verify or unwrap.
    CipherRequest& decrypt(bool on = true);
    /// The key, in a context record in memory.
    CipherRequest& key(std::span<const std::uint8_t> key, std::uint32_t rights = all_cipher_rights);
    /// Both keys of XTS, in a context record in memory.
    CipherRequest& key_pair(std::span<const std::uint8_t> data_key, std::span<const std::uint8_t> tweak_key,
                            std::uint32_t rights = all_cipher_rights);
    /// A context record in memory, as it is.
    CipherRequest& context(const contract::ContextRecord& record);
    CipherRequest& context(const KeyPairRecord& record);
    /// The engine-held context of this index instead.
    CipherRequest& held_context(unsigned index);
    /// The IV as the mode's standard has it. GCM: 12 bytes go into the descriptor, any other length into the source.
    /// CCM: the nonce, 7 to 13 bytes. Else: 16 bytes (CBC: IV, CTR: first counter block, XTS: tweak).
    CipherRequest& iv(std::span<const std::uint8_t> iv);
    /// GCM: puts the IV into the source whatever its length.
    CipherRequest& iv_in_source(std::span<const std::uint8_t> iv);
    CipherRequest& aad(std::span<const std::uint8_t> aad);
    /// Encrypting: the bytes of the tag to be made. (Decrypting: a tag of zero bytes.)
    CipherRequest& tag_length(std::size_t bytes);
    /// Decrypting: the tag to be verified. (Encrypting: only its length counts.)
    CipherRequest& tag(std::span<const std::uint8_t> tag);
    /// XTS: refuse a pair of equal keys.
    CipherRequest& distinct_keys(bool on = true);
    /// KW and KWP: the designated cipher function is the inverse cipher (SP 800-38F, 5.1).
    CipherRequest& inverse_cipher(bool on = true);
    CipherRequest& fence(bool on = true);
    CipherRequest& cookie(std::uint32_t value);
    CipherRequest& regions(std::uint16_t context, std::uint16_t source, std::uint16_t destination);

    /// Lengths of both streams for so many bytes of text: what the shapes below must have.
    [[nodiscard]] StreamLengths lengths(std::size_t text_bytes) const;
    /// The text, and how the whole source and the whole destination lie in memory. Default: direct, aligned, out of
    /// place.
    CipherRequest& text(std::span<const std::uint8_t> text);
    CipherRequest& text(std::span<const std::uint8_t> text, const Shape& source, const Shape& destination);
    /// The destination begins where the text of the source does. The shape covers both: what `in_place_length` says.
    CipherRequest& text_in_place(std::span<const std::uint8_t> text, const Shape& shape);
    [[nodiscard]] std::uint32_t in_place_length(std::size_t text_bytes) const;

    [[nodiscard]] contract::Descriptor descriptor() const;
    /// The whole destination: text and tag.
    [[nodiscard]] std::vector<std::uint8_t> output() const { return destination_->gather(); }
    /// The destination without its tag.
    [[nodiscard]] std::vector<std::uint8_t> output_text() const;
    /// The tag that was made; empty if the request makes none.
    [[nodiscard]] std::vector<std::uint8_t> output_tag() const;
    /// True if no byte but those of the destination has changed.
    [[nodiscard]] bool surroundings_untouched() const;

    [[nodiscard]] std::uint64_t context_address() const { return context_; }
    /// Bytes of the context record in memory.
    [[nodiscard]] std::size_t context_bytes() const { return context_bytes_; }
    [[nodiscard]] const ScatteredText& source() const { return *source_; }
    [[nodiscard]] const ScatteredText& destination() const { return *destination_; }
    /// What was put into the source: IV (if it stands there), AAD, text, tag (to be verified).
    [[nodiscard]] const std::vector<std::uint8_t>& source_stream() const { return stream_; }

private:
    void store_context(std::span<const std::uint8_t> record);
    void expect_no_text_yet(const char* step) const;
    void compose(std::span<const std::uint8_t> text);

    Machine& machine_;
    contract::CipherMode mode_;
    bool decrypt_ = false;
    bool fence_ = false;
    bool distinct_keys_ = false;
    bool inverse_cipher_ = false;
    std::uint64_t context_ = 0;
    std::size_t context_bytes_ = 0;
    std::optional<unsigned> held_;
    std::array<std::uint8_t, 16> iv_{};
    std::vector<std::uint8_t> source_iv_;
    bool iv_in_source_ = false;
    std::vector<std::uint8_t> aad_;
    std::vector<std::uint8_t> tag_;
    std::uint32_t cookie_ = 0;
    std::uint16_t context_region_ = contract::region_unrestricted;
    std::uint16_t source_region_ = contract::region_unrestricted;
    std::uint16_t destination_region_ = contract::region_unrestricted;
    std::uint32_t text_length_ = 0;
    std::vector<std::uint8_t> stream_;
    std::unique_ptr<ScatteredText> whole_;  ///< in place: what source and destination are parts of
    std::unique_ptr<ScatteredText> source_;
    std::unique_ptr<ScatteredText> destination_;
};

}  // namespace cce::sim
