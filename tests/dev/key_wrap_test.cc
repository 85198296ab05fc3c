// SPDX-License-Identifier: Apache-2.0
//
// Key wrap through /dev/cce: NIST's vectors, an engine that sleeps, one that goes and comes. Random keys against
// OpenSSL, and what is refused: dev_test.cc. Jobs below tests/kernel/jobs/ choose: Asleep expects an engine that
// sleeps, Removal one that comes and goes.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "device_file.h"
#include "reference.h"
#include "removal.h"
#include "vector_file.h"

namespace cce::dev {
namespace {

constexpr int64_t patience_ns = 60'000'000'000;
constexpr size_t semiblock = 8;
constexpr size_t guard_bytes = 16;
constexpr uint8_t untouched = 0xa5;

Bytes from_hex(const std::string& text) {
    Bytes bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

// What became of a key: the status, and what is in the destination.
struct Outcome {
    int status;
    Bytes destination;
};

class DevKeyWrap : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(file_.open_errno(), 0) << "opening " << device_path;
        ASSERT_EQ(file_.create_queue(4, -1, queue_), 0);
    }

    uint32_t session(uint32_t mode, const Bytes& key) {
        uint32_t id = 0;
        EXPECT_EQ(file_.create_session(mode, key, 0, id), 0) << "mode " << mode;
        return id;
    }

    // `source` is a key, or a wrapped one. Bytes around the destination must survive.
    Outcome run(uint32_t session, bool padded, bool unwrap, const Bytes& source) {
        const size_t whole = (source.size() + semiblock - 1) / semiblock * semiblock;
        const size_t room = unwrap ? source.size() - semiblock : (padded ? whole : source.size()) + semiblock;
        Bytes memory(guard_bytes + room + guard_bytes, untouched);
        cce_uapi_request request{};
        request.session = session;
        request.flags = unwrap ? CCE_UAPI_REQUEST_DECRYPT : 0;
        request.length = static_cast<uint32_t>(source.size() - (unwrap ? semiblock : 0));
        request.source = reinterpret_cast<uintptr_t>(source.data());
        request.destination = reinterpret_cast<uintptr_t>(memory.data() + guard_bytes);
        std::vector<cce_uapi_completion> completions;
        EXPECT_EQ(file_.submit(queue_, request), 0);
        EXPECT_EQ(file_.collect(queue_, 1, 1, patience_ns, completions), 0);
        for (size_t i = 0; i < guard_bytes; ++i) {
            EXPECT_EQ(memory[i], untouched);
            EXPECT_EQ(memory[memory.size() - 1 - i], untouched);
        }
        const auto begin = memory.begin() + guard_bytes;
        return {completions.at(0).status, Bytes(begin, begin + static_cast<ptrdiff_t>(room))};
    }

    DeviceFile file_;
    uint32_t queue_{};
};

TEST_F(DevKeyWrap, StandardVectors) {
    const std::filesystem::path folder = std::filesystem::path{CCE_VECTORS} / "../../keywrap/kwtestvectors";
    const char* text = std::getenv("CCE_DEV_VECTOR_STEP");
    const size_t step = text != nullptr ? std::strtoul(text, nullptr, 0) : 23;
    size_t number = 0, looked_at = 0, forged = 0;
    for (const uint32_t mode : {uint32_t{CCE_UAPI_MODE_KW}, uint32_t{CCE_UAPI_MODE_KWP}}) {
        const bool padded = mode == CCE_UAPI_MODE_KWP;
        for (const char* direction : {"AE", "AD"}) {
            for (const int bits : {128, 192, 256}) {
                const std::string name =
                    std::string{padded ? "KWP_" : "KW_"} + direction + "_" + std::to_string(bits) + ".txt";
                for (test::Vector& vector : test::read_vectors(folder / name)) {
                    if (number++ % step != 0) continue;
                    SCOPED_TRACE(name + " " + vector.take("PLAINTEXT LENGTH") +
                                 " bits, COUNT = " + vector.take("COUNT"));
                    const Bytes wrapped = from_hex(vector.take("C"));
                    const uint32_t id = session(mode, from_hex(vector.take("K")));
                    const Outcome unwrapped = run(id, padded, true, wrapped);
                    ++looked_at;
                    if (vector.has("FAIL")) {
                        ++forged;
                        EXPECT_EQ(unwrapped.status, -EBADMSG);
                        EXPECT_EQ(unwrapped.destination, Bytes(unwrapped.destination.size()));
                    } else {
                        Bytes plain = from_hex(vector.take("P"));
                        const Outcome again = run(id, padded, false, plain);
                        EXPECT_EQ(again.status, 0);
                        EXPECT_EQ(again.destination, wrapped);
                        EXPECT_EQ(unwrapped.status, padded ? static_cast<int>(plain.size()) : 0);
                        plain.resize(unwrapped.destination.size());
                        EXPECT_EQ(unwrapped.destination, plain);
                    }
                    ASSERT_EQ(file_.destroy(CCE_UAPI_SESSION_DESTROY, id), 0);
                    ASSERT_FALSE(HasFailure());
                }
            }
        }
    }
    EXPECT_GE(number, 6000U);
    EXPECT_GT(forged, 0U);
    std::printf("%zu of %zu vectors, %zu of them forged\n", looked_at, number, forged);
}

// A key must not be refused because the engine sleeps: nobody else can wrap it.
TEST_F(DevKeyWrap, Asleep) {
    const uint32_t id = session(CCE_UAPI_MODE_KWP, Bytes(32, 1));
    const Outcome wrapped = run(id, true, false, Bytes(20, 2));
    ASSERT_EQ(wrapped.status, 0);
    EXPECT_EQ(run(id, true, true, wrapped.destination).status, 20);
}

// The engine comes and goes: a key is wrapped well, or there is an errno and nothing of it.
TEST_F(DevKeyWrap, RemovalUnderLoad) {
    const uint32_t id = session(CCE_UAPI_MODE_KW, Bytes(16, 0x42));
    const Bytes plain(64, 7);
    ReferenceRequest reference;
    reference.mode = CCE_UAPI_MODE_KW;
    reference.key = Bytes(16, 0x42);
    reference.source = plain;
    run_until_removals_end(file_, CCE_UAPI_MODE_KWP, Bytes(16, 1), *reference_answer(reference), untouched,
                           "keys wrapped", [&](Bytes& destination, int& error) {
                               const Outcome outcome = run(id, false, false, plain);
                               error = -outcome.status;
                               destination = outcome.destination;
                           });
}

}  // namespace
}  // namespace cce::dev
