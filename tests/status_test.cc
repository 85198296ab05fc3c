// SPDX-License-Identifier: Apache-2.0
//
// Every status code and every queue error of the contract, provoked at least once; after each the engine goes on.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::ContextRecord;
using contract::Descriptor;
using contract::FaultReason;
using contract::ListEntry;
using contract::QueueError;
using contract::QueueState;
using contract::Status;
using sim::CipherRequest;
using sim::Direction;
using sim::Shape;

namespace doorbell = contract::doorbell_page;
namespace global = contract::global_page;
namespace page = contract::queue_page;

constexpr std::uint64_t nowhere = 0x7777'0000'0000;
const Bytes test_key = from_hex("000102030405060708090a0b0c0d0e0f");
const Bytes test_text(96, 0x3c);
const Bytes test_aad(21, 0x41);
constexpr std::size_t test_tag_bytes = 12;
constexpr unsigned empty_context = 3;  ///< an engine-held context that is never loaded, where it is used

constexpr std::array<CipherMode, 9> all_modes = {CipherMode::ecb,  CipherMode::cbc, CipherMode::ctr,
                                                 CipherMode::xts,  CipherMode::gcm, CipherMode::ccm,
                                                 CipherMode::cmac, CipherMode::kw,  CipherMode::kwp};

/// A legal request of every mode: the encryption, or the decryption of what it makes.
CipherInput legal_input(CipherMode mode, bool decrypt) {
    CipherInput input;
    input.mode = mode;
    input.key = test_key;
    if (mode == CipherMode::xts) input.tweak_key = Bytes(test_key.rbegin(), test_key.rend());
    input.iv = Bytes(mode == CipherMode::gcm ? 12 : mode == CipherMode::ccm ? 11 : 16);
    input.text = test_text;
    if (mode == CipherMode::gcm || mode == CipherMode::ccm) input.aad = test_aad;
    if (mode == CipherMode::gcm || mode == CipherMode::ccm || mode == CipherMode::cmac) {
        input.tag_length = test_tag_bytes;
    }
    if (!decrypt) return input;
    const Oracle::Answer sealed = Oracle::run(input);
    input.decrypt = true;
    if (mode != CipherMode::cmac) input.text = sealed.text;
    input.tag = sealed.tag;
    return input;
}

/// What the contract says of a cipher descriptor before anything but it is read; Status::ok if it says nothing.
Status fault_of(const Descriptor& d) {
    constexpr unsigned common_flags = Descriptor::flags_decrypt | Descriptor::flags_source_list |
                                      Descriptor::flags_destination_list | Descriptor::flags_context_held |
                                      Descriptor::flags_fence;
    if (d.mode >= all_modes.size()) return Status::mode;
    const auto mode = static_cast<CipherMode>(d.mode);
    const bool decrypt = (d.flags & Descriptor::flags_decrypt) != 0;
    const bool iv_in_source = (d.flags & Descriptor::flags_iv_in_source) != 0;
    const bool has_aad = mode == CipherMode::gcm || mode == CipherMode::ccm;

    unsigned flags = common_flags;
    if (mode == CipherMode::gcm) flags |= Descriptor::flags_iv_in_source;
    if (mode == CipherMode::xts) flags |= Descriptor::flags_distinct_keys;
    if (mode == CipherMode::kw || mode == CipherMode::kwp) flags |= Descriptor::flags_inverse_cipher;
    if ((d.flags & ~flags) != 0 || d.reserved != 0) return Status::flags;

    const std::uint32_t text = d.text_length;
    const bool empty_is_legal = has_aad || mode == CipherMode::cmac;
    if (text == 0 && !empty_is_legal) return Status::length_zero;

    constexpr std::uint32_t block = 16;
    constexpr std::uint32_t semiblock = 8;
    constexpr std::uint32_t limit = contract::key_wrap_limit_bytes;
    const unsigned length_bytes = d.iv[0] + 1U;  // L of SP 800-38C
    bool good = true;
    switch (mode) {
        case CipherMode::ecb:
        case CipherMode::cbc:
            good = text % block == 0;
            break;
        case CipherMode::xts:
            good = text >= block;
            break;
        case CipherMode::ccm:
            good = length_bytes >= sizeof(text) || text >> 8 * length_bytes == 0;
            break;
        case CipherMode::kw:
            good = text % semiblock == 0 && (decrypt ? text >= 3 * semiblock && text <= limit + semiblock
                                                     : text >= 2 * semiblock && text <= limit);
            break;
        case CipherMode::kwp:
            good =
                decrypt ? text % semiblock == 0 && text >= 2 * semiblock && text <= limit + semiblock : text <= limit;
            break;
        default:
            break;
    }
    if (!good || (d.aad_length != 0 && !has_aad)) return Status::length;

    const unsigned tag = d.tag_length;
    switch (mode) {
        case CipherMode::gcm:
            good = tag == 4 || tag == 8 || (tag >= 12 && tag <= 16);
            break;
        case CipherMode::ccm:
            good = tag >= 4 && tag <= 16 && tag % 2 == 0;
            break;
        case CipherMode::cmac:
            good = tag >= 1 && tag <= 16;
            break;
        default:
            good = tag == 0;
            break;
    }
    if (!good) return Status::tag_length;

    const auto zero_from = [&](std::size_t first) {
        return std::all_of(d.iv.begin() + static_cast<std::ptrdiff_t>(first), d.iv.end(),
                           [](std::uint8_t byte) { return byte == 0; });
    };
    switch (mode) {
        case CipherMode::cbc:
        case CipherMode::ctr:
        case CipherMode::xts:
            break;
        case CipherMode::gcm:
            good = iv_in_source ? !zero_from(0) && zero_from(4) : zero_from(12);
            break;
        case CipherMode::ccm:
            // Behind byte 0 come 15 - L bytes of nonce.
            good = length_bytes >= 2 && length_bytes <= 8 && zero_from(1 + (15 - length_bytes));
            break;
        default:
            good = zero_from(0);
            break;
    }
    return good ? Status::ok : Status::iv;
}

/// The values of an enum of the contract that are not reserved. Reads the description itself, so that a code that is
/// added there can't be forgotten here.
std::set<unsigned> values_of(const std::string& name) {
    std::ifstream file(CCE_CONTRACT_YAML);
    std::set<unsigned> values;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("  ") && line[2] != ' ' && line[2] != '#') inside = line == "  " + name + ":";
        const std::size_t value = line.find("{value: ");
        if (!inside || value == std::string::npos || line.find("reserved: true") != std::string::npos) continue;
        values.insert(static_cast<unsigned>(std::stoul(line.substr(value + 8), nullptr, 0)));
    }
    return values;
}

/// One way to make a request fail.
struct Provocation {
    std::string name;
    Status status;
    std::function<void(Descriptor&)> spoil;
    FaultReason reason = FaultReason::none;
    bool write = false;
    std::uint64_t address = 0;  ///< of the fault, if there is one
};

class StatusCodes : public EngineTest {
protected:
    void SetUp() override {
        queue_.start();
        request_.key(test_key).text(test_text);
        listed_.key(test_key);
        listed_.text(test_text, Shape{{{5, 40}, {0, 56}}, true, 0}, Shape{{{1, 17}, {3, 79}}, true, 0});
        for (const CipherMode mode : all_modes) {
            for (const bool decrypt : {false, true}) {
                CipherInput input = legal_input(mode, decrypt);
                Oracle::Answer expected = Oracle::run(input);
                legal_.emplace(std::pair(mode, decrypt), Exchange(machine_, std::move(input), std::move(expected)));
            }
        }
    }

    /// A legal descriptor of the mode.
    [[nodiscard]] Descriptor legal(CipherMode mode, bool decrypt = false) const {
        return legal_.at(std::pair(mode, decrypt)).request().descriptor();
    }
    /// A good request must still work.
    void expect_going_on() {
        CipherRequest good(machine_, CipherMode::ctr);
        const Bytes iv(16, 0x11);
        good.key(test_key).iv(iv).text(test_text, Shape::direct(96, 7), Shape::direct(96, 9));
        const Completion done = queue_.run(good.descriptor());
        ASSERT_EQ(done.status, Status::ok) << contract::text_of(done.status);
        ASSERT_EQ(good.output(), Oracle::run(CipherMode::ctr, false, test_key, iv, test_text).text);
        ASSERT_TRUE(good.surroundings_untouched());
    }

    template <typename Record>
    std::uint64_t store_record(const Record& record) {
        const std::uint64_t address = machine_.memory().allocate(sizeof(record));
        machine_.memory().store(address, record);
        return address;
    }

    std::uint64_t store_list(const std::vector<ListEntry>& entries) {
        // Lists are read in whole units.
        const std::uint64_t address =
            machine_.memory().allocate((entries.size() * sizeof(ListEntry) + contract::list_fetch_bytes - 1) /
                                           contract::list_fetch_bytes * contract::list_fetch_bytes,
                                       contract::list_fetch_bytes);
        for (std::size_t i = 0; i < entries.size(); ++i)
            machine_.memory().store(address + i * sizeof(ListEntry), entries[i]);
        return address;
    }

    sim::Machine machine_{options()};
    /// Not the first queue, if there is another.
    const unsigned index_ = std::min(1U, queue_count(machine_) - 1);
    sim::QueuePair queue_{machine_, index_};
    CipherRequest request_{machine_, CipherMode::cbc};
    CipherRequest listed_{machine_, CipherMode::cbc};
    std::map<std::pair<CipherMode, bool>, Exchange> legal_;
};

TEST_P(StatusCodes, EachIsProvokedAndTheEngineGoesOn) {
    std::vector<Provocation> list;
    const auto add = [&](std::string name, Status status, std::function<void(Descriptor&)> spoil,
                         FaultReason reason = FaultReason::none, bool write = false, std::uint64_t address = 0) {
        list.push_back({std::move(name), status, std::move(spoil), reason, write, address});
    };
    const auto record_with = [&](std::function<void(ContextRecord&)> change) {
        ContextRecord record = sim::cipher_context(test_key);
        change(record);
        return store_record(record);
    };
    const auto rights_without = [&](std::uint32_t right) {
        return record_with([&](ContextRecord& r) { r.rights = sim::all_cipher_rights & ~right; });
    };
    const auto source_list = [](std::uint64_t address) {
        return [address](Descriptor& d) {
            d.flags |= Descriptor::flags_source_list;
            d.source = address;
        };
    };
    const auto destination_list = [](std::uint64_t address) {
        return [address](Descriptor& d) {
            d.flags |= Descriptor::flags_destination_list;
            d.destination = address;
        };
    };
    constexpr std::uint16_t last = ListEntry::flags_last;
    const std::uint64_t source = request_.source().address();
    const std::uint64_t destination = request_.destination().address();

    add("good", Status::ok, [](Descriptor&) {});
    for (const unsigned value : {6U, 7U, 8U, 255U}) {
        add("opcode " + std::to_string(value), Status::opcode,
            [=](Descriptor& d) { d.opcode = static_cast<contract::Opcode>(value); });
    }
    for (const unsigned value : {9U, 10U, 128U, 255U}) {
        add("mode " + std::to_string(value), Status::mode,
            [=](Descriptor& d) { d.mode = static_cast<std::uint8_t>(value); });
    }
    add("a mode for nop", Status::mode, [](Descriptor& d) {
        d = {};
        d.mode = 1;
    });
    for (unsigned bit = 5; bit < 16; ++bit) {
        for (const CipherMode mode : all_modes) {
            const std::uint16_t flag = static_cast<std::uint16_t>(1U << bit);
            const bool known =
                (mode == CipherMode::gcm && flag == Descriptor::flags_iv_in_source) ||
                (mode == CipherMode::xts && flag == Descriptor::flags_distinct_keys) ||
                ((mode == CipherMode::kw || mode == CipherMode::kwp) && flag == Descriptor::flags_inverse_cipher);
            // In the mode that knows it: IVs in the source have a length, and these keys are distinct.
            const Status status = !known ? Status::flags : mode == CipherMode::gcm ? Status::iv : Status::ok;
            add("flag " + std::to_string(bit) + " in " + std::string(contract::name_of(mode)), status,
                [=, this](Descriptor& d) {
                    const std::uint32_t cookie = d.cookie;
                    d = legal(mode);
                    d.cookie = cookie;
                    d.flags = static_cast<std::uint16_t>(d.flags | flag);
                });
        }
    }
    add("reserved byte", Status::flags, [](Descriptor& d) { d.reserved = 1; });
    add("decrypt for nop", Status::flags, [](Descriptor& d) {
        d = {};
        d.flags = Descriptor::flags_decrypt;
    });
    add("no text", Status::length_zero, [](Descriptor& d) { d.text_length = 0; });
    for (const std::uint32_t length : {1U, 15U, 17U, 95U}) {
        add("cbc, " + std::to_string(length) + " bytes", Status::length,
            [=](Descriptor& d) { d.text_length = length; });
        add("ecb, " + std::to_string(length) + " bytes", Status::length, [=](Descriptor& d) {
            d.mode = static_cast<std::uint8_t>(CipherMode::ecb);
            d.text_length = length;
        });
    }
    add("aad", Status::length, [](Descriptor& d) { d.aad_length = 1; });
    add("tag", Status::tag_length, [](Descriptor& d) { d.tag_length = 16; });
    const auto in_mode = [this](CipherMode mode, bool decrypt, std::function<void(Descriptor&)> change) {
        return [=, this, change = std::move(change)](Descriptor& d) {
            const std::uint32_t cookie = d.cookie;
            d = legal(mode, decrypt);
            d.cookie = cookie;
            change(d);
        };
    };
    for (const CipherMode mode : all_modes) {
        for (const bool decrypt : {false, true}) {
            add("good " + std::string(contract::name_of(mode)), Status::ok, in_mode(mode, decrypt, [](Descriptor&) {}));
        }
    }
    for (const CipherMode mode : {CipherMode::gcm, CipherMode::ccm, CipherMode::cmac}) {
        add("other tag in " + std::string(contract::name_of(mode)), Status::tag,
            in_mode(mode, true, [](Descriptor& d) { d.source += 1; }));
    }
    for (const CipherMode mode : {CipherMode::kw, CipherMode::kwp}) {
        add("not a wrapped key, " + std::string(contract::name_of(mode)), Status::tag,
            in_mode(mode, true, [](Descriptor& d) { d.text_length -= 8; }));
    }
    add("iv in ecb", Status::iv, in_mode(CipherMode::ecb, false, [](Descriptor& d) { d.iv[15] = 1; }));
    add("context not aligned", Status::context_address, [](Descriptor& d) { d.context_reference += 32; });
    for (const std::uint64_t index : {std::uint64_t{context_count(machine_)}, std::uint64_t{255}, std::uint64_t{256},
                                      std::uint64_t{1} << 32, std::uint64_t{1} << 63}) {
        add("context index " + std::to_string(index), Status::context_address, [=](Descriptor& d) {
            d.flags |= Descriptor::flags_context_held;
            d.context_reference = index;
        });
    }
    add(
        "context nowhere", Status::context_access, [](Descriptor& d) { d.context_reference = nowhere; },
        FaultReason::bus, false, nowhere);
    add(
        "context in no region", Status::context_access, [](Descriptor& d) { d.context_region = 1; },
        FaultReason::region, false, request_.context_address());
    add(
        "context in a region that the engine lacks", Status::context_access,
        [](Descriptor& d) { d.context_region = 77; }, FaultReason::region, false, request_.context_address());
    const auto bad_format = [&](const std::string& name, std::function<void(ContextRecord&)> change) {
        const std::uint64_t address = record_with(std::move(change));
        add(name, Status::context_format, [=](Descriptor& d) { d.context_reference = address; });
    };
    bad_format("empty record", [](ContextRecord& r) { r.format = contract::ContextFormat::empty; });
    bad_format("reserved format", [](ContextRecord& r) { r.format = contract::ContextFormat::hash_state; });
    bad_format("no units", [](ContextRecord& r) { r.units = 0; });
    bad_format("two units", [](ContextRecord& r) { r.units = 2; });
    bad_format("reserved0", [](ContextRecord& r) { r.reserved0 = 1; });
    bad_format("reserved1", [](ContextRecord& r) { r.reserved1 = std::uint64_t{1} << 63; });
    bad_format("reserved right", [](ContextRecord& r) { r.rights |= 4; });
    bad_format("right of a mode that is none", [](ContextRecord& r) { r.rights |= 1U << (8 + all_modes.size()); });
    bad_format("a pair of one unit", [](ContextRecord& r) { r.format = contract::ContextFormat::cipher_key_pair; });
    for (const CipherMode mode : all_modes) {
        const std::string name(contract::name_of(mode));
        const std::uint64_t single = store_record(sim::cipher_context(test_key));
        const std::uint64_t pair = store_record(sim::cipher_pair_context(test_key, Bytes(16, 1)));
        add(name + " with a single key", mode == CipherMode::xts ? Status::context_format : Status::ok,
            in_mode(mode, false, [=](Descriptor& d) { d.context_reference = single; }));
        add(name + " with a pair", mode == CipherMode::xts ? Status::ok : Status::context_format,
            in_mode(mode, false, [=](Descriptor& d) { d.context_reference = pair; }));
    }
    {
        // Only the bytes of the key count.
        sim::KeyPairRecord pair = sim::cipher_pair_context(test_key, test_key);
        pair.first.key.back() = 1;
        pair.second.key.back() = 2;
        const std::uint64_t equal = store_record(pair);
        add("equal keys, asked for", Status::equal_keys, in_mode(CipherMode::xts, false, [=](Descriptor& d) {
                d.context_reference = equal;
                d.flags |= Descriptor::flags_distinct_keys;
            }));
        add("equal keys, not asked for", Status::ok,
            in_mode(CipherMode::xts, false, [=](Descriptor& d) { d.context_reference = equal; }));
        pair.second.key[15] ^= 1;
        const std::uint64_t other = store_record(pair);
        add("keys that differ in a bit", Status::ok, in_mode(CipherMode::xts, true, [=](Descriptor& d) {
                d.context_reference = other;
                d.flags |= Descriptor::flags_distinct_keys;
            }));
    }
    add("empty held context", Status::context_empty, [](Descriptor& d) {
        d.flags |= Descriptor::flags_context_held;
        d.context_reference = empty_context;
    });
    for (const unsigned length : {0U, 1U, 15U, 17U, 33U, 255U}) {
        const auto address = record_with([&](ContextRecord& r) { r.key_length = static_cast<std::uint8_t>(length); });
        add("key of " + std::to_string(length) + " bytes", Status::key_size,
            [=](Descriptor& d) { d.context_reference = address; });
    }
    {
        const std::uint64_t address = rights_without(ContextRecord::rights_encrypt);
        add("may not encrypt", Status::key_rights, [=](Descriptor& d) { d.context_reference = address; });
    }
    {
        const std::uint64_t address = rights_without(ContextRecord::rights_decrypt);
        add("may not decrypt", Status::key_rights, [=](Descriptor& d) {
            d.context_reference = address;
            d.flags |= Descriptor::flags_decrypt;
        });
    }
    for (const CipherMode mode : all_modes) {
        // Bit 8 + mode, says the contract.
        const std::uint32_t right = 1U << (8 + static_cast<unsigned>(mode));
        const std::uint64_t address =
            mode == CipherMode::xts
                ? store_record(sim::cipher_pair_context(test_key, Bytes(16, 1), sim::all_cipher_rights & ~right))
                : rights_without(right);
        for (const bool decrypt : {false, true}) {
            add("not in " + std::string(contract::name_of(mode)), Status::key_rights,
                in_mode(mode, decrypt, [=](Descriptor& d) { d.context_reference = address; }));
        }
    }
    add(
        "source nowhere", Status::source_access, [](Descriptor& d) { d.source = nowhere; }, FaultReason::bus, false,
        nowhere);
    add(
        "source in no region", Status::source_access, [](Descriptor& d) { d.source_region = 1; }, FaultReason::region,
        false, source);
    add("source wraps around", Status::source_access, [](Descriptor& d) { d.source = ~std::uint64_t{31}; });
    add("source list nowhere", Status::source_list_access, source_list(nowhere), FaultReason::bus, false, nowhere);
    add("source list not aligned", Status::source_list_access, source_list(listed_.source().list_address() + 8));
    add(
        "source list in no region", Status::source_list_access,
        [&](Descriptor& d) {
            source_list(listed_.source().list_address())(d);
            d.source_region = 0x0101;
        },
        FaultReason::region, false, listed_.source().list_address());
    add("source list: empty entry", Status::source_list_format,
        source_list(store_list({{source, 32, 0, 0}, {source, 0, 0, last}})));
    add("source list: reserved flag", Status::source_list_format, source_list(store_list({{source, 96, 0, last | 2}})));
    add("source list: too short", Status::source_list_format,
        source_list(store_list({{source, 64, 0, 0}, {source, 31, 0, last}})));
    add("source list: segment nowhere", Status::source_access,
        source_list(store_list({{source, 16, 0, 0}, {nowhere, 80, 0, last}})), FaultReason::bus, false, nowhere);
    add("source list: segment in no region", Status::source_access,
        source_list(store_list({{source, 16, 0, 0}, {source, 80, 9, last}})), FaultReason::region, false, source);
    add(
        "destination nowhere", Status::destination_access, [](Descriptor& d) { d.destination = nowhere; },
        FaultReason::bus, true, nowhere);
    add(
        "destination in no region", Status::destination_access, [](Descriptor& d) { d.destination_region = 1; },
        FaultReason::region, true, destination);
    add("destination list nowhere", Status::destination_list_access, destination_list(nowhere), FaultReason::bus, false,
        nowhere);
    add("destination list not aligned", Status::destination_list_access,
        destination_list(listed_.destination().list_address() + 4));
    add(
        "destination list in no region", Status::destination_list_access,
        [&](Descriptor& d) {
            destination_list(listed_.destination().list_address())(d);
            d.destination_region = 0x0201;
        },
        FaultReason::region, false, listed_.destination().list_address());
    add("destination list: empty entry", Status::destination_list_format,
        destination_list(store_list({{destination, 32, 0, 0}, {destination, 0, 0, last}})));
    add("destination list: reserved flag", Status::destination_list_format,
        destination_list(store_list({{destination, 96, 0, static_cast<std::uint16_t>(0x8000 | last)}})));
    add("destination list: too short", Status::destination_list_format,
        destination_list(store_list({{destination, 95, 0, last}})));
    add("destination list: segment nowhere", Status::destination_access,
        destination_list(store_list({{destination, 33, 0, 0}, {nowhere + 3, 63, 0, last}})), FaultReason::bus, true,
        nowhere + 3);
    add("gate register", Status::gated,
        [&](Descriptor&) { machine_.write_register(global::at(global::gate), global::gate_aes.put(1)); });
    add("gate pin", Status::gated, [&](Descriptor&) { machine_.engine().set_gate(true); });

    std::set<unsigned> seen;
    sim::QueueCounters expected = queue_.counters();
    for (const Provocation& provocation : list) {
        SCOPED_TRACE(provocation.name);
        Descriptor descriptor = request_.descriptor();
        descriptor.cookie = 0xc00c1e;
        provocation.spoil(descriptor);
        const bool has_cookie = descriptor.cookie != 0;
        const Completion done = queue_.run(descriptor);
        machine_.write_register(global::at(global::gate), 0);
        machine_.engine().set_gate(false);
        ASSERT_EQ(done.status, provocation.status)
            << "is " << contract::name_of(done.status) << ", not " << contract::name_of(provocation.status);
        if (has_cookie) {
            ASSERT_EQ(done.cookie, 0xc00c1eU);
        }
        if (done.status != Status::ok) {
            ASSERT_EQ(bytes_of(done.next_iv), Bytes(16)) << "a failed request has no next IV";
        }
        if (provocation.reason != FaultReason::none) {
            const sim::QueueFault fault = queue_.fault();
            EXPECT_EQ(fault.reason, provocation.reason);
            EXPECT_EQ(fault.write, provocation.write);
            EXPECT_EQ(fault.address, provocation.address) << std::hex << fault.address;
        }
        ASSERT_EQ(queue_.status().state, QueueState::running);
        seen.insert(static_cast<unsigned>(done.status));
        ASSERT_NO_FATAL_FAILURE(expect_going_on());
        (done.status == Status::ok ? expected.completed : expected.failed) += 1;
        expected.completed += 1;
    }
    machine_.run(200);  // the last write's response
    EXPECT_EQ(queue_.counters().completed, expected.completed);
    EXPECT_EQ(queue_.counters().failed, expected.failed);
    const std::set<unsigned> known = values_of("status");
    ASSERT_GE(known.size(), 23U) << "suspiciously few codes in the contract";
    EXPECT_EQ(seen, known) << "a code of the contract that this test does not provoke, or the other way around";
    EXPECT_TRUE(request_.surroundings_untouched());
}

TEST_P(StatusCodes, BusErrorsInTheMiddle) {
    // Every beat of source and destination may be the one that fails.
    for (const bool write : {false, true}) {
        const std::uint64_t base = write ? request_.destination().address() : request_.source().address();
        for (std::uint64_t offset = 0; offset < test_text.size(); offset += 16) {
            SCOPED_TRACE((write ? "write at byte " : "read at byte ") + std::to_string(offset));
            machine_.memory().inject_error(write ? Direction::write : Direction::read, base + offset, 1);
            const Completion done = queue_.run(request_.descriptor());
            machine_.memory().clear_errors();
            ASSERT_EQ(done.status, write ? Status::destination_access : Status::source_access)
                << contract::name_of(done.status);
            EXPECT_EQ(queue_.fault().reason, FaultReason::bus);
            EXPECT_EQ(queue_.fault().write, write);
            ASSERT_NO_FATAL_FAILURE(expect_going_on());
        }
    }
}

TEST_P(StatusCodes, BusErrorsInAuthenticatedModes) {
    // Every part of the source (AAD, text, tag) and of the destination (text, tag) may be what fails.
    for (const CipherMode mode : all_modes) {
        for (const bool decrypt : {false, true}) {
            const Exchange& exchange = legal_.at(std::pair(mode, decrypt));
            for (const bool write : {false, true}) {
                const sim::ScatteredText& stream =
                    write ? exchange.request().destination() : exchange.request().source();
                for (std::uint32_t offset = 0; offset < stream.length(); offset += 11) {
                    SCOPED_TRACE(describe(exchange.input()) + (write ? ", write at byte " : ", read at byte ") +
                                 std::to_string(offset));
                    machine_.memory().inject_error(write ? Direction::write : Direction::read,
                                                   stream.address() + offset, 1);
                    const Completion done = queue_.run(exchange.request().descriptor());
                    machine_.memory().clear_errors();
                    ASSERT_EQ(done.status, write ? Status::destination_access : Status::source_access)
                        << contract::name_of(done.status);
                    EXPECT_TRUE(exchange.request().surroundings_untouched());
                }
            }
            const Completion done = queue_.run(exchange.request().descriptor());
            exchange.check(done);
            ASSERT_FALSE(HasFailure());
        }
    }
}

TEST_P(StatusCodes, BusErrorsInLongTextsLeaveTheNextRequestsAlone) {
    // The engine announces bursts before it has their data. When a request ends in the middle of one, those behind it
    // must not notice: neither the ones that are in flight nor the ones that come later.
    constexpr std::size_t text_bytes = 9000;
    // The middle of the first burst, that of another, and the last one.
    std::vector<CipherMode> modes = {CipherMode::ctr, CipherMode::gcm};
    std::vector<std::uint32_t> offsets = {160, 4200, 8980};
    if (engine() != "rtl" || all_tests()) {
        modes.insert(modes.end(), {CipherMode::ecb, CipherMode::xts, CipherMode::ccm});
        offsets.insert(offsets.end(), {0, 1000, 5000, 8190});
    }
    std::mt19937_64 random(test_seed());
    const auto make = [&](CipherMode mode, bool decrypt) {
        CipherInput input = legal_input(mode, false);
        input.text = random_bytes(random, mode == CipherMode::ecb ? text_bytes / 16 * 16 : text_bytes);
        if (decrypt) {
            const Oracle::Answer sealed = Oracle::run(input);
            input.decrypt = true;
            input.text = sealed.text;
            input.tag = sealed.tag;
        }
        Oracle::Answer answer = Oracle::run(input);
        return Exchange(machine_, std::move(input), std::move(answer));
    };
    for (const CipherMode mode : modes) {
        for (const bool decrypt : {false, true}) {
            Exchange spoilt = make(mode, decrypt);
            Exchange behind = make(mode, !decrypt);
            spoilt.request().cookie(1);
            behind.request().cookie(2);
            for (const bool write : {false, true}) {
                const sim::ScatteredText& stream = write ? spoilt.request().destination() : spoilt.request().source();
                for (const std::uint32_t offset : offsets) {
                    SCOPED_TRACE(describe(spoilt.input()) + (write ? ", write at byte " : ", read at byte ") +
                                 std::to_string(offset));
                    machine_.memory().inject_error(write ? Direction::write : Direction::read,
                                                   stream.address() + offset, 1);
                    queue_.post(spoilt.request().descriptor());
                    queue_.post(behind.request().descriptor());
                    queue_.ring_submission();
                    for (const Completion& done : queue_.drain()) {
                        if (done.cookie == 2) {
                            behind.check(done);
                        } else {
                            ASSERT_EQ(done.status, write ? Status::destination_access : Status::source_access)
                                << contract::name_of(done.status);
                        }
                    }
                    machine_.memory().clear_errors();
                    behind.check(queue_.run(behind.request().descriptor()));
                    ASSERT_FALSE(HasFailure());
                }
            }
        }
    }
}

TEST_P(StatusCodes, RefusedTextIsWipedWherever) {
    // A text of many blocks in several segments, in place and not; only the last byte of the tag is wrong.
    for (const CipherMode mode : {CipherMode::gcm, CipherMode::ccm}) {
        for (const bool in_place : {false, true}) {
            CipherInput input = legal_input(mode, false);
            input.text = Bytes(1500, 0x6b);
            const Oracle::Answer sealed = Oracle::run(input);
            input.decrypt = true;
            input.text = sealed.text;
            input.tag = sealed.tag;
            input.tag.back() ^= 0x80;
            auto request = std::make_unique<CipherRequest>(machine_, mode);
            prepare(*request, input);
            request->key(test_key);
            const sim::StreamLengths lengths = request->lengths(input.text.size());
            if (in_place) {
                const std::uint32_t rest = request->in_place_length(input.text.size()) - 501;
                request->text_in_place(input.text, Shape{{{3, 1}, {4000, 500}, {9, rest}}, true, 3});
            } else {
                request->text(input.text, Shape::direct(lengths.source, 5),
                              Shape{{{63, 2}, {4031, 700}, {1, lengths.destination - 702}}, true, 2});
            }
            Oracle::Answer refused;
            refused.match = false;
            const Exchange exchange(std::move(request), input, refused);
            exchange.check(queue_.run(exchange.request().descriptor()));
            ASSERT_FALSE(HasFailure());
        }
    }
}

TEST_P(StatusCodes, ZerosThatAreRefusedAreTold) {
    // In CCM nothing of a short text is written before its tag is known. So what the bus refuses here are the zeros,
    // and only after the wrong tag: each beat of them may be the one.
    CipherInput input = legal_input(CipherMode::ccm, true);
    input.tag.back() ^= 0x80;
    Oracle::Answer refused;
    refused.match = false;
    auto request = std::make_unique<CipherRequest>(machine_, CipherMode::ccm);
    prepare(*request, input);
    request->key(test_key);
    const sim::StreamLengths lengths = request->lengths(input.text.size());
    request->text(input.text, Shape::direct(lengths.source), Shape::direct(lengths.destination));
    const Exchange exchange(std::move(request), input, refused);
    const std::uint64_t base = exchange.request().destination().address();
    for (std::uint64_t offset = 0; offset < input.text.size(); offset += 16) {
        SCOPED_TRACE("zeros at byte " + std::to_string(offset));
        machine_.memory().inject_error(Direction::write, base + offset, 1);
        const Completion done = queue_.run(exchange.request().descriptor());
        machine_.memory().clear_errors();
        EXPECT_EQ(done.status, Status::destination_access) << contract::name_of(done.status);
        EXPECT_TRUE(queue_.fault().write);
        // Without the error it is the tag.
        exchange.check(queue_.run(exchange.request().descriptor()));
        ASSERT_FALSE(HasFailure());
    }
    // An address that does not answer at all.
    Descriptor elsewhere = exchange.request().descriptor();
    elsewhere.destination = nowhere;
    EXPECT_EQ(queue_.run(elsewhere).status, Status::destination_access);
    ASSERT_NO_FATAL_FAILURE(expect_going_on());
}

TEST_P(StatusCodes, EveryCombinationIsJudged) {
    // Random combinations of mode, direction, flags, lengths, tag length and IV, most of them illegal in more than one
    // way, against the rules and their order as fault_of has them. Legal ones are done, on text that makes no sense.
    constexpr std::size_t room = 8192;
    const std::uint64_t source = machine_.memory().allocate(room);
    const std::uint64_t destination = machine_.memory().allocate(room);
    const std::uint64_t single = store_record(sim::cipher_context(test_key));
    const std::uint64_t pair = store_record(sim::cipher_pair_context(test_key, Bytes(16, 1)));
    std::mt19937_64 random(test_seed());
    const auto one_of = [&](const std::vector<std::uint32_t>& values) {
        return values[below(random, static_cast<std::uint32_t>(values.size()))];
    };
    const auto make = [&] {
        Descriptor d;
        d.opcode = contract::Opcode::cipher;
        d.mode = static_cast<std::uint8_t>(below(random, 40) == 0 ? 9 + below(random, 247) : below(random, 9));
        unsigned flags = below(random, 2) == 0 ? 0U : Descriptor::flags_decrypt;
        if (below(random, 12) == 0) flags |= Descriptor::flags_iv_in_source;
        if (below(random, 12) == 0) flags |= Descriptor::flags_distinct_keys;
        if (below(random, 12) == 0) flags |= Descriptor::flags_inverse_cipher;
        if (below(random, 40) == 0) flags |= 1U << (5 + below(random, 11));
        d.flags = static_cast<std::uint16_t>(flags);
        d.reserved = below(random, 60) == 0 ? 1 : 0;
        d.text_length = below(random, 2) == 0 ? 8 * below(random, 14)
                                              : one_of({0,  1,  7,  8,    9,    15,   16,   17,   23,   24,   25,  31,
                                                        32, 33, 40, 4088, 4095, 4096, 4097, 4103, 4104, 4105, 4112});
        const auto mode = static_cast<CipherMode>(d.mode);
        const bool has_aad = mode == CipherMode::gcm || mode == CipherMode::ccm;
        if (has_aad || below(random, 20) == 0) d.aad_length = one_of({0, 1, 13, 14, 16, 30, 100});
        if (has_aad || mode == CipherMode::cmac || below(random, 12) == 0) {
            d.tag_length = static_cast<std::uint8_t>(
                below(random, 3) == 0 ? one_of({0, 1, 3, 5, 9, 11, 17, 18, 32, 128, 255}) : 4 * (1 + below(random, 4)));
        }
        // IVs: nothing; anything; a nonce of CCM; a length of GCM; one byte in a place where it may not be.
        switch (below(random, 5)) {
            case 0:
                for (auto& byte : d.iv) byte = static_cast<std::uint8_t>(random());
                break;
            case 1:
                d.iv[0] = static_cast<std::uint8_t>(1 + below(random, 7));
                std::fill_n(d.iv.begin() + 1, 14 - d.iv[0], std::uint8_t{0x77});
                break;
            case 2:
                d.set_iv_in_source({.length = 1 + below(random, 64)});
                break;
            case 3:
                d.iv[0] = static_cast<std::uint8_t>(below(random, 10));
                d.iv[below(random, 16)] = 1;
                break;
            default:
                break;
        }
        d.source = source;
        d.destination = destination;
        d.context_reference = mode == CipherMode::xts ? pair : single;
        return d;
    };

    const unsigned total = rounds_on(GetParam(), all_tests() ? 100'000 : 5000);
    std::map<std::uint32_t, Descriptor> pending;
    std::map<Status, unsigned> seen;
    const auto take = [&](const Completion& done) {
        const auto found = pending.find(done.cookie);
        ASSERT_NE(found, pending.end());
        const Descriptor& d = found->second;
        const Status expected = fault_of(d);
        const bool may_mismatch = expected == Status::ok && (d.flags & Descriptor::flags_decrypt) != 0 &&
                                  d.mode >= static_cast<unsigned>(CipherMode::gcm);
        ASSERT_TRUE(done.status == expected || (may_mismatch && done.status == Status::tag))
            << "mode " << unsigned{d.mode} << " flags " << d.flags << " text " << d.text_length << " aad "
            << d.aad_length << " tag " << unsigned{d.tag_length} << " iv " << to_hex(d.iv) << ": is "
            << contract::name_of(done.status) << ", not " << contract::name_of(expected);
        ++seen[expected];
        pending.erase(found);
    };
    for (unsigned made = 0; made < total || !pending.empty();) {
        bool posted = false;
        while (made < total && queue_.free_slots() != 0) {
            Descriptor d = make();
            // An IV longer than the buffer is legal, but not here.
            const bool long_iv = (d.flags & Descriptor::flags_iv_in_source) != 0 && d.iv_in_source().length > 0xff;
            if (fault_of(d) == Status::ok && long_iv) continue;
            // Whether a text is too long for an L that no nonce of CCM has, the contract does not say.
            if (d.mode == static_cast<unsigned>(CipherMode::ccm) && d.iv[0] == 0 && d.text_length > 0xff) continue;
            d.cookie = made++;
            pending.emplace(d.cookie, d);
            queue_.post(d);
            posted = true;
        }
        if (posted) queue_.ring_submission();
        ASSERT_NO_FATAL_FAILURE(take(queue_.wait()));
        while (const auto done = queue_.poll()) ASSERT_NO_FATAL_FAILURE(take(*done));
        queue_.ring_completion();
    }
    for (const Status status : {Status::ok, Status::mode, Status::flags, Status::length_zero, Status::length,
                                Status::tag_length, Status::iv}) {
        EXPECT_GE(seen[status], total / 100) << "rarely seen: " << contract::name_of(status);
    }
}

TEST_P(StatusCodes, LongTextsOfCcm) {
    // The text's length must fit in L bytes (SP 800-38C, A.1). What is legal here is not run: it is long.
    struct Case {
        std::uint8_t length_field;  ///< L - 1
        std::uint32_t text;
        Status status;
    };
    for (const Case& item :
         {Case{1, 0x10000, Status::length}, Case{1, 0xffff'ffff, Status::length}, Case{2, 0x100'0000, Status::length},
          Case{2, 0x10000, Status::source_access}, Case{3, 0xffff'ffff, Status::source_access},
          Case{7, 0xffff'ffff, Status::source_access}}) {
        Descriptor d = legal(CipherMode::ccm);
        d.iv = {};
        d.iv[0] = item.length_field;
        d.text_length = item.text;
        d.source = nowhere;
        const Completion done = queue_.run(d);
        EXPECT_EQ(done.status, item.status)
            << unsigned{item.length_field} << ", " << item.text << ": " << contract::name_of(done.status);
    }
    expect_going_on();
}

TEST_P(StatusCodes, FaultsAreReportedInOrder) {
    // Each fault of the list together with all that come behind it: the first one is answered.
    const auto equal_keys = sim::cipher_pair_context(test_key, test_key, ContextRecord::rights_decrypt);
    auto bad_size = equal_keys;
    bad_size.first.key_length = 20;
    auto bad_format = bad_size;
    bad_format.first.reserved0 = 1;
    auto rights = sim::cipher_pair_context(test_key, test_key);
    const std::uint64_t rights_record = store_record(equal_keys);
    const std::uint64_t size_record = store_record(bad_size);
    const std::uint64_t format_record = store_record(bad_format);
    const std::uint64_t equal_record = store_record(rights);

    std::vector<std::pair<Status, std::function<void(Descriptor&)>>> faults;
    const auto add = [&](Status status, std::function<void(Descriptor&)> spoil) {
        faults.emplace_back(status, std::move(spoil));
    };
    const auto context = [](std::uint64_t address) {
        return [address](Descriptor& d) { d.context_reference = address; };
    };
    // From the last to the first.
    add(Status::source_access, [](Descriptor& d) { d.source = nowhere; });
    add(Status::equal_keys, [&](Descriptor& d) {
        context(equal_record)(d);
        d.flags |= Descriptor::flags_distinct_keys;
    });
    add(Status::key_rights, context(rights_record));
    add(Status::key_size, context(size_record));
    add(Status::context_format, context(format_record));
    add(Status::context_access, context(nowhere));
    add(Status::context_address, context(nowhere + 8));
    add(Status::gated, [](Descriptor&) {});
    add(Status::tag_length, [](Descriptor& d) { d.tag_length = 8; });
    add(Status::length, [](Descriptor& d) { d.text_length = 3; });
    add(Status::length_zero, [](Descriptor& d) { d.text_length = 0; });
    add(Status::flags, [](Descriptor& d) { d.flags |= 0x8000; });
    add(Status::mode, [](Descriptor& d) { d.mode = 200; });
    add(Status::opcode, [](Descriptor& d) { d.opcode = static_cast<contract::Opcode>(200); });

    Descriptor d = legal(CipherMode::xts);
    bool gate = false;
    for (const auto& [status, spoil] : faults) {
        spoil(d);
        gate = gate || status == Status::gated;
        machine_.engine().set_gate(gate);
        EXPECT_EQ(queue_.run(d).status, status) << contract::name_of(status);
    }
    // XTS has no illegal IV: the same around it in another mode, and with an empty engine-held context.
    d = legal(CipherMode::gcm);
    d.context_reference = empty_context;
    d.flags |= Descriptor::flags_context_held;
    d.source = nowhere;
    machine_.engine().set_gate(false);
    EXPECT_EQ(queue_.run(d).status, Status::context_empty);
    d.context_reference = 1000;
    EXPECT_EQ(queue_.run(d).status, Status::context_address);
    machine_.engine().set_gate(true);
    EXPECT_EQ(queue_.run(d).status, Status::gated);
    d.iv[15] = 1;
    EXPECT_EQ(queue_.run(d).status, Status::iv);
    d.tag_length = 5;
    EXPECT_EQ(queue_.run(d).status, Status::tag_length);
    machine_.engine().set_gate(false);
    expect_going_on();
}

TEST_P(StatusCodes, ContextLoad) {
    const unsigned count = context_count(machine_);
    Descriptor load = sim::context_load(2, store_record(sim::cipher_context(test_key)));
    const auto spoiled = [&](std::function<void(Descriptor&)> change) {
        Descriptor descriptor = load;
        change(descriptor);
        return queue_.run(descriptor).status;
    };
    const auto loaded = [&] {
        return machine_.read_register(contract::context_page::at(contract::context_page::valid_low));
    };
    EXPECT_EQ(spoiled([&](Descriptor& d) { d.context_reference = count; }), Status::context_address);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.source += 16; }), Status::context_address);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.source = nowhere; }), Status::context_access);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.source_region = 1; }), Status::context_access);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.mode = 1; }), Status::mode);
    for (const std::uint32_t length : {1U, 16U, 63U, 65U, 127U, 192U, 0x40000040U}) {
        EXPECT_EQ(spoiled([=](Descriptor& d) { d.text_length = length; }), Status::length) << length;
    }
    EXPECT_EQ(spoiled([](Descriptor& d) { d.flags = Descriptor::flags_context_held; }), Status::flags);
    // The length that the descriptor names and that of the record.
    const std::uint64_t pair = store_record(sim::cipher_pair_context(test_key, Bytes(16, 1)));
    EXPECT_EQ(spoiled([&](Descriptor& d) {
                  d.source = pair;
                  d.text_length = 64;
              }),
              Status::context_format);
    const std::uint64_t single_with_room = machine_.memory().allocate(128);
    machine_.memory().store(single_with_room, sim::cipher_context(test_key));
    EXPECT_EQ(spoiled([&](Descriptor& d) {
                  d.source = single_with_room;
                  d.text_length = 128;
              }),
              Status::context_format);
    EXPECT_EQ(loaded(), 0U);

    ASSERT_EQ(queue_.run(load).status, Status::ok);
    EXPECT_EQ(loaded(), 4U);
    CipherRequest held(machine_, CipherMode::ecb);
    held.held_context(2).text(test_text);
    ASSERT_EQ(queue_.run(held.descriptor()).status, Status::ok);
    EXPECT_EQ(held.output(), Oracle(CipherMode::ecb, false, test_key, {}).process(test_text));
    // A record that is refused leaves the context as it was.
    EXPECT_EQ(spoiled([&](Descriptor& d) {
                  ContextRecord bad = sim::cipher_context(test_key);
                  bad.key_length = 20;
                  d.source = store_record(bad);
              }),
              Status::key_size);
    EXPECT_EQ(queue_.run(held.descriptor()).status, Status::ok);

    // The last one, with a pair; and what a mode needs is asked of held contexts too.
    ASSERT_EQ(queue_.run(sim::context_load(count - 1, pair, sizeof(sim::KeyPairRecord))).status, Status::ok);
    EXPECT_EQ(loaded(), 4U | 1U << (count - 1) % 32);
    CipherRequest data_unit(machine_, CipherMode::xts);
    data_unit.held_context(count - 1).text(test_text);
    ASSERT_EQ(queue_.run(data_unit.descriptor()).status, Status::ok);
    CipherInput input;
    input.mode = CipherMode::xts;
    input.key = test_key;
    input.tweak_key = Bytes(16, 1);
    input.iv = Bytes(16);
    input.text = test_text;
    EXPECT_EQ(to_hex(data_unit.output()), to_hex(Oracle::run(input).text));
    data_unit.held_context(2);
    EXPECT_EQ(queue_.run(data_unit.descriptor()).status, Status::context_format);
    held.held_context(count - 1);
    EXPECT_EQ(queue_.run(held.descriptor()).status, Status::context_format);
    // A single key where a pair was leaves nothing of the pair.
    const std::uint64_t single = store_record(sim::cipher_context(test_key));
    ASSERT_EQ(queue_.run(sim::context_load(count - 1, single)).status, Status::ok);
    EXPECT_EQ(queue_.run(held.descriptor()).status, Status::ok);
    held.held_context(2);

    Descriptor invalidate = sim::context_invalidate(2);
    ASSERT_EQ(queue_.run(invalidate).status, Status::ok);
    EXPECT_EQ(queue_.run(held.descriptor()).status, Status::context_empty);
    invalidate.context_reference = count;
    EXPECT_EQ(queue_.run(invalidate).status, Status::context_address);
}

TEST_P(StatusCodes, GateClosedInTheMiddle) {
    CipherRequest longer(machine_, CipherMode::cbc);
    longer.key(test_key).text(Bytes(4096, 0x77));
    queue_.submit(longer.descriptor());
    machine_.run(300);
    ASSERT_TRUE(queue_.status().busy);
    machine_.engine().set_gate(true);
    EXPECT_EQ(queue_.wait().status, Status::gated);
    machine_.engine().set_gate(false);
    expect_going_on();
}

TEST_P(StatusCodes, EachQueueErrorIsProvokedAndLeftByReset) {
    struct Case {
        std::string name;
        QueueError error;
        std::function<void()> provoke;
    };
    const auto set = [&](std::uint32_t offset, std::uint32_t value) { queue_.write_register(offset, value); };
    const auto enable = [&] { set(page::control, page::control_enable.put(1)); };
    const auto sizes = [&](unsigned submission, unsigned completion) {
        set(page::ring_size,
            page::ring_size_submission_log2.put(submission) | page::ring_size_completion_log2.put(completion));
    };
    const auto low = [](std::uint64_t address) { return static_cast<std::uint32_t>(address); };
    std::vector<Case> cases;
    for (const unsigned gap : {1U, 32U}) {
        cases.push_back({"submission ring " + std::to_string(gap), QueueError::ring_alignment, [=, this] {
                             set(page::submission_base_low, low(queue_.submission_base()) + gap);
                             enable();
                         }});
        cases.push_back({"completion ring " + std::to_string(gap), QueueError::ring_alignment, [=, this] {
                             set(page::completion_base_low, low(queue_.completion_base()) + gap);
                             enable();
                         }});
    }
    for (const auto& [submission, completion] :
         {std::pair{0U, 6U}, {6U, 0U}, {16U, 6U}, {6U, 16U}, {255U, 6U}, {6U, 17U}}) {
        cases.push_back({"ring sizes " + std::to_string(submission) + ", " + std::to_string(completion),
                         QueueError::ring_size, [=, submission = submission, completion = completion] {
                             sizes(submission, completion);
                             enable();
                         }});
    }
    cases.push_back({"submission doorbell", QueueError::doorbell, [&] {
                         queue_.start();
                         machine_.write_register(doorbell::at(doorbell::submission_tail, index_), 65);
                     }});
    cases.push_back({"submission doorbell backwards", QueueError::doorbell, [&] {
                         queue_.start();
                         machine_.write_register(doorbell::at(doorbell::submission_tail, index_), 0xffff);
                     }});
    cases.push_back({"completion doorbell", QueueError::doorbell, [&] {
                         queue_.start();
                         machine_.write_register(doorbell::at(doorbell::completion_head, index_), 1);
                     }});
    cases.push_back({"descriptor", QueueError::descriptor_access, [&] {
                         queue_.start();
                         machine_.memory().inject_error(Direction::read, queue_.slot_address(0), 64);
                         queue_.submit(request_.descriptor());
                     }});
    cases.push_back({"completion", QueueError::completion_access, [&] {
                         queue_.start();
                         machine_.memory().inject_error(Direction::write, queue_.completion_address(0), 32);
                         queue_.submit(request_.descriptor());
                     }});

    std::set<unsigned> seen = {static_cast<unsigned>(queue_.status().error)};
    for (const Case& item : cases) {
        SCOPED_TRACE(item.name);
        queue_.reset();
        ASSERT_EQ(queue_.status().state, QueueState::disabled);
        machine_.write_register64(page::at(page::submission_base_low, index_), queue_.submission_base());
        machine_.write_register64(page::at(page::completion_base_low, index_), queue_.completion_base());
        sizes(6, 6);
        (void)machine_.take_interrupts();
        item.provoke();
        machine_.run(2000);
        const sim::QueueStatus status = queue_.status();
        ASSERT_EQ(status.error, item.error) << contract::name_of(status.error);
        ASSERT_EQ(status.state, QueueState::error);
        ASSERT_FALSE(status.busy);
        seen.insert(static_cast<unsigned>(status.error));
        if (item.error == QueueError::descriptor_access || item.error == QueueError::completion_access) {
            const bool write = item.error == QueueError::completion_access;
            EXPECT_EQ(queue_.fault().reason, FaultReason::bus);
            EXPECT_EQ(queue_.fault().write, write);
            EXPECT_EQ(queue_.fault().address, write ? queue_.completion_base() : queue_.submission_base());
        }
        // The event interrupt and its bit.
        const auto interrupts = machine_.take_interrupts();
        ASSERT_EQ(interrupts.size(), 1U);
        EXPECT_EQ(interrupts[0].vector, contract::interrupt_vector_event);
        EXPECT_EQ(machine_.read_register(global::at(global::event_low)), 1U << index_);
        machine_.write_register(global::at(global::event_low), 1U << index_);
        EXPECT_EQ(machine_.read_register(global::at(global::event_low)), 0U);
        // Stopped means stopped: doorbells have no effect.
        machine_.memory().clear_errors();
        machine_.write_register(doorbell::at(doorbell::submission_tail, index_), 1);
        machine_.run(500);
        EXPECT_EQ(queue_.status().state, QueueState::error);
        // Another queue does not notice, and this one works again after a reset.
        if (const unsigned last = queue_count(machine_) - 1; last != index_) {
            sim::QueuePair other(machine_, last);
            other.start();
            EXPECT_EQ(other.run(request_.descriptor()).status, Status::ok);
            other.reset();
        }
        queue_.reset();
        queue_.start();
        ASSERT_NO_FATAL_FAILURE(expect_going_on());
    }
    const std::set<unsigned> known = values_of("queue_error");
    ASSERT_GE(known.size(), 6U);
    EXPECT_EQ(seen, known);
}

INSTANTIATE_TEST_SUITE_P(All, StatusCodes, testing::ValuesIn(all_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
