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
    contract::ContextRecord::rights_ecb | contract::ContextRecord::rights_cbc | contract::ContextRecord::rights_ctr;

/// The context record of an AES key (16, 24 or 32 bytes).
[[nodiscard]] contract::ContextRecord cipher_context(std::span<const std::uint8_t> key,
                                                     std::uint32_t rights = all_cipher_rights);

/// How text lies in memory: the segments in order, each `gap` bytes behind a 64-byte boundary. One segment and no
/// `list` is a direct buffer.
struct Shape {
    struct Piece {
        std::uint32_t gap = 0;
        std::uint32_t length = 0;
    };
    std::vector<Piece> pieces;
    bool list = false;

    /// One direct buffer, `gap` bytes behind a 64-byte boundary.
    [[nodiscard]] static Shape direct(std::uint32_t length, std::uint32_t gap = 0) {
        return Shape{{{gap, length}}, false};
    }
};

/// Text in memory, surrounded by a known pattern.
class ScatteredText {
public:
    /// Allocates the segments (and the list, if the shape has one) in `machine`.
    ScatteredText(Machine& machine, const Shape& shape, std::uint16_t region = contract::region_unrestricted);
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
    Machine& machine_;
    std::vector<contract::ListEntry> segments_;
    std::vector<Surroundings> buffers_;
    std::uint64_t list_ = 0;
    std::uint32_t length_ = 0;
    bool is_list_ = false;
};

/// Builds a request step by step; the memory it uses lives as long as it does.
///
///     CipherRequest request(machine, CipherMode::cbc);
///     request.key(key).iv(iv).text(plain);
///     Completion done = queue.run(request.descriptor());
///     use(request.output());
class CipherRequest {
public:
    explicit CipherRequest(Machine& machine, contract::CipherMode mode = contract::CipherMode::ecb)
        : machine_(machine), mode_(mode) {}
    ~CipherRequest();
    CipherRequest(const CipherRequest&) = delete;
    CipherRequest& operator=(const CipherRequest&) = delete;

    CipherRequest& decrypt(bool on = true);
    /// The key, in a context record in memory.
    CipherRequest& key(std::span<const std::uint8_t> key, std::uint32_t rights = all_cipher_rights);
    /// A context record in memory, as it is.
    CipherRequest& context(const contract::ContextRecord& record);
    /// The engine-held context of this index instead.
    CipherRequest& held_context(unsigned index);
    CipherRequest& iv(std::span<const std::uint8_t> iv);
    CipherRequest& fence(bool on = true);
    CipherRequest& cookie(std::uint32_t value);
    CipherRequest& regions(std::uint16_t context, std::uint16_t source, std::uint16_t destination);
    /// The text, and how it and the destination lie in memory. Default: direct, aligned, out of place.
    CipherRequest& text(std::span<const std::uint8_t> text);
    CipherRequest& text(std::span<const std::uint8_t> text, const Shape& source, const Shape& destination);
    /// The destination is the source itself.
    CipherRequest& text_in_place(std::span<const std::uint8_t> text, const Shape& shape);

    [[nodiscard]] contract::Descriptor descriptor() const;
    [[nodiscard]] std::vector<std::uint8_t> output() const { return destination().gather(); }
    [[nodiscard]] bool surroundings_untouched() const;

    [[nodiscard]] std::uint64_t context_address() const { return context_; }
    [[nodiscard]] const ScatteredText& source() const { return *source_; }
    [[nodiscard]] const ScatteredText& destination() const { return in_place_ ? *source_ : *destination_; }

private:
    Machine& machine_;
    contract::CipherMode mode_;
    bool decrypt_ = false;
    bool fence_ = false;
    bool in_place_ = false;
    std::uint64_t context_ = 0;
    std::optional<unsigned> held_;
    std::array<std::uint8_t, 16> iv_{};
    std::uint32_t cookie_ = 0;
    std::uint16_t context_region_ = contract::region_unrestricted;
    std::uint16_t source_region_ = contract::region_unrestricted;
    std::uint16_t destination_region_ = contract::region_unrestricted;
    std::unique_ptr<ScatteredText> source_;
    std::unique_ptr<ScatteredText> destination_;
};

}  // namespace cce::sim
