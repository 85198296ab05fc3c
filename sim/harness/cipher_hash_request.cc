// SPDX-License-Identifier: Apache-2.0

#include "harness/cipher_hash_request.h"

#include <algorithm>
#include <stdexcept>

#include "harness/append.h"

namespace cce::sim {

CipherHashRequest::~CipherHashRequest() {
    if (context_ != 0) machine_.memory().release(context_);
}

CipherHashRequest& CipherHashRequest::decrypt(bool on) {
    decrypt_ = on;
    return *this;
}

CipherHashRequest& CipherHashRequest::over_plaintext(bool on) {
    over_plaintext_ = on;
    return *this;
}

CipherHashRequest& CipherHashRequest::key(std::span<const std::uint8_t> key, std::uint32_t rights) {
    return context(cipher_context(key, rights));
}

CipherHashRequest& CipherHashRequest::context(const contract::ContextRecord& record) {
    if (context_ == 0) {
        context_ = machine_.memory().allocate(sizeof record, contract::context_alignment_bytes, "context record");
    }
    machine_.memory().store(context_, record);
    return *this;
}

CipherHashRequest& CipherHashRequest::held_context(unsigned index) {
    held_ = index;
    return *this;
}

CipherHashRequest& CipherHashRequest::iv(std::span<const std::uint8_t> iv) {
    if (iv.size() != iv_.size()) throw std::invalid_argument("CipherHashRequest: an IV has 16 bytes");
    std::ranges::copy(iv, iv_.begin());
    return *this;
}

CipherHashRequest& CipherHashRequest::front(const HashFront& front) {
    front_ = front.bytes();
    return *this;
}

CipherHashRequest& CipherHashRequest::aad(std::span<const std::uint8_t> aad) {
    aad_.assign(aad.begin(), aad.end());
    return *this;
}

CipherHashRequest& CipherHashRequest::tag_length(std::size_t bytes) {
    tag_.assign(bytes, 0);
    return *this;
}

CipherHashRequest& CipherHashRequest::tag(std::span<const std::uint8_t> tag) {
    tag_.assign(tag.begin(), tag.end());
    return *this;
}

CipherHashRequest& CipherHashRequest::fence(bool on) {
    fence_ = on;
    return *this;
}

CipherHashRequest& CipherHashRequest::regions(std::uint16_t context, std::uint16_t source, std::uint16_t destination) {
    context_region_ = context;
    source_region_ = source;
    destination_region_ = destination;
    return *this;
}

StreamLengths CipherHashRequest::lengths(std::size_t text_bytes) const {
    const auto text = static_cast<std::uint32_t>(text_bytes);
    const auto tag = static_cast<std::uint32_t>(tag_.size());
    StreamLengths lengths;
    lengths.front = static_cast<std::uint32_t>(front_.size() + aad_.size());
    lengths.source = lengths.front + text + (decrypt_ ? tag : 0);
    lengths.destination = text + (decrypt_ ? 0 : tag);
    return lengths;
}

CipherHashRequest& CipherHashRequest::text(std::span<const std::uint8_t> text) {
    const StreamLengths streams = lengths(text.size());
    return this->text(text, Shape::direct(streams.source), Shape::direct(streams.destination));
}

CipherHashRequest& CipherHashRequest::text(std::span<const std::uint8_t> text, const Shape& source,
                                           const Shape& destination) {
    const StreamLengths streams = lengths(text.size());
    if (source.length() != streams.source || destination.length() != streams.destination) {
        throw std::invalid_argument("CipherHashRequest: the shapes are not as long as the streams");
    }
    text_length_ = static_cast<std::uint32_t>(text.size());
    stream_ = front_;
    append(stream_, aad_);
    append(stream_, text);
    if (decrypt_) append(stream_, tag_);
    source_.reset();
    destination_.reset();
    source_ = std::make_unique<ScatteredText>(machine_, source, source_region_);
    destination_ = std::make_unique<ScatteredText>(machine_, destination, destination_region_);
    source_->fill(stream_);
    return *this;
}

contract::Descriptor CipherHashRequest::descriptor() const {
    using contract::Descriptor;
    Descriptor descriptor;
    descriptor.opcode = contract::Opcode::cipher_hash;
    descriptor.mode = static_cast<std::uint8_t>(static_cast<unsigned>(cipher_) |
                                                static_cast<unsigned>(hash_) << contract::cipher_hash_function_lsb);
    unsigned flags = 0;
    if (decrypt_) flags |= Descriptor::flags_decrypt;
    if (over_plaintext_) flags |= Descriptor::flags_tag_over_plaintext;
    if (!front_.empty()) flags |= Descriptor::flags_keyed;
    if (held_) flags |= Descriptor::flags_context_held;
    if (fence_) flags |= Descriptor::flags_fence;
    if (source_->is_list()) flags |= Descriptor::flags_source_list;
    if (destination_->is_list()) flags |= Descriptor::flags_destination_list;
    descriptor.flags = static_cast<std::uint16_t>(flags);
    descriptor.context_reference = held_ ? *held_ : context_;
    descriptor.iv = iv_;
    descriptor.source = source_->address();
    descriptor.destination = destination_->address();
    descriptor.text_length = text_length_;
    descriptor.aad_length = static_cast<std::uint32_t>(front_.size() + aad_.size());
    descriptor.context_region = context_region_;
    descriptor.source_region = source_region_;
    descriptor.destination_region = destination_region_;
    descriptor.tag_length = static_cast<std::uint8_t>(tag_.size());
    return descriptor;
}

std::vector<std::uint8_t> CipherHashRequest::output_text() const {
    std::vector<std::uint8_t> output = destination_->gather();
    output.resize(text_length_);
    return output;
}

std::vector<std::uint8_t> CipherHashRequest::output_tag() const {
    const std::vector<std::uint8_t> output = destination_->gather();
    return {output.begin() + text_length_, output.end()};
}

bool CipherHashRequest::surroundings_untouched() const {
    return source_->surroundings_untouched() && destination_->surroundings_untouched() && source_->gather() == stream_;
}

}  // namespace cce::sim
