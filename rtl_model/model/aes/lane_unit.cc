// SPDX-License-Identifier: Apache-2.0

#include "aes/lane_unit.h"

#include "aes/block_functions.h"
#include "cce_contract.hpp"

namespace cce::model {

namespace {

void put(SlotMask& mask, unsigned slot, bool value) {
    mask = value ? mask | bit(slot) : mask & ~bit(slot);
}

/// AAD shorter than this has its length in two bytes in front of it, else in six (SP 800-38C, A.2.2).
constexpr std::uint32_t short_aad_limit = 0xff00;

}  // namespace

void LaneUnit::reset() {
    active_ = fresh_ = chained_ = in_flight_ = drained_ = final_ = 0;
    needs_text_ = gives_text_ = needs_hash_key_ = needs_mask_ = 0;
    write_blocks_.fill(0);
    lanes_.reset();
    drains_.reset();
    l1_ = l2_ = write_ = false;
}

LaneUnit::Progress LaneUnit::place(unsigned slot) const {
    if (!has(fresh_, slot)) return progress_[slot];
    const Request& request = requests_[slot];
    Progress progress;
    progress.step = request.mode == Mode::ccm ? Step::first : Step::text;
    progress.aad_left = request.aad_length != 0 ? std::uint64_t{request.aad_length} + request.prefix : 0;
    progress.text_left = request.text_length;
    return progress;
}

Block LaneUnit::chain_of(unsigned slot) const {
    if (has(chained_, slot)) return chains_[slot];
    return requests_[slot].mode == Mode::cbc ? requests_[slot].iv : Block{};
}

/// CMAC: the last block is made whole, with 10...0 if it is not, and combined with a subkey (SP 800-38B, 6.2, step 4).
Block LaneUnit::padded(const Progress& progress, const Block& text, const Block& subkey) {
    const unsigned bytes = text_bytes(progress);
    Block block = keep_bytes(text, bytes);
    if (progress.text_left > 16) return block;
    const Block first_subkey = double_subkey(subkey);
    if (bytes == 16) return exclusive_or(block, first_subkey);
    block[bytes] = 0x80;
    return exclusive_or(block, double_subkey(first_subkey));
}

/// CCM: B0 or a counter block (SP 800-38C, A.2.1 and A.3). Byte 0 of the IV holds L', so the number at the end is
/// L' + 1 bytes long.
Block LaneUnit::ccm_block(const Request& request, std::uint32_t number) {
    Block block = request.iv;
    const unsigned length_bytes = (request.iv[0] & 7U) + 1;
    for (unsigned i = 0; i < 4 && i < length_bytes; ++i) {
        block[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
    }
    return block;
}

/// CCM: a block of AAD; the first one begins with the AAD's length (SP 800-38C, A.2.2).
Block LaneUnit::aad_block(const Request& request, const Progress& progress, const Block& text) {
    Block block = keep_bytes(text, progress.aad_left <= 16 ? static_cast<unsigned>(progress.aad_left) : 16);
    const std::uint32_t length = request.aad_length;
    const bool is_short = length < short_aad_limit;
    if (progress.aad_left == std::uint64_t{length} + (is_short ? 2 : 6)) {
        unsigned at = 0;
        if (!is_short) {
            block[at++] = 0xff;
            block[at++] = 0xfe;
            block[at++] = static_cast<std::uint8_t>(length >> 24);
            block[at++] = static_cast<std::uint8_t>(length >> 16);
        }
        block[at++] = static_cast<std::uint8_t>(length >> 8);
        block[at] = static_cast<std::uint8_t>(length);
    }
    return block;
}

/// L2: the block of l2_slot_.
Block LaneUnit::cipher_block(const Block& read_data, const Block& hash_key) const {
    const Request& request = requests_[l2_slot_];
    const Progress progress = place(l2_slot_);
    const Block chain = chain_of(l2_slot_);
    switch (progress.step) {
        case Step::first: {
            // SP 800-38C, A.2.1: Adata in bit 6, (t - 2) / 2 in bits 5..3. RTL: bits 3..1 of t, less 1, modulo 8.
            const unsigned tag_field = ((request.tag_length >> 1 & 7U) - 1) & 7U;
            const unsigned flags = (request.aad_length != 0 ? 0x40U : 0U) | tag_field << 3;
            Block block = ccm_block(request, request.text_length);
            block[0] = static_cast<std::uint8_t>(flags | (request.iv[0] & 7U));
            return block;
        }
        case Step::aad:
            return exclusive_or(chain, aad_block(request, progress, read_data));
        case Step::text:
            if (request.mode == Mode::cbc) return exclusive_or(chain, read_data);
            if (request.mode == Mode::cmac) return exclusive_or(chain, padded(progress, read_data, hash_key));
            return ccm_block(request, (request.text_length - progress.text_left) / 16 + 1);
        case Step::mac:
            return chain;
        default:
            return {};  // only to come back as a result
    }
}

const LaneUnit::Signals& LaneUnit::evaluate(const Inputs& inputs) {
    signals_.fault = signals_.release = signals_.clear = false;
    drain_ = false;
    output_ = false;
    if (l2_) signals_.cipher_block = cipher_block(inputs.read_data, inputs.hash_key);
    bool finish = false;
    if (inputs.result_valid) {
        const unsigned slot = inputs.result_slot;
        const Request& request = requests_[slot];
        const Text& text = texts_[slot];
        const bool aborted = has(inputs.abort, slot);
        output_block_ = inputs.result_block;
        new_chain_ = inputs.result_block;
        const auto step = static_cast<Step>(inputs.result_step);
        if (step == Step::text) {
            output_ = request.mode != Mode::cmac;
            if (request.mode == Mode::ccm) {
                const Block masked = keep_bytes(exclusive_or(text.block, inputs.result_block), text.bytes);
                const Block plain = request.decrypt ? masked : keep_bytes(text.block, text.bytes);
                output_block_ = masked;
                new_chain_ = exclusive_or(chains_[slot], plain);
            }
        } else if (step == Step::tag || step == Step::compare) {
            new_chain_ = chains_[slot];
            const Block whole = request.mode == Mode::ccm ? exclusive_or(chains_[slot], inputs.mask) : chains_[slot];
            if (step == Step::tag) {
                output_ = true;
                output_block_ = keep_bytes(whole, request.tag_length);
            } else {
                const Block difference = keep_bytes(exclusive_or(whole, text.block), request.tag_length);
                signals_.fault = !is_zero(difference) && !aborted;
            }
        }
        finish = has(final_, slot) && !aborted;
        if (finish) {
            signals_.release = true;
            signals_.release_slot = slot;
        }
    }
    const SlotMask aborted_lanes = drained_ & active_;
    if (aborted_lanes != 0 && !finish && inputs.clear_possible) {
        drain_ = true;
        signals_.release = true;
        signals_.clear = true;
        signals_.release_slot = drains_.index(aborted_lanes);
    }
    return signals_;
}

/// L2 at the clock edge: what comes behind the block that was sent.
void LaneUnit::send(const Block& read_data) {
    const unsigned slot = l2_slot_;
    const Request& request = requests_[slot];
    const Progress now = place(slot);
    Progress next = now;
    next.block = static_cast<std::uint8_t>((now.block + (has(needs_text_, slot) ? 1 : 0)) % Configuration::lane_blocks);
    bool final_block = false;
    const Step mac_step = request.decrypt ? Step::compare : Step::tag;
    const Step after_mac = now.text_left == 0 ? mac_step : Step::text;
    const bool last_text = now.text_left <= 16;
    switch (now.step) {
        case Step::first:
            next.step = request.aad_length != 0 ? Step::aad : after_mac;
            break;
        case Step::aad:
            next.aad_left = now.aad_left <= 16 ? 0 : now.aad_left - 16;
            if (next.aad_left == 0) next.step = after_mac;
            break;
        case Step::text:
            next.text_left = last_text ? 0 : now.text_left - 16;
            if (request.mode == Mode::ccm) {
                next.step = Step::mac;
            } else if (last_text && request.mode == Mode::cmac) {
                next.step = mac_step;
            } else if (last_text) {
                final_block = true;
            }
            break;
        case Step::mac:
            next.step = after_mac;
            break;
        default:
            final_block = true;
            break;
    }
    texts_[slot] = {read_data, static_cast<std::uint8_t>(text_bytes(now))};
    progress_[slot] = next;
    fresh_ &= ~bit(slot);
    put(final_, slot, final_block);
    put(needs_text_, slot, next.step == Step::aad || next.step == Step::text || next.step == Step::compare);
    put(gives_text_, slot, (next.step == Step::text && request.mode != Mode::cmac) || next.step == Step::tag);
}

void LaneUnit::take_result(const Inputs& inputs) {
    const unsigned slot = inputs.result_slot;
    write_slot_ = slot;
    write_at_ = write_blocks_[slot];
    write_data_ = output_block_;
    write_ = output_ && !has(inputs.abort, slot);
    chains_[slot] = new_chain_;
    in_flight_ &= ~bit(slot);
    chained_ |= bit(slot);
    if (output_) write_blocks_[slot] = static_cast<std::uint8_t>((write_at_ + 1) % Configuration::lane_blocks);
}

void LaneUnit::clock(const Inputs& inputs) {
    write_ = false;
    drained_ = drained(inputs);
    if (active_ != 0 || l2_) {
        const SlotMask waiting = candidates(inputs);
        if (l2_) send(inputs.read_data);
        l2_ = l1_;
        l2_slot_ = l1_slot_;
        l1_ = waiting != 0;
        if (l1_) {
            l1_slot_ = lanes_.index(waiting);
            lanes_.take(l1_slot_);
            in_flight_ |= bit(l1_slot_);
        }
        if (inputs.result_valid) take_result(inputs);
        if (drain_) drains_.take(signals_.release_slot);
        if (signals_.release) active_ &= ~bit(signals_.release_slot);
    }
    if (inputs.start) {
        const CipherRequest& request = *inputs.start_request;
        const unsigned slot = inputs.start_slot;
        const auto mode = static_cast<contract::CipherMode>(request.mode);
        const bool cbc = mode == contract::CipherMode::cbc;
        const bool cmac = mode == contract::CipherMode::cmac;
        requests_[slot] = {cbc ? Mode::cbc : (cmac ? Mode::cmac : Mode::ccm),
                           request.decrypt,
                           request.tag_length,
                           static_cast<std::uint8_t>(inputs.start_prefix),
                           request.aad_length,
                           request.text_length,
                           request.iv};
        active_ |= bit(slot);
        fresh_ |= bit(slot);
        put(chained_, slot, false);
        put(final_, slot, false);
        write_blocks_[slot] = 0;
        put(needs_text_, slot, cbc || (cmac && request.text_length != 0));
        put(gives_text_, slot, cbc);
        put(needs_hash_key_, slot, cmac);
        put(needs_mask_, slot, !cbc && !cmac);
    }
}

}  // namespace cce::model
