// SPDX-License-Identifier: Apache-2.0
//
// The example's parts, and how DMA becomes transactions, without an engine: what a good engine never does has to be
// done here by hand.

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "aes_job.h"
#include "cce_contract.hpp"
#include "interconnect.h"
#include "memory.h"
#include "monitor.h"
#include "simulation.h"
#include "systemc/tlm_host.h"

namespace cce::example {
namespace {

namespace page = contract::queue_page;

using sim::Direction;

constexpr unsigned vectors = 2;
constexpr std::uint64_t base = 0x10'0000;
constexpr std::size_t memory_bytes = 0x10000;

const sc_core::sc_time& period() {
    static const sc_core::sc_time period(4, sc_core::SC_NS);
    return period;
}

/// A target that answers whatever it is told to.
class Puppet : public sc_core::sc_module {
public:
    explicit Puppet(const sc_core::sc_module_name& name) : sc_core::sc_module(name), socket("socket") {
        socket.register_b_transport(this, &Puppet::answer);
    }
    tlm_utils::simple_target_socket<Puppet> socket;
    tlm::tlm_response_status response = tlm::TLM_OK_RESPONSE;
    bool back_in_time = false;

private:
    void answer(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
        transaction.set_response_status(response);
        if (back_in_time) delay = sc_core::SC_ZERO_TIME;
    }
};

class Bench : public sc_core::sc_module {
public:
    explicit Bench(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        software.bind(monitor.from_interconnect);
        monitor.to_engine.bind(registers.socket);
        engine.bind(monitor.from_engine);
        monitor.to_interconnect.bind(puppet.socket);
        monitor.interrupts.bind(interrupts);

        dma.bind(interconnect.initiators);
        interconnect.connect(memory.socket, base, memory_bytes);
        lines.lines.bind(line_signals);
    }

    // The monitor between puppets.
    tlm_utils::simple_initiator_socket<Bench> software{"software"};
    tlm_utils::simple_initiator_socket<Bench> engine{"engine"};
    Puppet registers{"registers"};
    Puppet puppet{"puppet"};
    Monitor monitor{"monitor", vectors, period(), false};
    sc_core::sc_vector<sc_core::sc_signal<bool>> interrupts{"interrupt", vectors};

    // A host with a memory behind an interconnect.
    sim::systemc::TlmHost::Socket dma{"dma"};
    Interconnect interconnect{"interconnect"};
    Memory memory{"memory",
                  {.bytes = memory_bytes, .read_latency = 5 * period(), .write_latency = 7 * period(), .lends = false}};
    sim::systemc::EngineClock clock{period()};
    sim::systemc::InterruptLines lines{"lines", vectors, period()};
    sc_core::sc_vector<sc_core::sc_signal<bool>> line_signals{"line", vectors};
    sim::systemc::TlmHost host{dma, clock, lines, {}};
};

Bench* bench = nullptr;

/// A transaction that keeps the rules, with 4 bytes of data.
class Transaction {
public:
    explicit Transaction(tlm::tlm_command command, std::uint64_t address, std::uint32_t value = 0) : value_(value) {
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&value_));
        payload.set_data_length(sizeof value_);
        payload.set_streaming_width(sizeof value_);
    }
    tlm::tlm_generic_payload payload;

private:
    std::uint32_t value_;
};

template <class Socket>
void send(Socket& socket, Transaction&& transaction, double delay_ns = 0) {
    sc_core::sc_time delay(delay_ns, sc_core::SC_NS);
    socket->b_transport(transaction.payload, delay);
}

void write_register(std::uint32_t offset, std::uint32_t value) {
    send(bench->software, Transaction(tlm::TLM_WRITE_COMMAND, offset, value));
}

class MonitorTest : public testing::Test {
protected:
    void SetUp() override {
        bench->monitor.clear();
        bench->puppet.response = tlm::TLM_OK_RESPONSE;
        bench->puppet.back_in_time = false;
    }
    /// Queue 0, with rings of 4 entries.
    static void enable_queue() {
        write_register(page::at(page::submission_base_low, 0), 0x1000);
        write_register(page::at(page::submission_base_high, 0), 0);
        write_register(page::at(page::completion_base_low, 0), 0x2000);
        write_register(page::at(page::completion_base_high, 0), 0);
        write_register(page::at(page::ring_size, 0),
                       page::ring_size_submission_log2.put(2) | page::ring_size_completion_log2.put(2));
        write_register(page::at(page::control, 0), page::control_enable.put(1));
        ASSERT_TRUE(bench->monitor.violations().empty());
    }
    /// One broken rule, this one.
    static void expect_broken(const std::string& rule) {
        const auto& violations = bench->monitor.violations();
        ASSERT_EQ(violations.size(), 1U) << rule;
        EXPECT_NE(violations.front().find(rule), std::string::npos) << violations.front();
        bench->monitor.clear();
    }
    static void raise(unsigned vector, const sc_core::sc_time& duration) {
        bench->interrupts[vector].write(true);
        sc_core::wait(duration);
        bench->interrupts[vector].write(false);
        sc_core::wait(period());
    }
};

TEST_F(MonitorTest, ATransactionThatKeepsTheRules) {
    enable_queue();
    send(bench->engine, Transaction(tlm::TLM_READ_COMMAND, 0x5000));
    EXPECT_TRUE(bench->monitor.violations().empty());
}

TEST_F(MonitorTest, EachRuleOfATransaction) {
    const auto broken = [](auto spoil, const std::string& rule) {
        enable_queue();
        Transaction transaction(tlm::TLM_READ_COMMAND, 0x5000);
        spoil(transaction.payload);
        sc_core::sc_time delay;
        bench->engine->b_transport(transaction.payload, delay);
        expect_broken(rule);
    };
    std::array<std::uint8_t, 4> enables{};
    broken([](auto& payload) { payload.set_response_status(tlm::TLM_OK_RESPONSE); }, "not INCOMPLETE");
    broken([](auto& payload) { payload.set_dmi_allowed(true); }, "DMI hint");
    broken([](auto& payload) { payload.set_command(tlm::TLM_IGNORE_COMMAND); }, "no command");
    broken([](auto& payload) { payload.set_streaming_width(2); }, "streaming width");
    broken(
        [&](auto& payload) {
            payload.set_byte_enable_ptr(enables.data());
            payload.set_byte_enable_length(2);
        },
        "fewer byte enables");
    broken([](auto& payload) { payload.set_address(0x5ffe); }, "4 KiB boundary");
    broken(
        [](auto& payload) {
            payload.set_data_length(0);
            payload.set_streaming_width(0);
        },
        "length is 0");
}

TEST_F(MonitorTest, AnAnswerMustComeAndNotBeforeItsQuestion) {
    enable_queue();
    bench->puppet.response = tlm::TLM_INCOMPLETE_RESPONSE;
    send(bench->engine, Transaction(tlm::TLM_READ_COMMAND, 0x5000));
    expect_broken("no response");
    enable_queue();
    bench->puppet.response = tlm::TLM_OK_RESPONSE;
    bench->puppet.back_in_time = true;
    send(bench->engine, Transaction(tlm::TLM_READ_COMMAND, 0x5000), 10);
    expect_broken("before it began");
}

TEST_F(MonitorTest, NoDmaWithoutAQueue) {
    send(bench->engine, Transaction(tlm::TLM_READ_COMMAND, 0x5000));
    expect_broken("no queue is enabled");
    enable_queue();
    write_register(page::at(page::control, 0), page::control_reset.put(1));
    send(bench->engine, Transaction(tlm::TLM_READ_COMMAND, 0x5000));
    expect_broken("no queue is enabled");
}

TEST_F(MonitorTest, NoInterruptWithoutACompletion) {
    enable_queue();
    raise(1, period());
    expect_broken("nothing was written to the completion ring");
    enable_queue();
    send(bench->engine, Transaction(tlm::TLM_WRITE_COMMAND, 0x2020));
    raise(1, period());
    EXPECT_TRUE(bench->monitor.violations().empty());
    raise(1, period());
    expect_broken("nothing was written to the completion ring");
    raise(0, period());  // the event vector needs none
    EXPECT_TRUE(bench->monitor.violations().empty());
}

TEST_F(MonitorTest, AnInterruptIsHighForAPeriod) {
    raise(0, 2 * period());
    expect_broken("was high for 8 ns");
}

TEST_F(MonitorTest, TheTimelineIsInTheOrderOfTime) {
    enable_queue();
    bench->monitor.timeline().clear();
    send(bench->engine, Transaction(tlm::TLM_READ_COMMAND, 0x1040), 30);
    send(bench->engine, Transaction(tlm::TLM_WRITE_COMMAND, 0x2020), 10);
    bench->puppet.response = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    send(bench->engine, Transaction(tlm::TLM_READ_COMMAND, 0x5000), 20);
    std::ostringstream text;
    bench->monitor.timeline().print(text, bench->clock);
    const std::string lines = text.str();
    const auto completion = lines.find("0x2020, 4 bytes: completion ring 0, entry 1");
    const auto error = lines.find("0x5000, 4 bytes  TLM_ADDRESS_ERROR_RESPONSE");
    const auto submission = lines.find("0x1040, 4 bytes: submission ring 0, entry 1");
    ASSERT_NE(completion, std::string::npos) << lines;
    ASSERT_NE(error, std::string::npos) << lines;
    ASSERT_NE(submission, std::string::npos) << lines;
    EXPECT_LT(completion, error);
    EXPECT_LT(error, submission);
}

// The memory behind its interconnect, by debug accesses.

unsigned debug(tlm::tlm_command command, std::uint64_t address, Bytes& bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(bytes.data());
    payload.set_data_length(static_cast<unsigned>(bytes.size()));
    return bench->dma->transport_dbg(payload);
}

TEST(MemoryTest, DebugAccessesEndWhereTheMemoryDoes) {
    Bytes bytes(8, 0x11);
    EXPECT_EQ(debug(tlm::TLM_WRITE_COMMAND, base + 16, bytes), 8U);
    Bytes back(4);
    EXPECT_EQ(debug(tlm::TLM_READ_COMMAND, base + 18, back), 4U);
    EXPECT_EQ(back, Bytes(4, 0x11));
    EXPECT_EQ(debug(tlm::TLM_READ_COMMAND, base + memory_bytes - 3, bytes), 3U);
    EXPECT_EQ(debug(tlm::TLM_READ_COMMAND, base + memory_bytes, bytes), 0U);
    EXPECT_EQ(debug(tlm::TLM_READ_COMMAND, 0, bytes), 0U);
}

// How the host turns bursts into transactions.

constexpr unsigned beat_bytes = 16;

class TlmHostTest : public testing::Test {
protected:
    void SetUp() override {
        bench->host.reset();
        bench->memory.lend(false);
        bench->clock.start(0, sc_core::sc_time_stamp());
    }
    static sim::Burst burst(Direction direction, std::uint64_t address, unsigned beats) {
        return {direction, address, beats, beat_bytes, 0, 0};
    }
    static Bytes memory(std::uint64_t address, std::size_t count) {
        Bytes bytes(count);
        EXPECT_EQ(debug(tlm::TLM_READ_COMMAND, address, bytes), count);
        return bytes;
    }
    static void fill(std::uint64_t address, Bytes bytes) {
        EXPECT_EQ(debug(tlm::TLM_WRITE_COMMAND, address, bytes), bytes.size());
    }
};

TEST_F(TlmHostTest, ReadsHaveTheReadLatencyAndWritesTheWriteLatency) {
    const auto read = burst(Direction::read, base + 0x100, 2);
    const auto schedule = bench->host.schedule(read);
    EXPECT_EQ(schedule.address_wait, 0U);
    EXPECT_EQ(schedule.beat_wait[0], 5U);
    EXPECT_EQ(schedule.beat_wait[1], 0U);
    bench->host.read_ended(read);
    const auto write = burst(Direction::write, base + 0x100, 1);
    const auto write_schedule = bench->host.schedule(write);
    EXPECT_TRUE(bench->host.write(base + 0x100, Bytes(beat_bytes, 1), Bytes(beat_bytes, 1)));
    const auto answer = bench->host.write_ended(write, write_schedule, 3);
    EXPECT_EQ(answer.response_wait, 7U);
    EXPECT_FALSE(answer.error);
}

TEST_F(TlmHostTest, OnlyBytesWithAStrobeAreWritten) {
    for (const bool lends : {false, true}) {
        bench->memory.lend(lends);
        if (lends) {  // the first access asks for the memory
            const auto first = burst(Direction::read, base, 1);
            (void)bench->host.schedule(first);
            bench->host.read_ended(first);
        }
        const auto before = bench->host.counts();
        fill(base + 0x200, Bytes(48, 0xee));
        const auto write = burst(Direction::write, base + 0x205, 2);
        const auto schedule = bench->host.schedule(write);
        Bytes first_strobe(beat_bytes, 0);
        for (const unsigned i : {5U, 6U, 9U, 15U}) first_strobe[i] = 1;
        Bytes second_strobe(beat_bytes, 0);
        second_strobe[3] = 1;
        EXPECT_TRUE(bench->host.write(base + 0x200, Bytes(beat_bytes, 1), first_strobe));
        EXPECT_TRUE(bench->host.write(base + 0x210, Bytes(beat_bytes, 2), second_strobe));
        EXPECT_FALSE(bench->host.write_ended(write, schedule, 0).error);
        Bytes expected(48, 0xee);
        for (const unsigned i : {5U, 6U, 9U, 15U}) expected[i] = 1;
        expected[19] = 2;
        EXPECT_EQ(memory(base + 0x200, 48), expected);
        EXPECT_EQ(bench->host.counts().direct - before.direct, lends ? 1U : 0U);
        EXPECT_EQ(bench->host.counts().transactions - before.transactions, lends ? 0U : 1U);
    }
}

TEST_F(TlmHostTest, AWriteWithoutAnyStrobeIsNoTransaction) {
    const auto before = bench->host.counts().transactions;
    const auto write = burst(Direction::write, 0, 1);
    const auto schedule = bench->host.schedule(write);
    EXPECT_TRUE(bench->host.write(0, Bytes(beat_bytes, 1), Bytes(beat_bytes, 0)));
    EXPECT_FALSE(bench->host.write_ended(write, schedule, 0).error);
    EXPECT_EQ(bench->host.counts().transactions, before);
}

TEST_F(TlmHostTest, ErrorsOfReadsAndWrites) {
    const auto read = burst(Direction::read, base + memory_bytes, 1);
    (void)bench->host.schedule(read);
    Bytes beat(beat_bytes);
    EXPECT_TRUE(bench->host.direct(Direction::read, base + memory_bytes, beat_bytes).empty());
    EXPECT_FALSE(bench->host.read(base + memory_bytes, beat));
    bench->host.read_ended(read);
    const auto write = burst(Direction::write, base + memory_bytes, 1);
    const auto schedule = bench->host.schedule(write);
    EXPECT_TRUE(bench->host.write(base + memory_bytes, beat, Bytes(beat_bytes, 1)));
    EXPECT_TRUE(bench->host.write_ended(write, schedule, 0).error);
}

TEST_F(TlmHostTest, BurstsThatOverlapInTime) {
    Bytes text(64);
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i);
    fill(base + 0x300, text);
    const auto first = burst(Direction::read, base + 0x303, 2);
    const auto second = burst(Direction::read, base + 0x300, 2);
    (void)bench->host.schedule(first);
    (void)bench->host.schedule(second);
    Bytes beat(beat_bytes);
    EXPECT_TRUE(bench->host.direct(Direction::read, base + 0x300, beat_bytes).empty()) << "in front of the address";
    EXPECT_TRUE(bench->host.read(base + 0x303, std::span(beat).first(13)));
    EXPECT_TRUE(std::equal(beat.begin(), beat.begin() + 13, text.begin() + 3));
    const auto rest = bench->host.direct(Direction::read, base + 0x310, beat_bytes);
    ASSERT_EQ(rest.size(), beat_bytes);
    EXPECT_TRUE(std::equal(rest.begin(), rest.end(), text.begin() + 16));
    bench->host.read_ended(first);
    EXPECT_TRUE(bench->host.read(base + 0x300, beat));
    EXPECT_TRUE(std::equal(beat.begin(), beat.end(), text.begin()));
    bench->host.read_ended(second);
}

TEST_F(TlmHostTest, LentMemoryIsLeftAloneOnceItIsTakenBack) {
    bench->memory.lend(true);
    const auto read = burst(Direction::read, base, 1);
    const auto once = [&] {
        (void)bench->host.schedule(read);
        bench->host.read_ended(read);
    };
    once();
    const auto before = bench->host.counts();
    once();
    EXPECT_EQ(bench->host.counts().direct, before.direct + 1);
    bench->memory.lend(false);
    once();
    EXPECT_EQ(bench->host.counts().direct, before.direct + 1);
    EXPECT_EQ(bench->host.counts().transactions, before.transactions + 1);
}

TEST(InterruptLinesTest, PulsesOfAPeriod) {
    auto& signals = bench->line_signals;
    sc_core::wait(10 * period());  // there must be a time before now
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    bench->lines.pulse(1, now + 3 * period());
    bench->lines.pulse(0, now + 5 * period());
    bench->lines.pulse(0, now + 6 * period());  // follows at once: the line stays high
    bench->lines.pulse(1, now - period());      // too late: now
    std::string levels;
    for (unsigned i = 0; i < 9; ++i) {
        sc_core::wait(0.5 * period());
        levels += signals[0].read() ? (signals[1].read() ? 'b' : '0') : (signals[1].read() ? '1' : '-');
        sc_core::wait(0.5 * period());
    }
    EXPECT_EQ(levels, "1--1-00--");
}

TEST(EngineClockTest, CyclesAndTime) {
    sim::systemc::EngineClock clock(sc_core::sc_time(3, sc_core::SC_NS));
    const sc_core::sc_time start(10, sc_core::SC_NS);
    clock.start(100, start);
    EXPECT_EQ(clock.begin_of(100), start);
    EXPECT_EQ(clock.begin_of(1'000'000'000'100), start + sc_core::sc_time(3'000, sc_core::SC_SEC));
    EXPECT_EQ(clock.cycle_at(start), 100U);
    EXPECT_EQ(clock.cycle_at(start + sc_core::sc_time(1, sc_core::SC_PS)), 101U);
    EXPECT_EQ(clock.cycle_at(start + sc_core::sc_time(3, sc_core::SC_NS)), 101U);
    EXPECT_EQ(clock.cycle_at(sc_core::SC_ZERO_TIME), 100U);
    EXPECT_EQ(clock.cycles(sc_core::sc_time(7, sc_core::SC_NS)), 3U);
}

TEST(DmiRegionsTest, NewGrantsReplaceOldOnes) {
    std::array<std::uint8_t, 256> bytes{};
    sim::systemc::DmiRegions regions;
    tlm::tlm_dmi grant;
    grant.set_start_address(0x100);
    grant.set_end_address(0x1ff);
    grant.set_dmi_ptr(bytes.data());
    grant.allow_read();
    regions.add(grant);
    ASSERT_TRUE(regions.find(Direction::read, 0x110, 16));
    EXPECT_EQ(regions.find(Direction::read, 0x110, 16)->bytes.data(), bytes.data() + 16);
    EXPECT_FALSE(regions.find(Direction::write, 0x110, 16));
    EXPECT_FALSE(regions.find(Direction::read, 0x1f8, 16));
    EXPECT_FALSE(regions.find(Direction::read, 0xf8, 16));
    grant.allow_read_write();
    regions.add(grant);
    EXPECT_TRUE(regions.find(Direction::write, 0x110, 16));
    regions.invalidate(0x1ff, 0x1000);
    EXPECT_FALSE(regions.find(Direction::read, 0x110, 16));
}

}  // namespace
}  // namespace cce::example

int sc_main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    cce::example::Bench made("bench");
    cce::example::bench = &made;
    return cce::example::run_tests_in_simulation();
}
