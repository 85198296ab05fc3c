// SPDX-License-Identifier: Apache-2.0

#include "hash_selftest.h"

#include <algorithm>
#include <optional>
#include <random>

#include "hash_known_answers.h"
#include "hash_names.h"
#include "tool.h"

namespace cce::tool {

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const char* hex) {
    const SecretBytes bytes = parse_hex(hex, "known answer");
    return {bytes.bytes().begin(), bytes.bytes().end()};
}

/// A hash function with all that belongs to a session.
struct Use {
    cce_hash hash;
    cce_hash_kind kind = CCE_HASH_PLAIN;
    Bytes key;
    std::string customization;

    [[nodiscard]] Session session(Device& device, cce_direction direction = CCE_ENCRYPT) const {
        HashOptions options = CCE_HASH_OPTIONS_INIT;
        options.kind = kind;
        options.direction = direction;
        options.key = key.data();
        options.key_length = key.size();
        options.customization = reinterpret_cast<const std::uint8_t*>(customization.data());
        options.customization_length = customization.size();
        return {device, hash, options};
    }
    [[nodiscard]] std::string name() const {
        const std::string function = cce_hash_name(hash);
        switch (kind) {
            case CCE_HASH_HMAC:
                return "hmac-" + function;
            case CCE_HASH_KMAC:
                return "kmac" + function.substr(function.size() - 3);
            case CCE_HASH_KMAC_XOF:
                return "kmacxof" + function.substr(function.size() - 3);
            default:
                return function;
        }
    }
};

class Test {
public:
    Test(Device& device, std::uint32_t seed)
        : device_(device), software_("software"), information_(device.information()), random_(seed) {}

    HashSelftest run() {
        for (int number = 0; number < CCE_HASH_COUNT; ++number) {
            const auto hash = static_cast<cce_hash>(number);
            if (cce_hash_name(hash) == nullptr) continue;
            if (information_.hash_supported[number] == 0) result_.not_offered.emplace_back(cce_hash_name(hash));
            if (!is_xof(hash) && information_.hmac_supported[number] == 0) {
                result_.not_offered.push_back(std::string("hmac-") + cce_hash_name(hash));
            }
        }
        known_answers();
        for (int number = 0; number < CCE_HASH_COUNT; ++number) {
            const auto hash = static_cast<cce_hash>(number);
            if (cce_hash_name(hash) == nullptr) continue;
            compare({hash, CCE_HASH_PLAIN, {}, is_cshake(hash) ? "selftest" : ""});
            if (is_cshake(hash)) {
                compare({hash, CCE_HASH_KMAC, random_bytes(4 + random_below(300)), "selftest"});
                compare({hash, CCE_HASH_KMAC_XOF, random_bytes(4 + random_below(60)), ""});
            } else if (!is_xof(hash)) {
                compare({hash, CCE_HASH_HMAC, random_bytes(random_below(300)), ""});
            }
        }
        return std::move(result_);
    }

private:
    [[nodiscard]] bool offered(const Use& use) const {
        return (use.kind == CCE_HASH_HMAC ? information_.hmac_supported[use.hash]
                                          : information_.hash_supported[use.hash]) != 0;
    }

    /// Counts one check, unless the device does not offer it. `judge` returns what is wrong, or nothing.
    template <typename Judge>
    void check(const Use& use, const std::string& name, Judge judge) {
        if (!offered(use)) {
            return;
        }
        std::string wrong;
        try {
            wrong = judge();
        } catch (const Error& error) {
            wrong = error.what();
        }
        if (wrong.empty()) {
            ++result_.passed;
        } else {
            result_.failures.push_back(name + ": " + wrong);
        }
    }

    void known_answers() {
        for (const HashAnswer& answer : hash_answers) {
            Bytes message;
            const Bytes piece = bytes_of(answer.message);
            for (std::size_t i = 0; i < answer.times; ++i) message.insert(message.end(), piece.begin(), piece.end());
            known_answer({answer.hash, CCE_HASH_PLAIN, {}, answer.customization}, answer.name, message,
                         bytes_of(answer.digest));
        }
        for (const HashMacAnswer& answer : hash_mac_answers) {
            known_answer({answer.hash, answer.kind, bytes_of(answer.key), answer.customization}, answer.name,
                         bytes_of(answer.message), bytes_of(answer.mac));
        }
    }

    void known_answer(const Use& use, const std::string& name, const Bytes& message, const Bytes& wanted) {
        check(use, name, [&]() -> std::string {
            Bytes out(wanted.size());
            use.session(device_).digest(message, out);
            return out == wanted ? "" : "wrong answer";
        });
        if (use.kind == CCE_HASH_PLAIN) {
            return;
        }
        check(use, name + ", verification", [&] { return verifies(use, message, wanted); });
    }

    std::string verifies(const Use& use, const Bytes& message, const Bytes& mac) {
        Session session = use.session(device_, CCE_DECRYPT);
        session.verify_digest(message, mac);
        Bytes forged = mac;
        forged.at(random_below(forged.size())) ^= static_cast<std::uint8_t>(1U << random_below(8));
        try {
            session.verify_digest(message, forged);
        } catch (const Error& error) {
            if (error.status() != CCE_ERROR_TAG) throw;
            return "";
        }
        return "a forgery was accepted";
    }

    void compare(const Use& use) {
        const Bytes message = random_bytes(random_below(3) == 0 ? random_below(200) : random_below(5000));
        const std::size_t length =
            is_xof(use.hash) ? 1 + random_below(700) : std::size_t{cce_hash_digest_bytes(use.hash)};
        Bytes wanted(length);
        use.session(software_).digest(message, wanted);
        const std::string name = "random " + use.name() + ", " + std::to_string(message.size()) + " bytes";
        check(use, name, [&]() -> std::string {
            Bytes out(length);
            use.session(device_).digest(message, out);
            return out == wanted ? "" : "differs from software";
        });
        if (use.kind != CCE_HASH_PLAIN) {
            check(use, name + ", verification", [&] { return verifies(use, message, wanted); });
        }
        check(use, name + ", in pieces", [&] { return in_pieces(use, message, wanted); });
    }

    /// Two streams of one message, the second a copy of the first on the way.
    std::string in_pieces(const Use& use, const Bytes& message, const Bytes& wanted) {
        const Session session = use.session(device_);
        HashStream stream(session);
        std::optional<HashStream> copy;
        const std::size_t copied_at = random_below(message.size() + 1);
        std::size_t rest_of_copy = 0;
        for (std::size_t done = 0; done < message.size();) {
            const std::size_t piece = std::min(message.size() - done, 1 + random_below(400));
            stream.update(std::span(message).subspan(done, piece));
            done += piece;
            if (!copy && done >= copied_at) {
                copy.emplace(stream.copy());
                rest_of_copy = done;
            }
        }
        Bytes out(wanted.size());
        const bool squeezes = is_xof(use.hash) && use.kind != CCE_HASH_KMAC;
        if (squeezes) {
            const std::size_t first = random_below(out.size() + 1);
            stream.squeeze(std::span(out).first(first));
            stream.squeeze(std::span(out).subspan(first));
        } else {
            stream.finish(out);
        }
        if (out != wanted) {
            return "differs from software";
        }
        if (copy) {
            copy->update(std::span(message).subspan(rest_of_copy));
            std::fill(out.begin(), out.end(), std::uint8_t{0});
            copy->finish(out);
        }
        return out == wanted ? "" : "the copy differs from software";
    }

    Bytes random_bytes(std::size_t length) {
        Bytes bytes(length);
        std::generate(bytes.begin(), bytes.end(), [this] { return static_cast<std::uint8_t>(random_()); });
        return bytes;
    }
    std::size_t random_below(std::size_t limit) { return random_() % limit; }

    Device& device_;
    Device software_;
    Information information_;
    std::mt19937 random_;
    HashSelftest result_;
};

}  // namespace

HashSelftest test_hashes(Device& device, std::uint32_t seed) {
    return Test(device, seed).run();
}

}  // namespace cce::tool
