// SPDX-License-Identifier: Apache-2.0
//
// Random requests at random places of a simulated machine, for tests that compare what comes out with OpenSSL.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <span>
#include <string>

#include "reference.h"
#include "station.h"

namespace cce::firmware {

class RandomRequests {
protected:
    using Bytes = reference::Bytes;

    /// What a request takes. `tag`: to be verified; when encrypting, as long as the one that comes out.
    struct Inputs {
        bool decrypt = false;
        bool may_be_in_place = true;
        Bytes iv, aad, source, tag;
        std::size_t text_out = 0;  ///< bytes of text that come out
    };

    /// What `request` points at in the end.
    struct Placed {
        cce_mmio_request request{};
        std::span<std::uint8_t> destination;
        std::span<std::uint8_t> tag;
    };

    RandomRequests(const std::string& engine, bool coherent) : station_(engine, coherent), coherent_(coherent) {}

    static std::uint64_t seed() {
        const char* const text = std::getenv("CCE_TEST_SEED");
        return text == nullptr ? 20'261'125 : std::strtoull(text, nullptr, 0);
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
    bool coin() { return below(2) != 0; }
    Bytes bytes(std::size_t count) {
        Bytes result(count);
        for (auto& byte : result) byte = static_cast<std::uint8_t>(random_());
        return result;
    }
    static Bytes copy(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

    /// At some odd address; in a machine whose caches are not coherent, with lines of its own.
    std::span<std::uint8_t> place(const Bytes& data, std::size_t room = 0) {
        constexpr std::size_t line = SimulatedMachine::cache_line;
        const std::size_t count = std::max(data.size(), room);
        std::span<std::uint8_t> here;
        if (coherent_) {
            here = station_.machine().allocate(count + below(16));
            here = here.last(count);
        } else {
            here = station_.machine().allocate((count + line - 1) / line * line, line).first(count);
        }
        std::ranges::copy(data, here.begin());
        return here;
    }

    /// In place or not, the tag behind the text or apart.
    Placed place_request(const cce_mmio_key& key, const Inputs& inputs) {
        Placed placed;
        const bool tag_apart = !inputs.tag.empty() && coin();
        const bool in_place = inputs.may_be_in_place && coin();
        Bytes source = inputs.source;
        std::size_t output = inputs.text_out;
        if (!tag_apart) {
            if (inputs.decrypt) {
                source.insert(source.end(), inputs.tag.begin(), inputs.tag.end());
            } else {
                output += inputs.tag.size();
            }
        }
        const auto here = place(source, in_place ? output : 0);
        placed.destination = in_place ? here.first(output) : place({}, output);
        if (!in_place) std::ranges::fill(placed.destination, std::uint8_t{0xee});
        if (tag_apart) placed.tag = inputs.decrypt ? place(inputs.tag) : place({}, inputs.tag.size());

        cce_mmio_request& request = placed.request;
        request.cookie = static_cast<std::uint32_t>(random_());
        request.direction = inputs.decrypt ? CCE_MMIO_DECRYPT : CCE_MMIO_ENCRYPT;
        request.key = &key;
        request.iv = place(inputs.iv).data();
        request.iv_length = static_cast<std::uint32_t>(inputs.iv.size());
        request.aad = place(inputs.aad).data();
        request.aad_length = static_cast<std::uint32_t>(inputs.aad.size());
        request.source = here.data();
        request.source_length = static_cast<std::uint32_t>(source.size());
        request.destination = placed.destination.data();
        request.destination_length = static_cast<std::uint32_t>(output);
        request.tag = tag_apart ? placed.tag.data() : nullptr;
        request.tag_length = static_cast<std::uint8_t>(inputs.tag.size());
        return placed;
    }

    Station station_;

private:
    bool coherent_;
    std::mt19937_64 random_{seed()};
};

}  // namespace cce::firmware
