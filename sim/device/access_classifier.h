// SPDX-License-Identifier: Apache-2.0
//
// Tells what each DMA access of the engine is for, from what a driver told the engine: where its rings are, and what
// stands in its descriptors. Tested by test/access_classifier_test.cc.

#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "device/dma_memory.h"
#include "engine/engine.h"

namespace cce::sim::device {

enum class AccessKind : std::uint8_t { descriptor, context, list, source, destination, completion };

class AccessClassifier {
public:
    explicit AccessClassifier(const DmaMemory& memory) : memory_(memory) {}

    /// A driver writes a register: the rings are told so.
    void register_written(std::uint32_t offset, std::uint32_t value);

    /// What the burst is for. To be called for every burst, as the descriptors that one reads tell what others read.
    [[nodiscard]] AccessKind classify(const Burst& burst);

private:
    struct Range {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        [[nodiscard]] bool contains(std::uint64_t address) const { return address >= begin && address < end; }
    };
    /// What the last descriptor of a slot of a submission ring refers to.
    struct Slot {
        Range context;
        Range source_list;
        Range destination_list;
    };
    struct QueuePair {
        std::uint64_t submission_base = 0;
        std::uint64_t completion_base = 0;
        std::uint32_t ring_size = 0;
        std::map<std::uint64_t, Slot> slots;  ///< by the descriptor's address

        [[nodiscard]] Range submission() const;
        [[nodiscard]] Range completion() const;
    };

    void learn(QueuePair& queue, std::uint64_t address);
    [[nodiscard]] Range list(std::uint64_t address) const;

    const DmaMemory& memory_;
    std::map<std::uint32_t, QueuePair> queues_;  ///< by number
};

}  // namespace cce::sim::device
