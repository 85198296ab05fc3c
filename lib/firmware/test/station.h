// SPDX-License-Identifier: Apache-2.0
//
// A simulated machine with an opened engine and queue 0, for the firmware driver's tests.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cce_mmio.h"
#include "simulated_machine.h"

namespace cce::firmware {

class Station {
public:
    static constexpr std::uint64_t patience = 1'000'000;

    explicit Station(const std::string& engine, bool coherent = true) : machine_(engine) {
        if (!coherent) machine_.make_incoherent();
        EXPECT_EQ(cce_mmio_engine_open(&engine_, SimulatedMachine::registers), CCE_MMIO_OK);
        EXPECT_EQ(open(queue_, engine_, 0, 5), CCE_MMIO_OK);
    }

    [[nodiscard]] SimulatedMachine& machine() { return machine_; }
    [[nodiscard]] cce_mmio_engine& engine() { return engine_; }
    [[nodiscard]] cce_mmio_queue& queue() { return queue_; }
    /// The completion of the last run().
    [[nodiscard]] const cce_mmio_completion& last() const { return last_; }

    cce_mmio_status open(cce_mmio_queue& queue, cce_mmio_engine& engine, std::uint8_t index, std::uint8_t log2,
                         bool interrupt = false) {
        const auto memory = machine_.allocate(CCE_MMIO_QUEUE_BYTES(log2), CCE_MMIO_QUEUE_ALIGNMENT);
        std::ranges::fill(memory, std::uint8_t{0xff});  // memory as it comes
        cce_mmio_queue_config config{};
        config.memory = memory.data();
        config.memory_bytes = memory.size();
        config.log2 = log2;
        config.interrupt = interrupt;
        return cce_mmio_queue_open(&queue, &engine, index, &config);
    }

    cce_mmio_key& key(cce_mmio_mode mode, std::span<const std::uint8_t> bytes,
                      unsigned flags = CCE_MMIO_MAY_ENCRYPT | CCE_MMIO_MAY_DECRYPT) {
        auto& key = machine_.make<cce_mmio_key>();
        EXPECT_EQ(cce_mmio_key_set(&key, mode, flags, bytes.data(), bytes.size()), CCE_MMIO_OK);
        return key;
    }
    cce_mmio_key& ecb_key() { return key(CCE_MMIO_ECB, std::array<std::uint8_t, 16>{1, 2, 3}); }

    /// Encryption of some text, with room for as much.
    cce_mmio_request request(const cce_mmio_key& key, std::size_t bytes) {
        const auto source = machine_.allocate(bytes, 64);
        for (std::size_t i = 0; i < bytes; ++i) source[i] = static_cast<std::uint8_t>(i * 7 + 1);
        cce_mmio_request request{};
        request.key = &key;
        request.source = source.data();
        request.source_length = static_cast<std::uint32_t>(bytes);
        request.destination = machine_.allocate(bytes, 64).data();
        request.destination_length = request.source_length;
        return request;
    }

    cce_mmio_status run(const cce_mmio_request& request, std::uint64_t timeout = patience) {
        return cce_mmio_run(&queue_, &request, &last_, timeout);
    }

    /// All completions that are still to come.
    static std::vector<cce_mmio_completion> drain(cce_mmio_queue& queue) {
        std::vector<cce_mmio_completion> all;
        while (cce_mmio_outstanding(&queue) != 0) {
            const cce_mmio_status status = cce_mmio_wait(&queue, patience);
            EXPECT_EQ(status, CCE_MMIO_OK);
            if (status != CCE_MMIO_OK) break;
            std::array<cce_mmio_completion, 3> out{};
            const std::size_t count = cce_mmio_poll(&queue, out.data(), out.size());
            EXPECT_GT(count, 0U);
            all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count));
        }
        return all;
    }
    std::vector<cce_mmio_completion> drain() { return drain(queue_); }

private:
    SimulatedMachine machine_;
    cce_mmio_engine engine_{};
    cce_mmio_queue queue_{};
    cce_mmio_completion last_{};
};

}  // namespace cce::firmware
