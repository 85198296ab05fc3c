// SPDX-License-Identifier: Apache-2.0

#include "blind_engine.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include "secrets.h"

namespace cce::constant_time {

using contract::CipherMode;
using contract::Descriptor;

namespace global = contract::global_page;
namespace queue = contract::queue_page;
namespace doorbell = contract::doorbell_page;

contract::Status BlindEngine::status_ = contract::Status::ok;
unsigned BlindEngine::requests_ = 0;
std::size_t BlindEngine::secret_key_bytes_ = 0;

namespace {

template <typename T>
T load(sim::EngineHost& host, std::uint64_t address) {
    T object;
    const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(&object), sizeof(T));
    if (!host.read(address, bytes)) throw std::runtime_error("blind engine: no memory at a DMA address");
    return object;
}

void store(sim::EngineHost& host, std::uint64_t address, std::span<const std::uint8_t> bytes) {
    const std::vector<std::uint8_t> strobe(bytes.size(), 1);
    if (!bytes.empty() && !host.write(address, bytes, strobe)) {
        throw std::runtime_error("blind engine: no memory at a DMA address");
    }
}

template <typename T>
std::span<const std::uint8_t> bytes_of(const T& object) {
    return {reinterpret_cast<const std::uint8_t*>(&object), sizeof(T)};
}

}  // namespace

std::uint64_t BlindEngine::pair_of_registers(std::uint32_t offset_low) const {
    return registers_.at(offset_low) | std::uint64_t{registers_.at(offset_low + 4)} << 32;
}

sim::RegisterValue BlindEngine::read_register(std::uint32_t offset) {
    if (offset == global::at(global::algorithms)) return {~0U, false};
    if (offset == global::at(global::geometry)) return {global::geometry_queue_count.put(1), false};
    const auto found = registers_.find(offset);
    return {found == registers_.end() ? 0 : found->second, false};
}

sim::RegisterValue BlindEngine::write_register(std::uint32_t offset, std::uint32_t value) {
    registers_[offset] = value;
    if (offset == doorbell::at(doorbell::submission_tail, 0)) {
        const std::uint64_t base = pair_of_registers(queue::at(queue::submission_base_low, 0));
        const std::uint32_t log2 = queue::ring_size_submission_log2.get(registers_.at(queue::at(queue::ring_size, 0)));
        while (submission_head_ != static_cast<std::uint16_t>(value)) {
            const std::uint64_t slot = submission_head_ & ((1U << log2) - 1);
            ++submission_head_;
            serve(load<Descriptor>(host_, base + slot * sizeof(Descriptor)));
        }
    }
    return {value, false};
}

bool BlindEngine::advance(std::uint64_t limit) {
    cycle_ = std::max(cycle_, limit);
    return false;
}

void BlindEngine::serve(const Descriptor& descriptor) {
    ++requests_;
    // Where, how much and how: never a matter of secrets.
    require_public(bytes_of(descriptor));
    if (descriptor.opcode == contract::Opcode::hash) {
        if (status_ == contract::Status::ok) move_message(descriptor);
    } else {
        take_key(descriptor);
    }

    contract::Completion completion;
    completion.cookie = descriptor.cookie;
    completion.start_cycle = static_cast<std::uint32_t>(cycle_);
    completion.end_cycle = static_cast<std::uint32_t>(++cycle_);
    completion.submission_head = submission_head_;
    completion.status = status_;
    if (descriptor.opcode == contract::Opcode::cipher && static_cast<CipherMode>(descriptor.mode) == CipherMode::kwp &&
        status_ == contract::Status::ok) {
        // The length of an unwrapped key is told; here it is the longest that there can be.
        completion.set_unwrapped_key({.length = descriptor.text_length - 8});
    }
    const std::uint32_t log2 = queue::ring_size_completion_log2.get(registers_.at(queue::at(queue::ring_size, 0)));
    completion.phase = static_cast<std::uint8_t>((completion_tail_ >> log2 & 1) ^ 1);
    const std::uint64_t slot = completion_tail_ & ((1U << log2) - 1);
    ++completion_tail_;
    store(host_, pair_of_registers(queue::at(queue::completion_base_low, 0)) + slot * sizeof(completion),
          bytes_of(completion));
}

void BlindEngine::take_key(const Descriptor& descriptor) {
    const bool pair = static_cast<CipherMode>(descriptor.mode) == CipherMode::xts;
    const auto record = load<contract::ContextRecord>(host_, descriptor.context_reference);
    require_public(bytes_of(record).first(offsetof(contract::ContextRecord, key)));
    const auto key = std::span(record.key).first(record.key_length);
    if (!all_secret(key)) throw std::runtime_error("blind engine: the key is not marked, so nothing was watched");
    secret_key_bytes_ += key.size();
    if (pair) {
        const auto second =
            load<contract::ContextSecondKey>(host_, descriptor.context_reference + sizeof(contract::ContextRecord));
        if (!all_secret(std::span(second.key).first(record.key_length))) {
            throw std::runtime_error("blind engine: the second key is not marked, so nothing was watched");
        }
        secret_key_bytes_ += record.key_length;
    }
    if (status_ == contract::Status::ok) move_text(descriptor, record.key);
}

void BlindEngine::move_message(const Descriptor& descriptor) {
    using contract::HashContext;
    std::vector<std::uint8_t> source(std::size_t{descriptor.aad_length} + descriptor.text_length);
    if (!source.empty() && !host_.read(descriptor.source, source)) {
        throw std::runtime_error("blind engine: no memory at the source");
    }
    HashContext context{.format = contract::ContextFormat::hash_state,
                        .mode = static_cast<contract::HashMode>(descriptor.mode),
                        .squeezing = 0,
                        .reserved = {},
                        .length = 0};
    std::span<const std::uint8_t> secrets(source);
    if (descriptor.aad_length != 0) {
        require_public(secrets.first(sizeof context));
        std::copy_n(source.begin(), sizeof context, reinterpret_cast<std::uint8_t*>(&context));
        secrets = secrets.subspan(sizeof context);
        if ((descriptor.flags & Descriptor::flags_keyed) != 0) {
            // Behind the words of SHA-3 stand 8 zeros, in both states.
            const std::size_t state_bytes = (descriptor.aad_length - sizeof context) / 2;
            const std::size_t zeros = context.mode >= contract::HashMode::sha3_224 ? 8 : 0;
            for (const std::size_t place : {std::size_t{0}, state_bytes}) {
                const auto words = secrets.subspan(place, state_bytes - zeros);
                if (!all_secret(words)) throw std::runtime_error("blind engine: the states of the key are not marked");
                secret_key_bytes_ += words.size();
            }
        }
    }
    const auto made = [&secrets](std::size_t count) {
        std::vector<std::uint8_t> bytes(count);
        for (std::size_t i = 0; i < count && !secrets.empty(); ++i) bytes[i] = secrets[i % secrets.size()];
        return bytes;
    };
    std::vector<std::uint8_t> result = made(descriptor.hash_output().length);
    if ((descriptor.flags & Descriptor::flags_stream_last) == 0) {
        context.length += descriptor.text_length;
        context.squeezing = (descriptor.flags & Descriptor::flags_squeeze) != 0 ? 1 : 0;
        const auto header = bytes_of(context);
        result.insert(result.end(), header.begin(), header.end());
        const bool sponge = context.mode >= contract::HashMode::sha3_224;
        const auto words = made(sponge ? 200 : context.mode <= contract::HashMode::sha_256 ? 32 : 64);
        result.insert(result.end(), words.begin(), words.end());
        if (sponge) result.insert(result.end(), 8, 0);
    }
    store(host_, descriptor.destination, result);
}

void BlindEngine::move_text(const Descriptor& descriptor, std::span<const std::uint8_t> record) {
    const bool decrypt = (descriptor.flags & Descriptor::flags_decrypt) != 0;
    const auto mode = static_cast<CipherMode>(descriptor.mode);
    std::size_t front = descriptor.aad_length;
    if ((descriptor.flags & Descriptor::flags_iv_in_source) != 0) front += descriptor.iv_in_source().length;
    const std::size_t expected = decrypt ? descriptor.tag_length : 0;
    std::vector<std::uint8_t> source(front + descriptor.text_length + expected);
    if (!source.empty() && !host_.read(descriptor.source, source)) {
        throw std::runtime_error("blind engine: no memory at the source");
    }
    std::vector<std::uint8_t> result(source.begin() + static_cast<std::ptrdiff_t>(front),
                                     source.end() - static_cast<std::ptrdiff_t>(expected));
    if (mode == CipherMode::cmac) result.clear();
    if (mode == CipherMode::kw || mode == CipherMode::kwp) {
        const std::size_t whole = (result.size() + 7) / 8 * 8;
        result.resize(decrypt ? whole - 8 : whole + 8);
    }
    if (!decrypt) result.insert(result.end(), record.begin(), record.begin() + descriptor.tag_length);
    store(host_, descriptor.destination, result);
}

}  // namespace cce::constant_time

namespace cce::sim {

// In place of sim/engine: the only engine here is the blind one.

std::vector<std::string> engine_names() {
    return {"blind"};
}

std::unique_ptr<Engine> make_engine(const std::string& /*name*/, EngineHost& host, const EngineOptions& /*options*/) {
    return std::make_unique<constant_time::BlindEngine>(host);
}

}  // namespace cce::sim
