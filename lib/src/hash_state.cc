// SPDX-License-Identifier: Apache-2.0

// OpenSSL 3 prefers other functions, none of which gives the state away.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "hash_state.h"

#include <cstring>
#include <string_view>

#include "backend.h"

namespace cce::internal {

using namespace hash_function;

namespace {

using Words512 = std::array<std::uint64_t, 8>;

void ensure(int result) {
    if (result != 1) throw Failure(CCE_ERROR_REFUSED, "OpenSSL: SHA-2 failed");
}

template <typename Word>
void load_le(std::span<const std::uint8_t> bytes, Word* words) {
    for (std::size_t i = 0; i < 8; ++i) {
        std::uint64_t word = 0;
        for (std::size_t j = 0; j < sizeof(Word); ++j) word |= std::uint64_t{bytes[sizeof(Word) * i + j]} << (8 * j);
        words[i] = static_cast<Word>(word);
    }
}

template <typename Word>
void store_le(const Word* words, std::span<std::uint8_t> bytes) {
    for (std::size_t i = 0; i < 8; ++i) {
        for (std::size_t j = 0; j < sizeof(Word); ++j) {
            bytes[sizeof(Word) * i + j] = static_cast<std::uint8_t>(words[i] >> (8 * j));
        }
    }
}

/// FIPS 180-4, 5.3.6: the initial words of SHA-512/t are the SHA-512 of its name, from other initial words.
Words512 initial_words(std::string_view name) {
    SHA512_CTX context;
    ensure(SHA512_Init(&context));
    for (auto& word : context.h) word ^= 0xa5a5a5a5a5a5a5a5;
    std::array<std::uint8_t, SHA512_DIGEST_LENGTH> digest{};
    ensure(SHA512_Update(&context, name.data(), name.size()));
    ensure(SHA512_Final(digest.data(), &context));
    Words512 words{};
    for (std::size_t i = 0; i < digest.size(); ++i) words[i / 8] = words[i / 8] << 8 | digest[i];
    return words;
}

SHA256_CTX initial_256(cce_hash hash) {
    SHA256_CTX context;
    ensure(hash == CCE_HASH_SHA_224 ? SHA224_Init(&context) : SHA256_Init(&context));
    return context;
}

SHA512_CTX initial_512(cce_hash hash) {
    static const Words512 words_224 = initial_words("SHA-512/224");
    static const Words512 words_256 = initial_words("SHA-512/256");
    SHA512_CTX context;
    ensure(hash == CCE_HASH_SHA_384 ? SHA384_Init(&context) : SHA512_Init(&context));
    if (hash == CCE_HASH_SHA_512_224) std::copy(words_224.begin(), words_224.end(), context.h);
    if (hash == CCE_HASH_SHA_512_256) std::copy(words_256.begin(), words_256.end(), context.h);
    return context;
}

std::variant<SHA256_CTX, SHA512_CTX, Keccak> initial(cce_hash hash) {
    if (is_sponge(hash)) return Keccak(block_bytes(hash));
    if (is_wide(hash)) return initial_512(hash);
    return initial_256(hash);
}

/// FIPS 202, 6.1 and 6.2, SP 800-185, 3.3: the bits behind the message, and the first of the padding.
std::uint8_t suffix(cce_hash hash) {
    if (is_cshake(hash)) return 0x04;
    return is_extendable(hash) ? 0x1f : 0x06;
}

}  // namespace

HashState::HashState(cce_hash hash) : hash_(hash), state_(initial(hash)) {}

HashState::HashState(cce_hash hash, std::span<const std::uint8_t> state) : HashState(hash) {
    const StateHeader header = load_header(state, hash);
    if (state.size() != state_bytes(hash)) {
        throw Failure(CCE_ERROR_STATE, "the state has another length than that of the function");
    }
    squeezing_ = header.squeezing;
    length_ = header.length;
    load_words(state.subspan(context_bytes));
}

HashState::~HashState() {
    std::visit(
        [](auto& state) {
            if constexpr (!std::is_same_v<decltype(state), Keccak&>) OPENSSL_cleanse(&state, sizeof(state));
        },
        state_);
}

void HashState::load_words(std::span<const std::uint8_t> words) {
    // OpenSSL counts bits, in two halves.
    if (auto* const narrow = std::get_if<SHA256_CTX>(&state_)) {
        load_le(words, narrow->h);
        narrow->Nl = static_cast<SHA_LONG>(length_ << 3);
        narrow->Nh = static_cast<SHA_LONG>(length_ >> 29);
    } else if (auto* const wide = std::get_if<SHA512_CTX>(&state_)) {
        load_le(words, wide->h);
        wide->Nl = length_ << 3;
        wide->Nh = length_ >> 61;
    } else {
        std::get<Keccak>(state_).load(words.first<Keccak::state_bytes>());
    }
}

void HashState::update(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    length_ += bytes.size();
    if (auto* const narrow = std::get_if<SHA256_CTX>(&state_)) {
        ensure(SHA256_Update(narrow, bytes.data(), bytes.size()));
    } else if (auto* const wide = std::get_if<SHA512_CTX>(&state_)) {
        ensure(SHA512_Update(wide, bytes.data(), bytes.size()));
    } else {
        std::get<Keccak>(state_).absorb(bytes);
    }
}

void HashState::save(std::span<std::uint8_t> out) {
    store_header(out, {hash_, squeezing_, length_});
    const std::span<std::uint8_t> words = out.subspan(context_bytes);
    if (auto* const narrow = std::get_if<SHA256_CTX>(&state_)) {
        store_le(narrow->h, words);
    } else if (auto* const wide = std::get_if<SHA512_CTX>(&state_)) {
        store_le(wide->h, words);
    } else {
        std::get<Keccak>(state_).save(words.first<Keccak::state_bytes>());
        std::fill(words.begin() + Keccak::state_bytes, words.begin() + words_bytes(hash_), std::uint8_t{0});
    }
}

void HashState::finish(std::span<std::uint8_t> digest) {
    if (std::holds_alternative<Keccak>(state_)) {
        squeeze(digest);
        return;
    }
    std::array<std::uint8_t, SHA512_DIGEST_LENGTH> whole{};
    if (auto* const narrow = std::get_if<SHA256_CTX>(&state_)) {
        ensure(SHA256_Final(whole.data(), narrow));
    } else {
        ensure(SHA512_Final(whole.data(), &std::get<SHA512_CTX>(state_)));
    }
    std::copy_n(whole.begin(), std::min(digest.size(), digest_bytes(hash_)), digest.begin());
    wipe(whole);
}

void HashState::squeeze(std::span<std::uint8_t> output) {
    auto& keccak = std::get<Keccak>(state_);
    if (!squeezing_) {
        keccak.pad(suffix(hash_));
        squeezing_ = true;
    }
    keccak.squeeze(output);
}

}  // namespace cce::internal
