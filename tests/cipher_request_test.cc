// SPDX-License-Identifier: Apache-2.0
//
// How the harness lays a request out in memory, for every mode: descriptor, streams, lists, records. The engine has no
// part in it.

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>

#include "support.h"

namespace cce::sim {
namespace {

using contract::CipherMode;
using contract::Descriptor;
using test::Bytes;

Bytes counting(std::size_t count, std::uint8_t first = 0) {
    Bytes bytes(count);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
}

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

class CipherRequestTest : public testing::Test {
protected:
    Machine machine_{test::machine_options(128)};
    const Bytes key_ = counting(24, 0x80);
    const Bytes text_ = counting(40, 1);
    const Bytes aad_ = counting(13, 0x60);
};

TEST_F(CipherRequestTest, GcmWithItsIvInTheDescriptor) {
    CipherRequest request(machine_, CipherMode::gcm);
    request.key(key_).iv(counting(12, 0x30)).aad(aad_).tag_length(13).text(text_);
    const Descriptor d = request.descriptor();
    EXPECT_EQ(d.mode, static_cast<std::uint8_t>(CipherMode::gcm));
    EXPECT_EQ(d.flags, 0);
    EXPECT_EQ(d.text_length, 40U);
    EXPECT_EQ(d.aad_length, 13U);
    EXPECT_EQ(d.tag_length, 13U);
    EXPECT_EQ(test::bytes_of(d.iv), joined({counting(12, 0x30), Bytes(4)}));
    EXPECT_EQ(request.source().gather(), joined({aad_, text_}));
    EXPECT_EQ(request.destination().length(), 53U);
    EXPECT_EQ(request.output_text().size(), 40U);
    EXPECT_EQ(request.output_tag().size(), 13U);
}

TEST_F(CipherRequestTest, GcmWithItsIvInTheSource) {
    const Bytes iv = counting(60, 0xa0);
    const Bytes tag = counting(16, 0xf0);
    CipherRequest request(machine_, CipherMode::gcm);
    request.key(key_).decrypt().iv(iv).aad(aad_).tag(tag).text(text_);
    const Descriptor d = request.descriptor();
    EXPECT_EQ(d.flags, Descriptor::flags_decrypt | Descriptor::flags_iv_in_source);
    EXPECT_EQ(test::bytes_of(d.iv), joined({{60}, Bytes(15)}));
    EXPECT_EQ(d.tag_length, 16U);
    EXPECT_EQ(request.source().gather(), joined({iv, aad_, text_, tag}));
    EXPECT_EQ(request.destination().length(), 40U);
}

TEST_F(CipherRequestTest, CcmNonce) {
    CipherRequest request(machine_, CipherMode::ccm);
    request.key(key_).iv(counting(13, 0x30)).tag_length(4).text(text_);
    EXPECT_EQ(test::bytes_of(request.descriptor().iv), joined({{1}, counting(13, 0x30), Bytes(2)}));
    CipherRequest shortest(machine_, CipherMode::ccm);
    shortest.key(key_).iv(counting(7, 0x30)).tag_length(4).text(text_);
    EXPECT_EQ(test::bytes_of(shortest.descriptor().iv), joined({{7}, counting(7, 0x30), Bytes(8)}));
    EXPECT_THROW(CipherRequest(machine_, CipherMode::ccm).iv(Bytes(6)), std::invalid_argument);
}

TEST_F(CipherRequestTest, KeyPair) {
    CipherRequest request(machine_, CipherMode::xts);
    request.key_pair(key_, counting(24, 0xc0)).distinct_keys().text(text_);
    EXPECT_EQ(request.context_bytes(), 128U);
    EXPECT_EQ(request.descriptor().flags, Descriptor::flags_distinct_keys);
    const auto record = machine_.memory().load<KeyPairRecord>(request.context_address());
    EXPECT_EQ(record.first.format, contract::ContextFormat::cipher_key_pair);
    EXPECT_EQ(record.first.units, 2U);
    EXPECT_EQ(record.first.key_length, 24U);
    EXPECT_TRUE(std::equal(key_.begin(), key_.end(), record.first.key.begin()));
    EXPECT_EQ(record.second.key[0], 0xc0);
    EXPECT_THROW(request.key_pair(key_, Bytes(16)), std::invalid_argument);
    // A single key afterwards is a shorter record.
    request.key(key_);
    EXPECT_EQ(request.context_bytes(), 64U);
}

TEST_F(CipherRequestTest, LengthsOfMacsAndWrappedKeys) {
    const auto lengths = [&](CipherMode mode, bool decrypt, std::size_t tag, std::size_t text) {
        CipherRequest request(machine_, mode);
        request.decrypt(decrypt);
        if (tag != 0) request.tag_length(tag);
        return request.lengths(text);
    };
    EXPECT_EQ(lengths(CipherMode::cmac, false, 16, 40).source, 40U);
    EXPECT_EQ(lengths(CipherMode::cmac, false, 16, 40).destination, 16U);
    EXPECT_EQ(lengths(CipherMode::cmac, true, 5, 40).source, 45U);
    EXPECT_EQ(lengths(CipherMode::cmac, true, 5, 40).destination, 0U);
    EXPECT_EQ(lengths(CipherMode::kw, false, 0, 16).destination, 24U);
    EXPECT_EQ(lengths(CipherMode::kw, true, 0, 24).destination, 16U);
    EXPECT_EQ(lengths(CipherMode::kwp, false, 0, 1).destination, 16U);
    EXPECT_EQ(lengths(CipherMode::kwp, false, 0, 17).destination, 32U);
    EXPECT_EQ(lengths(CipherMode::kwp, true, 0, 32).destination, 24U);
}

TEST_F(CipherRequestTest, KeyWrapWithTheInverseCipher) {
    for (const CipherMode mode : {CipherMode::kw, CipherMode::kwp}) {
        CipherRequest request(machine_, mode);
        request.key(key_).inverse_cipher().text(text_);
        EXPECT_EQ(request.descriptor().flags, Descriptor::flags_inverse_cipher);
        EXPECT_EQ(request.inverse_cipher(false).descriptor().flags, 0);
    }
    EXPECT_THROW(CipherRequest(machine_, CipherMode::ecb).inverse_cipher(), std::invalid_argument);
    EXPECT_NO_THROW(CipherRequest(machine_, CipherMode::ecb).inverse_cipher(false));
}

TEST_F(CipherRequestTest, StreamsOfNoBytes) {
    CipherRequest request(machine_, CipherMode::gcm);
    request.key(key_).iv(Bytes(12)).tag_length(16).text({}, Shape{{}, true, 0}, Shape{{{3, 16}}, true, 0});
    const Descriptor d = request.descriptor();
    EXPECT_EQ(d.flags, Descriptor::flags_destination_list);
    EXPECT_EQ(d.text_length, 0U);
    EXPECT_TRUE(request.surroundings_untouched());
    EXPECT_TRUE(request.output_text().empty());
    EXPECT_THROW(ScatteredText(machine_, Shape{{{0, 4}, {0, 0}}, true, 0}), std::invalid_argument);
}

TEST_F(CipherRequestTest, InPlaceBehindIvAndAad) {
    CipherRequest request(machine_, CipherMode::gcm);
    request.key(key_).iv(counting(20)).aad(aad_).tag_length(16);
    // IV and AAD: 33 bytes, text 40, tag 16. The text begins in the second segment.
    ASSERT_EQ(request.in_place_length(text_.size()), 89U);
    request.text_in_place(text_, Shape{{{7, 30}, {0, 10}, {5, 49}}, true, 3});
    const Descriptor d = request.descriptor();
    EXPECT_EQ(d.flags,
              Descriptor::flags_iv_in_source | Descriptor::flags_source_list | Descriptor::flags_destination_list);
    EXPECT_EQ(d.source % contract::list_fetch_bytes, 48U);
    const auto& source = request.source().segments();
    const auto& destination = request.destination().segments();
    ASSERT_EQ(source.size(), 3U);
    ASSERT_EQ(destination.size(), 2U);
    EXPECT_EQ(destination[0].address, source[1].address + 3);
    EXPECT_EQ(destination[0].length, 7U);
    EXPECT_EQ(destination[1].length, 49U);
    EXPECT_EQ(source[2].length, 33U);
    EXPECT_EQ(source[2].flags, contract::ListEntry::flags_last);
    EXPECT_EQ(request.source().gather(), joined({counting(20), aad_, text_}));
    EXPECT_TRUE(request.surroundings_untouched());
    // The destination may change, what is in front of it may not.
    machine_.memory().write(destination[0].address, Bytes{0xee});
    EXPECT_TRUE(request.surroundings_untouched());
    machine_.memory().write(destination[0].address - 1, Bytes{0xee});
    EXPECT_FALSE(request.surroundings_untouched());
}

TEST_F(CipherRequestTest, InPlaceTheTagToVerifyStays) {
    CipherRequest request(machine_, CipherMode::ccm);
    request.key(key_).decrypt().iv(Bytes(11)).tag(Bytes(8, 0x99));
    request.text_in_place(text_, Shape::direct(request.in_place_length(text_.size()), 3));
    EXPECT_EQ(request.destination().address(), request.source().address());
    EXPECT_EQ(request.destination().length(), 40U);
    machine_.memory().write(request.source().address() + 39, Bytes{0xee});
    EXPECT_TRUE(request.surroundings_untouched());
    machine_.memory().write(request.source().address() + 40, Bytes{0xee});
    EXPECT_FALSE(request.surroundings_untouched());
}

TEST_F(CipherRequestTest, SourceAndSurroundingsAreWatched) {
    CipherRequest request(machine_, CipherMode::kw);
    request.key(key_).text(text_, Shape::direct(40, 5), Shape::direct(48, 9));
    EXPECT_TRUE(request.surroundings_untouched());
    machine_.memory().write(request.destination().address() + 47, Bytes{0});
    EXPECT_TRUE(request.surroundings_untouched());
    machine_.memory().write(request.destination().address() + 48, Bytes{0});
    EXPECT_FALSE(request.surroundings_untouched());
    CipherRequest other(machine_, CipherMode::kw);
    other.key(key_).text(text_);
    machine_.memory().write(other.source().address(), Bytes{0xee});
    EXPECT_FALSE(other.surroundings_untouched());
}

TEST_F(CipherRequestTest, StepsOutOfOrderAreRefused) {
    CipherRequest request(machine_, CipherMode::gcm);
    request.key(key_).iv(Bytes(12)).tag_length(16).text(text_);
    EXPECT_THROW(request.aad(aad_), std::logic_error);
    EXPECT_THROW(request.decrypt(), std::logic_error);
    EXPECT_THROW(request.iv(Bytes(12)), std::logic_error);
    EXPECT_THROW(CipherRequest(machine_, CipherMode::cbc).aad(aad_), std::invalid_argument);
    EXPECT_THROW(CipherRequest(machine_, CipherMode::kw).tag_length(8), std::invalid_argument);
}

TEST_F(CipherRequestTest, LoadsOfContexts) {
    const Descriptor load = context_load(31, 0x4000, sizeof(KeyPairRecord), 0x0102);
    EXPECT_EQ(load.opcode, contract::Opcode::context_load);
    EXPECT_EQ(load.context_reference, 31U);
    EXPECT_EQ(load.source, 0x4000U);
    EXPECT_EQ(load.text_length, 128U);
    EXPECT_EQ(load.source_region, 0x0102);
    EXPECT_EQ(context_invalidate(3).opcode, contract::Opcode::context_invalidate);
}

}  // namespace
}  // namespace cce::sim
