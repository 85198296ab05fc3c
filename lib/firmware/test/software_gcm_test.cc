// SPDX-License-Identifier: Apache-2.0
//
// The example firmware's own AES-GCM against OpenSSL: the engine is compared with it there.

#include "software_gcm.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "reference.h"

namespace cce::firmware {
namespace {

using reference::Bytes;

TEST(SoftwareGcm, AsOpenSSL) {
    std::mt19937_64 random(1);
    const auto bytes = [&](std::size_t count) {
        Bytes result(count);
        for (auto& byte : result) byte = static_cast<std::uint8_t>(random());
        return result;
    };
    for (const std::size_t key_bytes : {16U, 24U, 32U}) {
        for (const std::size_t length : {0U, 1U, 15U, 16U, 17U, 47U, 48U, 49U, 63U, 64U, 111U, 112U, 113U, 1000U}) {
            const Bytes key = bytes(key_bytes);
            const Bytes iv = bytes(12);
            const Bytes aad = bytes(length % 40);
            const Bytes text = bytes(length);
            software_gcm gcm{};
            software_gcm_init(&gcm, key.data(), key.size());
            Bytes out(length);
            std::array<std::uint8_t, 16> tag{};
            software_gcm_seal(&gcm, iv.data(), aad.data(), aad.size(), text.data(), text.size(), out.data(),
                              tag.data());
            out.insert(out.end(), tag.begin(), tag.end());
            EXPECT_EQ(out, reference::gcm(key, iv, aad, text, 16)) << key_bytes << " " << length;
            software_gcm_wipe(&gcm);
            const auto* const begin = reinterpret_cast<const std::uint8_t*>(&gcm);
            EXPECT_EQ(Bytes(begin, begin + sizeof gcm), Bytes(sizeof gcm));
        }
    }
}

}  // namespace
}  // namespace cce::firmware
