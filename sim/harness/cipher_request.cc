// SPDX-License-Identifier: Apache-2.0

#include "harness/cipher_request.h"

#include <algorithm>
#include <stdexcept>

namespace cce::sim {

namespace {

constexpr std::uint8_t surroundings_pattern = 0x5a;
constexpr std::uint32_t margin = 64;
constexpr std::uint32_t page_bytes = 4096;

std::uint32_t total(const Shape& shape) {
    std::uint32_t sum = 0;
    for (const auto& piece : shape.pieces) sum += piece.length;
    return sum;
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

ScatteredText::ScatteredText(Machine& machine, const Shape& shape, std::uint16_t region) : machine_(machine) {
    if (shape.pieces.empty()) throw std::invalid_argument("ScatteredText: a shape without pieces");
    is_list_ = shape.list || shape.pieces.size() > 1;
    HostMemory& memory = machine.memory();
    for (const auto& piece : shape.pieces) {
        const std::size_t bytes = margin + piece.gap + piece.length + margin;
        const std::uint64_t base = memory.allocate(bytes, piece.gap >= margin ? page_bytes : margin, "text");
        std::ranges::fill(memory.view(base, bytes), surroundings_pattern);
        buffers_.push_back({base, bytes});
        segments_.push_back({base + margin + piece.gap, piece.length, region, 0});
        length_ += piece.length;
    }
    if (is_list_) {
        segments_.back().flags = contract::ListEntry::flags_last;
        list_ = memory.allocate(segments_.size() * sizeof(contract::ListEntry), contract::list_alignment_bytes, "list");
        for (std::size_t i = 0; i < segments_.size(); ++i) {
            memory.store(list_ + i * sizeof(contract::ListEntry), segments_[i]);
        }
    }
}

ScatteredText::~ScatteredText() {
    for (const auto& buffer : buffers_) machine_.memory().release(buffer.base);
    if (is_list_) machine_.memory().release(list_);
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
        const auto part = machine_.memory().view(segment.address, segment.length);
        text.insert(text.end(), part.begin(), part.end());
    }
    return text;
}

bool ScatteredText::surroundings_untouched() const {
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
        const auto buffer = machine_.memory().view(buffers_[i].base, buffers_[i].bytes);
        const auto start = static_cast<std::size_t>(segments_[i].address - buffers_[i].base);
        const auto same = [](std::uint8_t byte) { return byte == surroundings_pattern; };
        if (!std::ranges::all_of(buffer.first(start), same)) return false;
        if (!std::ranges::all_of(buffer.subspan(start + segments_[i].length), same)) return false;
    }
    return true;
}

CipherRequest::~CipherRequest() {
    if (context_ != 0) machine_.memory().release(context_);
}

CipherRequest& CipherRequest::decrypt(bool on) {
    decrypt_ = on;
    return *this;
}

CipherRequest& CipherRequest::key(std::span<const std::uint8_t> key, std::uint32_t rights) {
    return context(cipher_context(key, rights));
}

CipherRequest& CipherRequest::context(const contract::ContextRecord& record) {
    if (context_ == 0) {
        context_ = machine_.memory().allocate(sizeof(record), contract::context_alignment_bytes, "context record");
    }
    machine_.memory().store(context_, record);
    held_.reset();
    return *this;
}

CipherRequest& CipherRequest::held_context(unsigned index) {
    held_ = index;
    return *this;
}

CipherRequest& CipherRequest::iv(std::span<const std::uint8_t> iv) {
    if (iv.size() != iv_.size()) throw std::invalid_argument("CipherRequest: an IV has 16 bytes");
    std::ranges::copy(iv, iv_.begin());
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

CipherRequest& CipherRequest::text(std::span<const std::uint8_t> text) {
    const Shape shape = Shape::direct(static_cast<std::uint32_t>(text.size()));
    return this->text(text, shape, shape);
}

CipherRequest& CipherRequest::text(std::span<const std::uint8_t> text, const Shape& source, const Shape& destination) {
    if (total(source) != text.size() || total(destination) != text.size()) {
        throw std::invalid_argument("CipherRequest: the shapes are not as long as the text");
    }
    source_ = std::make_unique<ScatteredText>(machine_, source, source_region_);
    destination_ = std::make_unique<ScatteredText>(machine_, destination, destination_region_);
    source_->fill(text);
    in_place_ = false;
    return *this;
}

CipherRequest& CipherRequest::text_in_place(std::span<const std::uint8_t> text, const Shape& shape) {
    source_ = std::make_unique<ScatteredText>(machine_, shape, source_region_);
    source_->fill(text);
    destination_.reset();
    in_place_ = true;
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
    if (source_->is_list()) flags |= Descriptor::flags_source_list;
    if (destination().is_list()) flags |= Descriptor::flags_destination_list;
    descriptor.flags = static_cast<std::uint16_t>(flags);
    descriptor.cookie = cookie_;
    descriptor.context_reference = held_ ? *held_ : context_;
    descriptor.iv = iv_;
    descriptor.source = source_->address();
    descriptor.destination = destination().address();
    descriptor.text_length = source_->length();
    descriptor.context_region = held_ ? std::uint16_t{0} : context_region_;
    descriptor.source_region = source_region_;
    descriptor.destination_region = destination_region_;
    return descriptor;
}

bool CipherRequest::surroundings_untouched() const {
    return source_->surroundings_untouched() && (in_place_ || destination_->surroundings_untouched());
}

}  // namespace cce::sim
