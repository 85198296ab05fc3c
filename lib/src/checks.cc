// SPDX-License-Identifier: Apache-2.0

#include "checks.h"

#include "hash_functions.h"
#include "hash_session.h"

namespace cce::internal {

namespace {

constexpr std::size_t semiblock = CCE_KEY_WRAP_OVERHEAD;

std::string bytes_given(std::size_t bytes) {
    return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

[[noreturn]] void wrong_session(Role role, const char* call, const char* modes) {
    throw Failure(CCE_ERROR_SESSION,
                  std::string(call) + " is for sessions of " + modes + "; this one is of " +
                      (role.mode == mode_hash ? "a hash function" : std::string("mode ") + cce_mode_name(role.mode)));
}

void check_buffer(const void* pointer, std::size_t length, const char* name) {
    if (pointer == nullptr && length != 0) {
        throw Failure(CCE_ERROR_ARGUMENT, std::string(name) + " is null");
    }
}

bool share_bytes(const std::uint8_t* a, std::size_t a_length, const std::uint8_t* b, std::size_t b_length) {
    if (a_length == 0 || b_length == 0) {
        return false;
    }
    const auto from_a = reinterpret_cast<std::uintptr_t>(a);
    const auto from_b = reinterpret_cast<std::uintptr_t>(b);
    return from_a >= from_b ? from_a - from_b < b_length : from_b - from_a < a_length;
}

/// In place, or apart.
void check_overlap(std::span<const std::uint8_t> source, std::span<const std::uint8_t> destination) {
    require(source.data() == destination.data() ||
                !share_bytes(source.data(), source.size(), destination.data(), destination.size()),
            CCE_ERROR_OVERLAP, "source and destination overlap without being the same");
}

void check_room(std::size_t needed, std::size_t room) {
    if (room < needed) {
        throw Failure(CCE_ERROR_BUFFER, "the destination has room for " + bytes_given(room) + "; the result has " +
                                            std::to_string(needed));
    }
}

void check_tag_length(cce_mode mode, std::size_t length) {
    bool good = false;
    const char* allowed = nullptr;
    if (mode == CCE_MODE_GCM) {  // SP 800-38D, 5.2.1.2
        good = length == 4 || length == 8 || (length >= 12 && length <= CCE_TAG_BYTES_MAX);
        allowed = "a GCM tag has 4, 8 or 12 to 16 bytes";
    } else if (mode == CCE_MODE_CCM) {  // SP 800-38C, A.1
        good = length >= 4 && length <= CCE_TAG_BYTES_MAX && length % 2 == 0;
        allowed = "a CCM tag has 4, 6, 8, 10, 12, 14 or 16 bytes";
    } else {  // SP 800-38B, 5.5
        good = length >= 1 && length <= CCE_TAG_BYTES_MAX;
        allowed = "a CMAC has 1 to 16 bytes";
    }
    if (!good) {
        throw Failure(CCE_ERROR_TAG_LENGTH, std::string(allowed) + ", not " + std::to_string(length));
    }
}

std::vector<std::uint8_t> checked_iv(cce_mode mode, const std::uint8_t* iv, std::size_t length) {
    check_buffer(iv, length, "iv");
    if (mode == CCE_MODE_CCM && (length < 7 || length > 13)) {  // SP 800-38C, A.1
        throw Failure(CCE_ERROR_IV_LENGTH, "a CCM nonce has 7 to 13 bytes, not " + std::to_string(length));
    }
    if (mode == CCE_MODE_GCM && (length < 1 || length > CCE_MESSAGE_BYTES_MAX)) {  // SP 800-38D, 5.2.1.1
        throw Failure(CCE_ERROR_IV_LENGTH, "a GCM IV has 1 to 2^30 bytes, not " + std::to_string(length));
    }
    return {iv, iv + length};
}

void check_message_length(std::size_t length, const char* what) {
    if (length > CCE_MESSAGE_BYTES_MAX) {
        throw Failure(CCE_ERROR_LENGTH,
                      std::string(what) + " has at most 2^30 bytes; this one has " + std::to_string(length));
    }
}

/// SP 800-38C, A.2.1: the text's length is written in the 15 - n bytes that the nonce leaves.
void check_ccm_length(std::size_t nonce_length, std::size_t text_length) {
    const std::size_t length_bytes = 15 - nonce_length;
    if (length_bytes < sizeof(text_length) && text_length >> (8 * length_bytes) != 0) {
        throw Failure(CCE_ERROR_LENGTH, "CCM with a nonce of " + bytes_given(nonce_length) + " takes fewer than 2^" +
                                            std::to_string(8 * length_bytes) + " bytes of text; there are " +
                                            std::to_string(text_length));
    }
}

/// Bytes of the result of wrapping or unwrapping `length` bytes. SP 800-38F, 5.3.1, and our upper limit.
std::size_t key_wrap_result(Role role, std::size_t length) {
    const bool wrap = role.direction == CCE_ENCRYPT;
    const bool padded = role.mode == CCE_MODE_KWP;
    const std::size_t shortest = wrap ? (padded ? 1 : 2 * semiblock) : (padded ? 2 * semiblock : 3 * semiblock);
    const std::size_t longest = CCE_KEY_WRAP_BYTES_MAX + (wrap ? 0 : semiblock);
    const bool any = wrap && padded;
    if (length < shortest || length > longest || (!any && length % semiblock != 0)) {
        throw Failure(CCE_ERROR_LENGTH, std::string(padded ? "KWP " : "KW ") +
                                            (wrap ? "wraps a key of " : "unwraps a wrapped key of ") +
                                            std::to_string(shortest) + " to " + std::to_string(longest) + " bytes" +
                                            (any ? "" : ", a multiple of 8") + "; there are " + std::to_string(length));
    }
    const std::size_t whole = (length + semiblock - 1) / semiblock * semiblock;
    return wrap ? whole + semiblock : whole - semiblock;
}

}  // namespace

void check_session(cce_mode mode, cce_direction direction, std::span<const std::uint8_t> key, unsigned flags) {
    require(cce_mode_name(mode) != nullptr, CCE_ERROR_ARGUMENT, "mode is none of enum cce_mode");
    require(direction == CCE_ENCRYPT || direction == CCE_DECRYPT, CCE_ERROR_ARGUMENT,
            "direction is none of enum cce_direction");
    require((flags & ~static_cast<unsigned>(CCE_SESSION_EQUAL_KEYS)) == 0, CCE_ERROR_ARGUMENT,
            "flags has a bit that is none of enum cce_session_flags");
    require(key.data() != nullptr, CCE_ERROR_ARGUMENT, "key is null");
    const std::size_t keys = mode == CCE_MODE_XTS ? 2 : 1;
    if (key.size() != 16 * keys && key.size() != 24 * keys && key.size() != 32 * keys) {
        throw Failure(CCE_ERROR_KEY_LENGTH,
                      (keys == 2 ? "an XTS key has 32, 48 or 64 bytes (two AES keys); this one has "
                                 : "an AES key has 16, 24 or 32 bytes; this one has ") +
                          std::to_string(key.size()));
    }
    const std::size_t half = key.size() / 2;
    // Whoever gave such a key is told so.
    require(
        keys == 1 || (flags & CCE_SESSION_EQUAL_KEYS) != 0 || released(CRYPTO_memcmp(&key[0], &key[half], half) != 0),
        CCE_ERROR_EQUAL_KEYS, "the two halves of the XTS key are equal, which is insecure");
}

void require_direction(Role role, cce_direction direction, const char* call) {
    if (role.direction != direction) {
        throw Failure(CCE_ERROR_SESSION, std::string(call) + " needs a session of direction " +
                                             (direction == CCE_ENCRYPT ? "CCE_ENCRYPT" : "CCE_DECRYPT") +
                                             "; this one is of the other");
    }
}

Text checked_cipher(Role role, const std::uint8_t* iv, const std::uint8_t* source, std::uint8_t* destination,
                    std::size_t length) {
    const cce_mode mode = role.mode;
    if (mode > CCE_MODE_XTS) {
        wrong_session(role, "this call", "ecb, cbc, ctr and xts");
    }
    require(mode == CCE_MODE_ECB || iv != nullptr, CCE_ERROR_ARGUMENT, "CBC, CTR and XTS need an IV; it is null");
    require(length == 0 || (source != nullptr && destination != nullptr), CCE_ERROR_ARGUMENT,
            "source or destination is null");
    if ((mode == CCE_MODE_ECB || mode == CCE_MODE_CBC) && length % CCE_BLOCK_BYTES != 0) {
        throw Failure(CCE_ERROR_LENGTH,
                      "ECB and CBC take whole blocks of 16 bytes; the length is " + std::to_string(length));
    }
    if (mode == CCE_MODE_XTS && (length < CCE_BLOCK_BYTES || length > CCE_XTS_BYTES_MAX)) {
        throw Failure(CCE_ERROR_LENGTH,
                      "an XTS data unit has 16 bytes to 16 MiB; the length is " + std::to_string(length));
    }
    Text text;
    if (mode != CCE_MODE_ECB) {
        text.iv.assign(iv, iv + CCE_BLOCK_BYTES);
    }
    text.source = {source, length};
    text.destination = {destination, length};
    check_overlap(text.source, text.destination);
    return text;
}

Text checked_aead(Role role, const cce_aead_request* request) {
    if (!is_aead(role.mode)) {
        wrong_session(role, "this call", "gcm and ccm");
    }
    require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
    check_buffer(request->aad, request->aad_length, "aad");
    check_buffer(request->source, request->source_length, "source");
    check_tag_length(role.mode, request->tag_length);
    check_message_length(request->aad_length, "AAD");
    const bool seal = role.direction == CCE_ENCRYPT;
    if (!seal && request->source_length < request->tag_length) {
        throw Failure(CCE_ERROR_LENGTH, "a sealed text is at least as long as its tag, " +
                                            bytes_given(request->tag_length) + "; this one has " +
                                            std::to_string(request->source_length));
    }
    const std::size_t bytes = seal ? request->source_length : request->source_length - request->tag_length;
    check_message_length(bytes, "a text");
    const std::size_t result = seal ? bytes + request->tag_length : bytes;
    check_buffer(request->destination, result, "destination");
    check_room(result, request->destination_length);

    Text text;
    text.iv = checked_iv(role.mode, request->iv, request->iv_length);
    if (role.mode == CCE_MODE_CCM) {
        check_ccm_length(request->iv_length, bytes);
    }
    const std::span<const std::uint8_t> source(request->source, request->source_length);
    const std::span<std::uint8_t> destination(request->destination, result);
    check_overlap(source, destination);
    text.aad = {request->aad, request->aad_length};
    require(!share_bytes(text.aad.data(), text.aad.size(), destination.data(), destination.size()), CCE_ERROR_OVERLAP,
            "aad and destination overlap");
    text.source = source.first(bytes);
    text.destination = destination.first(bytes);
    if (seal) {
        text.tag = destination.subspan(bytes);
    } else {
        text.expected_tag = source.subspan(bytes);
    }
    return text;
}

Text checked_mac(Role role, const cce_mac_request* request) {
    if (role.mode != CCE_MODE_CMAC && role.mode != CCE_MODE_GCM) {
        wrong_session(role, "this call", "cmac and gcm (GMAC)");
    }
    require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
    check_buffer(request->message, request->message_length, "message");
    check_message_length(request->message_length, "a message");
    check_tag_length(role.mode, request->mac_length);
    Text text;
    if (role.mode == CCE_MODE_GCM) {
        text.iv = checked_iv(role.mode, request->iv, request->iv_length);
        text.aad = {request->message, request->message_length};
    } else {
        require(request->iv_length == 0, CCE_ERROR_IV_LENGTH, "CMAC has no IV");
        text.source = {request->message, request->message_length};
    }
    if (role.direction == CCE_ENCRYPT) {
        check_buffer(request->mac, request->mac_length, "mac");
        text.tag = {request->mac, request->mac_length};
    } else {
        check_buffer(request->expected, request->mac_length, "expected");
        text.expected_tag = {request->expected, request->mac_length};
    }
    return text;
}

Text checked_key_wrap(Role role, const cce_key_wrap_request* request) {
    if (!is_key_wrap(role.mode)) {
        wrong_session(role, "this call", "kw and kwp");
    }
    require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
    check_buffer(request->source, request->source_length, "source");
    const std::size_t result = key_wrap_result(role, request->source_length);
    check_buffer(request->destination, result, "destination");
    check_room(result, request->destination_length);
    Text text;
    text.source = {request->source, request->source_length};
    text.destination = {request->destination, result};
    check_overlap(text.source, text.destination);
    return text;
}

void check_hash_options(cce_hash hash, const cce_hash_options& options) {
    using namespace hash_function;
    require(cce_hash_name(hash) != nullptr, CCE_ERROR_ARGUMENT, "hash is none of enum cce_hash");
    require(options.kind >= CCE_HASH_PLAIN && options.kind <= CCE_HASH_KMAC_XOF, CCE_ERROR_ARGUMENT,
            "options.kind is none of enum cce_hash_kind");
    require(options.direction == CCE_ENCRYPT || options.direction == CCE_DECRYPT, CCE_ERROR_ARGUMENT,
            "options.direction is none of enum cce_direction");
    const bool kmac = options.kind == CCE_HASH_KMAC || options.kind == CCE_HASH_KMAC_XOF;
    require(options.kind != CCE_HASH_HMAC || !is_extendable(hash), CCE_ERROR_ARGUMENT,
            "HMAC is of a function with a digest of fixed length; XOFs have KMAC");
    require(!kmac || is_cshake(hash), CCE_ERROR_ARGUMENT, "KMAC is of cSHAKE");
    require(options.kind != CCE_HASH_PLAIN || options.key_length == 0, CCE_ERROR_ARGUMENT,
            "a session without HMAC or KMAC has no key");
    require((options.kind == CCE_HASH_PLAIN && is_cshake(hash)) || options.function_name_length == 0,
            CCE_ERROR_ARGUMENT, "only cSHAKE has a function name (KMAC's is fixed)");
    require(is_cshake(hash) || options.customization_length == 0, CCE_ERROR_ARGUMENT,
            "only cSHAKE and KMAC have a customization");
    check_buffer(options.key, options.key_length, "key");
    check_buffer(options.function_name, options.function_name_length, "function_name");
    check_buffer(options.customization, options.customization_length, "customization");
    for (const std::size_t length : {options.key_length, options.function_name_length, options.customization_length}) {
        require(length <= CCE_HASH_STRING_BYTES_MAX, CCE_ERROR_KEY_LENGTH,
                "a key, function name or customization has at most 2^30 bytes");
    }
}

void check_digest_length(const HashParameters& parameters, std::size_t length) {
    const std::size_t digest = hash_function::digest_bytes(parameters.hash);
    const std::size_t longest = digest != 0 ? digest : CCE_HASH_OUTPUT_BYTES_MAX;
    if (length < 1 || length > longest) {
        throw Failure(CCE_ERROR_DIGEST_LENGTH, std::string("output of ") + cce_hash_name(parameters.hash) +
                                                   " has 1 to " + std::to_string(longest) + " bytes, not " +
                                                   std::to_string(length));
    }
}

Text checked_digest(const HashParameters& parameters, const cce_digest_request* request) {
    require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
    check_buffer(request->message, request->message_length, "message");
    check_digest_length(parameters, request->digest_length);
    check_message_room(parameters, request->message_length);
    Text text = text_of_message(parameters, request->digest_length);
    text.source = {request->message, request->message_length};
    if (parameters.direction == CCE_ENCRYPT) {
        check_buffer(request->digest, request->digest_length, "digest");
        text.destination = {request->digest, request->digest_length};
        require(!share_bytes(text.source.data(), text.source.size(), text.destination.data(), text.destination.size()),
                CCE_ERROR_OVERLAP, "message and digest overlap");
    } else {
        check_buffer(request->expected, request->digest_length, "expected");
        text.expected_tag = {request->expected, request->digest_length};
    }
    return text;
}

}  // namespace cce::internal
