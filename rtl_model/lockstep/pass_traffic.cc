// SPDX-License-Identifier: Apache-2.0
//
// Random requests of cipher and hash in one pass: both ciphers, every hash, HMAC, over plaintext and ciphertext, and
// what was enciphered deciphered again, with wrong tags sometimes; and wrong ones.

#include <algorithm>
#include <array>
#include <utility>

#include "traffic.h"

namespace cce::lockstep {

using contract::CipherMode;
using contract::Descriptor;
using contract::HashMode;
using sim::CipherHashRequest;
using sim::HashFront;

namespace {

constexpr std::array modes{HashMode::sha_224,     HashMode::sha_256,     HashMode::sha_384,  HashMode::sha_512,
                           HashMode::sha_512_224, HashMode::sha_512_256, HashMode::sha3_224, HashMode::sha3_256,
                           HashMode::sha3_384,    HashMode::sha3_512};

}  // namespace

Traffic::Pass Traffic::make_pass() {
    Pass pass;
    pass.cipher = chance(50) ? CipherMode::ctr : CipherMode::cbc;
    pass.hash = modes[below(modes.size())];
    pass.decrypt = chance(12);
    pass.over_plaintext = chance(50);
    pass.key = bytes(16 + 8 * below(3));
    pass.iv = bytes(16);
    // Counters that carry into the upper half, and around.
    if (chance(30)) std::fill(pass.iv.begin() + static_cast<std::ptrdiff_t>(below(15)), pass.iv.end(), 0xff);
    const std::vector<HashFront>& states = states_[pass.hash];
    if (!states.empty() && chance(60)) {
        pass.front = states[below(states.size())];
        pass.front->outer = states[below(states.size())].state;
        if (chance(4)) pass.front->context.mode = modes[below(modes.size())];
        if (chance(4)) {
            auto* const context = reinterpret_cast<std::uint8_t*>(&pass.front->context);
            context[below(sizeof pass.front->context)] ^= static_cast<std::uint8_t>(1U << below(8));
        }
    }
    if (chance(70)) pass.aad = bytes(chance(85) ? below(70) : below(2000));
    const std::size_t block = sim::hash_block_bytes(pass.hash);
    std::uint64_t length = 1 + (chance(70) ? below(3 * block) : below(4000));
    // Where padding has no room, or just so.
    if (chance(25)) length = std::max<std::uint64_t>(1, 3 * block - std::min(pass.aad.size(), block) - below(20));
    if (pass.cipher == CipherMode::cbc) length = std::max<std::uint64_t>(16, length / 16 * 16);
    pass.text = bytes(length);
    const std::size_t digest = sim::hash_digest_bytes(pass.hash);
    pass.tag = bytes(chance(60) ? digest : 1 + below(digest));
    return pass;
}

/// Makes something in the descriptor wrong, or just different.
void Traffic::spoil_pass(Descriptor& descriptor) {
    static constexpr std::array<std::uint16_t, 6> flags{
        Descriptor::flags_stream_first, Descriptor::flags_stream_last, Descriptor::flags_keyed,
        Descriptor::flags_squeeze,      Descriptor::flags_decrypt,     Descriptor::flags_tag_over_plaintext};
    const auto front = static_cast<std::uint32_t>(sizeof(contract::HashContext));
    switch (below(8)) {
        case 0:
            descriptor.flags ^= flags[below(flags.size())];
            break;
        case 1:
            descriptor.mode ^= static_cast<std::uint8_t>(1U << below(8));
            break;
        case 2:
            descriptor.text_length = static_cast<std::uint32_t>(below(300));
            break;
        case 3:
            descriptor.tag_length = static_cast<std::uint8_t>(chance(30) ? 0 : 20 + below(50));
            break;
        case 4:
            // What the states in front need, or just not.
            descriptor.aad_length = front + 64 * static_cast<std::uint32_t>(1 + below(2)) - (chance(50) ? 1 : 0);
            break;
        case 5:
            // A message of 2^32 bytes, or just not: only ever refused, the shorter one for its text of no bytes.
            descriptor.text_length = chance(70) ? 0xfffffff0U : 0;
            descriptor.aad_length += static_cast<std::uint32_t>(16);
            break;
        default:
            spoil(descriptor);
            break;
    }
}

void Traffic::submit_pass(Queue& queue, const Pass& pass, bool spoil_it) {
    auto request = std::make_unique<CipherHashRequest>(machine_, pass.cipher, pass.hash);
    request->decrypt(pass.decrypt).over_plaintext(pass.over_plaintext).iv(pass.iv).aad(pass.aad).tag(pass.tag);
    request->key(pass.key, chance(95) ? sim::all_cipher_rights : static_cast<std::uint32_t>(random_() & 0x1ff03));
    if (chance(10)) request->held_context(static_cast<unsigned>(below(context_count)));
    if (pass.front) request->front(*pass.front);
    if (chance(queue.pair->options().unrestricted ? 10 : 97)) {
        request->regions(region_key(), region_key(), region_key());
    }
    request->fence(chance(5));
    const sim::StreamLengths lengths = request->lengths(pass.text.size());
    request->text(pass.text, shape(lengths.source), shape(lengths.destination));
    Descriptor descriptor = request->descriptor();
    Pending pending;
    pending.kind = std::string("pass ") + (pass.cipher == CipherMode::ctr ? "ctr" : "cbc") +
                   (pass.decrypt ? " decrypt" : " encrypt");
    if (spoil_it) {
        if (chance(50)) {
            spoil_pass(descriptor);
        } else if (chance(70)) {
            spoil_memory(request->source(), request->destination());
        } else {
            machine_.memory().inject_error(sim::Direction::read,
                                           request->context_address() + below(sizeof(contract::ContextRecord)), 1);
        }
        pending.kind = "pass, spoilt";
    } else {
        pending.pass = pass;
    }
    pending.cipher_hash = std::move(request);
    post(queue, descriptor, std::move(pending));
}

/// What was enciphered is deciphered again, sometimes with a wrong tag, text or AAD.
void Traffic::answer_pass(Queue& queue, const Pending& pending) {
    Pass pass = *pending.pass;
    if (pass.decrypt || queue.pair->free_slots() == 0 || queue.resetting || !chance(75)) return;
    pass.decrypt = true;
    pass.text = pending.cipher_hash->output_text();
    pass.tag = pending.cipher_hash->output_tag();
    if (chance(30)) {
        const auto wrong = static_cast<std::uint8_t>(1U << below(8));
        switch (below(4)) {
            case 0:
                pass.text[below(pass.text.size())] ^= wrong;
                break;
            case 1:
                if (!pass.aad.empty()) pass.aad[below(pass.aad.size())] ^= wrong;
                break;
            case 2:
                pass.tag.back() ^= wrong;
                break;
            default:
                pass.tag[below(pass.tag.size())] ^= wrong;
                break;
        }
    }
    submit_pass(queue, pass, false);
}

}  // namespace cce::lockstep
