// SPDX-License-Identifier: Apache-2.0
//
// Types that the model's blocks share among themselves: cce_pkg.sv in C++. A block's byte 0 is the first in memory.

#pragma once

#include <array>
#include <cstdint>

#include "configuration.h"

namespace cce::model {

using Block = std::array<std::uint8_t, 16>;  ///< an AES block
using Key = std::array<std::uint8_t, 32>;    ///< a key; bytes behind a short one are zero
/// One beat of the DMA bus; a bus of 16 bytes uses the first half.
using Beat = std::array<std::uint8_t, Configuration::data_bytes_maximum>;

using SlotMask = std::uint32_t;   ///< bit s: slot s
using QueueMask = std::uint32_t;  ///< bit q: queue pair q
using ReadTag = std::uint64_t;    ///< what a client of the read port gets back with each beat (48 bits)

static_assert(Configuration::slot_count <= 32 && Configuration::queue_count <= 32);

/// Bit `index` of a mask.
[[nodiscard]] constexpr std::uint32_t bit(unsigned index) {
    return std::uint32_t{1} << index;
}

/// True if bit `index` is set.
[[nodiscard]] constexpr bool has(std::uint32_t mask, unsigned index) {
    return (mask >> index & 1) != 0;
}

/// Clients of the DMA read port. Lower numbers win.
enum ReadClient : unsigned {
    read_client_descriptor = 0,
    read_client_context = 1,
    read_client_source_list = 2,
    read_client_destination_list = 3,
    read_client_data = 4
};

/// Clients of the DMA write port. Lower numbers win.
enum WriteClient : unsigned { write_client_completion = 0, write_client_data = 1 };

/// One burst's worth of bytes, with all that the address checker needs to know.
struct DmaRequest {
    bool privileged = false;    ///< ring access: the region key is not looked at
    bool unrestricted = false;  ///< the queue may use the unrestricted region
    std::uint8_t queue_index = 0;
    std::uint16_t region = 0;
    std::uint64_t address = 0;
    std::uint16_t bytes = 0;  ///< 1 to 4096, inside one 4 KiB page
};

/// A refused DMA access; `reason` is cce::contract's fault_reason.
struct DmaFault {
    bool valid = false;
    bool write = false;
    std::uint8_t reason = 0;
    std::uint8_t queue_index = 0;
    std::uint64_t address = 0;
};

enum class KeyLength : std::uint8_t { aes_128 = 0, aes_192 = 1, aes_256 = 2 };

/// A request as the dispatcher hands it to the blocks that work on its text. Hash requests are lanes too; `aad_length`
/// is then what stands in front of the message. So are those of cipher and hash in one pass; it is then what stands in
/// front of the text.
struct CipherRequest {
    std::uint8_t queue_index = 0;
    bool unrestricted = false;
    bool stream = false;    ///< else lane
    std::uint8_t mode = 0;  ///< contract::CipherMode, or HashMode
    bool decrypt = false;
    bool authenticated = false;  ///< decrypted text counts only with its tag: it is wiped after a failure
    bool distinct_keys = false;
    Block iv{};
    std::uint32_t iv_length = 0;  ///< bytes of IV in front of the AAD in the source (GCM), else 0
    std::uint32_t aad_length = 0;
    std::uint32_t text_length = 0;
    std::uint8_t tag_length = 0;
    std::uint32_t output_length = 0;  ///< bytes in the destination, without the tag
    bool source_list = false;
    std::uint16_t source_region = 0;
    std::uint64_t source = 0;
    bool destination_list = false;
    std::uint16_t destination_region = 0;
    std::uint64_t destination = 0;
};

/// Datapaths that are closed.
struct Gates {
    bool aes = false;
    bool hash = false;
};

/// What the key loader has to do for a slot.
enum class KeyJob : std::uint8_t {
    record = 0,     ///< cipher, key in a context record in memory
    held = 1,       ///< cipher, key in an engine-held context
    load = 2,       ///< context_load
    invalidate = 3  ///< context_invalidate
};

struct KeyRequest {
    KeyJob job = KeyJob::record;
    std::uint8_t queue_index = 0;
    bool unrestricted = false;
    std::uint8_t index = 0;     ///< engine-held context
    std::uint64_t address = 0;  ///< of the record
    std::uint16_t region = 0;
    bool two_units = false;  ///< the record is as long as a pair of keys
    std::uint8_t mode = 0;
    bool decrypt = false;
    bool inverse_cipher = false;
    bool distinct_keys = false;
};

/// Who sent a block through the cipher; travels with the block.
enum class CipherUser : std::uint8_t { lane = 0, key_wrap = 1, subkey = 2, stream = 3, hash = 4 };

struct CipherTag {
    CipherUser user = CipherUser::lane;
    std::uint8_t step = 0;  ///< the user's own
    std::uint8_t slot = 0;
};

/// Steps of the stream unit's blocks.
inline constexpr std::uint8_t stream_step_text = 0;
inline constexpr std::uint8_t stream_step_steal = 1;          ///< XTS: the block that lends its tail (IEEE 1619, 5.3.2)
inline constexpr std::uint8_t stream_step_stolen = 2;         ///< XTS: the last block, made from the partial one
inline constexpr std::uint8_t stream_step_first_counter = 3;  ///< GCM: E(J0)

/// Steps of the subkey unit's blocks.
inline constexpr std::uint8_t subkey_step_hash = 0;  ///< E(0): H of GCM, L of CMAC; XTS: the first tweak
inline constexpr std::uint8_t subkey_step_mask = 1;  ///< what masks the tag: E(J0) of GCM, E(A0) of CCM

}  // namespace cce::model
