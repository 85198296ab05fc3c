// SPDX-License-Identifier: Apache-2.0
//
// The processor alone: programs in assembly (programs.S) record what they see; each has a processor and memories of its
// own. All of them run in one simulation, and the tests look at the records.

#include "systemc/cpu/riscv_cpu.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "interconnect.h"
#include "memory.h"
#include "systemc/cpu/elf_file.h"

namespace cce::sim::systemc {
namespace {

constexpr std::uint64_t memory_base = 0x8000'0000;
constexpr std::uint64_t data_base = 0x9000'0000;
constexpr std::uint64_t memory_bytes = 0x1'0000;
constexpr std::uint64_t device_base = 0x1000'0000;
constexpr std::uint64_t device_bytes = 0x1000;
constexpr std::uint64_t nobody = 0x5000'0000;
constexpr std::uint64_t memory_latency = 10;  // cycles
constexpr std::uint64_t quantum = 250;        // cycles
const sc_core::sc_time period(4, sc_core::SC_NS);

enum Entry : std::size_t {
    counters,
    taken,
    masked,
    nested,
    wfi_taken,
    wfi_masked,
    exceptions,
    widths,
    waits,
    vectored,
    lent,
    program_count
};

/// The registers that programs.S describes.
class Device : public sc_core::sc_module {
public:
    struct Record {
        std::uint64_t value = 0;
        unsigned bytes = 0;
        std::uint64_t cycle = 0;
    };

    Device(const sc_core::sc_module_name& name, example::Memory& data)
        : sc_core::sc_module(name), socket("socket"), external("external"), timer("timer"), data_(data) {
        socket.register_b_transport(this, &Device::access);
        SC_HAS_PROCESS(Device);
        SC_METHOD(drive_external);
        sensitive << external_schedule_.change;
        SC_METHOD(drive_timer);
        sensitive << timer_schedule_.change;
    }

    tlm_utils::simple_target_socket<Device> socket;
    sc_core::sc_out<bool> external;
    sc_core::sc_out<bool> timer;

    [[nodiscard]] const std::vector<Record>& records() const { return records_; }
    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] std::uint64_t external_cycle() const { return external_cycle_; }

private:
    void access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
        const unsigned bytes = transaction.get_data_length();
        std::uint64_t value = 0;
        if (transaction.is_write()) {
            std::memcpy(&value, transaction.get_data_ptr(), bytes);
        } else {
            value = records_.size();
            std::memcpy(transaction.get_data_ptr(), &value, bytes);
        }
        transaction.set_response_status(tlm::TLM_OK_RESPONSE);
        switch (transaction.get_address()) {
            case 0x00:
                set(external_schedule_, value, delay);
                break;
            case 0x08:
                set(timer_schedule_, value, delay);
                break;
            case 0x10:
                if (transaction.is_write()) {
                    records_.push_back({value, bytes, (sc_core::sc_time_stamp() + delay).value() / period.value()});
                }
                break;
            case 0x18:
                delay += 100 * period;
                break;
            case 0x28:
                ended_ = true;
                sc_core::wait(never_);  // the program has ended, and its processor with it
                break;
            case 0x30:
                data_.lend(value != 0);
                break;
            default:
                transaction.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
                break;
        }
    }

    /// When a line rises.
    struct Schedule {
        sc_core::sc_time rise = sc_core::sc_max_time();
        sc_core::sc_event change;
        [[nodiscard]] bool level() const { return sc_core::sc_time_stamp() >= rise; }
    };

    static void set(Schedule& schedule, std::uint64_t cycles, const sc_core::sc_time& delay) {
        schedule.change.cancel();
        if (cycles == 0) {
            schedule.rise = sc_core::sc_max_time();
            schedule.change.notify();
        } else {
            const sc_core::sc_time wait = delay + static_cast<double>(cycles) * period;
            schedule.rise = sc_core::sc_time_stamp() + wait;
            schedule.change.notify(wait);
        }
    }
    void drive_external() {
        external.write(external_schedule_.level());
        if (external_schedule_.level()) external_cycle_ = sc_core::sc_time_stamp().value() / period.value();
    }
    void drive_timer() { timer.write(timer_schedule_.level()); }

    example::Memory& data_;
    std::vector<Record> records_;
    bool ended_ = false;
    std::uint64_t external_cycle_ = 0;
    Schedule external_schedule_;
    Schedule timer_schedule_;
    sc_core::sc_event never_;
};

/// A processor with memory, data memory and device.
class Bench : public sc_core::sc_module {
public:
    Bench(const sc_core::sc_module_name& name, const Program& program, std::uint64_t entry, bool lends)
        : sc_core::sc_module(name),
          memory("memory", memory_options(lends)),
          data("data", memory_options(true)),
          device("device", data),
          interconnect("interconnect"),
          cpu("cpu", cpu_options(entry)),
          external_("external"),
          timer_("timer"),
          program_(program) {
        cpu.socket.bind(interconnect.initiators);
        interconnect.connect(memory.socket, memory_base, memory_bytes);
        interconnect.connect(data.socket, data_base, memory_bytes);
        interconnect.connect(device.socket, device_base, device_bytes);
        device.external.bind(external_);
        device.timer.bind(timer_);
        cpu.external_interrupt.bind(external_);
        cpu.timer_interrupt.bind(timer_);
    }

    example::Memory memory;
    example::Memory data;
    Device device;
    example::Interconnect interconnect;
    RiscvCpu cpu;

private:
    static example::Memory::Options memory_options(bool lends) {
        example::Memory::Options options;
        options.bytes = memory_bytes;
        options.read_latency = options.write_latency = static_cast<double>(memory_latency) * period;
        options.lends = lends;
        return options;
    }
    static RiscvCpuOptions cpu_options(std::uint64_t entry) {
        RiscvCpuOptions options;
        options.clock_period = period;
        options.quantum = static_cast<double>(quantum) * period;
        options.reset_address = entry;
        options.memory = {{memory_base, memory_bytes}, {data_base, memory_bytes}};
        options.devices = {{device_base, device_bytes}};
        return options;
    }

    void start_of_simulation() override {
        for (auto& segment : program_.segments) {
            tlm::tlm_generic_payload transaction;
            transaction.set_command(tlm::TLM_WRITE_COMMAND);
            transaction.set_address(segment.address);
            transaction.set_data_ptr(segment.bytes.data());
            transaction.set_data_length(static_cast<unsigned>(segment.bytes.size()));
            cpu.socket->transport_dbg(transaction);
        }
    }

    sc_core::sc_signal<bool> external_;
    sc_core::sc_signal<bool> timer_;
    Program program_;
};

std::array<std::unique_ptr<Bench>, program_count> benches;

class RiscvCpuTest : public ::testing::Test {
protected:
    /// What the program has recorded; it must have come to its end.
    static std::vector<std::uint64_t> values(Entry program) {
        const Device& device = benches.at(program)->device;
        EXPECT_TRUE(device.ended()) << "pc " << std::hex << benches.at(program)->cpu.pc();
        std::vector<std::uint64_t> result;
        for (const auto& record : device.records()) result.push_back(record.value);
        return result;
    }
};

constexpr std::uint64_t interrupt = std::uint64_t{1} << 63U;
constexpr std::uint64_t mie = 1U << 3U;
constexpr std::uint64_t mpie = 1U << 7U;
constexpr std::uint64_t mpp_machine = 3U << 11U;
constexpr std::uint64_t meip = 1U << 11U;
constexpr std::uint64_t mtip = 1U << 7U;

TEST_F(RiscvCpuTest, CountersCountCyclesAndInstructions) {
    EXPECT_EQ(values(counters), (std::vector<std::uint64_t>{12, 12, 1001, 1, 6, 1}));
}

TEST_F(RiscvCpuTest, AnInterruptIsTakenAndReturnsToWhereItWas) {
    const auto seen = values(taken);
    ASSERT_EQ(seen.size(), 7U);
    EXPECT_EQ(seen[1], interrupt | 11U);
    EXPECT_EQ(seen[2], seen[0]) << "mepc: the loop";
    EXPECT_EQ(seen[3] & (mie | mpie | mpp_machine), mpie | mpp_machine) << "mstatus in the handler";
    EXPECT_EQ(seen[4], 0U) << "mip, with the line low again";
    EXPECT_EQ(seen[5] & (mie | mpie), mie | mpie) << "mstatus behind mret";
    EXPECT_EQ(seen[6], 1U);
    const Device& device = benches[taken]->device;
    EXPECT_GE(device.records()[1].cycle, device.external_cycle());
    EXPECT_LE(device.records()[1].cycle, device.external_cycle() + quantum + 10) << "a quantum late at the most";
    EXPECT_EQ(benches[taken]->cpu.counts().interrupts, 1U);
}

TEST_F(RiscvCpuTest, AMaskedInterruptWaits) {
    const auto seen = values(masked);
    ASSERT_EQ(seen.size(), 9U);
    EXPECT_EQ(seen[0], 0U) << "not taken with MIE 0";
    EXPECT_EQ(seen[1], meip) << "but pending";
    EXPECT_EQ(seen[3], interrupt | 11U);
    EXPECT_EQ(seen[4], seen[2]) << "taken behind the instruction that sets MIE";
    EXPECT_EQ(seen[7], 1U);
    EXPECT_EQ(seen[8], 0U) << "not taken with mie 0";
    EXPECT_EQ(benches[masked]->cpu.counts().interrupts, 1U);
}

TEST_F(RiscvCpuTest, InterruptsNest) {
    const auto seen = values(nested);
    ASSERT_EQ(seen.size(), 5U);
    EXPECT_EQ(seen[0], 11U);
    EXPECT_EQ(seen[1], 7U) << "within the first";
    EXPECT_EQ(seen[2], 1U) << "and back in the first";
    EXPECT_EQ(seen[3], 99U);
    EXPECT_EQ(seen[4] & (mie | mpie), mie | mpie);
    EXPECT_EQ(benches[nested]->cpu.counts().interrupts, 2U);
}

TEST_F(RiscvCpuTest, WfiSleepsUntilTheInterrupt) {
    const auto seen = values(wfi_taken);
    ASSERT_EQ(seen.size(), 7U);
    EXPECT_EQ(seen[1], interrupt | 11U);
    EXPECT_EQ(seen[2], seen[0]) << "mepc: behind wfi";
    EXPECT_GE(seen[5], 5000U) << "cycles";
    EXPECT_LT(seen[5], 5100U);
    EXPECT_LT(seen[6], 40U) << "instructions";
    EXPECT_EQ(benches[wfi_taken]->cpu.counts().sleeps, 1U);
    const Device& device = benches[wfi_taken]->device;
    EXPECT_LE(device.records()[1].cycle, device.external_cycle() + 5) << "wfi ends in time";
}

TEST_F(RiscvCpuTest, WfiEndsWithInterruptsOff) {
    const auto seen = values(wfi_masked);
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_GE(seen[0], 5000U) << "the timer's line, which is not enabled, does not end it";
    EXPECT_LT(seen[0], 5100U);
    EXPECT_EQ(seen[1], meip | mtip);
    EXPECT_EQ(seen[2], 2U) << "at once if one is pending";
    EXPECT_EQ(benches[wfi_masked]->cpu.counts().interrupts, 0U);
}

TEST_F(RiscvCpuTest, ExceptionsArePrecise) {
    const auto seen = values(exceptions);
    std::size_t at = 0;
    const auto expect = [&](const char* what, std::uint64_t cause, std::uint64_t value, bool value_is_address = false) {
        SCOPED_TRACE(what);
        ASSERT_LE(at + 4, seen.size());
        EXPECT_EQ(seen[at + 1], cause);
        EXPECT_EQ(seen[at + 2], seen[at]) << "mepc";
        EXPECT_EQ(seen[at + 3], value_is_address ? seen[at] : value) << "mtval";
        at += 4;
    };
    const auto unchanged = [&] {
        ASSERT_LT(at, seen.size());
        EXPECT_EQ(seen[at++], 0x1234U) << "the register that was to be loaded";
    };
    expect("ecall", 11, 0);
    expect("ebreak", 3, 0, true);
    expect("c.ebreak", 3, 0, true);
    expect("illegal", 2, 0xffff'ffff);
    expect("illegal, compressed", 2, 0);
    expect("write to a read-only register", 2, 0xc002'9073);
    expect("sret", 2, 0x1020'0073);
    expect("load refused", 5, device_base + 0x20);
    unchanged();
    expect("store refused", 7, device_base + 0x20);
    expect("load from nowhere", 5, nobody + 8);
    unchanged();
    expect("store to nowhere", 7, nobody + 8);
    expect("jump to nowhere", 1, nobody);
    EXPECT_EQ(at, seen.size());
    EXPECT_EQ(benches[exceptions]->cpu.counts().exceptions, 12U);
}

TEST_F(RiscvCpuTest, AccessesHaveTheirWidth) {
    const auto& records = benches[widths]->device.records();
    ASSERT_EQ(records.size(), 6U);
    const std::array<unsigned, 6> bytes{8, 4, 2, 1, 8, 8};
    const std::array<std::uint64_t, 6> expected{0x8877'6655'4433'2211, 0x4433'2211, 0x2211, 0x11, 4, 5};
    for (std::size_t i = 0; i < records.size(); ++i) {
        EXPECT_EQ(records[i].bytes, bytes.at(i)) << i;
        EXPECT_EQ(records[i].value, expected.at(i)) << i;
    }
}

TEST_F(RiscvCpuTest, TransactionsTakeTheirTime) {
    const auto seen = values(waits);
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0], 102U) << "100 cycles, and two instructions";
    const auto& records = benches[waits]->device.records();
    EXPECT_EQ(records[1].cycle - records[0].cycle, 1U);
    EXPECT_EQ(records[2].cycle - records[1].cycle, 21U);
}

TEST_F(RiscvCpuTest, VectorsAndPriorities) {
    EXPECT_EQ(values(vectored), (std::vector<std::uint64_t>{11, 7}));
}

TEST_F(RiscvCpuTest, MemoryMayTakeItsDmiBack) {
    constexpr std::uint64_t value = 0x0123'4567'89ab'cdef;
    EXPECT_EQ(values(lent), (std::vector<std::uint64_t>{value, 2, value, 2 + memory_latency, value + 1, value + 1, 2}));
}

TEST(RiscvCpuOptions, AreChecked) {
    RiscvCpuOptions options;
    options.memory = {{memory_base, memory_bytes}};
    EXPECT_NO_THROW(check(options));
    options.quantum = sc_core::sc_time(1, sc_core::SC_PS);
    EXPECT_THROW(check(options), std::invalid_argument) << "less than a cycle";
    options = {};
    options.clock_period = sc_core::SC_ZERO_TIME;
    EXPECT_THROW(check(options), std::invalid_argument);
    options = {};
    options.devices = {{0x1000, 0x800}};
    EXPECT_THROW(check(options), std::invalid_argument) << "half a page";
    options.devices = {{0x1800, 0x1000}};
    EXPECT_THROW(check(options), std::invalid_argument);
}

}  // namespace
}  // namespace cce::sim::systemc

using namespace cce::sim::systemc;

/// PROGRAMS [--no-dmi]: the ELF file of programs.S. --no-dmi: its first program, in a memory that does not lend itself.
int sc_main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s [GoogleTest's options] PROGRAMS [--no-dmi]\n", argv[0]);
        return 2;
    }
    const auto program = read_elf(argv[1]);
    const auto entry = [&](std::size_t number) {
        std::uint64_t address = 0;
        std::memcpy(&address, program.segments.at(0).bytes.data() + number * sizeof address, sizeof address);
        return address;
    };
    if (argc > 2 && std::string(argv[2]) == "--no-dmi") {
        Bench bench("no_dmi", program, entry(0), false);
        try {
            sc_core::sc_start();
        } catch (const std::exception& error) {
            std::printf("%s\n", error.what());
            return 1;
        }
        return 0;
    }
    for (std::size_t i = 0; i < program_count; ++i) {
        benches.at(i) = std::make_unique<Bench>(("bench_" + std::to_string(i)).c_str(), program, entry(i), true);
    }
    // A program that goes astray may run for ever: none needs as long as this.
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
    return RUN_ALL_TESTS();
}
