// SPDX-License-Identifier: Apache-2.0

#include "queue/request_dispatcher.h"

#include <algorithm>
#include <span>

namespace cce::model {

using contract::CipherMode;
using contract::Descriptor;
using contract::HashMode;
using contract::Opcode;
using contract::Status;

namespace {

constexpr std::uint16_t known_flags =
    Descriptor::flags_decrypt | Descriptor::flags_source_list | Descriptor::flags_destination_list |
    Descriptor::flags_context_held | Descriptor::flags_fence | Descriptor::flags_iv_in_source |
    Descriptor::flags_inverse_cipher | Descriptor::flags_distinct_keys | Descriptor::flags_stream_first |
    Descriptor::flags_stream_last | Descriptor::flags_keyed | Descriptor::flags_squeeze |
    Descriptor::flags_tag_over_plaintext;
constexpr std::uint16_t hash_flags =
    Descriptor::flags_stream_first | Descriptor::flags_stream_last | Descriptor::flags_squeeze;
constexpr std::uint16_t list_flags = Descriptor::flags_source_list | Descriptor::flags_destination_list;
constexpr std::uint16_t cipher_flags = Descriptor::flags_decrypt | Descriptor::flags_context_held;
constexpr std::uint32_t one_unit = sizeof(contract::ContextRecord);
constexpr std::uint32_t two_units = sizeof(contract::ContextRecord) + sizeof(contract::ContextSecondKey);
constexpr std::uint32_t wrap_limit = contract::key_wrap_limit_bytes;
constexpr std::uint32_t semiblock_bytes = 8;  // SP 800-38F, 2.1
// CCM: AAD of fewer bytes has its length in 2 bytes, else in 6 (SP 800-38C, A.2.2).
constexpr std::uint32_t short_aad_limit = 0xff00;

bool any(const Descriptor& d, std::uint16_t flags) {
    return (d.flags & flags) != 0;
}

bool is_zero(std::span<const std::uint8_t> bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool wraps(CipherMode mode) {
    return mode == CipherMode::kw || mode == CipherMode::kwp;
}
bool authenticated(CipherMode mode) {
    return mode == CipherMode::gcm || mode == CipherMode::ccm;
}

/// Cipher and hash in one pass: both modes in one.
bool one_pass(const Descriptor& d) {
    return d.opcode == Opcode::cipher_hash;
}
CipherMode cipher_mode(const Descriptor& d) {
    constexpr unsigned below_function = (1U << contract::cipher_hash_function_lsb) - 1;
    return static_cast<CipherMode>(one_pass(d) ? d.mode & below_function : d.mode);
}
std::uint8_t hash_function_number(const Descriptor& d) {
    return one_pass(d) ? static_cast<std::uint8_t>(d.mode >> contract::cipher_hash_function_lsb) : d.mode;
}
HashMode hash_mode(const Descriptor& d) {
    return static_cast<HashMode>(hash_function_number(d));
}
bool pass_mode_bad(const Descriptor& d) {
    const bool known_cipher = cipher_mode(d) == CipherMode::cbc || cipher_mode(d) == CipherMode::ctr;
    return !known_cipher || !hash_function::known(hash_function_number(d)) || hash_function::extendable(hash_mode(d));
}

bool flags_bad(const Descriptor& d, bool cipher, CipherMode mode) {
    if ((d.flags & ~known_flags) != 0 || d.reserved != 0) return true;
    const bool hash = d.opcode == Opcode::hash;
    const bool uses_key = cipher || one_pass(d);
    if (!uses_key && any(d, cipher_flags)) return true;
    if (!uses_key && !hash && any(d, list_flags)) return true;
    if (!hash && any(d, hash_flags)) return true;
    if (!hash && !one_pass(d) && any(d, Descriptor::flags_keyed)) return true;
    if (!one_pass(d) && any(d, Descriptor::flags_tag_over_plaintext)) return true;
    if (hash) {
        const bool extendable = hash_function::extendable(static_cast<HashMode>(d.mode));
        if (d.context_reference != 0 || d.context_region != 0) return true;
        if (any(d, Descriptor::flags_keyed) && extendable) return true;
        if (any(d, Descriptor::flags_squeeze) && (!extendable || any(d, Descriptor::flags_stream_last))) return true;
    }
    if (any(d, Descriptor::flags_iv_in_source) && !(cipher && mode == CipherMode::gcm)) return true;
    if (any(d, Descriptor::flags_distinct_keys) && !(cipher && mode == CipherMode::xts)) return true;
    return any(d, Descriptor::flags_inverse_cipher) && !(cipher && wraps(mode));
}

/// The message of a hash ends with this request.
bool hash_ends(const Descriptor& d) {
    return any(d, Descriptor::flags_stream_last | Descriptor::flags_squeeze);
}

bool hash_iv_bad(const Descriptor& d) {
    const auto mode = static_cast<HashMode>(d.mode);
    const contract::HashOutput output = d.hash_output();
    if (!is_zero(output.reserved) || (!hash_ends(d) && output.length != 0)) return true;
    // With hash_context and state behind it less than 2^32 bytes.
    if (any(d, Descriptor::flags_squeeze) && output.length >> 8 == 0xffffff) return true;
    if (!any(d, Descriptor::flags_stream_last)) return false;
    return output.length == 0 ||
           (!hash_function::extendable(mode) && output.length > hash_function::digest_bytes(mode));
}

/// Bytes in front of the AAD.
std::uint32_t pass_front_bytes(const Descriptor& d) {
    return hash_function::front_bytes(hash_mode(d), true, any(d, Descriptor::flags_keyed));
}

bool pass_length_bad(const Descriptor& d) {
    if (cipher_mode(d) == CipherMode::cbc && d.text_length % sizeof(Block) != 0) return true;
    const std::uint32_t front = pass_front_bytes(d);
    return d.aad_length < front || (std::uint64_t{d.aad_length - front} + d.text_length) >> 32 != 0;
}

bool length_bad(const Descriptor& d, bool cipher, CipherMode mode) {
    const std::uint32_t text = d.text_length;
    if (d.opcode == Opcode::hash) {
        return d.aad_length != hash_function::front_bytes(static_cast<HashMode>(d.mode),
                                                          any(d, Descriptor::flags_stream_first),
                                                          any(d, Descriptor::flags_keyed));
    }
    if (one_pass(d)) return pass_length_bad(d);
    if (d.aad_length != 0 && !(cipher && authenticated(mode))) return true;
    if (d.opcode == Opcode::context_load) return text != one_unit && text != two_units;
    if (!cipher) return text != 0;
    const bool decrypt = any(d, Descriptor::flags_decrypt);
    switch (mode) {
        case CipherMode::ecb:
        case CipherMode::cbc:
            return text % 16 != 0;
        case CipherMode::xts:
            return text < 16;
        case CipherMode::ccm: {
            // The text's length has L bytes (SP 800-38C, A.1).
            const unsigned length_bytes = (d.iv[0] & 7U) + 1;
            return (length_bytes == 2 && text >> 16 != 0) || (length_bytes == 3 && text >> 24 != 0);
        }
        case CipherMode::kw:
            if (text % semiblock_bytes != 0) return true;
            return decrypt ? text < 24 || text > wrap_limit + semiblock_bytes : text < 16 || text > wrap_limit;
        case CipherMode::kwp:
            if (!decrypt) return text > wrap_limit;
            return text < 16 || text > wrap_limit + semiblock_bytes || text % semiblock_bytes != 0;
        default:
            return false;
    }
}

/// What a mode gives: its text, but key wrap one semiblock more or less, and CMAC none.
std::uint32_t output_length(const Descriptor& d) {
    if (d.opcode == Opcode::hash) {
        const std::uint32_t state = 16 * hash_function::state_pieces(static_cast<HashMode>(d.mode));
        const bool last = any(d, Descriptor::flags_stream_last);
        return d.hash_output().length + (last ? 0 : static_cast<std::uint32_t>(sizeof(contract::HashContext)) + state);
    }
    const auto mode = static_cast<CipherMode>(d.mode);
    if (mode == CipherMode::cmac) return 0;
    if (!wraps(mode)) return d.text_length;
    if (any(d, Descriptor::flags_decrypt)) return d.text_length - semiblock_bytes;
    return ((d.text_length + semiblock_bytes - 1) & ~(semiblock_bytes - 1)) + semiblock_bytes;
}

bool tag_bad(const Descriptor& d, bool cipher, CipherMode mode) {
    const unsigned tag = d.tag_length;
    if (one_pass(d)) return tag == 0 || tag > hash_function::digest_bytes(hash_mode(d));
    if (cipher && mode == CipherMode::gcm) return !(tag == 4 || tag == 8 || (tag >= 12 && tag <= 16));
    if (cipher && mode == CipherMode::ccm) return tag % 2 != 0 || tag < 4 || tag > 16;
    if (cipher && mode == CipherMode::cmac) return tag == 0 || tag > 16;
    return tag != 0;
}

bool iv_bad(const Descriptor& d, bool cipher, CipherMode mode) {
    if (d.opcode == Opcode::hash) return hash_iv_bad(d);
    if (!cipher) return false;
    const std::span<const std::uint8_t> iv(d.iv);
    switch (mode) {
        case CipherMode::ecb:
        case CipherMode::cmac:
        case CipherMode::kw:
        case CipherMode::kwp:
            return !is_zero(iv);
        case CipherMode::gcm:
            if (!any(d, Descriptor::flags_iv_in_source)) return !is_zero(iv.subspan(12));
            return d.iv_in_source().length == 0 || !is_zero(d.iv_in_source().reserved);
        case CipherMode::ccm: {
            // L - 1 in byte 0, then 15 - L bytes of nonce, then zeros.
            const unsigned length_bytes = (iv[0] & 7U) + 1;
            return iv[0] > 7 || iv[0] == 0 || !is_zero(iv.last(length_bytes));
        }
        default:
            return false;
    }
}

}  // namespace

void RequestDispatcher::reset() {
    check_ = false;
    hand_over_ = false;
    dropped_ = false;
    queue_ = 0;
    in_flight_ = {};
    waiting_for_nobody_ = ~QueueMask{0};
    barrier_ = 0;
    queues_.reset();
}

RequestDispatcher::Taken RequestDispatcher::take(const Offers& offers) const {
    Taken taken;
    if (working() || offers.valid == 0) return taken;
    const QueueMask drops = offers.reset_pending | offers.stopped | offers.failed;
    const QueueMask starts = offers.free_valid ? ~barrier_ & (~offers.fence | waiting_for_nobody_) : 0;
    const QueueMask possible = offers.valid & (drops | starts);
    if (possible == 0) return taken;
    taken.take = true;
    taken.queue = queues_.index(possible);
    taken.drop = has(drops, taken.queue);
    taken.drop_failed = taken.drop && has(offers.failed, taken.queue);
    taken.fence = has(offers.fence, taken.queue);
    return taken;
}

void RequestDispatcher::clock(const Inputs& inputs) {
    const Taken& taken = inputs.taken;
    const bool starts = taken.take && !taken.drop;
    hand_over_ = check_;
    if (check_) status_ = check(inputs.gates);
    check_ = starts;
    dropped_ = taken.take && taken.drop;
    for (QueueMask rest = inputs.freed; rest != 0; rest &= rest - 1) {
        const auto queue = static_cast<unsigned>(std::countr_zero(rest));
        if (in_flight_[queue] == 1) barrier_ &= ~bit(queue);
        if (--in_flight_[queue] == 0) waiting_for_nobody_ |= bit(queue);
    }
    if (!taken.take) return;
    queues_.take(taken.queue);
    queue_ = taken.queue;
    descriptor_ = *inputs.descriptor;
    start_cycle_ = inputs.start_cycle;
    if (starts) {
        ++in_flight_[queue_];
        waiting_for_nobody_ &= ~bit(queue_);
        barrier_ = (barrier_ & ~bit(queue_)) | (taken.fence ? bit(queue_) : 0);
    }
}

Status RequestDispatcher::check(Gates gates) const {
    const Descriptor& d = descriptor_;
    const bool cipher = d.opcode == Opcode::cipher;
    const auto mode = static_cast<CipherMode>(d.mode);
    const bool hash = d.opcode == Opcode::hash;
    const bool load = d.opcode == Opcode::context_load;
    const bool invalidate = d.opcode == Opcode::context_invalidate;
    const bool held = any(d, Descriptor::flags_context_held);
    const bool pass = one_pass(d);
    const bool uses_key = cipher || pass;

    if (!(d.opcode == Opcode::nop || cipher || hash || pass || load || invalidate)) return Status::opcode;
    if (pass ? pass_mode_bad(d) : hash ? !hash_function::known(d.mode) : cipher ? mode > CipherMode::kwp : d.mode != 0)
        return Status::mode;
    if (flags_bad(d, cipher, mode)) return Status::flags;
    if (cipher && d.text_length == 0 && !authenticated(mode) && mode != CipherMode::cmac) return Status::length_zero;
    if (hash && d.text_length == 0 && !hash_ends(d)) return Status::length_zero;
    if (pass && d.text_length == 0) return Status::length_zero;
    if (length_bad(d, cipher, mode)) return Status::length;
    if (tag_bad(d, cipher, mode)) return Status::tag_length;
    if (iv_bad(d, cipher, mode)) return Status::iv;
    if ((uses_key && gates.aes) || ((hash || pass) && gates.hash)) return Status::gated;
    const bool uses_index = load || invalidate || (uses_key && held);
    if (uses_index && d.context_reference >= Configuration::context_count) return Status::context_address;
    const std::uint64_t record = load ? d.source : d.context_reference;
    const bool reads_record = load || (uses_key && !held);
    if (reads_record && record % contract::context_alignment_bytes != 0) return Status::context_address;
    return Status::ok;
}

void RequestDispatcher::describe_start(QueueMask unrestricted, Start& start) const {
    const Descriptor& d = descriptor_;
    const bool cipher = d.opcode == Opcode::cipher;
    const bool hash = d.opcode == Opcode::hash;
    const bool load = d.opcode == Opcode::context_load;
    const bool pass = one_pass(d);
    const CipherMode mode = cipher_mode(d);
    const bool decrypt = any(d, Descriptor::flags_decrypt);
    const bool stream = mode == CipherMode::ecb || (mode == CipherMode::cbc && decrypt) || mode == CipherMode::ctr ||
                        mode == CipherMode::xts || mode == CipherMode::gcm;

    start.queue = queue_;
    start.status = status_;
    const bool good = start.status == Status::ok;
    start.cookie = d.cookie;
    start.cycle = start_cycle_;
    start.bytes = cipher || hash || pass ? d.text_length : 0;
    start.text = good && (cipher || hash || pass);
    start.cipher = good && (cipher || pass);
    start.hash = good && (hash || pass);
    start.stream = good && cipher && stream;
    start.lane = good && cipher && !stream && !wraps(mode);
    start.key_wrap = good && cipher && wraps(mode);
    start.key = good && d.opcode != Opcode::nop && !hash;
    start.prefix = 0;
    if (cipher && mode == CipherMode::ccm && d.aad_length != 0) start.prefix = d.aad_length < short_aad_limit ? 2 : 6;

    CipherRequest& request = start.cipher_request;
    request.queue_index = static_cast<std::uint8_t>(queue_);
    request.unrestricted = has(unrestricted, queue_);
    request.stream = cipher && stream;
    request.mode = static_cast<std::uint8_t>(mode);
    request.decrypt = decrypt;
    request.authenticated = (cipher && authenticated(mode)) || pass;
    request.distinct_keys = any(d, Descriptor::flags_distinct_keys);
    request.iv = d.iv;
    request.iv_length = 0;
    if (any(d, Descriptor::flags_iv_in_source)) request.iv_length = d.iv_in_source().length;
    request.aad_length = d.aad_length;
    request.text_length = d.text_length;
    request.tag_length = d.tag_length & 0x7f;
    request.output_length = output_length(d);
    request.source_list = any(d, Descriptor::flags_source_list);
    request.source_region = d.source_region;
    request.source = d.source;
    request.destination_list = any(d, Descriptor::flags_destination_list);
    request.destination_region = d.destination_region;
    request.destination = d.destination;

    start.hash_request = {.mode = hash_mode(d),
                          .first = any(d, Descriptor::flags_stream_first) || pass,
                          .last = any(d, Descriptor::flags_stream_last) || pass,
                          .keyed = any(d, Descriptor::flags_keyed),
                          .squeeze = any(d, Descriptor::flags_squeeze),
                          .cipher = pass,
                          .ctr = mode == CipherMode::ctr,
                          .decrypt = decrypt,
                          .over_plaintext = any(d, Descriptor::flags_tag_over_plaintext),
                          .iv = d.iv,
                          .aad_length = pass ? d.aad_length - pass_front_bytes(d) : 0,
                          .text_length = d.text_length,
                          .output_length = pass ? d.tag_length : request.output_length};

    KeyRequest& key = start.key_request;
    if (load) {
        key.job = KeyJob::load;
    } else if (d.opcode == Opcode::context_invalidate) {
        key.job = KeyJob::invalidate;
    } else {
        key.job = any(d, Descriptor::flags_context_held) ? KeyJob::held : KeyJob::record;
    }
    key.queue_index = static_cast<std::uint8_t>(queue_);
    key.unrestricted = has(unrestricted, queue_);
    key.index = static_cast<std::uint8_t>(d.context_reference);
    key.address = load ? d.source : d.context_reference;
    key.region = load ? d.source_region : d.context_region;
    key.two_units = load ? d.text_length == two_units : mode == CipherMode::xts;
    key.mode = request.mode;
    key.decrypt = decrypt;
    key.inverse_cipher = any(d, Descriptor::flags_inverse_cipher);
    key.distinct_keys = any(d, Descriptor::flags_distinct_keys);
}

}  // namespace cce::model
