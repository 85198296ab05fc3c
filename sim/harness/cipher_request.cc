// SPDX-License-Identifier: Apache-2.0

#include "harness/cipher_request.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "harness/append.h"

namespace cce::sim {

namespace {

using contract::CipherMode;

constexpr std::uint32_t margin = 64;
constexpr std::uint32_t page_bytes = 4096;
constexpr std::uint32_t semiblock_bytes = 8;  ///< SP 800-38F, 2.1: half a block, by which a wrapped key is longer
constexpr std::size_t gcm_iv_bytes = 12;      ///< SP 800-38D, 5.2.1.1: the length that needs no GHASH
constexpr std::size_t ccm_nonce_minimum = 7;  ///< SP 800-38C, A.1
constexpr std::size_t ccm_nonce_maximum = 13;

bool has_aad(CipherMode mode) {
    return mode == CipherMode::gcm || mode == CipherMode::ccm;
}

bool has_tag(CipherMode mode) {
    return has_aad(mode) || mode == CipherMode::cmac;
}

bool wraps_keys(CipherMode mode) {
    return mode == CipherMode::kw || mode == CipherMode::kwp;
}

std::span<const std::uint8_t> bytes_of(const auto& object) {
    return {reinterpret_cast<const std::uint8_t*>(&object), sizeof(object)};
}

}  // namespace

contract::ContextRecord cipher_context(std::span<const std::uint8_t> key, std::uint32_t rights) {
    contract::ContextRecord record;
    if (key.size() > record.key.size()) throw std::invalid_argument("cipher_context: the key is too long");
    record.format = contract::ContextFormat::cipher_key;
    record.key_length = static_cast<std::uint8_t>(key.size());
    record.units = sizeof(record) / contract::context_unit_bytes;
    record.rights = rights;
    std::ranges::copy(key, record.key.begin());
    return record;
}

KeyPairRecord cipher_pair_context(std::span<const std::uint8_t> data_key, std::span<const std::uint8_t> tweak_key,
                                  std::uint32_t rights) {
    if (data_key.size() != tweak_key.size()) {
        throw std::invalid_argument("cipher_pair_context: the keys are not of the same length");
    }
    KeyPairRecord record;
    record.first = cipher_context(data_key, rights);
    record.first.format = contract::ContextFormat::cipher_key_pair;
    record.first.units = sizeof(record) / contract::context_unit_bytes;
    std::ranges::copy(tweak_key, record.second.key.begin());
    return record;
}

contract::Descriptor context_load(unsigned index, std::uint64_t address, std::size_t record_bytes,
                                  std::uint16_t region) {
    contract::Descriptor descriptor;
    descriptor.opcode = contract::Opcode::context_load;
    descriptor.context_reference = index;
    descriptor.source = address;
    descriptor.text_length = static_cast<std::uint32_t>(record_bytes);
    descriptor.source_region = region;
    return descriptor;
}

contract::Descriptor context_invalidate(unsigned index) {
    contract::Descriptor descriptor;
    descriptor.opcode = contract::Opcode::context_invalidate;
    descriptor.context_reference = index;
    return descriptor;
}

std::uint32_t Shape::length() const {
    std::uint32_t sum = 0;
    for (const auto& piece : pieces) sum += piece.length;
    return sum;
}

ScatteredText::ScatteredText(Machine& machine, const Shape& shape, std::uint16_t region)
    : machine_(machine), list_gap_(shape.list_gap), length_(shape.length()) {
    HostMemory& memory = machine.memory();
    std::vector<Shape::Piece> pieces = shape.pieces;
    if (length_ == 0) {
        pieces.assign(1, Shape::Piece{});
    } else if (std::ranges::any_of(pieces, [](const auto& piece) { return piece.length == 0; })) {
        throw std::invalid_argument("ScatteredText: a list has no empty segments");
    }
    for (const auto& piece : pieces) {
        const std::size_t bytes = margin + piece.gap + piece.length + margin;
        const std::uint64_t base = memory.allocate(bytes, piece.gap >= margin ? page_bytes : margin, "text");
        std::ranges::fill(memory.view(base, bytes), background);
        buffers_.push_back({base, bytes});
        segments_.push_back({base + margin + piece.gap, piece.length, region, 0});
    }
    is_list_ = length_ != 0 && (shape.list || segments_.size() > 1);
    if (is_list_) store_list();
}

ScatteredText::ScatteredText(Machine& machine, const ScatteredText& whole, std::uint32_t offset, std::uint32_t length,
                             std::uint16_t region)
    : machine_(machine), list_gap_(whole.list_gap_), length_(length), is_list_(whole.is_list_ && length != 0) {
    if (offset > whole.length() || length > whole.length() - offset) {
        throw std::invalid_argument("ScatteredText: the part is longer than the whole");
    }
    std::uint64_t end = whole.segments_.front().address;
    for (const auto& segment : whole.segments_) {
        const std::uint32_t skipped = std::min(offset, segment.length);
        offset -= skipped;
        const std::uint32_t taken = std::min(length, segment.length - skipped);
        length -= taken;
        end = segment.address + skipped;
        if (taken != 0) segments_.push_back({segment.address + skipped, taken, region, 0});
        if (length == 0 && offset == 0) break;
    }
    if (segments_.empty()) segments_.push_back({end, 0, region, 0});
    if (is_list_) store_list();
}

void ScatteredText::store_list() {
    HostMemory& memory = machine_.memory();
    segments_.back().flags = contract::ListEntry::flags_last;
    // The engine reads whole aligned units; what lies in them around the list must not matter.
    const std::size_t front = list_gap_ * sizeof(contract::ListEntry);
    const std::size_t bytes =
        (front + segments_.size() * sizeof(contract::ListEntry) + contract::list_fetch_bytes - 1) /
        contract::list_fetch_bytes * contract::list_fetch_bytes;
    list_buffer_ = memory.allocate(bytes, contract::list_fetch_bytes, "list");
    std::ranges::fill(memory.view(list_buffer_, bytes), background);
    list_ = list_buffer_ + front;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        memory.store(list_ + i * sizeof(contract::ListEntry), segments_[i]);
    }
}

ScatteredText::~ScatteredText() {
    for (const auto& buffer : buffers_) machine_.memory().release(buffer.base);
    if (is_list_) machine_.memory().release(list_buffer_);
}

void ScatteredText::fill(std::span<const std::uint8_t> text) {
    if (text.size() > length_) throw std::invalid_argument("ScatteredText: the text is longer than its place");
    for (const auto& segment : segments_) {
        const std::size_t part = std::min<std::size_t>(segment.length, text.size());
        machine_.memory().write(segment.address, text.first(part));
        text = text.subspan(part);
    }
}

std::vector<std::uint8_t> ScatteredText::gather() const {
    std::vector<std::uint8_t> text;
    text.reserve(length_);
    for (const auto& segment : segments_) {
        if (segment.length == 0) continue;
        const auto part = machine_.memory().view(segment.address, segment.length);
        text.insert(text.end(), part.begin(), part.end());
    }
    return text;
}

bool ScatteredText::surroundings_untouched() const {
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
        const auto buffer = machine_.memory().view(buffers_[i].base, buffers_[i].bytes);
        const auto start = static_cast<std::size_t>(segments_[i].address - buffers_[i].base);
        const auto same = [](std::uint8_t byte) { return byte == background; };
        if (!std::ranges::all_of(buffer.first(start), same)) return false;
        if (!std::ranges::all_of(buffer.subspan(start + segments_[i].length), same)) return false;
    }
    return true;
}

CipherRequest::~CipherRequest() {
    if (context_ != 0) machine_.memory().release(context_);
}

void CipherRequest::expect_no_text_yet(const char* step) const {
    // These decide how long the streams are, so the memory is there before them.
    if (source_ && (has_tag(mode_) || wraps_keys(mode_))) {
        throw std::logic_error(std::string("CipherRequest: ") + step + " must come in front of text");
    }
}

CipherRequest& CipherRequest::decrypt(bool on) {
    expect_no_text_yet("decrypt");
    decrypt_ = on;
    return *this;
}

CipherRequest& CipherRequest::key(std::span<const std::uint8_t> key, std::uint32_t rights) {
    return context(cipher_context(key, rights));
}

CipherRequest& CipherRequest::key_pair(std::span<const std::uint8_t> data_key, std::span<const std::uint8_t> tweak_key,
                                       std::uint32_t rights) {
    return context(cipher_pair_context(data_key, tweak_key, rights));
}

CipherRequest& CipherRequest::context(const contract::ContextRecord& record) {
    store_context(bytes_of(record));
    return *this;
}

CipherRequest& CipherRequest::context(const KeyPairRecord& record) {
    store_context(bytes_of(record));
    return *this;
}

void CipherRequest::store_context(std::span<const std::uint8_t> record) {
    if (context_bytes_ != record.size()) {
        if (context_ != 0) machine_.memory().release(context_);
        context_bytes_ = record.size();
        context_ = machine_.memory().allocate(context_bytes_, contract::context_alignment_bytes, "context record");
    }
    machine_.memory().write(context_, record);
    held_.reset();
}

CipherRequest& CipherRequest::held_context(unsigned index) {
    held_ = index;
    return *this;
}

CipherRequest& CipherRequest::iv(std::span<const std::uint8_t> iv) {
    if (mode_ == CipherMode::gcm && iv.size() != gcm_iv_bytes) return iv_in_source(iv);
    expect_no_text_yet("iv");
    iv_.fill(0);
    source_iv_.clear();
    iv_in_source_ = false;
    if (mode_ == CipherMode::ccm) {
        if (iv.size() < ccm_nonce_minimum || iv.size() > ccm_nonce_maximum) {
            throw std::invalid_argument("CipherRequest: a nonce of CCM has 7 to 13 bytes");
        }
        // SP 800-38C, A.2.1: q - 1, the first field of the flags, where q is the number of bytes left for the length.
        iv_[0] = static_cast<std::uint8_t>(iv_.size() - 1 - iv.size() - 1);
        std::ranges::copy(iv, iv_.begin() + 1);
        return *this;
    }
    if (mode_ != CipherMode::gcm && iv.size() != iv_.size()) {
        throw std::invalid_argument("CipherRequest: an IV has 16 bytes");
    }
    std::ranges::copy(iv, iv_.begin());
    return *this;
}

CipherRequest& CipherRequest::iv_in_source(std::span<const std::uint8_t> iv) {
    expect_no_text_yet("iv_in_source");
    iv_.fill(0);
    source_iv_.assign(iv.begin(), iv.end());
    iv_in_source_ = true;
    return *this;
}

CipherRequest& CipherRequest::aad(std::span<const std::uint8_t> aad) {
    if (!has_aad(mode_)) throw std::invalid_argument("CipherRequest: this mode has no AAD");
    expect_no_text_yet("aad");
    aad_.assign(aad.begin(), aad.end());
    return *this;
}

CipherRequest& CipherRequest::tag_length(std::size_t bytes) {
    return tag(std::vector<std::uint8_t>(bytes));
}

CipherRequest& CipherRequest::tag(std::span<const std::uint8_t> tag) {
    if (!has_tag(mode_)) throw std::invalid_argument("CipherRequest: this mode has no tag");
    expect_no_text_yet("tag");
    tag_.assign(tag.begin(), tag.end());
    return *this;
}

CipherRequest& CipherRequest::distinct_keys(bool on) {
    distinct_keys_ = on;
    return *this;
}

CipherRequest& CipherRequest::inverse_cipher(bool on) {
    if (on && !wraps_keys(mode_))
        throw std::invalid_argument("CipherRequest: only key wrap may use the inverse cipher");
    inverse_cipher_ = on;
    return *this;
}

CipherRequest& CipherRequest::fence(bool on) {
    fence_ = on;
    return *this;
}

CipherRequest& CipherRequest::cookie(std::uint32_t value) {
    cookie_ = value;
    return *this;
}

CipherRequest& CipherRequest::regions(std::uint16_t context, std::uint16_t source, std::uint16_t destination) {
    context_region_ = context;
    source_region_ = source;
    destination_region_ = destination;
    return *this;
}

StreamLengths CipherRequest::lengths(std::size_t text_bytes) const {
    const auto text = static_cast<std::uint32_t>(text_bytes);
    const auto tag = static_cast<std::uint32_t>(tag_.size());
    StreamLengths lengths;
    lengths.front = static_cast<std::uint32_t>(source_iv_.size() + aad_.size());
    lengths.source = lengths.front + text + (decrypt_ ? tag : 0);
    switch (mode_) {
        case CipherMode::cmac:
            lengths.destination = decrypt_ ? 0 : tag;
            break;
        case CipherMode::kw:
        case CipherMode::kwp:
            if (decrypt_) {
                lengths.destination = text < semiblock_bytes ? 0 : text - semiblock_bytes;
            } else {
                lengths.destination =
                    (text + semiblock_bytes - 1) / semiblock_bytes * semiblock_bytes + semiblock_bytes;
            }
            break;
        default:
            lengths.destination = text + (decrypt_ ? 0 : tag);
            break;
    }
    return lengths;
}

void CipherRequest::compose(std::span<const std::uint8_t> text) {
    text_length_ = static_cast<std::uint32_t>(text.size());
    stream_.clear();
    append(stream_, source_iv_);
    append(stream_, aad_);
    append(stream_, text);
    if (decrypt_) append(stream_, tag_);
    source_.reset();
    destination_.reset();
    whole_.reset();
}

CipherRequest& CipherRequest::text(std::span<const std::uint8_t> text) {
    const StreamLengths streams = lengths(text.size());
    return this->text(text, Shape::direct(streams.source), Shape::direct(streams.destination));
}

CipherRequest& CipherRequest::text(std::span<const std::uint8_t> text, const Shape& source, const Shape& destination) {
    const StreamLengths streams = lengths(text.size());
    if (source.length() != streams.source || destination.length() != streams.destination) {
        throw std::invalid_argument("CipherRequest: the shapes are not as long as the streams");
    }
    compose(text);
    source_ = std::make_unique<ScatteredText>(machine_, source, source_region_);
    destination_ = std::make_unique<ScatteredText>(machine_, destination, destination_region_);
    source_->fill(stream_);
    return *this;
}

std::uint32_t CipherRequest::in_place_length(std::size_t text_bytes) const {
    const StreamLengths streams = lengths(text_bytes);
    return std::max(streams.source, streams.front + streams.destination);
}

CipherRequest& CipherRequest::text_in_place(std::span<const std::uint8_t> text, const Shape& shape) {
    if (shape.length() != in_place_length(text.size())) {
        throw std::invalid_argument("CipherRequest: the shape is not as long as the streams");
    }
    const StreamLengths streams = lengths(text.size());
    compose(text);
    whole_ = std::make_unique<ScatteredText>(machine_, shape, source_region_);
    whole_->fill(stream_);
    source_ = std::make_unique<ScatteredText>(machine_, *whole_, 0, streams.source, source_region_);
    destination_ =
        std::make_unique<ScatteredText>(machine_, *whole_, streams.front, streams.destination, destination_region_);
    return *this;
}

contract::Descriptor CipherRequest::descriptor() const {
    using contract::Descriptor;
    Descriptor descriptor;
    descriptor.opcode = contract::Opcode::cipher;
    descriptor.mode = static_cast<std::uint8_t>(mode_);
    unsigned flags = 0;
    if (decrypt_) flags |= Descriptor::flags_decrypt;
    if (fence_) flags |= Descriptor::flags_fence;
    if (held_) flags |= Descriptor::flags_context_held;
    if (iv_in_source_) flags |= Descriptor::flags_iv_in_source;
    if (distinct_keys_) flags |= Descriptor::flags_distinct_keys;
    if (inverse_cipher_) flags |= Descriptor::flags_inverse_cipher;
    if (source_->is_list()) flags |= Descriptor::flags_source_list;
    if (destination_->is_list()) flags |= Descriptor::flags_destination_list;
    descriptor.flags = static_cast<std::uint16_t>(flags);
    descriptor.cookie = cookie_;
    descriptor.context_reference = held_ ? *held_ : context_;
    descriptor.iv = iv_;
    if (iv_in_source_) descriptor.set_iv_in_source({.length = static_cast<std::uint32_t>(source_iv_.size())});
    descriptor.source = source_->address();
    descriptor.destination = destination_->address();
    descriptor.text_length = text_length_;
    descriptor.aad_length = static_cast<std::uint32_t>(aad_.size());
    descriptor.tag_length = static_cast<std::uint8_t>(tag_.size());
    descriptor.context_region = held_ ? std::uint16_t{0} : context_region_;
    descriptor.source_region = source_region_;
    descriptor.destination_region = destination_region_;
    return descriptor;
}

std::vector<std::uint8_t> CipherRequest::output_text() const {
    std::vector<std::uint8_t> stream = output();
    if (!decrypt_) stream.resize(stream.size() - tag_.size());
    return stream;
}

std::vector<std::uint8_t> CipherRequest::output_tag() const {
    const std::vector<std::uint8_t> stream = output();
    if (decrypt_) return {};
    return {stream.end() - static_cast<std::ptrdiff_t>(tag_.size()), stream.end()};
}

bool CipherRequest::surroundings_untouched() const {
    if (!whole_) {
        return source_->surroundings_untouched() && destination_->surroundings_untouched() &&
               source_->gather() == stream_;
    }
    // In place: what the source holds in front of the destination and behind it.
    const std::span<const std::uint8_t> expected(stream_);
    const std::vector<std::uint8_t> now = whole_->gather();
    const std::size_t front = lengths(text_length_).front;
    const std::size_t back = std::min(stream_.size(), front + destination_->length());
    return whole_->surroundings_untouched() && std::ranges::equal(std::span(now).first(front), expected.first(front)) &&
           std::ranges::equal(std::span(now).first(stream_.size()).subspan(back), expected.subspan(back));
}

}  // namespace cce::sim
