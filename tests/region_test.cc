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

class Region : public EngineTest {
protected:
    void SetUp() override {
        machine_.memory().allocate_at(window, window_bytes, "window");
        machine_.memory().store(window, sim::cipher_context(test_key));
        sim::QueueOptions queue_options;
        queue_options.unrestricted = false;
        queue_ = std::make_unique<sim::QueuePair>(machine_, queue_index, queue_options);
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

    /// Loads the record in the window into context 0.
    static Descriptor load() { return sim::context_load(0, window, sizeof(contract::ContextRecord), key_of_region); }

    Status run(const Descriptor& descriptor) { return queue_->run(descriptor).status; }

    void expect_refused(const Descriptor& descriptor, Status status, std::uint64_t address, bool write) {
        EXPECT_EQ(run(descriptor), status);
        EXPECT_EQ(queue_->fault().reason, FaultReason::region);
        EXPECT_EQ(queue_->fault().address, address) << std::hex << queue_->fault().address;
        EXPECT_EQ(queue_->fault().write, write);
        EXPECT_TRUE(machine_.memory().faults().empty()) << "a refused access must not reach the bus";
    }

    sim::Machine machine_{options()};
    std::unique_ptr<sim::QueuePair> queue_;
};

TEST_P(Region, GoodRequest) {
    EXPECT_EQ(run(request()), Status::ok);
}

TEST_P(Region, RightsAreChecked) {
    // Record and text are fetched together: both are refused, the text last, and the record's fault is the status.
    open(window, window_bytes, rights(false));
    expect_refused(request(), Status::context_access, window + 1024, false);
    open(window, window_bytes, rights(true, false));
    expect_refused(request(), Status::context_access, window + 1024, false);
    open(window, window_bytes, rights(true, true, false));
    expect_refused(request(), Status::destination_access, window + 2048, true);
    open(window, window_bytes, rights(true, true, true, queue_index ^ 1));
    expect_refused(request(), Status::context_access, window + 1024, false);
    open(window, window_bytes, rights(true, true, true, queue_index, tag ^ 0x80));
    expect_refused(request(), Status::context_access, window + 1024, false);
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
    expect_refused(descriptor, Status::context_access, window + 1024, false);
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
                open(window, window_bytes);
                ASSERT_EQ(run(load()), Status::ok);
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

TEST_P(Region, ListsAreReadInWholeUnits) {
    const std::uint64_t list = window + 4096;
    contract::ListEntry entry;
    entry.address = window + 1024;
    entry.length = text_bytes;
    entry.region = key_of_region;
    entry.flags = contract::ListEntry::flags_last;
    machine_.memory().store(list, entry);
    Descriptor descriptor = request();
    descriptor.flags = Descriptor::flags_source_list;
    descriptor.source = list;
    open(window, 4096 + contract::list_fetch_bytes);
    EXPECT_EQ(run(descriptor), Status::ok);
    // The entry lies inside, its unit does not.
    open(window, 4096 + contract::list_fetch_bytes - 1);
    EXPECT_EQ(run(descriptor), Status::source_list_access);
    EXPECT_EQ(queue_->fault().reason, FaultReason::region);
    EXPECT_TRUE(machine_.memory().faults().empty());
}

TEST_P(Region, BothUnitsOfAPairAreChecked) {
    const std::uint64_t record = window + 512;
    machine_.memory().store(record, sim::cipher_pair_context(test_key, Bytes(16, 0x22)));
    Descriptor descriptor = request();
    descriptor.mode = static_cast<std::uint8_t>(CipherMode::xts);
    descriptor.context_reference = record;
    EXPECT_EQ(run(descriptor), Status::ok);
    // The region is cut so that only the record's second unit lies outside; source and destination lie in front of it.
    descriptor.source = window + 64;
    descriptor.destination = window + 256;
    open(window, 512 + sizeof(sim::KeyPairRecord));
    EXPECT_EQ(run(descriptor), Status::ok);
    open(window, 512 + sizeof(sim::KeyPairRecord) - 1);
    EXPECT_EQ(run(descriptor), Status::context_access);
    EXPECT_EQ(queue_->fault().reason, FaultReason::region);
    EXPECT_EQ(run(sim::context_load(1, record, sizeof(sim::KeyPairRecord), key_of_region)), Status::context_access);
    EXPECT_TRUE(machine_.memory().faults().empty());
}

TEST_P(Region, TagAndAadAreChecked) {
    ASSERT_EQ(run(load()), Status::ok);
    constexpr std::uint32_t aad_bytes = 20;
    constexpr std::uint32_t tag_bytes = 12;
    const std::uint64_t base = window + 1000;
    constexpr std::uint64_t size = 1000;
    Descriptor seal = request();
    seal.mode = static_cast<std::uint8_t>(CipherMode::gcm);
    seal.flags = Descriptor::flags_context_held;
    seal.context_reference = 0;
    seal.context_region = 0;
    seal.aad_length = aad_bytes;
    seal.tag_length = tag_bytes;
    seal.source = base;
    seal.destination = base + size - text_bytes - tag_bytes;
    open(base, size);
    EXPECT_EQ(run(seal), Status::ok);
    const Bytes sealed = machine_.memory().read(seal.destination, text_bytes + tag_bytes);
    const Bytes aad = machine_.memory().read(base, aad_bytes);
    // The last byte of the tag.
    ++seal.destination;
    EXPECT_EQ(run(seal), Status::destination_access);
    EXPECT_EQ(queue_->fault().reason, FaultReason::region);
    EXPECT_TRUE(queue_->fault().write);
    --seal.destination;
    // The first byte of the AAD.
    --seal.source;
    EXPECT_EQ(run(seal), Status::source_access);
    EXPECT_FALSE(queue_->fault().write);

    // The same on the way back: AAD, text and tag up to the region's last byte.
    const std::uint32_t stream = aad_bytes + text_bytes + tag_bytes;
    Descriptor opened = seal;
    opened.flags = Descriptor::flags_context_held | Descriptor::flags_decrypt;
    opened.source = base + size - stream;
    opened.destination = base;
    machine_.memory().write(opened.source, aad);
    machine_.memory().write(opened.source + aad_bytes, sealed);
    EXPECT_EQ(run(opened), Status::ok);
    ++opened.source;
    EXPECT_EQ(run(opened), Status::source_access);
    EXPECT_EQ(queue_->fault().reason, FaultReason::region);
    EXPECT_TRUE(machine_.memory().faults().empty());
}

TEST_P(Region, WrapAroundIsRefused) {
    constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
    ASSERT_EQ(run(load()), Status::ok);
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

INSTANTIATE_TEST_SUITE_P(All, Region, testing::ValuesIn(default_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
