// SPDX-License-Identifier: Apache-2.0
//
// Every status code and every queue error of the contract, provoked at least once; after each the engine goes on.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
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

class StatusCodes : public testing::TestWithParam<unsigned> {
protected:
    void SetUp() override {
        queue_.start();
        request_.key(test_key).text(test_text);
        listed_.key(test_key);
        listed_.text(test_text, Shape{{{5, 40}, {0, 56}}, true}, Shape{{{1, 17}, {3, 79}}, true});
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

    std::uint64_t store_record(const ContextRecord& record) {
        const std::uint64_t address = machine_.memory().allocate(sizeof(record));
        machine_.memory().store(address, record);
        return address;
    }

    std::uint64_t store_list(const std::vector<ListEntry>& entries) {
        const std::uint64_t address = machine_.memory().allocate(entries.size() * sizeof(ListEntry));
        for (std::size_t i = 0; i < entries.size(); ++i)
            machine_.memory().store(address + i * sizeof(ListEntry), entries[i]);
        return address;
    }

    sim::Machine machine_{machine_options(GetParam())};
    sim::QueuePair queue_{machine_, 1};
    CipherRequest request_{machine_, CipherMode::cbc};
    CipherRequest listed_{machine_, CipherMode::cbc};
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
    for (const unsigned value : {4U, 5U, 6U, 7U, 8U, 255U}) {
        add("opcode " + std::to_string(value), Status::opcode,
            [=](Descriptor& d) { d.opcode = static_cast<contract::Opcode>(value); });
    }
    for (const unsigned value : {3U, 4U, 8U, 9U, 255U}) {
        add("mode " + std::to_string(value), Status::mode,
            [=](Descriptor& d) { d.mode = static_cast<std::uint8_t>(value); });
    }
    add("a mode for nop", Status::mode, [](Descriptor& d) {
        d = {};
        d.mode = 1;
    });
    for (unsigned bit = 5; bit < 16; ++bit) {
        add("flag " + std::to_string(bit), Status::flags,
            [=](Descriptor& d) { d.flags = static_cast<std::uint16_t>(d.flags | 1U << bit); });
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
    add("tag", Status::length, [](Descriptor& d) { d.tag_length = 16; });
    add("context not aligned", Status::context_address, [](Descriptor& d) { d.context_reference += 32; });
    for (const std::uint64_t index :
         {std::uint64_t{8}, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{1} << 32}) {
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
    add("empty held context", Status::context_empty, [](Descriptor& d) {
        d.flags |= Descriptor::flags_context_held;
        d.context_reference = 5;
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
    for (const auto& [mode, right] :
         {std::pair{CipherMode::ecb, ContextRecord::rights_ecb}, std::pair{CipherMode::cbc, ContextRecord::rights_cbc},
          std::pair{CipherMode::ctr, ContextRecord::rights_ctr}}) {
        const std::uint64_t address = rights_without(right);
        add("not in " + std::string(contract::name_of(mode)), Status::key_rights, [=, mode = mode](Descriptor& d) {
            d.context_reference = address;
            d.mode = static_cast<std::uint8_t>(mode);
        });
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
    ASSERT_GE(known.size(), 19U) << "suspiciously few codes in the contract";
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

TEST_P(StatusCodes, ContextLoad) {
    Descriptor load;
    load.opcode = contract::Opcode::context_load;
    load.context_reference = 2;
    load.source = store_record(sim::cipher_context(test_key));
    const auto spoiled = [&](std::function<void(Descriptor&)> change) {
        Descriptor descriptor = load;
        change(descriptor);
        return queue_.run(descriptor).status;
    };
    EXPECT_EQ(spoiled([](Descriptor& d) { d.context_reference = 8; }), Status::context_address);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.source += 16; }), Status::context_address);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.source = nowhere; }), Status::context_access);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.source_region = 1; }), Status::context_access);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.mode = 1; }), Status::mode);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.text_length = 16; }), Status::length);
    EXPECT_EQ(spoiled([](Descriptor& d) { d.flags = Descriptor::flags_context_held; }), Status::flags);
    EXPECT_EQ(machine_.read_register(contract::context_page::at(contract::context_page::valid_low)), 0U);

    ASSERT_EQ(queue_.run(load).status, Status::ok);
    EXPECT_EQ(machine_.read_register(contract::context_page::at(contract::context_page::valid_low)), 4U);
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

    Descriptor invalidate;
    invalidate.opcode = contract::Opcode::context_invalidate;
    invalidate.context_reference = 2;
    ASSERT_EQ(queue_.run(invalidate).status, Status::ok);
    EXPECT_EQ(queue_.run(held.descriptor()).status, Status::context_empty);
    invalidate.context_reference = 9;
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
                         machine_.write_register(doorbell::at(doorbell::submission_tail, 1), 65);
                     }});
    cases.push_back({"submission doorbell backwards", QueueError::doorbell, [&] {
                         queue_.start();
                         machine_.write_register(doorbell::at(doorbell::submission_tail, 1), 0xffff);
                     }});
    cases.push_back({"completion doorbell", QueueError::doorbell, [&] {
                         queue_.start();
                         machine_.write_register(doorbell::at(doorbell::completion_head, 1), 1);
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
        machine_.write_register64(page::at(page::submission_base_low, 1), queue_.submission_base());
        machine_.write_register64(page::at(page::completion_base_low, 1), queue_.completion_base());
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
        EXPECT_EQ(machine_.read_register(global::at(global::event_low)), 2U);
        machine_.write_register(global::at(global::event_low), 2);
        EXPECT_EQ(machine_.read_register(global::at(global::event_low)), 0U);
        // Stopped means stopped: doorbells have no effect.
        machine_.memory().clear_errors();
        machine_.write_register(doorbell::at(doorbell::submission_tail, 1), 1);
        machine_.run(500);
        EXPECT_EQ(queue_.status().state, QueueState::error);
        // Another queue does not notice, and this one works again after a reset.
        sim::QueuePair other(machine_, 3);
        other.start();
        EXPECT_EQ(other.run(request_.descriptor()).status, Status::ok);
        other.reset();
        queue_.reset();
        queue_.start();
        ASSERT_NO_FATAL_FAILURE(expect_going_on());
    }
    const std::set<unsigned> known = values_of("queue_error");
    ASSERT_GE(known.size(), 6U);
    EXPECT_EQ(seen, known);
}

INSTANTIATE_TEST_SUITE_P(All, StatusCodes, testing::Values(128U, 256U), testing::PrintToStringParamName());

}  // namespace
}  // namespace cce::test
