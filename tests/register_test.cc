// SPDX-License-Identifier: Apache-2.0
//
// The register space: identity, reset values, access rights, and what is no register.

#include <gtest/gtest.h>

#include "support.h"

namespace cce::test {
namespace {

namespace context = contract::context_page;
namespace doorbell = contract::doorbell_page;
namespace global = contract::global_page;
namespace page = contract::queue_page;
namespace region = contract::region_page;

constexpr unsigned queue_count = 4;

class Registers : public testing::TestWithParam<unsigned> {
protected:
    std::uint32_t read(std::uint32_t offset) { return machine_.read_register(offset); }
    void write(std::uint32_t offset, std::uint32_t value) { machine_.write_register(offset, value); }
    /// The bits that a register keeps of all ones; it is 0 again afterwards.
    std::uint32_t kept(std::uint32_t offset) {
        write(offset, 0xffff'ffff);
        const std::uint32_t value = read(offset);
        write(offset, 0);
        EXPECT_EQ(read(offset), 0U);
        return value;
    }
    void expect_read_only(std::uint32_t offset) {
        const std::uint32_t before = read(offset);
        write(offset, ~before);
        EXPECT_EQ(read(offset), before) << std::hex << offset;
    }

    sim::Machine machine_{machine_options(GetParam())};
};

TEST_P(Registers, Identity) {
    EXPECT_EQ(read(global::at(global::identification)), contract::identification_value);
    const std::uint32_t version = read(global::at(global::version));
    EXPECT_EQ(global::version_major.get(version), contract::version_major);
    EXPECT_EQ(global::version_minor.get(version), contract::version_minor);
    EXPECT_EQ(
        read(global::at(global::algorithms)),
        global::algorithms_aes_ecb.put(1) | global::algorithms_aes_cbc.put(1) | global::algorithms_aes_ctr.put(1) |
            global::algorithms_aes_xts.put(1) | global::algorithms_aes_gcm.put(1) | global::algorithms_aes_ccm.put(1) |
            global::algorithms_aes_cmac.put(1) | global::algorithms_aes_kw.put(1) | global::algorithms_aes_kwp.put(1) |
            global::algorithms_aes_128.put(1) | global::algorithms_aes_192.put(1) | global::algorithms_aes_256.put(1) |
            global::algorithms_sha2.put(1) | global::algorithms_sha3.put(1) | global::algorithms_cipher_hash.put(1));
    const std::uint32_t geometry = read(global::at(global::geometry));
    EXPECT_EQ(global::geometry_queue_count.get(geometry), queue_count);
    EXPECT_EQ(global::geometry_context_count.get(geometry), 32U);
    EXPECT_EQ(global::geometry_region_count.get(geometry), 2U);
    EXPECT_EQ(global::geometry_data_bytes.get(geometry), GetParam() / 8);
    EXPECT_EQ(global::capacity_request_count.get(read(global::at(global::capacity))), 32U);
    EXPECT_EQ(machine_.engine().name(), "rtl");
}

TEST_P(Registers, ResetValues) {
    EXPECT_EQ(read(global::at(global::control)), 0U);
    EXPECT_EQ(read(global::at(global::engine_status)), global::engine_status_idle.put(1));
    EXPECT_EQ(read(global::at(global::gate)), 0U);
    EXPECT_EQ(read(global::at(global::event_low)), 0U);
    EXPECT_EQ(read(global::at(global::event_high)), 0U);
    EXPECT_EQ(read(context::at(context::valid_low)), 0U);
    EXPECT_EQ(read(context::at(context::valid_high)), 0U);
    for (std::uint32_t offset = 0; offset <= region::access; offset += 4) EXPECT_EQ(read(region::at(offset, 1)), 0U);
    for (unsigned q = 0; q < queue_count; ++q) {
        for (std::uint32_t offset = 0; offset <= page::bytes_high; offset += 4) {
            const auto answer = machine_.engine().read_register(page::at(offset, q));
            if (answer.error) continue;  // a gap, see below
            EXPECT_EQ(answer.value, offset == page::status ? page::status_empty.put(1) : 0U) << std::hex << offset;
        }
    }
}

TEST_P(Registers, CycleCounterRuns) {
    const std::uint64_t first = machine_.read_register64(global::at(global::cycle_low));
    EXPECT_LE(first, machine_.cycle());
    machine_.run(1000);
    EXPECT_GE(machine_.read_register64(global::at(global::cycle_low)), first + 1000);
    // Past 32 bits.
    machine_.run(std::uint64_t{5} << 32);
    EXPECT_GE(machine_.read_register64(global::at(global::cycle_low)), std::uint64_t{5} << 32);
}

TEST_P(Registers, WritableBits) {
    EXPECT_EQ(kept(global::at(global::gate)), global::gate_aes.put(1) | global::gate_hash.put(1));
    EXPECT_EQ(kept(region::at(region::base_low, 1)), 0xffff'ffffU);
    EXPECT_EQ(kept(region::at(region::base_high, 1)), 0xffff'ffffU);
    EXPECT_EQ(kept(region::at(region::size_low, 1)), 0xffff'ffffU);
    EXPECT_EQ(kept(region::at(region::size_high, 1)), 0xffff'ffffU);
    EXPECT_EQ(kept(region::at(region::access, 1)), 0x00ff'ff07U);
    for (unsigned q = 0; q < queue_count; ++q) {
        EXPECT_EQ(kept(page::at(page::submission_base_low, q)), 0xffff'ffffU);
        EXPECT_EQ(kept(page::at(page::submission_base_high, q)), 0xffff'ffffU);
        EXPECT_EQ(kept(page::at(page::completion_base_low, q)), 0xffff'ffffU);
        EXPECT_EQ(kept(page::at(page::completion_base_high, q)), 0xffff'ffffU);
        EXPECT_EQ(kept(page::at(page::ring_size, q)), 0x0000'ffffU);
        EXPECT_EQ(kept(page::at(page::rights, q)), 1U);
        EXPECT_EQ(kept(page::at(page::interrupt_count, q)), 0x0000'ffffU);
        EXPECT_EQ(kept(page::at(page::interrupt_time, q)), 0xffff'ffffU);
    }
}

TEST_P(Registers, RingRegistersAreLockedWhileEnabled) {
    sim::QueuePair queue(machine_, 0);
    queue.start();
    for (const std::uint32_t offset : {page::submission_base_low, page::submission_base_high, page::completion_base_low,
                                       page::completion_base_high, page::ring_size}) {
        expect_read_only(page::at(offset));
    }
}

TEST_P(Registers, ReadOnly) {
    for (const std::uint32_t offset : {global::identification, global::version, global::algorithms, global::geometry,
                                       global::engine_status, global::event_high}) {
        expect_read_only(global::at(offset));
    }
    expect_read_only(context::at(context::valid_low));
    for (const std::uint32_t offset :
         {page::status, page::submission_head, page::submission_tail, page::completion_head, page::completion_tail,
          page::fault_address_low, page::fault_address_high, page::fault_information, page::fetch_head,
          page::completed_low, page::completed_high, page::failed_low, page::failed_high, page::bytes_low,
          page::bytes_high}) {
        expect_read_only(page::at(offset, 1));
    }
}

TEST_P(Registers, DoorbellsReadAsZero) {
    sim::QueuePair queue(machine_, 3);
    queue.start();
    contract::Descriptor nop;
    (void)queue.run(nop);
    EXPECT_EQ(read(doorbell::at(doorbell::submission_tail, 3)), 0U);
    EXPECT_EQ(read(doorbell::at(doorbell::completion_head, 3)), 0U);
    EXPECT_EQ(queue.read_register(page::submission_tail), 1U);
    EXPECT_EQ(queue.read_register(page::completion_head), 1U);
}

TEST_P(Registers, WhatIsNoRegisterAnswersABusError) {
    std::vector<std::uint32_t> offsets = {global::at(0x030),
                                          global::at(0xffc),
                                          region::at(0, 0),
                                          region::at(region::access, 0),
                                          region::at(0x14, 1),
                                          region::at(0, 2),
                                          region::at(0, 127),
                                          context::at(0x008),
                                          context::at(0xffc),
                                          page::at(0x02c, 0),
                                          page::at(0x068, 0),
                                          page::at(0xffc, 3),
                                          page::at(0, queue_count),
                                          page::at(0, 63),
                                          doorbell::at(0x008, 0),
                                          doorbell::at(0xffc, 0),
                                          doorbell::at(0, queue_count),
                                          doorbell::at(0, 63),
                                          0x0b000,
                                          0x3f000,
                                          0xc0000,
                                          contract::register_space_bytes - 4};
    // The pages that are reserved for later blocks.
    for (std::uint32_t base = 0x03000; base <= 0x0a000; base += contract::page_bytes) {
        offsets.push_back(base);
        offsets.push_back(base + contract::page_bytes - 4);
    }
    for (const std::uint32_t offset : offsets) {
        EXPECT_TRUE(machine_.engine().read_register(offset).error) << "read of " << std::hex << offset;
        EXPECT_TRUE(machine_.engine().write_register(offset, 0xffff'ffff).error) << "write of " << std::hex << offset;
        EXPECT_EQ(machine_.engine().read_register(offset).value, 0U) << "an error must not carry data";
    }
    EXPECT_THROW((void)machine_.read_register(0xc0000), sim::MachineError);
    EXPECT_EQ(read(global::at(global::identification)), contract::identification_value);
}

TEST_P(Registers, HardResetForgetsEverything) {
    sim::QueuePair queue(machine_, 0);
    queue.start();
    (void)queue.run({});
    write(global::at(global::gate), 1);
    const std::uint64_t before = machine_.cycle();
    machine_.engine().reset();
    EXPECT_GT(machine_.cycle(), before) << "the cycle counter goes on";
    EXPECT_EQ(read(global::at(global::gate)), 0U);
    EXPECT_EQ(queue.status().state, contract::QueueState::disabled);
    EXPECT_EQ(queue.counters().completed, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, Registers, testing::Values(128U, 256U), testing::PrintToStringParamName());

}  // namespace
}  // namespace cce::test
