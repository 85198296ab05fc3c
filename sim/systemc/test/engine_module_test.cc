// SPDX-License-Identifier: Apache-2.0
//
// The TLM module in the example platform: results, cycles, errors, ports.

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "machine_bus.h"
#include "platform.h"
#include "queue_driver.h"
#include "simulation.h"
#include "traffic_generator.h"

namespace cce::example {
namespace {

namespace global = contract::global_page;
namespace page = contract::queue_page;

using sim::systemc::AnnotatedDelay;

constexpr double clock_ns = 4;
constexpr unsigned latency_cycles = 20;
constexpr std::uint64_t memory_base = Platform::memory_base;
/// No target answers here.
constexpr std::uint64_t nowhere = 0x1'0000'0000;

sc_core::sc_time nanoseconds(double count) {
    return {count, sc_core::SC_NS};
}

sc_core::sc_time cycles(double count) {
    return nanoseconds(count * clock_ns);
}

/// An engine with nothing but a memory, reset and gate unbound, and an initiator that does not block.
class Bare : public sc_core::sc_module {
public:
    explicit Bare(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        socket.register_nb_transport_bw(this, &Bare::answer);
        socket.bind(engine.registers);
        engine.dma.bind(memory.socket);
        engine.interrupts.bind(interrupts);
    }

    /// One register, by nb_transport; returns when the response has come.
    std::uint32_t read_register(std::uint32_t offset) {
        std::uint32_t value = 0;
        tlm::tlm_generic_payload transaction;
        transaction.set_read();
        transaction.set_address(offset);
        transaction.set_data_ptr(reinterpret_cast<std::uint8_t*>(&value));
        transaction.set_data_length(sizeof value);
        transaction.set_streaming_width(sizeof value);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay;
        socket->nb_transport_fw(transaction, phase, delay);
        sc_core::wait(ended_);
        EXPECT_TRUE(transaction.is_response_ok());
        return value;
    }

    sim::systemc::EngineModule engine{"engine"};
    Memory memory{"memory", {}};
    sc_core::sc_vector<sc_core::sc_signal<bool>> interrupts{"interrupt", engine.interrupts.size()};
    tlm_utils::simple_initiator_socket<Bare> socket{"socket"};

private:
    tlm::tlm_sync_enum answer(tlm::tlm_generic_payload&, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
        if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
        ended_.notify(delay);
        return tlm::TLM_COMPLETED;
    }

    sc_core::sc_event ended_;
};

/// All that the tests use.
class Modules {
public:
    Modules() {
        add("rtl", {}).engine.engine = "rtl";
        add("model", {});
        add("other", {});
        add("lending", {}).memory.lends = true;
        options_["lending"].monitor_lets_dmi_pass = true;
        add("refusing", {}).memory.lends = true;
        options_["refusing"].monitor_lets_dmi_pass = true;
        options_["refusing"].engine.use_dmi = false;
        add("waiting", {}).memory.spends_time = true;
        add("whole_burst", {}).engine.annotated_delay = AnnotatedDelay::whole_burst;
        add("uneven", {}).memory.read_latency = cycles(latency_cycles - 0.75);
        options_["uneven"].memory.write_latency = cycles(latency_cycles - 0.25);
        add("slow_writes", {}).memory.write_latency = cycles(3 * latency_cycles);
        add("small", {}).engine.engine = "rtl";
        options_["small"].engine.engine_options.configuration = "small";
        for (const auto& [name, options] : options_) {
            platforms_.emplace(name, std::make_unique<Platform>(name.c_str(), options));
        }
    }

    Platform& platform(const std::string& name) { return *platforms_.at(name); }

    Bare& bare() { return bare_; }

    [[nodiscard]] bool unknown_engine_refused() const { return unknown_engine_refused_; }
    [[nodiscard]] bool clock_of_zero_refused() const { return clock_of_zero_refused_; }

private:
    /// Modules can be made only before the simulation starts, so the tests find the answer here.
    static bool refused(const sim::systemc::EngineModuleOptions& options) {
        try {
            const sim::systemc::EngineModule module("refused", options);
            return false;
        } catch (const std::invalid_argument&) {
            return true;
        }
    }

    PlatformOptions& add(const std::string& name, PlatformOptions options) {
        options.engine.clock_period = cycles(1);
        options.memory.read_latency = cycles(latency_cycles);
        options.memory.write_latency = cycles(latency_cycles);
        return options_[name] = options;
    }

    Bare bare_{"bare"};
    bool unknown_engine_refused_ = refused({.engine = "steam"});
    bool clock_of_zero_refused_ = refused({.clock_period = sc_core::SC_ZERO_TIME});
    std::map<std::string, PlatformOptions> options_;
    std::map<std::string, std::unique_ptr<Platform>> platforms_;
};

Modules* modules = nullptr;

/// A platform just out of reset.
Platform& fresh(const std::string& name) {
    Platform& platform = modules->platform(name);
    tlm::tlm_global_quantum::instance().set(sc_core::SC_ZERO_TIME);
    platform.processor.synchronize();
    platform.reset_n.write(false);
    sc_core::wait(cycles(20));
    platform.reset_n.write(true);
    // Out of reset an engine erases its contexts. So do those of all other platforms when the simulation begins.
    sc_core::wait(cycles(1000));
    platform.monitor.clear();
    return platform;
}

void expect_no_violation(Platform& platform) {
    for (const std::string& violation : platform.monitor.violations()) ADD_FAILURE() << violation;
}

void expect_good(const std::vector<Outcome>& outcomes, std::size_t count) {
    EXPECT_EQ(outcomes.size(), count);
    for (const Outcome& outcome : outcomes) {
        EXPECT_TRUE(outcome.good()) << outcome.name << ": " << contract::name_of(outcome.status)
                                    << (outcome.as_openssl ? "" : ", not as OpenSSL");
    }
}

void expect_same_cycles(const std::vector<Outcome>& left, const std::vector<Outcome>& right) {
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        EXPECT_EQ(left[i].name, right[i].name);
        EXPECT_EQ(left[i].start, right[i].start) << left[i].name;
        EXPECT_EQ(left[i].end, right[i].end) << left[i].name;
    }
}

std::vector<Outcome> run_on(Platform& platform, const std::vector<AesJob>& jobs) {
    return run_jobs(platform.processor, memory_base, jobs);
}

std::vector<Outcome> run_on_machine(const std::string& engine, const std::vector<AesJob>& jobs) {
    MachineBus machine(engine, latency_cycles, memory_base, std::size_t{1} << 20U);
    return run_jobs(machine, memory_base, jobs);
}

class BothEngines : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engine, BothEngines, testing::Values("rtl", "model"),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST_P(BothEngines, AnswersAreOpensslsInTheMachinesCycles) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const auto jobs = example_jobs(seed);
        Platform& platform = fresh(GetParam());
        const auto outcomes = run_on(platform, jobs);
        expect_good(outcomes, 2 * jobs.size());
        expect_same_cycles(outcomes, run_on_machine(GetParam(), jobs));
        expect_no_violation(platform);
    }
}

TEST_P(BothEngines, ADecoupledProcessorChangesNoCycle) {
    const auto jobs = example_jobs(4);
    Platform& platform = fresh(GetParam());
    const auto together = run_on(platform, jobs);
    for (const double quantum : {100.0, 10'000.0, 1'000'000.0}) {
        fresh(GetParam());
        tlm::tlm_global_quantum::instance().set(nanoseconds(quantum));
        const auto decoupled = run_on(platform, jobs);
        expect_good(decoupled, 2 * jobs.size());
        expect_same_cycles(decoupled, together);
        expect_no_violation(platform);
    }
}

/// What a program reads from registers while a request is in flight, and when.
struct Seen {
    std::vector<std::uint32_t> cycle;
    std::vector<std::uint32_t> status;
    std::uint32_t tail_at_interrupt = 0;
};

template <class Compute>
Seen look_at_registers(Bus& bus, const AesJob& job, const Compute& compute) {
    QueueDriver driver(bus, 0, memory_base);
    driver.start();
    const PlacedJob placed(bus, job, memory_base + 0x1000);
    driver.submit({placed.descriptor(0)});
    Seen seen;
    for (unsigned i = 0; i < 80; ++i) {
        seen.cycle.push_back(bus.read_register(global::at(global::cycle_low)) - driver.doorbell_cycle());
        seen.status.push_back(bus.read_register(page::at(page::status, 0)));
        compute(i % 7);
    }
    (void)driver.wait(1);
    seen.tail_at_interrupt = bus.read_register(page::at(page::completion_tail, 0));
    return seen;
}

TEST_P(BothEngines, ARegisterReadSeesTheCycleOfItsTime) {
    const AesJob job = example_jobs(5).at(1);
    MachineBus machine(GetParam(), latency_cycles, memory_base, std::size_t{1} << 20U);
    const Seen expected = look_at_registers(machine, job, [&](unsigned count) { machine.run(count); });
    EXPECT_NE(expected.status.front(), expected.status.back()) << "the request ends meanwhile";
    for (const double quantum : {0.0, 500.0, 100'000.0}) {
        Platform& platform = fresh(GetParam());
        tlm::tlm_global_quantum::instance().set(nanoseconds(quantum));
        const Seen seen = look_at_registers(platform.processor, job,
                                            [&](unsigned count) { platform.processor.compute(cycles(count)); });
        EXPECT_EQ(seen.cycle, expected.cycle) << "quantum " << quantum << " ns";
        EXPECT_EQ(seen.status, expected.status) << "quantum " << quantum << " ns";
        EXPECT_EQ(seen.tail_at_interrupt, expected.tail_at_interrupt);
        expect_no_violation(platform);
    }
}

TEST_P(BothEngines, TheInterruptComesAtTheEndOfItsCycle) {
    const AesJob job = example_jobs(6).at(2);
    const auto run = [&](Bus& bus) {
        QueueDriver driver(bus, 0, memory_base);
        driver.start();
        const PlacedJob placed(bus, job, memory_base + 0x1000);
        driver.submit({placed.descriptor(0)});
        EXPECT_EQ(driver.wait(1).front().status, contract::Status::ok);
        return driver.doorbell_cycle();
    };
    MachineBus machine(GetParam(), latency_cycles, memory_base, std::size_t{1} << 20U);
    const std::uint32_t machine_doorbell = run(machine);
    Platform& platform = fresh(GetParam());
    const std::uint32_t doorbell = run(platform.processor);
    const std::uint64_t cycle = platform.engine.clock().cycle_at(platform.processor.interrupt_time(1));
    EXPECT_EQ(cycle - doorbell, machine.interrupt_cycle() + 1 - machine_doorbell);
}

TEST(EngineModule, EveryWayOfGettingAtTheMemoryGivesTheSameCycles) {
    const auto jobs = example_jobs(7);
    const auto expected = run_on_machine("model", jobs);
    for (const char* name : {"lending", "refusing", "waiting", "uneven"}) {
        Platform& platform = fresh(name);
        const auto before = platform.engine.counts().dma;
        const auto outcomes = run_on(platform, jobs);
        SCOPED_TRACE(name);
        expect_good(outcomes, 2 * jobs.size());
        expect_same_cycles(outcomes, expected);
        expect_no_violation(platform);
        const auto after = platform.engine.counts().dma;
        EXPECT_EQ(after.direct > before.direct, std::string(name) == "lending");
    }
}

TEST(EngineModule, ReadsAndWritesHaveLatenciesOfTheirOwn) {
    const auto jobs = example_jobs(8);
    const auto expected = run_on_machine("model", jobs);
    const auto outcomes = run_on(fresh("slow_writes"), jobs);
    expect_good(outcomes, 2 * jobs.size());
    // The end of a request is when its completion entry begins to be written: after the last response to its text.
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        EXPECT_EQ(outcomes[i].start, expected[i].start);
        EXPECT_EQ(outcomes[i].end, expected[i].end + 2 * latency_cycles) << outcomes[i].name;
    }
}

TEST(EngineModule, ADelayOfTheWholeBurstContainsItsBeats) {
    // 20 cycles are 64 bytes in 4 beats from the 17th cycle on; a burst of more beats than that flows at once.
    const auto jobs = example_jobs(9);
    const auto expected = run_on_machine("model", jobs);
    Platform& platform = fresh("whole_burst");
    const auto outcomes = run_on(platform, jobs);
    expect_good(outcomes, 2 * jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) EXPECT_LT(outcomes[i].end, expected[i].end);
}

TEST(EngineModule, DmiIsGivenBackWhenTheTargetWantsIt) {
    const auto jobs = example_jobs(10);
    Platform& platform = fresh("lending");
    platform.memory.lend(true);
    expect_good(run_on(platform, jobs), 2 * jobs.size());
    const auto lent = platform.engine.counts().dma;
    platform.memory.lend(false);
    fresh("lending");
    const auto outcomes = run_on(platform, jobs);
    const auto taken_back = platform.engine.counts().dma;
    EXPECT_EQ(taken_back.direct, lent.direct);
    EXPECT_GT(taken_back.transactions, lent.transactions);
    platform.memory.lend(true);
    fresh("lending");
    expect_same_cycles(run_on(platform, jobs), outcomes);
    EXPECT_GT(platform.engine.counts().dma.direct, taken_back.direct);
}

TEST(EngineModule, AnIdleEngineIsNotWokenUp) {
    Platform& platform = fresh("model");
    expect_good(run_on(platform, example_jobs(11)), 8);
    sc_core::wait(nanoseconds(1000));
    ASSERT_TRUE(platform.engine.idle());
    const auto before = platform.engine.counts().activations;
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_SEC));
    EXPECT_EQ(platform.engine.counts().activations, before);
    // And its counter has gone on all the time.
    const auto cycle = platform.processor.read_register(global::at(global::cycle_low));
    const std::uint64_t now = platform.engine.clock().cycle_at(sc_core::sc_time_stamp());
    EXPECT_NEAR(static_cast<double>(cycle), static_cast<double>(static_cast<std::uint32_t>(now)), 8);
}

TEST(EngineModule, ABusyEngineRunsAheadWhileNobodyCouldNotice) {
    AesJob job = example_jobs(12).at(0);
    job.text.resize(std::size_t{1} << 16U, 0x3c);
    Platform& platform = fresh("model");
    QueueDriver driver(platform.processor, 0, memory_base);
    driver.start();
    const PlacedJob placed(platform.processor, job, memory_base + 0x1000);
    const auto before = platform.engine.counts().activations;
    driver.submit({placed.descriptor(0)});
    const auto done = driver.wait(1).front();
    EXPECT_EQ(done.status, contract::Status::ok);
    EXPECT_EQ(placed.result(), answer_of_openssl(job));
    EXPECT_GT(done.end_cycle - done.start_cycle, 4000U);
    EXPECT_LT(platform.engine.counts().activations - before, 40U);
}

TEST(EngineModule, AProcessThatCouldNoticeChangesNoCycle) {
    const auto jobs = example_jobs(13);
    Platform& platform = fresh("model");
    const auto alone = run_on(platform, jobs);
    fresh("model");
    bool stop = false;
    auto ticker = sc_core::sc_spawn([&stop] {
        while (!stop) sc_core::wait(nanoseconds(7));
    });
    const auto watched = run_on(platform, jobs);
    stop = true;
    sc_core::wait(ticker.terminated_event());
    expect_good(watched, 2 * jobs.size());
    expect_same_cycles(watched, alone);
}

TEST(EngineModule, TwoBusyEnginesDisturbEachOtherInNoCycle) {
    const auto jobs = example_jobs(14);
    Platform& platform = fresh("model");
    Platform& other = fresh("other");
    const auto alone = run_on(platform, jobs);
    fresh("model");
    std::vector<Outcome> others;
    sc_core::sc_spawn_options options;
    options.set_stack_size(1 << 20);
    auto second = sc_core::sc_spawn([&] { others = run_on(other, jobs); }, "second", &options);
    const auto first = run_on(platform, jobs);
    if (!second.terminated()) sc_core::wait(second.terminated_event());
    expect_good(first, 2 * jobs.size());
    expect_same_cycles(first, alone);
    expect_same_cycles(others, alone);
}

TEST(EngineModule, AsManyInterruptsAsTheConfigurationHas) {
    EXPECT_EQ(fresh("model").engine.interrupts.size(), 5U);
    EXPECT_EQ(modules->platform("rtl").engine.interrupts.size(), 5U);
    EXPECT_EQ(modules->platform("small").engine.interrupts.size(), 2U);
    expect_good(run_on(fresh("small"), {example_jobs(15).at(0)}), 2);
}

TEST(EngineModule, OptionsThatCannotBeMet) {
    EXPECT_TRUE(modules->unknown_engine_refused());
    EXPECT_TRUE(modules->clock_of_zero_refused());
}

TEST(EngineModule, NonBlockingTransportAndUnboundPorts) {
    Bare& bare = modules->bare();
    EXPECT_EQ(bare.read_register(global::at(global::identification)), contract::identification_value);
    const std::uint32_t first = bare.read_register(global::at(global::cycle_low));
    sc_core::wait(cycles(100));
    EXPECT_NEAR(bare.read_register(global::at(global::cycle_low)), first + 100, 10);
}

/// A register access as a program of the processor could not make it.
struct Access {
    tlm::tlm_command command = tlm::TLM_READ_COMMAND;
    std::uint64_t offset = 0;
    unsigned length = 4;
    unsigned streaming_width = 4;
    bool byte_enables = false;
};

tlm::tlm_response_status access(Platform& platform, const Access& access) {
    std::array<std::uint8_t, 16> data{};
    std::array<std::uint8_t, 16> enable{};
    tlm::tlm_generic_payload transaction;
    transaction.set_command(access.command);
    transaction.set_address(Platform::registers_base + access.offset);
    transaction.set_data_ptr(data.data());
    transaction.set_data_length(access.length);
    transaction.set_streaming_width(access.streaming_width);
    if (access.byte_enables) {
        transaction.set_byte_enable_ptr(enable.data());
        transaction.set_byte_enable_length(access.length);
    }
    sc_core::sc_time delay;
    platform.processor.socket->b_transport(transaction, delay);
    return transaction.get_response_status();
}

TEST(EngineModule, BadRegisterAccesses) {
    Platform& platform = fresh("model");
    const auto before = platform.engine.counts().register_accesses;
    EXPECT_EQ(access(platform, {.offset = 2}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(access(platform, {.length = 8, .streaming_width = 8}), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(access(platform, {.length = 1, .streaming_width = 1}), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(access(platform, {.streaming_width = 2}), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(access(platform, {.byte_enables = true}), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_EQ(access(platform, {.command = tlm::TLM_IGNORE_COMMAND}), tlm::TLM_COMMAND_ERROR_RESPONSE);
    // Beyond the space: the interconnect has nobody there; on the socket itself, without an interconnect:
    EXPECT_EQ(access(platform, {.offset = contract::register_space_bytes}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    std::uint32_t value = 0;
    tlm::tlm_generic_payload beyond;
    beyond.set_read();
    beyond.set_address(contract::register_space_bytes);
    beyond.set_data_ptr(reinterpret_cast<std::uint8_t*>(&value));
    beyond.set_data_length(sizeof value);
    beyond.set_streaming_width(sizeof value);
    sc_core::sc_time delay;
    platform.monitor.to_engine->b_transport(beyond, delay);
    EXPECT_EQ(beyond.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(platform.engine.counts().register_accesses, before) << "the engine has seen none of these";
    // No such register: the engine itself says so.
    EXPECT_EQ(access(platform, {.offset = 0x4000}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(access(platform, {.command = tlm::TLM_WRITE_COMMAND, .offset = 0x4000}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(platform.engine.counts().register_accesses, before + 2);
    EXPECT_THROW((void)platform.processor.read_register(0x4000), std::runtime_error);
    EXPECT_EQ(platform.processor.read_register(global::at(global::identification)), contract::identification_value);
}

TEST_P(BothEngines, DmaThatNobodyAnswersEndsTheRequestWithItsStatus) {
    Platform& platform = fresh(GetParam());
    const AesJob job = example_jobs(16).at(0);
    QueueDriver driver(platform.processor, 0, memory_base);
    driver.start();
    const PlacedJob placed(platform.processor, job, memory_base + 0x1000);
    const auto run = [&](const contract::Descriptor& descriptor) {
        driver.submit({descriptor});
        return driver.wait(1).front().status;
    };
    contract::Descriptor descriptor = placed.descriptor(0);
    descriptor.source = nowhere;
    EXPECT_EQ(run(descriptor), contract::Status::source_access);
    descriptor = placed.descriptor(0);
    descriptor.destination = nowhere;
    EXPECT_EQ(run(descriptor), contract::Status::destination_access);
    descriptor = placed.descriptor(0);
    descriptor.context_reference = nowhere;
    EXPECT_EQ(run(descriptor), contract::Status::context_access);
    EXPECT_EQ(run(placed.descriptor(0)), contract::Status::ok);
    EXPECT_EQ(placed.result(), answer_of_openssl(job));
    EXPECT_GE(platform.engine.counts().dma.errors, 3U);
    expect_no_violation(platform);
}

/// A hash in two requests; what the first leaves in memory, hash_context and state, is in front of the rest.
TEST_P(BothEngines, AHashGoesOnFromTheStateInMemory) {
    using contract::Descriptor;
    struct Function {
        contract::HashMode mode;
        const EVP_MD* oracle;
        std::uint32_t block_bytes;
        std::uint32_t front_bytes;
    };
    constexpr std::uint32_t head = sizeof(contract::HashContext);
    const std::array functions{
        Function{contract::HashMode::sha_256, EVP_sha256(), 64, head + contract::hash_state_short_bytes},
        Function{contract::HashMode::sha_512, EVP_sha512(), 128, head + contract::hash_state_long_bytes},
        Function{contract::HashMode::sha3_256, EVP_sha3_256(), 136, head + contract::hash_state_sponge_bytes}};
    Platform& platform = fresh(GetParam());
    QueueDriver driver(platform.processor, 0, memory_base);
    driver.start();
    for (const Function& function : functions) {
        constexpr std::uint64_t text_at = memory_base + 0x1000;
        constexpr std::uint64_t rest_at = memory_base + 0x4000;
        constexpr std::uint64_t digest_at = memory_base + 0x8000;
        Bytes text(1000);
        for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i * 7);
        Bytes expected(EVP_MAX_MD_SIZE);
        unsigned digest_bytes = 0;
        ASSERT_EQ(EVP_Digest(text.data(), text.size(), expected.data(), &digest_bytes, function.oracle, nullptr), 1);
        expected.resize(digest_bytes);
        const std::uint32_t first_bytes = 3 * function.block_bytes;
        platform.processor.store(text_at, text);
        platform.processor.store(rest_at + function.front_bytes, std::span(text).subspan(first_bytes));

        Descriptor descriptor{};
        descriptor.opcode = contract::Opcode::hash;
        descriptor.mode = static_cast<std::uint8_t>(function.mode);
        descriptor.flags = Descriptor::flags_stream_first;
        descriptor.source = text_at;
        descriptor.destination = rest_at;
        descriptor.text_length = first_bytes;
        driver.submit({descriptor});
        EXPECT_EQ(driver.wait(1).front().status, contract::Status::ok);

        descriptor.flags = Descriptor::flags_stream_last;
        descriptor.set_hash_output({.length = digest_bytes});
        descriptor.source = rest_at;
        descriptor.destination = digest_at;
        descriptor.text_length = static_cast<std::uint32_t>(text.size()) - first_bytes;
        descriptor.aad_length = function.front_bytes;
        driver.submit({descriptor});
        EXPECT_EQ(driver.wait(1).front().status, contract::Status::ok);
        Bytes digest(digest_bytes);
        platform.processor.load(digest_at, digest);
        EXPECT_EQ(digest, expected);
    }
    expect_no_violation(platform);
}

TEST(EngineModule, NothingAroundTheDestinationIsWritten) {
    Platform& platform = fresh("model");
    AesJob job = example_jobs(17).at(0);
    constexpr std::size_t margin = 64;
    QueueDriver driver(platform.processor, 0, memory_base);
    driver.start();
    for (const std::size_t bytes : {1U, 15U, 16U, 17U, 100U}) {
        job.text.resize(bytes);
        for (unsigned gap = 1; gap < 16; gap += 5) {
            const PlacedJob placed(platform.processor, job, memory_base + 0x1000, gap);
            const std::uint64_t behind = placed.destination() + bytes;
            platform.processor.store(behind, Bytes(margin, 0x77));
            platform.processor.store(placed.destination() - gap, Bytes(gap, 0x77));
            driver.submit({placed.descriptor(0)});
            EXPECT_EQ(driver.wait(1).front().status, contract::Status::ok);
            EXPECT_EQ(placed.result(), answer_of_openssl(job));
            Bytes after(margin);
            platform.processor.load(behind, after);
            EXPECT_EQ(after, Bytes(margin, 0x77));
            Bytes before(gap);
            platform.processor.load(placed.destination() - gap, before);
            EXPECT_EQ(before, Bytes(gap, 0x77));
        }
    }
}

TEST(EngineModule, DmaIntoItsOwnRegistersIsAnErrorAndNoDeadlock) {
    Platform& platform = fresh("model");
    AesJob job = example_jobs(18).at(0);
    job.text.resize(4);
    QueueDriver driver(platform.processor, 0, memory_base);
    driver.start();
    const PlacedJob placed(platform.processor, job, memory_base + 0x1000);
    contract::Descriptor descriptor = placed.descriptor(0);
    descriptor.destination = Platform::registers_base;
    sc_core::sc_report_handler::set_actions("/cce/systemc", sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    driver.submit({descriptor});
    EXPECT_EQ(driver.wait(1).front().status, contract::Status::destination_access);
    EXPECT_EQ(sc_core::sc_report_handler::get_count("/cce/systemc"), 1);
}

TEST_P(BothEngines, TheGateClosesTheDatapath) {
    Platform& platform = fresh(GetParam());
    const AesJob job = example_jobs(19).at(0);
    QueueDriver driver(platform.processor, 0, memory_base);
    driver.start();
    const PlacedJob placed(platform.processor, job, memory_base + 0x1000);
    platform.gate.write(true);
    sc_core::wait(cycles(10));
    driver.submit({placed.descriptor(0)});
    EXPECT_EQ(driver.wait(1).front().status, contract::Status::gated);
    platform.gate.write(false);
    sc_core::wait(cycles(10));
    driver.submit({placed.descriptor(0)});
    EXPECT_EQ(driver.wait(1).front().status, contract::Status::ok);
    // And in the middle of a request.
    driver.submit({placed.descriptor(0)});
    sc_core::wait(cycles(60));
    platform.gate.write(true);
    EXPECT_EQ(driver.wait(1).front().status, contract::Status::gated);
    platform.gate.write(false);
    sc_core::wait(cycles(10));
}

TEST_P(BothEngines, ResetEndsEverything) {
    Platform& platform = fresh(GetParam());
    const AesJob job = example_jobs(20).at(1);
    for (const unsigned moment : {30U, 60U, 150U, 300U}) {
        QueueDriver driver(platform.processor, 0, memory_base);
        driver.start();
        const PlacedJob placed(platform.processor, job, memory_base + 0x1000);
        driver.submit({placed.descriptor(0)});
        sc_core::wait(cycles(moment));
        platform.reset_n.write(false);
        sc_core::wait(cycles(20));
        const auto transactions = platform.engine.counts().dma.transactions;
        EXPECT_THROW((void)platform.processor.read_register(global::at(global::identification)), std::runtime_error);
        sc_core::wait(cycles(2000));
        EXPECT_EQ(platform.engine.counts().dma.transactions, transactions) << "no DMA in reset";
        platform.reset_n.write(true);
        sc_core::wait(cycles(2));
        EXPECT_EQ(platform.processor.read_register(page::at(page::control, 0)), 0U);
        driver.start();
        driver.submit({placed.descriptor(0)});
        EXPECT_EQ(driver.wait(1).front().status, contract::Status::ok);
        EXPECT_EQ(placed.result(), answer_of_openssl(job));
    }
}

}  // namespace
}  // namespace cce::example

int sc_main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    cce::example::Modules made;
    cce::example::modules = &made;
    return cce::example::run_tests_in_simulation();
}
