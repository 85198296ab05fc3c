// SPDX-License-Identifier: Apache-2.0
//
// The bulk advance by whole periods of the stream: common/motion.h says why that may be done.

#include <algorithm>

#include "top/cce_top.h"

namespace cce::model {

namespace {

/// Nobody looks at a count of bytes left but for whether it is below a burst, or below what a burst leaves of two.
constexpr std::uint32_t looked_at = 2 * Motion::period_bytes;

}  // namespace

std::uint64_t CceTop::periods_left() const {
    const unsigned slot = aes_.retire_slot();
    const std::uint32_t left =
        std::min({aes_.text_left(), source_reader_.text_left(slot), source_walker_.query(slot).left,
                  destination_writer_.text_left(slot), destination_walker_.query(slot).left});
    return left < looked_at ? 0 : (left - looked_at) / Motion::period_bytes;
}

void CceTop::visit(Motion& motion) {
    const unsigned slot = aes_.retire_slot();
    source_walker_.visit(motion, slot);
    source_reader_.visit(motion);
    read_port_.visit(motion, [&](ReadTag& tag) { SourceReader::visit_tag(motion, tag); });
    aes_.visit(motion);
    destination_writer_.visit(motion);
    destination_walker_.visit(motion, slot);
    write_port_.visit(motion);
}

CceTop::Way CceTop::way() const {
    // The bursts under way lie one behind the other, else there were no periods.
    const unsigned slot = aes_.retire_slot();
    return {.read_address = source_walker_.query(slot).address - source_reader_.on_the_way(),
            .write_address = destination_walker_.query(slot).address - destination_writer_.on_the_way(),
            .source_held = source_reader_.held(aes_.stream_first_block()),
            .destination_held = destination_writer_.held(aes_.stream_produced())};
}

std::uint64_t CceTop::periods_possible(std::uint64_t periods, std::uint64_t cycles_of_one) const {
    periods = std::min({periods, periods_left(), queues_steady_cycles() / cycles_of_one});
    const Way text = way();
    if (periods * Motion::period_bytes < std::max(text.source_held, text.destination_held)) return 0;
    // Bursts at both ends are allowed, and so all between them.
    const unsigned slot = aes_.retire_slot();
    const auto allowed = [&](const Segment& segment, bool write) {
        DmaRequest request;
        request.unrestricted = segment.unrestricted;
        request.queue_index = segment.queue_index;
        request.region = segment.region;
        request.bytes = Motion::period_bytes;
        request.address = segment.address;
        if (!DmaAddressChecker::allowed(request, write, region_table())) return false;
        request.address += periods * Motion::period_bytes;
        return DmaAddressChecker::allowed(request, write, region_table());
    };
    const bool both = allowed(source_walker_.query(slot), false) && allowed(destination_walker_.query(slot), true);
    return both ? periods : 0;
}

void CceTop::repeat(Motion& motion, std::uint64_t periods, std::span<const std::uint8_t> from,
                    std::span<std::uint8_t> to, bool staged) {
    const Way text = way();
    source_reader_.settle(source_buffer_);
    destination_writer_.give_held(destination_buffer_, to.first(text.destination_held));
    aes_.repeat(from, text.source_held, to.subspan(text.destination_held), staged, source_buffer_, destination_buffer_);
    source_reader_.repeat(from, text.source_held, source_buffer_);
    destination_writer_.fetch_again(destination_buffer_, periods);
    motion.move(periods);
    visit(motion);
    advance_queues(periods * motion.cycles());
}

}  // namespace cce::model
