// SPDX-License-Identifier: Apache-2.0
//
// The address checker: the test region in every aspect, the unrestricted region, bounds at the byte.

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Descriptor;
using contract::FaultReason;
using contract::Status;
using sim::CipherRequest;

namespace region = contract::region_page;

constexpr std::uint64_t window = 0x55'0000'0000;
constexpr std::size_t window_bytes = 8192;
constexpr unsigned queue_index = 2;
constexpr std::uint8_t tag = 0x5c;

/// The region key of entry `index` of the region table.
constexpr std::uint16_t region_key(std::uint8_t index, std::uint8_t key_tag) {
    contract::RegionKey key;
    key.index = index;
    key.tag = key_tag;
    return std::bit_cast<std::uint16_t>(key);
}

constexpr std::uint16_t key_of_region = region_key(1, tag);
constexpr std::uint32_t text_bytes = 64;
const Bytes test_key(16, 0x21);

class Region : public testing::TestWithParam<unsigned> {
protected:
    void SetUp() override {
        machine_.memory().allocate_at(window, window_bytes, "window");
        machine_.memory().store(window, sim::cipher_context(test_key));
        sim::QueueOptions options;
        options.unrestricted = false;
        queue_ = std::make_unique<sim::QueuePair>(machine_, queue_index, options);
        queue_->start();
        open(window, window_bytes);
    }

    static std::uint32_t rights(bool valid = true, bool read = true, bool write = true, unsigned queue = queue_index,
                                unsigned its_tag = tag) {
        return region::access_valid.put(valid ? 1 : 0) | region::access_read.put(read ? 1 : 0) |
               region::access_write.put(write ? 1 : 0) | region::access_owner_queue.put(queue) |
               region::access_tag.put(its_tag);
    }

    void open(std::uint64_t base, std::uint64_t size, std::uint32_t access = rights()) {
        machine_.write_register64(region::at(region::base_low, 1), base);
        machine_.write_register64(region::at(region::size_low, 1), size);
        machine_.write_register(region::at(region::access, 1), access);
    }

    /// A request that lies in the window altogether: context, source, destination.
    static Descriptor request() {
        Descriptor descriptor;
        descriptor.opcode = contract::Opcode::cipher;
        descriptor.mode = static_cast<std::uint8_t>(CipherMode::ecb);
        descriptor.context_reference = window;
        descriptor.source = window + 1024;
        descriptor.destination = window + 2048;
        descriptor.text_length = text_bytes;
        descriptor.context_region = descriptor.source_region = descriptor.destination_region = key_of_region;
        return descriptor;
    }

    Status run(const Descriptor& descriptor) { return queue_->run(descriptor).status; }

    void expect_refused(const Descriptor& descriptor, Status status, std::uint64_t address, bool write) {
        EXPECT_EQ(run(descriptor), status);
        EXPECT_EQ(queue_->fault().reason, FaultReason::region);
        EXPECT_EQ(queue_->fault().address, address) << std::hex << queue_->fault().address;
        EXPECT_EQ(queue_->fault().write, write);
        EXPECT_TRUE(machine_.memory().faults().empty()) << "a refused access must not reach the bus";
    }

    sim::Machine machine_{machine_options(GetParam())};
    std::unique_ptr<sim::QueuePair> queue_;
};

TEST_P(Region, GoodRequest) {
    EXPECT_EQ(run(request()), Status::ok);
}

TEST_P(Region, RightsAreChecked) {
    open(window, window_bytes, rights(false));
    expect_refused(request(), Status::context_access, window, false);
    open(window, window_bytes, rights(true, false));
    expect_refused(request(), Status::context_access, window, false);
    open(window, window_bytes, rights(true, true, false));
    expect_refused(request(), Status::destination_access, window + 2048, true);
    open(window, window_bytes, rights(true, true, true, queue_index ^ 1));
    expect_refused(request(), Status::context_access, window, false);
    open(window, window_bytes, rights(true, true, true, queue_index, tag ^ 0x80));
    expect_refused(request(), Status::context_access, window, false);
    open(window, window_bytes);
    EXPECT_EQ(run(request()), Status::ok);
}

TEST_P(Region, KeysAreChecked) {
    for (const std::uint16_t key :
         {region_key(0, 0), region_key(1, 0), region_key(0, tag), region_key(2, tag), region_key(255, tag)}) {
        SCOPED_TRACE(key);
        Descriptor descriptor = request();
        descriptor.context_region = key;
        expect_refused(descriptor, Status::context_access, window, false);
        descriptor = request();
        descriptor.source_region = key;
        expect_refused(descriptor, Status::source_access, window + 1024, false);
        descriptor = request();
        descriptor.destination_region = key;
        expect_refused(descriptor, Status::destination_access, window + 2048, true);
    }
}

TEST_P(Region, UnrestrictedNeedsItsRight) {
    Descriptor descriptor = request();
    descriptor.context_region = descriptor.source_region = descriptor.destination_region =
        contract::region_unrestricted;
    expect_refused(descriptor, Status::context_access, window, false);
    queue_->write_register(contract::queue_page::rights, contract::queue_page::rights_unrestricted.put(1));
    EXPECT_EQ(run(descriptor), Status::ok);
}

TEST_P(Region, BoundsAtTheByte) {
    const Bytes text(text_bytes, 0x33);
    const Bytes expected = Oracle(CipherMode::ecb, false, test_key, {}).process(text);
    for (const std::int64_t shift : {-1, 0, 1}) {
        // The last byte of the region, and the first.
        for (const bool at_end : {true, false}) {
            for (const bool write : {true, false}) {
                SCOPED_TRACE(std::string(at_end ? "end" : "begin") + (write ? ", write, " : ", read, ") +
                             std::to_string(shift));
                const std::uint64_t base = window + 999;
                const std::uint64_t size = 1501;
                // Context first, with the window wide open.
                Descriptor load;
                load.opcode = contract::Opcode::context_load;
                load.source = window;
                load.source_region = key_of_region;
                open(window, window_bytes);
                ASSERT_EQ(run(load), Status::ok);
                open(base, size);
                const std::uint64_t edge =
                    (at_end ? base + size - text_bytes : base) + static_cast<std::uint64_t>(shift);
                Descriptor descriptor = request();
                descriptor.flags = Descriptor::flags_context_held;
                descriptor.context_reference = 0;
                descriptor.context_region = 0;
                descriptor.source = write ? base + 200 : edge;
                descriptor.destination = write ? edge : base + 400;
                machine_.memory().write(descriptor.source, text);
                const std::uint8_t before = machine_.memory().view(window + 999 + 1501, 1)[0];
                const bool good = at_end ? shift <= 0 : shift >= 0;
                const Status status = run(descriptor);
                EXPECT_EQ(status, good ? Status::ok : write ? Status::destination_access : Status::source_access);
                if (good) {
                    EXPECT_EQ(machine_.memory().read(descriptor.destination, text_bytes), expected);
                }
                if (!good) {
                    EXPECT_EQ(queue_->fault().reason, FaultReason::region);
                }
                if (!good && at_end && write) {
                    EXPECT_EQ(machine_.memory().view(window + 999 + 1501, 1)[0], before);
                }
            }
        }
    }
}

TEST_P(Region, SegmentsAreCheckedOneByOne) {
    const std::uint64_t list = window + 4096;
    const auto entry = [&](unsigned index, std::uint64_t address, std::uint32_t length, std::uint16_t key, bool last) {
        contract::ListEntry item;
        item.address = address;
        item.length = length;
        item.region = key;
        item.flags = last ? contract::ListEntry::flags_last : std::uint16_t{0};
        machine_.memory().store(list + index * sizeof(item), item);
    };
    Descriptor descriptor = request();
    descriptor.flags = Descriptor::flags_source_list;
    descriptor.source = list;
    entry(0, window + 1024, 32, key_of_region, false);
    entry(1, window + 1200, 32, key_of_region, true);
    EXPECT_EQ(run(descriptor), Status::ok);
    entry(1, window + 1200, 32, 0, true);
    expect_refused(descriptor, Status::source_access, window + 1200, false);
    entry(1, window + window_bytes - 16, 32, key_of_region, true);
    EXPECT_EQ(run(descriptor), Status::source_access);
    EXPECT_EQ(queue_->fault().reason, FaultReason::region);
    // The list itself.
    descriptor.source = window - 64;
    expect_refused(descriptor, Status::source_list_access, window - 64, false);
}

TEST_P(Region, WrapAroundIsRefused) {
    constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
    Descriptor load;
    load.opcode = contract::Opcode::context_load;
    load.source = window;
    load.source_region = key_of_region;
    ASSERT_EQ(run(load), Status::ok);
    open(0, top);
    for (const std::uint64_t distance : {std::uint64_t{0}, std::uint64_t{15}, std::uint64_t{62}}) {
        SCOPED_TRACE(distance);
        Descriptor descriptor = request();
        descriptor.flags = Descriptor::flags_context_held;
        descriptor.context_reference = 0;
        descriptor.context_region = 0;
        descriptor.source = top - distance;
        EXPECT_EQ(run(descriptor), Status::source_access);
        descriptor = request();
        descriptor.flags = Descriptor::flags_context_held;
        descriptor.context_reference = 0;
        descriptor.context_region = 0;
        descriptor.destination = top - distance;
        EXPECT_EQ(run(descriptor), Status::destination_access);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Region, testing::Values(128U, 256U), testing::PrintToStringParamName());

}  // namespace
}  // namespace cce::test
