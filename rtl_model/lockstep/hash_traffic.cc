// SPDX-License-Identifier: Apache-2.0
//
// Random hash requests: all functions, whole messages and pieces of some, HMAC, XOF squeezed in pieces, and wrong ones.

#include <algorithm>
#include <array>
#include <utility>

#include "traffic.h"

namespace cce::lockstep {

using contract::Descriptor;
using contract::HashMode;
using sim::HashFront;
using sim::HashRequest;

namespace {

constexpr std::array modes{HashMode::sha_224,     HashMode::sha_256,     HashMode::sha_384,   HashMode::sha_512,
                           HashMode::sha_512_224, HashMode::sha_512_256, HashMode::sha3_224,  HashMode::sha3_256,
                           HashMode::sha3_384,    HashMode::sha3_512,    HashMode::shake_128, HashMode::shake_256,
                           HashMode::cshake_128,  HashMode::cshake_256};

}  // namespace

/// A state to go on from, with a key sometimes; nothing if there is none yet.
std::optional<HashFront> Traffic::hash_front(HashMode mode) {
    const std::vector<HashFront>& states = states_[mode];
    if (states.empty()) return {};
    HashFront front = states[below(states.size())];
    front.outer.clear();
    if (!sim::hash_extendable(mode) && chance(60)) front.outer = states[below(states.size())].state;
    if (chance(10)) front.context.mode = modes[below(modes.size())];
    if (chance(6)) {
        auto* const context = reinterpret_cast<std::uint8_t*>(&front.context);
        context[below(sizeof front.context)] ^= static_cast<std::uint8_t>(1U << below(8));
    }
    return front;
}

/// Makes something in the descriptor wrong, or just different.
void Traffic::spoil_hash(Descriptor& descriptor) {
    static constexpr std::array<std::uint16_t, 6> flags{Descriptor::flags_stream_first, Descriptor::flags_stream_last,
                                                        Descriptor::flags_keyed,        Descriptor::flags_squeeze,
                                                        Descriptor::flags_decrypt,      Descriptor::flags_context_held};
    switch (below(7)) {
        case 0:
            descriptor.flags ^= flags[below(flags.size())];
            break;
        case 1:
            descriptor.mode = static_cast<std::uint8_t>(below(18));
            break;
        case 2:
            descriptor.text_length = static_cast<std::uint32_t>(below(300));
            break;
        case 3:
            descriptor.iv[below(5)] ^= static_cast<std::uint8_t>(1U << below(8));
            break;
        case 4:
            descriptor.aad_length = static_cast<std::uint32_t>(16 * below(30));
            break;
        case 5:
            descriptor.context_reference = below(2);
            break;
        default:
            spoil(descriptor);
            break;
    }
    contract::HashOutput output = descriptor.hash_output();
    output.length &= 0xffff;  // megabytes of output would take too long
    descriptor.set_hash_output(output);
}

void Traffic::submit_hash(Queue& queue) {
    const HashMode mode = modes[below(modes.size())];
    const auto block = static_cast<std::uint32_t>(sim::hash_block_bytes(mode));
    auto request = std::make_unique<HashRequest>(machine_, mode);
    const std::optional<HashFront> front = chance(60) ? hash_front(mode) : std::nullopt;
    if (front) request->front(*front).first(!front->outer.empty() && chance(50));
    const bool squeezing = front && front->context.squeezing != 0;
    std::uint64_t length = chance(70) ? below(3 * block) : below(4000);
    if (chance(25)) length = block * (1 + below(3)) - below(20);  // where padding has no room, or just so
    Pending pending;
    pending.kind = "hash";
    if (chance(55)) {
        const std::uint64_t most =
            sim::hash_extendable(mode) ? (chance(80) ? 400 : 4000) : sim::hash_digest_bytes(mode);
        request->last(static_cast<std::uint32_t>(chance(30) || sim::hash_extendable(mode) ? 1 + below(most) : most));
    } else if (sim::hash_extendable(mode) && (squeezing || chance(40))) {
        std::uint64_t bytes = chance(85) ? 2 * block * below(5) : below(700);
        // Not quite whole pairs, or just so; whole pieces of 16 bytes or not.
        if (chance(25)) bytes = 2 * block * (1 + below(4)) - (chance(50) ? 16 * below(4) : below(20));
        request->squeeze(static_cast<std::uint32_t>(bytes));
        pending.continues = mode;
        pending.kind = "hash squeeze";
    } else {
        length = block * (1 + length / block);
        if (chance(6)) length = length - 20 + below(40);  // not whole blocks
        pending.continues = mode;
        pending.kind = "hash piece";
    }
    if (squeezing && chance(75)) length = 0;
    if (front && !front->outer.empty()) pending.kind += ", keyed";
    if (chance(queue.pair->options().unrestricted ? 10 : 97)) request->regions(region_key(), region_key());
    request->fence(chance(5));
    const sim::StreamLengths lengths = request->lengths(length);
    request->message(bytes(length), shape(lengths.source), shape(lengths.destination));
    Descriptor descriptor = request->descriptor();
    if (chance(15)) {
        if (chance(50)) {
            spoil_hash(descriptor);
        } else {
            spoil_memory(request->source(), request->destination());
        }
        pending.kind = "hash, spoilt";
        pending.continues.reset();
    }
    pending.hash = std::move(request);
    post(queue, descriptor, std::move(pending));
}

}  // namespace cce::lockstep
