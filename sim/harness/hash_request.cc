// SPDX-License-Identifier: Apache-2.0

#include "harness/hash_request.h"

#include <cstring>
#include <stdexcept>
#include <string>

#include "harness/append.h"

namespace cce::sim {

namespace {

using contract::HashContext;
using contract::HashMode;

bool sponge(HashMode mode) {
    return mode >= HashMode::sha3_224;
}

/// What HMAC's key block, XORed with `pad`, makes of the initial state.
HashFront state_behind(Machine& machine, QueuePair& queue, HashMode mode, std::span<const std::uint8_t> key,
                       std::uint8_t pad) {
    std::vector<std::uint8_t> block(key.begin(), key.end());
    block.resize(hash_block_bytes(mode));
    for (std::uint8_t& byte : block) byte ^= pad;
    HashRequest request(machine, mode);
    request.message(block);
    const contract::Completion done = queue.run(request.descriptor());
    if (done.status != contract::Status::ok) {
        throw std::runtime_error("HMAC's key block: " + std::string(contract::name_of(done.status)));
    }
    return request.continuation();
}

}  // namespace

std::size_t hash_state_bytes(HashMode mode) {
    if (sponge(mode)) return contract::hash_state_sponge_bytes;
    return mode <= HashMode::sha_256 ? contract::hash_state_short_bytes : contract::hash_state_long_bytes;
}

bool hash_extendable(HashMode mode) {
    return mode >= HashMode::shake_128;
}

std::size_t hash_block_bytes(HashMode mode) {
    switch (mode) {
        case HashMode::sha_224:
        case HashMode::sha_256:
            return 64;
        case HashMode::shake_128:
        case HashMode::cshake_128:
            return 168;
        case HashMode::shake_256:
        case HashMode::cshake_256:
            return 136;
        default:
            // FIPS 202, 6.1: the capacity is twice the digest.
            return sponge(mode) ? 200 - 2 * hash_digest_bytes(mode) : 128;
    }
}

std::size_t hash_digest_bytes(HashMode mode) {
    switch (mode) {
        case HashMode::sha_224:
        case HashMode::sha_512_224:
        case HashMode::sha3_224:
            return 28;
        case HashMode::sha_256:
        case HashMode::sha_512_256:
        case HashMode::sha3_256:
            return 32;
        case HashMode::sha_384:
        case HashMode::sha3_384:
            return 48;
        case HashMode::sha_512:
        case HashMode::sha3_512:
            return 64;
        default:
            return 0;
    }
}

std::vector<std::uint8_t> HashFront::bytes() const {
    std::vector<std::uint8_t> stream;
    stream.reserve(sizeof context + state.size() + outer.size());
    append(stream, {reinterpret_cast<const std::uint8_t*>(&context), sizeof context});
    append(stream, state);
    append(stream, outer);
    return stream;
}

HashFront hmac_session(Machine& machine, QueuePair& queue, HashMode mode, std::span<const std::uint8_t> key) {
    constexpr std::uint8_t inner_pad = 0x36, outer_pad = 0x5c;
    if (key.size() > hash_block_bytes(mode)) throw std::invalid_argument("hmac_session: a key longer than a block");
    HashFront front = state_behind(machine, queue, mode, key, inner_pad);
    front.outer = state_behind(machine, queue, mode, key, outer_pad).state;
    return front;
}

HashRequest& HashRequest::front(const HashFront& front) {
    front_ = front.bytes();
    outer_ = front.outer;
    keyed_ = !front.outer.empty();
    first_ = false;
    return *this;
}

HashRequest& HashRequest::first(bool on) {
    first_ = on;
    return *this;
}

HashRequest& HashRequest::last(std::uint32_t output_bytes) {
    last_ = true;
    output_bytes_ = output_bytes;
    return *this;
}

HashRequest& HashRequest::squeeze(std::uint32_t output_bytes) {
    squeeze_ = true;
    output_bytes_ = output_bytes;
    return *this;
}

HashRequest& HashRequest::fence(bool on) {
    fence_ = on;
    return *this;
}

HashRequest& HashRequest::regions(std::uint16_t source, std::uint16_t destination) {
    source_region_ = source;
    destination_region_ = destination;
    return *this;
}

StreamLengths HashRequest::lengths(std::size_t message_bytes) const {
    StreamLengths lengths;
    lengths.front = static_cast<std::uint32_t>(front_.size());
    lengths.source = lengths.front + static_cast<std::uint32_t>(message_bytes);
    lengths.destination = output_bytes_;
    if (!last_) lengths.destination += static_cast<std::uint32_t>(sizeof(HashContext) + hash_state_bytes(mode_));
    return lengths;
}

HashRequest& HashRequest::message(std::span<const std::uint8_t> message) {
    const StreamLengths streams = lengths(message.size());
    return this->message(message, Shape::direct(streams.source), Shape::direct(streams.destination));
}

HashRequest& HashRequest::message(std::span<const std::uint8_t> message, const Shape& source,
                                  const Shape& destination) {
    const StreamLengths streams = lengths(message.size());
    if (source.length() != streams.source || destination.length() != streams.destination) {
        throw std::invalid_argument("HashRequest: the shapes are not as long as the streams");
    }
    text_length_ = static_cast<std::uint32_t>(message.size());
    stream_ = front_;
    append(stream_, message);
    source_.reset();
    destination_.reset();
    source_ = std::make_unique<ScatteredText>(machine_, source, source_region_);
    destination_ = std::make_unique<ScatteredText>(machine_, destination, destination_region_);
    source_->fill(stream_);
    return *this;
}

contract::Descriptor HashRequest::descriptor() const {
    using contract::Descriptor;
    Descriptor descriptor;
    descriptor.opcode = contract::Opcode::hash;
    descriptor.mode = static_cast<std::uint8_t>(mode_);
    unsigned flags = 0;
    if (first_) flags |= Descriptor::flags_stream_first;
    if (last_) flags |= Descriptor::flags_stream_last;
    if (keyed_) flags |= Descriptor::flags_keyed;
    if (squeeze_) flags |= Descriptor::flags_squeeze;
    if (fence_) flags |= Descriptor::flags_fence;
    if (source_->is_list()) flags |= Descriptor::flags_source_list;
    if (destination_->is_list()) flags |= Descriptor::flags_destination_list;
    descriptor.flags = static_cast<std::uint16_t>(flags);
    descriptor.set_hash_output({.length = output_bytes_});
    descriptor.source = source_->address();
    descriptor.destination = destination_->address();
    descriptor.text_length = text_length_;
    descriptor.aad_length = static_cast<std::uint32_t>(front_.size());
    descriptor.source_region = source_region_;
    descriptor.destination_region = destination_region_;
    return descriptor;
}

HashFront HashRequest::continuation() const {
    const std::vector<std::uint8_t> stream = output();
    HashFront front;
    const std::uint8_t* const context = stream.data() + output_bytes_;
    std::memcpy(&front.context, context, sizeof front.context);
    front.state.assign(context + sizeof front.context, stream.data() + stream.size());
    front.outer = outer_;
    return front;
}

bool HashRequest::surroundings_untouched() const {
    return source_->surroundings_untouched() && destination_->surroundings_untouched() && source_->gather() == stream_;
}

}  // namespace cce::sim
