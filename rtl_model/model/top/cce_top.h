// SPDX-License-Identifier: Apache-2.0
//
// Core Crypto Engine: registers, queue pairs, DMA and AES behind an AXI4-Lite subordinate and an AXI4 manager.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aes/aes_engine.h"
#include "common/motion.h"
#include "configuration.h"
#include "dma/destination_buffer.h"
#include "dma/destination_writer.h"
#include "dma/dma_read_port.h"
#include "dma/dma_write_port.h"
#include "dma/segment_walker.h"
#include "dma/source_buffer.h"
#include "dma/source_reader.h"
#include "hash/hash_engine.h"
#include "keyslot/key_loader.h"
#include "queue/completion_writer.h"
#include "queue/descriptor_fetcher.h"
#include "queue/queue_pair.h"
#include "queue/request_dispatcher.h"
#include "queue/slot_table.h"
#include "regs/axi_lite_subordinate.h"
#include "regs/global_registers.h"
#include "regs/region_registers.h"
#include "top/engine_pins.h"
#include "types.h"

namespace cce::model {

/// Model of cce_top.sv, cycle by cycle at its pins. The manager's outputs, interrupts and most of the register port's
/// come from registers; the register port's readys and idle_o depend on the register port's inputs of the same cycle.
class CceTop {
public:
    /// `data_bytes`: bytes of the DMA bus, 16 or 32.
    explicit CceTop(unsigned data_bytes);

    /// A clock edge in reset.
    void reset();
    /// The outputs while the inputs are as they are.
    void settle(const EngineInputs& inputs, EngineOutputs& outputs) const;
    /// The clock edge that finds these inputs.
    void clock(const EngineInputs& inputs);

    /// What the memory side does in the next cycles.
    struct SteadyBus {
        std::uint64_t cycles = 0;  ///< so many
        bool rvalid = false;       ///< shows a beat in every one of them, of one burst, and no error; else none
        bool wready = false;       ///< takes a beat in every one of them that one is shown in; else none
        unsigned write_beats = 0;  ///< with wready: but not more than so many, of one burst
        /// A response comes in this cycle, the first one being 0, without error; else none.
        std::uint64_t response_cycle = ~std::uint64_t{0};
        bool arready = false;  ///< accepts the address shown in the first one
        bool awready = false;
    };
    /// A bulk advance: cycles in which the engine asks for nothing and no register is accessed, so that all that
    /// happens is that the stream's text moves on by full beats and blocks. It is worked out and made in one step;
    /// afterwards the engine is as it would be after so many clock edges.
    struct Steady {
        std::uint64_t cycles = 0;    ///< 0: none; else a few hundred at most if text moves
        unsigned write_beats = 0;    ///< given in these cycles, all bytes of each
        bool write_last = false;     ///< the last of them, in the last cycle, is the last of its burst
        bool response = false;       ///< a response comes
        bool read_accepted = false;  ///< the address shown is accepted in the first cycle
        bool write_accepted = false;
        SourceReader::SteadyInputs source;
        SourceReader::SteadyChoice source_choice;
        AesEngine::Steady aes;
        DestinationWriter::Steady destination;
        DestinationWriter::SteadyInputs destination_inputs;
    };
    [[nodiscard]] Steady steady(const EngineInputs& inputs, const SteadyBus& bus);
    /// Calls `show` for each of its cycles with the value of wvalid.
    template <class Show>
    void steady_beats(const Steady& steady, Show&& show) const {
        destination_writer_.steady_beats(steady.destination_inputs, steady.cycles, show);
    }
    /// `rdata`: the beats that come in these cycles; `wdata`: where those go that are given.
    void advance(const Steady& steady, std::span<const std::uint8_t> rdata, std::span<std::uint8_t> wdata);

    // Bulk advance by whole periods of the stream, see Motion.

    /// Periods for which no count of bytes left comes near to its end. Asked before each bulk advance: 0 once means
    /// that there are no periods any more.
    [[nodiscard]] std::uint64_t periods_left() const;
    /// What a bulk advance may change, but for what is made from the text.
    void visit(Motion& motion);
    /// Where the text is.
    struct Way {
        std::uint64_t read_address = 0;   ///< of the first byte that has not been read
        std::uint64_t write_address = 0;  ///< of the first byte that has not been written
        std::size_t source_held = 0;      ///< bytes that have been read, and not been worked on
        std::size_t destination_held = 0;
    };
    [[nodiscard]] Way way() const;
    /// As many of these periods as can be done in one step.
    [[nodiscard]] std::uint64_t periods_possible(std::uint64_t periods, std::uint64_t cycles_of_one) const;
    /// The text that is read and written in these periods. `staged`: they overlap, but nothing is written before it is
    /// read. At least as long as what is held.
    void repeat(Motion& motion, std::uint64_t periods, std::span<const std::uint8_t> from, std::span<std::uint8_t> to,
                bool staged);

    [[nodiscard]] AddressOutputs ar() const;
    [[nodiscard]] AddressOutputs aw() const;
    [[nodiscard]] bool idle(const RegisterPortInputs& registers) const {
        return engine_idle() && key_loader_.idle() && aes_.idle() && hash_.idle() && registers_bus_.idle(registers) &&
               global_.idle();
    }
    [[nodiscard]] std::uint32_t interrupt() const;

private:
    static constexpr unsigned queue_count = Configuration::queue_count;

    /// A write to a register in this cycle, and to which page.
    struct RegisterWrite {
        bool global = false;
        bool region = false;
        QueueMask queue = 0;
        QueueMask doorbell = 0;
        std::uint32_t offset = 0;
        std::uint32_t data = 0;
    };

    /// What the queues show, as masks; it changes only with their clock edges.
    struct QueueMasks {
        QueueMask ready = 0;
        QueueMask reset_pending = 0;
        QueueMask stopped = 0;
        QueueMask unrestricted = 0;
        QueueMask interrupt = 0;
        QueueMask idle = 0;
        QueueMask at_rest = 0;
    };

    /// No request in flight and none waiting.
    [[nodiscard]] bool engine_idle() const;
    [[nodiscard]] std::optional<std::uint32_t> read_register(std::uint32_t address, std::uint64_t timestamp) const;
    [[nodiscard]] RegisterWrite register_write() const;
    [[nodiscard]] RegionTable region_table() const { return {regions_.base(), regions_.size(), regions_.access()}; }
    void offer_read(DmaReadPort::Offer& offer) const;
    void offer_write(DmaWritePort::Offer& offer) const;
    [[nodiscard]] contract::Completion completion_entry() const;
    void clock_registers(const EngineInputs& inputs, const RegisterWrite& write, QueueMask queue_event,
                         bool erasing_contexts);
    void update_masks(unsigned queue);
    [[nodiscard]] bool control_at_rest(const EngineInputs& inputs) const;
    [[nodiscard]] AesEngine::Inputs text_inputs(SlotMask abort) const;
    [[nodiscard]] bool clock_text(const EngineInputs& inputs);
    [[nodiscard]] std::uint64_t queues_steady_cycles() const;
    void advance_queues(std::uint64_t cycles);

    unsigned data_bytes_;

    AxiLiteSubordinate registers_bus_;
    GlobalRegisters global_;
    RegionRegisters regions_;
    std::array<QueuePair, queue_count> queues_;
    QueueMasks masks_;
    DescriptorFetcher fetcher_;
    RequestDispatcher dispatcher_;
    RequestDispatcher::Start start_;
    SlotTable slots_;
    // Inputs of this cycle; members, because most of them are not looked at in most cycles and so need no clearing.
    SlotTable::Inputs slot_inputs_;
    std::array<QueuePair::Inputs, queue_count> queue_inputs_;
    KeyLoader key_loader_;
    CompletionWriter completion_writer_;
    DmaReadPort read_port_;
    DmaWritePort write_port_;
    SegmentWalker source_walker_;
    SourceReader source_reader_;
    SourceBuffer source_buffer_;
    AesEngine aes_;
    HashEngine hash_;
    SegmentWalker destination_walker_;
    DestinationWriter destination_writer_;
    DestinationBuffer destination_buffer_;
};

}  // namespace cce::model
