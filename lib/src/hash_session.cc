// SPDX-License-Identifier: Apache-2.0

#include "hash_session.h"

#include "checks.h"
#include "hash_state.h"

namespace cce::internal {

using namespace hash_function;

namespace {

using View = std::span<const std::uint8_t>;

/// left_encode() and right_encode() of SP 800-185, 2.3.1: the number, big-endian without leading zeros, and how many
/// bytes that is, in front of it or behind it.
std::vector<std::uint8_t> encode(std::uint64_t number, bool left) {
    unsigned count = 1;
    while (count < sizeof(number) && number >> (8 * count) != 0) ++count;
    std::vector<std::uint8_t> bytes;
    if (left) bytes.push_back(static_cast<std::uint8_t>(count));
    for (unsigned i = count; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
    if (!left) bytes.push_back(static_cast<std::uint8_t>(count));
    return bytes;
}

/// bytepad() of encode_string() of each (SP 800-185, 2.3.2 and 2.3.3), with the block as width.
void absorb_padded(HashState& state, std::initializer_list<View> strings, std::size_t width) {
    std::size_t total = 0;
    const auto absorb = [&](View bytes) {
        state.update(bytes);
        total += bytes.size();
    };
    absorb(encode(width, true));
    for (const View string : strings) {
        absorb(encode(8 * std::uint64_t{string.size()}, true));
        absorb(string);
    }
    const std::array<std::uint8_t, 200> zeros{};
    state.update(View(zeros).first((width - total % width) % width));
}

/// FIPS 198-1, 4: the key K0 of one block.
SecretBytes hmac_key(cce_hash hash, View key) {
    SecretBytes block(block_bytes(hash));
    if (key.size() > block.bytes().size()) {
        HashState state(hash);
        state.update(key);
        state.finish(block.bytes().first(digest_bytes(hash)));
    } else {
        std::copy(key.begin(), key.end(), block.bytes().begin());
    }
    return block;
}

/// FIPS 198-1, 4: the states behind the key with ipad and behind the key with opad.
SecretBytes hmac_front(cce_hash hash, View key) {
    SecretBytes block(key);
    SecretBytes front(state_bytes(hash) + words_bytes(hash));
    SecretBytes outer(state_bytes(hash));
    constexpr std::uint8_t ipad = 0x36, opad = 0x5c;
    for (std::uint8_t& byte : block.bytes()) byte ^= ipad;
    HashState inner_state(hash);
    inner_state.update(block.bytes());
    inner_state.save(front.bytes());
    for (std::uint8_t& byte : block.bytes()) byte ^= ipad ^ opad;
    HashState outer_state(hash);
    outer_state.update(block.bytes());
    outer_state.save(outer.bytes());
    std::ranges::copy(outer.bytes().subspan(context_bytes), front.bytes().last(words_bytes(hash)).begin());
    return front;
}

}  // namespace

HashParameters make_hash_parameters(cce_hash hash, const cce_hash_options& options) {
    const View key(options.key, options.key_length);
    const View name(options.function_name, options.function_name_length);
    const View customization(options.customization, options.customization_length);
    HashParameters result{hash, options.kind, options.direction, {}, {}};
    if (options.kind == CCE_HASH_HMAC) {
        result.key = hmac_key(hash, key);
        result.front = hmac_front(hash, result.key.bytes());
    } else if (options.kind == CCE_HASH_PLAIN && name.empty() && customization.empty()) {
        result.hash = without_names(hash);
    } else {
        HashState state(hash);
        if (options.kind == CCE_HASH_PLAIN) {
            absorb_padded(state, {name, customization}, block_bytes(hash));
        } else {
            static constexpr std::array<std::uint8_t, 4> kmac{'K', 'M', 'A', 'C'};
            absorb_padded(state, {kmac, customization}, block_bytes(hash));
            absorb_padded(state, {key}, block_bytes(hash));
        }
        result.front = SecretBytes(state_bytes(hash));
        state.save(result.front.bytes());
    }
    return result;
}

std::vector<std::uint8_t> end_of_message(const HashParameters& parameters, std::size_t output_bytes) {
    if (parameters.kind == CCE_HASH_KMAC) return encode(8 * std::uint64_t{output_bytes}, false);
    if (parameters.kind == CCE_HASH_KMAC_XOF) return encode(0, false);
    return {};
}

Text text_of_message(const HashParameters& parameters, std::size_t output_bytes) {
    Text text;
    text.aad = parameters.front.bytes();
    // The contract counts the front of HMAC as nothing that went before.
    text.part.first = text.aad.empty() || parameters.kind == CCE_HASH_HMAC;
    text.behind = end_of_message(parameters, output_bytes);
    return text;
}

std::uint64_t bytes_in_front(const HashParameters& parameters) {
    const View front = parameters.front.bytes();
    return front.empty() ? 0 : load_header(front, parameters.hash).length;
}

void check_message_room(const HashParameters& parameters, std::uint64_t length) {
    constexpr std::uint64_t end_bytes = sizeof(std::uint64_t) + 1;
    require(length < length_limit - bytes_in_front(parameters) - end_bytes, CCE_ERROR_LENGTH,
            "a message to be hashed has fewer than 2^60 bytes, those of the key and names included");
}

bool digests_match(View made, View expected) {
    // The answer is the request's.
    return made.size() == expected.size() &&
           released(CRYPTO_memcmp(made.data(), expected.data(), expected.size()) == 0);
}

}  // namespace cce::internal
