// SPDX-License-Identifier: Apache-2.0

#include "scatter.h"

namespace cce::internal {

namespace {

using List = std::span<const cce_segment>;

List checked_list(const cce_segment* list, std::size_t count, const char* name) {
    if (count > CCE_SEGMENTS_MAX) {
        throw Failure(CCE_ERROR_ARGUMENT,
                      std::string("the list of ") + name + " has more than CCE_SEGMENTS_MAX pieces");
    }
    if (list == nullptr && count != 0) {
        throw Failure(CCE_ERROR_ARGUMENT, std::string("the list of ") + name + " is null");
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (list[i].data == nullptr && list[i].length != 0) {
            throw Failure(CCE_ERROR_ARGUMENT, std::string("a piece of ") + name + " is null");
        }
    }
    return {list, count};
}

/// Saturates, so that no sum of lengths is small by wrapping.
std::size_t length_of(List list) {
    std::size_t total = 0;
    for (const cce_segment& piece : list) {
        total = piece.length > SIZE_MAX - total ? SIZE_MAX : total + piece.length;
    }
    return total;
}

std::uintptr_t address_of(const cce_segment& piece) {
    return reinterpret_cast<std::uintptr_t>(piece.data);
}

bool share_bytes(const cce_segment& a, const cce_segment& b) {
    return a.length != 0 && b.length != 0 && address_of(a) < address_of(b) + b.length &&
           address_of(b) < address_of(a) + a.length;
}

/// Every byte that both lists have must have the same place in both.
void check_same_places(List source, List destination) {
    std::size_t source_place = 0;
    for (const cce_segment& from : source) {
        std::size_t destination_place = 0;
        for (const cce_segment& to : destination) {
            require(!share_bytes(from, to) || address_of(from) - source_place == address_of(to) - destination_place,
                    CCE_ERROR_OVERLAP, "pieces of source and destination overlap without being in place");
            destination_place += to.length;
        }
        source_place += from.length;
    }
}

void check_apart(List a, List b, const char* message) {
    for (const cce_segment& one : a) {
        for (const cce_segment& other : b) {
            require(&one == &other || !share_bytes(one, other), CCE_ERROR_OVERLAP, message);
        }
    }
}

/// The piece that is all of the list, if there is one.
const cce_segment* only_piece(List list) {
    const cce_segment* found = nullptr;
    for (const cce_segment& piece : list) {
        if (piece.length != 0) {
            if (found != nullptr) return nullptr;
            found = &piece;
        }
    }
    static constexpr cce_segment nothing{nullptr, 0};
    return found != nullptr ? found : (list.empty() ? &nothing : &list.front());
}

}  // namespace

Bounce::~Bounce() {
    for (std::vector<std::uint8_t>& buffer : buffers_) {
        wipe(buffer);
    }
}

std::span<const std::uint8_t> Bounce::gather(List list) {
    std::vector<std::uint8_t>& buffer = buffers_.emplace_back(length_of(list));
    auto* position = buffer.data();
    for (const cce_segment& piece : list) {
        position = std::copy_n(static_cast<const std::uint8_t*>(piece.data), piece.length, position);
    }
    return buffer;
}

std::span<std::uint8_t> Bounce::stand_in(List list, std::size_t bytes) {
    destination_.assign(list.begin(), list.end());
    room_ = buffers_.emplace_back(bytes);
    return room_;
}

void Bounce::scatter(std::size_t bytes) const {
    std::span<const std::uint8_t> rest = std::span<const std::uint8_t>(room_).first(std::min(bytes, room_.size()));
    for (const cce_segment& piece : destination_) {
        const std::size_t length = std::min(piece.length, rest.size());
        std::copy_n(rest.begin(), length, static_cast<std::uint8_t*>(piece.data));
        rest = rest.subspan(length);
    }
}

void Bounce::wipe_destination(std::size_t bytes) const {
    for (const cce_segment& piece : destination_) {
        const std::size_t length = std::min(piece.length, bytes);
        wipe({static_cast<std::uint8_t*>(piece.data), length});
        bytes -= length;
    }
}

namespace {

/// The lists as strings.
struct Strings {
    std::span<const std::uint8_t> aad{};
    std::span<const std::uint8_t> source{};
    std::span<std::uint8_t> destination{};
};

std::span<std::uint8_t> bytes_of(const cce_segment& piece) {
    return {static_cast<std::uint8_t*>(piece.data), piece.length};
}

/// `longer`: no result is longer than the source and so many bytes.
Strings strings_of(List aad, List source, List destination, std::size_t longer, std::unique_ptr<Bounce>& bounce) {
    // A text longer than anything is refused later, and must not be gathered before.
    constexpr std::size_t longest = std::size_t{CCE_MESSAGE_BYTES_MAX} + CCE_TAG_BYTES_MAX;
    require(length_of(aad) <= longest && length_of(source) <= longest, CCE_ERROR_LENGTH,
            "a text and AAD have at most 2^30 bytes");
    const auto buffer = [&bounce]() -> Bounce& {
        if (!bounce) bounce = std::make_unique<Bounce>();
        return *bounce;
    };
    Strings strings;
    const cce_segment* piece = only_piece(aad);
    strings.aad = piece != nullptr ? bytes_of(*piece) : buffer().gather(aad);
    const cce_segment* from = only_piece(source);
    const cce_segment* to = only_piece(destination);
    strings.source = from != nullptr ? bytes_of(*from) : buffer().gather(source);
    const std::size_t room = std::min(length_of(destination), strings.source.size() + longer);
    strings.destination = to != nullptr ? bytes_of(*to).first(room) : buffer().stand_in(destination, room);
    return strings;
}

}  // namespace

Text checked_operation(Role role, const cce_operation& operation, std::unique_ptr<Bounce>& bounce) {
    const List aad = checked_list(operation.aad, operation.aad_count, "aad");
    const List source = checked_list(operation.source, operation.source_count, "source");
    const List destination = checked_list(operation.destination, operation.destination_count, "destination");
    require(is_aead(role.mode) || length_of(aad) == 0, CCE_ERROR_LENGTH, "only GCM and CCM have AAD");
    require(is_aead(role.mode) || role.mode == CCE_MODE_CMAC || operation.tag_length == 0, CCE_ERROR_TAG_LENGTH,
            "only GCM, CCM and CMAC have a tag");
    check_same_places(source, destination);
    check_apart(destination, destination, "pieces of the destination overlap");
    check_apart(aad, destination, "aad and destination overlap");
    // A tag or a semiblock.
    const Strings strings = strings_of(aad, source, destination, CCE_TAG_BYTES_MAX, bounce);

    if (role.mode <= CCE_MODE_XTS) {
        const bool needs_iv = role.mode != CCE_MODE_ECB;
        if (operation.iv_length != (needs_iv ? CCE_BLOCK_BYTES : 0U)) {
            throw Failure(CCE_ERROR_IV_LENGTH, std::string("mode ") + cce_mode_name(role.mode) + " has " +
                                                   (needs_iv ? "an IV of 16 bytes" : "no IV") + ", not one of " +
                                                   std::to_string(operation.iv_length));
        }
        require(strings.destination.size() >= strings.source.size(), CCE_ERROR_BUFFER,
                "the destination is shorter than the source");
        return checked_cipher(role, operation.iv, strings.source.data(), strings.destination.data(),
                              strings.source.size());
    }
    if (is_aead(role.mode)) {
        const cce_aead_request request{0,
                                       operation.iv,
                                       operation.iv_length,
                                       strings.aad.data(),
                                       strings.aad.size(),
                                       strings.source.data(),
                                       strings.source.size(),
                                       strings.destination.data(),
                                       strings.destination.size(),
                                       operation.tag_length};
        return checked_aead(role, &request);
    }
    if (role.mode == CCE_MODE_CMAC) {
        const bool verifies = role.direction == CCE_DECRYPT;
        require(!verifies || strings.source.size() >= operation.tag_length, CCE_ERROR_LENGTH,
                "the source has to hold the message and behind it the MAC");
        require(verifies || strings.destination.size() >= operation.tag_length, CCE_ERROR_BUFFER,
                "the destination is too small for the MAC");
        const std::size_t message = strings.source.size() - (verifies ? operation.tag_length : 0);
        const cce_mac_request request{0,
                                      operation.iv,
                                      operation.iv_length,
                                      strings.source.data(),
                                      message,
                                      strings.destination.data(),
                                      verifies ? strings.source.data() + message : nullptr,
                                      operation.tag_length};
        return checked_mac(role, &request);
    }
    require(operation.iv_length == 0, CCE_ERROR_IV_LENGTH, "key wrap has no IV");
    const cce_key_wrap_request request{0, strings.source.data(), strings.source.size(), strings.destination.data(),
                                       strings.destination.size()};
    return checked_key_wrap(role, &request);
}

cce_digest_request digest_request_of(Role role, const cce_operation& operation, std::unique_ptr<Bounce>& bounce) {
    const List source = checked_list(operation.source, operation.source_count, "source");
    const List destination = checked_list(operation.destination, operation.destination_count, "destination");
    require(operation.aad_count == 0 && operation.iv_length == 0, CCE_ERROR_ARGUMENT,
            "a hash function has neither IV nor AAD");
    check_apart(destination, destination, "pieces of the destination overlap");
    check_apart(source, destination, "message and digest overlap");
    const bool verifies = role.direction == CCE_DECRYPT;
    const std::size_t digest = operation.tag_length;
    require(!verifies || length_of(source) >= digest, CCE_ERROR_LENGTH,
            "the source has to hold the message and behind it the digest");
    require(verifies || length_of(destination) >= digest, CCE_ERROR_BUFFER,
            "the destination is too small for the digest");
    require(digest <= CCE_HASH_OUTPUT_BYTES_MAX, CCE_ERROR_DIGEST_LENGTH, "a digest has at most 2^30 bytes");
    const Strings strings = strings_of({}, source, verifies ? List() : destination, digest, bounce);
    const std::size_t message = strings.source.size() - (verifies ? digest : 0);
    return {0,
            strings.source.data(),
            message,
            strings.destination.data(),
            verifies ? strings.source.data() + message : nullptr,
            digest};
}

}  // namespace cce::internal
