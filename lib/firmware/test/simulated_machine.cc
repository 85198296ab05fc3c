// SPDX-License-Identifier: Apache-2.0

#include "simulated_machine.h"

#include <algorithm>
#include <stdexcept>

#include "cce_contract.hpp"
#include "cce_mmio_port.h"

namespace cce::firmware {

namespace {

SimulatedMachine* the_machine = nullptr;

sim::MachineOptions options_for(const std::string& engine) {
    sim::MachineOptions options;
    options.engine = engine;
    return options;
}

constexpr std::uint64_t page = 4096;

/// A buffer whose address at the bus and in this process are the same multiples of everything up to a page: what the
/// compiler aligns is then aligned for the engine.
std::uint64_t allocate_alike(sim::HostMemory& memory, std::size_t bytes) {
    std::uint64_t window = std::uint64_t{1} << 40U;
    std::uint64_t offset = 0;
    for (int attempt = 0; attempt < 16; ++attempt, window += std::uint64_t{1} << 32U) {
        memory.allocate_at(window + offset, bytes, "arena");
        const std::uint64_t here = reinterpret_cast<std::uintptr_t>(memory.view(window + offset, bytes).data()) % page;
        if (here == offset) return window + offset;
        memory.release(window + offset);
        offset = here;
    }
    throw std::runtime_error("no memory whose two addresses are alike");
}

}  // namespace

SimulatedMachine::SimulatedMachine(const std::string& engine)
    : machine_(options_for(engine)),
      arena_address_(allocate_alike(machine_.memory(), arena_bytes)),
      arena_(machine_.memory().view(arena_address_, arena_bytes)),
      processor_arena_(arena_bytes + page),
      seen_(arena_) {
    if (the_machine != nullptr) throw std::logic_error("there is one SimulatedMachine at a time");
    the_machine = this;
}

SimulatedMachine::~SimulatedMachine() {
    the_machine = nullptr;
}

void SimulatedMachine::make_incoherent() {
    if (used_ != 0) throw std::logic_error("make_incoherent after allocate");
    const auto start = reinterpret_cast<std::uintptr_t>(processor_arena_.data());
    seen_ = std::span(processor_arena_).subspan((arena_address_ - start) % page, arena_bytes);
}

std::span<std::uint8_t> SimulatedMachine::allocate(std::size_t bytes, std::size_t alignment) {
    const auto base = reinterpret_cast<std::uintptr_t>(seen_.data());
    std::size_t position = used_;
    while ((base + position) % alignment != 0) ++position;
    if (position + bytes > seen_.size()) throw std::length_error("the arena is full");
    used_ = position + bytes;
    return seen_.subspan(position, bytes);
}

std::uint64_t SimulatedMachine::bus_address(const volatile void* pointer) const {
    const auto base = reinterpret_cast<std::uintptr_t>(seen_.data());
    const auto address = reinterpret_cast<std::uintptr_t>(pointer);
    if (address < base || address - base >= seen_.size()) {
        throw std::out_of_range("the driver has given the engine an address that is none of the machine's memory");
    }
    return arena_address_ + (address - base);
}

std::uint32_t SimulatedMachine::read(std::uintptr_t address) {
    ++register_reads;
    const auto offset = static_cast<std::uint32_t>(address - registers);
    const auto replaced = replaced_reads.find(offset);
    const std::uint32_t value = machine_.read_register(offset);
    deliver_interrupts();
    return replaced == replaced_reads.end() ? value : replaced->second;
}

void SimulatedMachine::write(std::uintptr_t address, std::uint32_t value) {
    ++register_writes;
    machine_.write_register(static_cast<std::uint32_t>(address - registers), value);
    deliver_interrupts();
}

/// Whole lines, as a cache does.
void SimulatedMachine::move(const volatile void* pointer, std::size_t bytes, bool to_engine) {
    if (seen_.data() == arena_.data() || bytes == 0) return;
    const std::size_t position = bus_address(pointer) - arena_address_;
    const std::size_t into_line = (arena_address_ + position) % cache_line;
    const std::size_t first = position - std::min(position, into_line);
    const std::size_t last =
        std::min(arena_bytes, position + bytes + (cache_line - (arena_address_ + position + bytes) % cache_line));
    const auto from = (to_engine ? seen_ : arena_).subspan(first, last - first);
    const auto to = (to_engine ? arena_ : seen_).subspan(first, last - first);
    std::ranges::copy(from, to.begin());
}

void SimulatedMachine::clean(const volatile void* pointer, std::size_t bytes) {
    move(pointer, bytes, true);
}

void SimulatedMachine::invalidate(const volatile void* pointer, std::size_t bytes) {
    if (before_invalidate) before_invalidate();
    move(pointer, bytes, false);
}

void SimulatedMachine::deliver_interrupts() {
    for (const sim::Interrupt& interrupt : machine_.take_interrupts()) {
        if (interrupt.vector == contract::interrupt_vector_event) {
            if (events != nullptr) stopped_queues |= cce_mmio_event_interrupt(events);
        } else if (const auto found = queues.find(interrupt.vector - 1); found != queues.end()) {
            ++interrupts;
            cce_mmio_interrupt(found->second);
        }
    }
}

void SimulatedMachine::sleep(const volatile std::uint32_t* count, std::uint32_t seen, std::uint64_t deadline) {
    ++sleeps;
    // A timer wakes the processor at the deadline; and in case that nothing else ever would, once in a while.
    constexpr std::uint64_t longest = 20'000;
    const std::uint64_t limit = std::min(deadline, machine_.cycle() + longest);
    if (*count != seen || limit <= machine_.cycle()) return;
    machine_.engine().advance(limit);
    deliver_interrupts();
}

}  // namespace cce::firmware

using cce::firmware::the_machine;

extern "C" {

std::uint64_t cce_port_time() {
    return the_machine->time();
}
std::uint32_t cce_port_read32(std::uintptr_t address) {
    return the_machine->read(address);
}
void cce_port_write32(std::uintptr_t address, std::uint32_t value) {
    the_machine->write(address, value);
}
std::uint64_t cce_port_bus_address(const volatile void* pointer) {
    return the_machine->bus_address(pointer);
}
void cce_port_write_barrier() {}
void cce_port_read_barrier() {}
void cce_port_cache_clean(const volatile void* pointer, std::size_t bytes) {
    the_machine->clean(pointer, bytes);
}
void cce_port_cache_invalidate(const volatile void* pointer, std::size_t bytes) {
    the_machine->invalidate(pointer, bytes);
}
void cce_port_wait_for_interrupt(const volatile std::uint32_t* count, std::uint32_t seen, std::uint64_t deadline) {
    the_machine->sleep(count, seen, deadline);
}
}
