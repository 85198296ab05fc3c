// SPDX-License-Identifier: Apache-2.0
//
// The whole server against a client in another thread: what it offers, what it refuses and with which words.

#include "device/vfio_user_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/vfio.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <exception>
#include <thread>

#include "device/errors.h"
#include "fake_engine.h"
#include "vfio_client.h"

namespace cce::sim::device {
namespace {

using vfio_user::Command;
using vfio_user::DmaMap;
using vfio_user::DmaUnmap;

constexpr std::uint32_t config = VFIO_PCI_CONFIG_REGION_INDEX;
constexpr std::uint32_t registers = VFIO_PCI_BAR0_REGION_INDEX;
constexpr std::uint64_t doorbell = contract::doorbell_page::base;
constexpr std::uint64_t page = 0x1000;

/// A FakeEngine that, when its first doorbell is written, copies 32 bytes from `source` to `destination` first.
class CopyingEngine final : public Engine {
public:
    static constexpr std::uint64_t source = 0x10'0000;
    static constexpr std::uint64_t destination = 0x20'0000;
    static constexpr std::size_t bytes = 32;

    explicit CopyingEngine(EngineHost& host) : host_(host), registers_(host) {}

    [[nodiscard]] std::string name() const override { return "copying"; }
    [[nodiscard]] std::uint64_t cycle() const override { return registers_.cycle(); }
    [[nodiscard]] bool idle() const override { return registers_.idle() && !copies_at_; }
    void reset() override {
        copies_at_.reset();
        registers_.reset();
    }
    RegisterValue read_register(std::uint32_t offset) override { return registers_.read_register(offset); }
    RegisterValue write_register(std::uint32_t offset, std::uint32_t value) override {
        if (offset == doorbell) {
            const Burst burst{Direction::read, source, bytes / 16, 16, 0, cycle()};
            copies_at_ = cycle() + host_.schedule(burst).beat_wait[0];
            return {value, false};
        }
        return registers_.write_register(offset, value);
    }
    bool advance(std::uint64_t limit) override {
        if (copies_at_ && *copies_at_ <= limit) {
            copies_at_.reset();
            std::array<std::uint8_t, bytes> data{};
            std::array<std::uint8_t, bytes> strobe{};
            strobe.fill(1);
            const bool good = host_.read(source, data);
            host_.read_ended({});
            if (good) static_cast<void>(host_.write(destination, data, strobe));
            registers_.write_register(doorbell, 1);
        }
        return registers_.advance(limit);
    }
    void set_gate(bool /*closed*/) override {}
    [[nodiscard]] std::uint64_t simulated_cycles() const override { return registers_.cycle(); }

private:
    EngineHost& host_;
    FakeEngine registers_;
    std::optional<std::uint64_t> copies_at_;
};

class VfioUserServerTest : public testing::Test {
protected:
    void SetUp() override { path_ = testing::TempDir() + "cce" + std::to_string(::getpid()) + ".vfio-user"; }
    void TearDown() override { finish(); }

    VfioClient& start(bool serve_many = false) {
        VfioUserServerOptions options;
        options.stop_fd = stop_.get();
        options.serve_many = serve_many;
        options.cycle = cycle_;
        if (!injected_.empty()) options.injection.add(injected_);
        server_.emplace(options, [](EngineHost& host) { return std::make_unique<CopyingEngine>(host); });
        listener_.emplace(path_);
        thread_ = std::thread([this] {
            try {
                server_->run(*listener_);
            } catch (...) {
                error_ = std::current_exception();
            }
        });
        client_.emplace(path_);
        return *client_;
    }
    VfioClient& start_negotiated() {
        VfioClient& client = start();
        EXPECT_EQ(client.negotiate(), 0);
        EXPECT_EQ(client.write(config, 0x04, 0x2), 0);
        return client;
    }
    /// Memory, bus master, MSI-X; vector 1 told to event_.
    VfioClient& start_enabled() {
        VfioClient& client = start_negotiated();
        EXPECT_EQ(client.write(config, 0x04, 0x6), 0);
        EXPECT_EQ(client.write(config, 0x40, 0x8000'0000), 0);
        EXPECT_EQ(client.command(Command::device_set_irqs,
                                 std::array<std::uint32_t, 5>{20, trigger_event, VFIO_PCI_MSIX_IRQ_INDEX, 1, 1},
                                 {event_.get()}),
                  0);
        return client;
    }
    void finish() {
        client_.reset();
        if (thread_.joinable()) thread_.join();
    }
    /// What the server's end was, if it was not a good one.
    std::string ended() {
        finish();
        if (!error_) return {};
        try {
            std::rethrow_exception(error_);
        } catch (const std::exception& error) {
            return error.what();
        }
    }
    /// The text of the only refusal.
    std::string refusal() {
        finish();
        EXPECT_EQ(server_->refusals().count(), 1U);
        return server_->refusals().count() > 0 ? server_->refusals().first().front() : "";
    }
    int map(VfioClient& client, std::uint64_t address, bool with_file, std::uint64_t offset = 0,
            std::uint64_t size = page) {
        return client.command(Command::dma_map, DmaMap{sizeof(DmaMap), 3, offset, address, size},
                              with_file ? std::vector<int>{file_.get()} : std::vector<int>{});
    }
    bool told() {
        pollfd polled{event_.get(), POLLIN, 0};
        if (::poll(&polled, 1, 5000) != 1) return false;
        eventfd_t count = 0;
        return ::eventfd_read(event_.get(), &count) == 0;
    }
    bool told_already() {
        eventfd_t count = 0;
        pollfd polled{event_.get(), POLLIN, 0};
        return ::poll(&polled, 1, 0) == 1 && ::eventfd_read(event_.get(), &count) == 0;
    }
    static FileDescriptor memory_file() {
        FileDescriptor file(::memfd_create("guest", MFD_CLOEXEC));
        if (::ftruncate(file.get(), 4 * page) != 0) throw std::runtime_error("ftruncate");
        return file;
    }

    static constexpr std::uint32_t trigger_event = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;

    std::filesystem::path path_;
    std::chrono::nanoseconds cycle_{0};
    std::string injected_;
    FileDescriptor stop_{::eventfd(0, EFD_CLOEXEC)};
    FileDescriptor event_{::eventfd(0, EFD_CLOEXEC)};
    FileDescriptor file_{memory_file()};
    std::optional<VfioUserServer> server_;
    std::optional<UnixListener> listener_;
    std::optional<VfioClient> client_;
    std::exception_ptr error_;
    std::thread thread_;
};

TEST_F(VfioUserServerTest, TellsWhatItIs) {
    VfioClient& client = start();
    ASSERT_EQ(client.negotiate(), 0);
    const std::string offer(reinterpret_cast<const char*>(client.payload().data()) + 4);
    EXPECT_NE(offer.find("max_data_xfer_size"), std::string::npos) << offer;
    EXPECT_EQ(client.command(Command::device_get_info, std::array<std::uint32_t, 4>{16, 0, 0, 0}), 0);
    std::array<std::uint32_t, 4> info{};
    std::memcpy(info.data(), client.payload().data(), sizeof info);
    EXPECT_EQ(info[2], 9U);
    vfio_region_info region{};
    region.argsz = sizeof region;
    EXPECT_EQ(client.command(Command::device_get_region_info, region), 0);
    std::memcpy(&region, client.payload().data(), sizeof region);
    EXPECT_EQ(region.size, contract::register_space_bytes);
    vfio_irq_info interrupts{.argsz = sizeof interrupts, .flags = 0, .index = VFIO_PCI_MSIX_IRQ_INDEX, .count = 0};
    EXPECT_EQ(client.command(Command::device_get_irq_info, interrupts), 0);
    std::memcpy(&interrupts, client.payload().data(), sizeof interrupts);
    EXPECT_EQ(interrupts.count, 5U) << "one for events, one for each queue pair";
    interrupts.index = VFIO_PCI_INTX_IRQ_INDEX;
    EXPECT_EQ(client.command(Command::device_get_irq_info, interrupts), 0);
    std::memcpy(&interrupts, client.payload().data(), sizeof interrupts);
    EXPECT_EQ(interrupts.count, 0U) << "no INTx";
    EXPECT_EQ(client.write(config, 0x04, 0x2), 0);
    EXPECT_EQ(client.read(registers, 0), contract::identification_value);
    EXPECT_EQ(ended(), "");
    EXPECT_EQ(server_->refusals().count(), 0U);
}

TEST_F(VfioUserServerTest, APostedWriteIsNotAnswered) {
    VfioClient& client = start_enabled();
    client.post(registers, FakeEngine::scratch, 7);
    EXPECT_EQ(client.read(registers, FakeEngine::scratch), 7U);
    EXPECT_EQ(ended(), "");
}

TEST_F(VfioUserServerTest, WorkEndsWithAnInterrupt) {
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, true), 0);
    ASSERT_EQ(map(client, CopyingEngine::destination, true, page), 0);
    const std::string text = "thirty-two bytes to copy, or so.";
    ASSERT_EQ(::pwrite(file_.get(), text.data(), CopyingEngine::bytes, 0), 32);
    client.post(registers, doorbell, 1);
    ASSERT_TRUE(told());
    std::array<char, CopyingEngine::bytes> copy{};
    ASSERT_EQ(::pread(file_.get(), copy.data(), copy.size(), page), 32);
    EXPECT_EQ(std::string(copy.data(), copy.size()), text);
    EXPECT_EQ(ended(), "");
    EXPECT_EQ(server_->faults().count(), 0U);
    EXPECT_EQ(server_->statistics().interrupt_messages, 1U);
}

TEST_F(VfioUserServerTest, CyclesTakeTheirTime) {
    cycle_ = std::chrono::microseconds(100);
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, true), 0);
    ASSERT_EQ(map(client, CopyingEngine::destination, true, page), 0);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 2; ++i) {
        client.post(registers, doorbell, 1);
        ASSERT_TRUE(told());
    }
    const auto passed = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(ended(), "");
    EXPECT_GE(passed, cycle_ * FakeEngine::work_cycles);
}

TEST_F(VfioUserServerTest, AnInterruptThatNobodyHasAskedFor) {
    injected_ = "random:mean=1";
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, true), 0);
    ASSERT_EQ(map(client, CopyingEngine::destination, true, page), 0);
    for (int i = 0; i < 200; ++i) {
        client.post(registers, doorbell, 1);
        static_cast<void>(client.read(registers, 0));
    }
    EXPECT_EQ(ended(), "");
    EXPECT_GT(server_->injection().random()->counts().at(static_cast<std::size_t>(FaultKind::interrupt_spurious)), 0U);
}

TEST_F(VfioUserServerTest, ByMessagesTheInterruptComesLast) {
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, false), 0);
    ASSERT_EQ(map(client, CopyingEngine::destination, false), 0);
    client.post(registers, doorbell, 1);
    const VfioUserMessage question = client.receive();
    ASSERT_EQ(question.header.command, static_cast<std::uint16_t>(Command::dma_read));
    EXPECT_EQ(question.head<vfio_user::DmaAccess>().address, CopyingEngine::source);
    // QEMU reads registers meanwhile, and sends nothing else before it has the answer.
    EXPECT_EQ(client.read(registers, 0), contract::identification_value);
    std::vector<std::byte> answer;
    VfioClient::append(answer, question.head<vfio_user::DmaAccess>());
    for (unsigned i = 0; i < CopyingEngine::bytes; ++i) answer.push_back(static_cast<std::byte>(i + 1));
    client.answer(question, answer);
    const VfioUserMessage store = client.receive();
    ASSERT_EQ(store.header.command, static_cast<std::uint16_t>(Command::dma_write));
    EXPECT_EQ(store.head<vfio_user::DmaAccess>().address, CopyingEngine::destination);
    EXPECT_EQ(store.tail<vfio_user::DmaAccess>()[31], std::byte{32});
    EXPECT_EQ(client.read(registers, 0), contract::identification_value);
    EXPECT_FALSE(told_already()) << "the data are not in memory yet";
    client.answer(store, std::as_bytes(std::span(&store.payload[0], sizeof(vfio_user::DmaAccess))));
    EXPECT_TRUE(told());
    EXPECT_EQ(ended(), "");
    EXPECT_EQ(server_->faults().count(), 0U);
}

TEST_F(VfioUserServerTest, DmaToWhatIsNotMappedIsAFaultOfTheDriver) {
    VfioClient& client = start_enabled();
    client.post(registers, doorbell, 1);
    ASSERT_TRUE(told());
    finish();
    ASSERT_EQ(server_->faults().count(), 1U);
    EXPECT_EQ(server_->faults().first().front(),
              "DMA read of 32 bytes at 0x100000: not in memory that the guest shows the device");
}

TEST_F(VfioUserServerTest, UnmappingWhileInFlightIsAFaultOfTheDriver) {
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, false), 0);
    client.post(registers, doorbell, 1);
    const VfioUserMessage question = client.receive();
    ASSERT_EQ(client.command(Command::dma_unmap, DmaUnmap{sizeof(DmaUnmap), 0, CopyingEngine::source, page}), 0);
    client.refuse(question, EINVAL);
    ASSERT_TRUE(told());
    finish();
    EXPECT_EQ(server_->faults().count(), 2U) << "the client's refusal, and the access";
}

TEST_F(VfioUserServerTest, WithoutBusMasteringThereIsNoDma) {
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, true), 0);
    EXPECT_EQ(client.write(config, 0x04, 0x2), 0);
    client.post(registers, doorbell, 1);
    EXPECT_EQ(client.read(registers, 0), contract::identification_value);
    EXPECT_EQ(client.write(config, 0x04, 0x6), 0);
    finish();
    // Whether the copy came before or after, it was refused or right; it cannot have been done without the bit.
    for (const std::string& fault : server_->faults().first()) {
        EXPECT_TRUE(fault.find("bus mastering is off") != std::string::npos ||
                    fault.find("not in memory") != std::string::npos)
            << fault;
    }
}

TEST_F(VfioUserServerTest, AResetIsPowerOn) {
    VfioClient& client = start_enabled();
    EXPECT_EQ(client.command(Command::device_reset, std::span<const std::byte>()), 0);
    EXPECT_EQ(client.read(config, 0x04) & 0xffff, 0U);
    EXPECT_EQ(ended(), "");
}

TEST_F(VfioUserServerTest, ServesTheNextClient) {
    start(true);
    EXPECT_EQ(client_->negotiate(), 0);
    ASSERT_EQ(map(*client_, page, true), 0);
    client_.reset();
    client_.emplace(path_);
    EXPECT_EQ(client_->negotiate(), 0) << "it begins anew";
    EXPECT_EQ(map(*client_, page, true), 0) << "nothing is mapped any more";
    ASSERT_EQ(::eventfd_write(stop_.get(), 1), 0);
    EXPECT_EQ(ended(), "");
}

// ---- what is refused: an errno for the client, words for the report ------------------------------------------------

TEST_F(VfioUserServerTest, RefusesCommandsBeforeVersion) {
    VfioClient& client = start();
    EXPECT_EQ(client.command(Command::device_reset, std::span<const std::byte>()), EINVAL);
    EXPECT_EQ(refusal(), "vfio-user: device_reset before version");
}

TEST_F(VfioUserServerTest, RefusesAnotherMajorVersion) {
    VfioClient& client = start();
    EXPECT_EQ(client.command(Command::version, vfio_user::Version{1, 0}), EINVAL);
    EXPECT_EQ(refusal(), "vfio-user: version 1.0; 0.x is offered");
}

TEST_F(VfioUserServerTest, RefusesAVersionThatIsNoJson) {
    VfioClient& client = start();
    EXPECT_EQ(client.command(Command::version, std::array<char, 7>{0, 0, 0, 0, '{', '"', 0}), EINVAL);
    EXPECT_EQ(refusal(), "vfio-user: version with something else than JSON and a zero byte");
}

TEST_F(VfioUserServerTest, RefusesUnknownCommands) {
    VfioClient& client = start_negotiated();
    EXPECT_EQ(client.command(static_cast<Command>(99), std::span<const std::byte>()), ENOTSUP);
    EXPECT_EQ(refusal(), "vfio-user: command 99 is not offered");
}

TEST_F(VfioUserServerTest, RefusesShortPayloads) {
    VfioClient& client = start_negotiated();
    for (const Command command :
         {Command::dma_map, Command::dma_unmap, Command::device_get_info, Command::device_get_region_info,
          Command::device_get_irq_info, Command::device_set_irqs, Command::region_read, Command::region_write}) {
        EXPECT_EQ(client.command(command, std::array<std::byte, 7>{}), EINVAL);
    }
    EXPECT_EQ(client.read(registers, 0), contract::identification_value) << "the conversation goes on";
    finish();
    EXPECT_EQ(server_->refusals().count(), 8U);
    EXPECT_EQ(server_->refusals().first().front(),
              "vfio-user: dma_map with a payload of 7 bytes, at least 32 are needed");
}

TEST_F(VfioUserServerTest, RefusesAccessesOutsideARegion) {
    VfioClient& client = start_negotiated();
    constexpr std::uint32_t space = contract::register_space_bytes;
    for (const vfio_user::RegionAccess access : {vfio_user::RegionAccess{space, registers, 4},
                                                 {space - 2, registers, 4},
                                                 {~std::uint64_t{0}, registers, 4},
                                                 {0, registers, 0},
                                                 {0, registers, 0xffff'ffff},
                                                 {0, VFIO_PCI_BAR1_REGION_INDEX, 4},
                                                 {254, config, 4},
                                                 {0, 77, 4}}) {
        EXPECT_EQ(client.command(Command::region_read, access), EINVAL);
    }
    finish();
    EXPECT_EQ(server_->refusals().first().front(),
              fmt::format("vfio-user: region_read of 4 bytes at {:#x} of region 0, which has {:#x}", space, space));
}

TEST_F(VfioUserServerTest, RefusesAWriteWithoutItsData) {
    VfioClient& client = start_negotiated();
    EXPECT_EQ(client.command(Command::region_write, vfio_user::RegionAccess{0, registers, 4}), EINVAL);
    EXPECT_EQ(refusal(), "vfio-user: region_write of 4 bytes with 0");
}

TEST_F(VfioUserServerTest, RefusesBadMaps) {
    VfioClient& client = start_negotiated();
    EXPECT_EQ(map(client, page, true), 0);
    EXPECT_EQ(map(client, page, true), EEXIST);
    EXPECT_EQ(map(client, 8 * page, true, 0, 5 * page), EINVAL) << "larger than the file";
    EXPECT_EQ(client.command(Command::dma_map, DmaMap{32, 0, 0, 4 * page, page}), EINVAL) << "neither read nor write";
    EXPECT_EQ(client.command(Command::dma_map, DmaMap{32, 8, 0, 4 * page, page}), EINVAL);
    EXPECT_EQ(client.command(Command::dma_map, DmaMap{32, 3, 0, 4 * page, page}, {file_.get(), file_.get()}), EINVAL);
    EXPECT_EQ(client.command(Command::dma_unmap, DmaUnmap{24, 1, 0, page}), EINVAL) << "no dirty bitmap";
    EXPECT_EQ(client.command(Command::dma_unmap, DmaUnmap{24, 2, 0, page}), EINVAL) << "all, or a range";
    EXPECT_EQ(client.command(Command::dma_unmap, DmaUnmap{24, 0, page, page / 2}), EINVAL);
    EXPECT_EQ(client.command(Command::dma_unmap, DmaUnmap{24, 2, 0, 0}), 0);
    EXPECT_EQ(map(client, page, true), 0);
    finish();
    EXPECT_EQ(server_->refusals().count(), 8U);
}

TEST_F(VfioUserServerTest, RefusesDescriptorsThatNobodyWants) {
    VfioClient& client = start_negotiated();
    EXPECT_EQ(client.command(Command::device_reset, std::span<const std::byte>(), {file_.get()}), EINVAL);
    EXPECT_EQ(refusal(), "vfio-user: device_reset with 1 descriptors");
}

TEST_F(VfioUserServerTest, RefusesInterruptsThatThereAreNot) {
    VfioClient& client = start_negotiated();
    using Request = std::array<std::uint32_t, 5>;
    constexpr std::uint32_t msix = VFIO_PCI_MSIX_IRQ_INDEX;
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, trigger_event, msix, 5, 1}, {event_.get()}), EINVAL);
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, trigger_event, msix, 1, 0xffff'ffff}), EINVAL);
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, trigger_event, msix, 0, 2}, {event_.get()}), EINVAL);
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, trigger_event, 0, 0, 1}, {event_.get()}), EINVAL)
        << "INTx";
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, trigger_event, 9, 0, 0}), EINVAL);
    constexpr std::uint32_t mask = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK;
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, mask, msix, 0, 1}), EINVAL);
    constexpr std::uint32_t none = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER;
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, none, msix, 0, 0}), 0) << "all off";
    EXPECT_EQ(client.command(Command::device_set_irqs, Request{20, none, 0, 0, 0}), 0) << "INTx off: it always is";
    finish();
    EXPECT_EQ(server_->refusals().count(), 6U);
}

// ---- what ends the conversation: the stream cannot be understood any more -------------------------------------------

TEST_F(VfioUserServerTest, ASizeBelowTheHeaderEndsIt) {
    VfioClient& client = start_negotiated();
    const vfio_user::Header header{1, static_cast<std::uint16_t>(Command::device_reset), 15, 0, 0};
    client.send_raw(std::as_bytes(std::span(&header, 1)));
    EXPECT_THROW((void)client.receive(), PeerClosed);
    EXPECT_EQ(ended(), "vfio-user: device_reset with a size of 15 bytes; 16 to 69632 are possible");
}

TEST_F(VfioUserServerTest, AHugeSizeEndsIt) {
    VfioClient& client = start_negotiated();
    const vfio_user::Header header{1, static_cast<std::uint16_t>(Command::region_write), 0xffff'ffff, 0, 0};
    client.send_raw(std::as_bytes(std::span(&header, 1)));
    EXPECT_THROW((void)client.receive(), PeerClosed);
    EXPECT_EQ(ended(), "vfio-user: region_write with a size of 4294967295 bytes; 16 to 69632 are possible");
}

TEST_F(VfioUserServerTest, AnUnknownTypeEndsIt) {
    VfioClient& client = start_negotiated();
    client.send_raw(client.message(Command::device_reset, {}, 5));
    EXPECT_THROW((void)client.receive(), PeerClosed);
    EXPECT_EQ(ended(), "vfio-user: device_reset is of type 5, neither command nor reply");
}

TEST_F(VfioUserServerTest, ATruncatedMessageEndsIt) {
    VfioClient& client = start_negotiated();
    const std::vector<std::byte> message = client.message(Command::dma_map, std::array<std::byte, 32>{});
    client.send_raw(std::span(message).first(20));
    EXPECT_EQ(ended(), "vfio-user: dma_map: the guest closed a socket in the middle of a message");
}

TEST_F(VfioUserServerTest, ATruncatedPayloadWithNothingBehindTheHeaderEndsItToo) {
    VfioClient& client = start_negotiated();
    const std::vector<std::byte> message = client.message(Command::dma_map, std::array<std::byte, 32>{});
    client.send_raw(std::span(message).first(sizeof(vfio_user::Header)));
    EXPECT_EQ(ended(), "vfio-user: dma_map: the guest closed a socket in the middle of a message");
}

TEST_F(VfioUserServerTest, AnAnswerToNothingEndsIt) {
    VfioClient& client = start_negotiated();
    client.send_raw(client.message(Command::dma_read, std::array<std::byte, 16>{}, vfio_user::type_reply));
    EXPECT_THROW((void)client.receive(), PeerClosed);
    EXPECT_EQ(ended(), "vfio-user: an answer to dma_read 3 that is not under way");
}

TEST_F(VfioUserServerTest, AnAnswerToWhatIsNeverAskedEndsIt) {
    VfioClient& client = start_negotiated();
    client.send_raw(client.message(Command::device_reset, {}, vfio_user::type_reply));
    EXPECT_THROW((void)client.receive(), PeerClosed);
    EXPECT_EQ(ended(), "vfio-user: a reply to device_reset, which was not sent");
}

TEST_F(VfioUserServerTest, TooManyReadsBeforeAnAnswerEndIt) {
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, false), 0);
    client.post(registers, doorbell, 1);
    // Posted writes can wait, and are done later; a read cannot.
    for (unsigned i = 0; i < DmaMaps::message_latency / FakeEngine::access_cycles + 10; ++i) {
        client.post(registers, FakeEngine::scratch, i);
    }
    const vfio_user::RegionAccess access{0, registers, 4};
    client.send_raw(client.message(Command::region_read, std::as_bytes(std::span(&access, 1))));
    EXPECT_EQ(client.receive().header.command, static_cast<std::uint16_t>(Command::dma_read));
    EXPECT_THROW((void)client.receive(), PeerClosed);
    EXPECT_EQ(ended(), "vfio-user: too many register accesses while the client does not answer dma_read");
}

TEST_F(VfioUserServerTest, PostedWritesWaitForAnAnswer) {
    VfioClient& client = start_enabled();
    ASSERT_EQ(map(client, CopyingEngine::source, false), 0);
    ASSERT_EQ(map(client, CopyingEngine::destination, true), 0);
    client.post(registers, doorbell, 1);
    const unsigned count = DmaMaps::message_latency / FakeEngine::access_cycles + 10;
    for (unsigned i = 1; i <= count; ++i) client.post(registers, FakeEngine::scratch, i);
    const VfioUserMessage question = client.receive();
    std::vector<std::byte> answer(sizeof(vfio_user::DmaAccess) + CopyingEngine::bytes, std::byte{1});
    client.answer(question, answer);
    EXPECT_EQ(client.read(registers, FakeEngine::scratch), count) << "all of them, in order";
    EXPECT_EQ(ended(), "");
}

TEST_F(VfioUserServerTest, StopsWhenAsked) {
    start_negotiated();
    ASSERT_EQ(::eventfd_write(stop_.get(), 1), 0);
    thread_.join();
    EXPECT_FALSE(error_);
}

}  // namespace
}  // namespace cce::sim::device
