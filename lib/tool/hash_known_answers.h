// SPDX-License-Identifier: Apache-2.0
//
// Known answers for the hash functions and the MACs made of them, from the standards and NIST's examples for them.

#pragma once

#include <array>
#include <cstddef>

#include "cce/cce.h"

namespace cce::tool {

/// All in hexadecimal but `customization`.
struct HashAnswer {
    const char* name;
    cce_hash hash;
    const char* message;
    std::size_t times;  ///< the message is this often one after the other
    const char* digest;
    const char* customization = "";
};

struct HashMacAnswer {
    const char* name;
    cce_hash hash;
    cce_hash_kind kind;
    const char* key;
    const char* message;
    const char* mac;
    const char* customization = "";
};

namespace known {
inline constexpr const char* abc = "616263";
inline constexpr const char* two_blocks =
    "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d6b6c6d6e6c6d6e6f"
    "6d6e6f706e6f7071";
inline constexpr const char* two_long_blocks =
    "61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c666768696a6b6c6d"
    "6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f70716b6c6d6e6f7071726c6d6e6f70717273"
    "6d6e6f70717273746e6f707172737475";
inline constexpr const char* counting_4 = "00010203";
inline constexpr const char* counting_200 =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
    "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
    "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    "c0c1c2c3c4c5c6c7";
inline constexpr const char* sp_800_185_key = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f";
inline constexpr const char* rfc_4231_long_key =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
}  // namespace known

inline constexpr std::array<HashAnswer, 28> hash_answers{{
    {"FIPS 180-4 example, SHA-224, one block", CCE_HASH_SHA_224, known::abc, 1,
     "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {"FIPS 180-4 example, SHA-224, two blocks", CCE_HASH_SHA_224, known::two_blocks, 1,
     "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"},
    {"FIPS 180-4 example, SHA-256, one block", CCE_HASH_SHA_256, known::abc, 1,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"FIPS 180-4 example, SHA-256, two blocks", CCE_HASH_SHA_256, known::two_blocks, 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"FIPS 202 example, SHA384, empty", CCE_HASH_SHA_384, "", 1,
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"},
    {"FIPS 202 example, SHA384, 1600 bits", CCE_HASH_SHA_384, "a3", 200,
     "1607b79bac73da79748a48d9724762c0dd4fde5934eefee2a0d8da0f35ac8b7dca64c63d5ed5fdd5e7d347b074674bc7"},
    {"FIPS 180-4 example, SHA-512, one block", CCE_HASH_SHA_512, known::abc, 1,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
     "454d4423643ce80e2a9ac94fa54ca49f"},
    {"FIPS 180-4 example, SHA-512, two blocks", CCE_HASH_SHA_512, known::two_long_blocks, 1,
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433a"
     "c7d329eeb6dd26545e96e55b874be909"},
    {"FIPS 180-4 example, SHA-512/224, one block", CCE_HASH_SHA_512_224, known::abc, 1,
     "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa"},
    {"FIPS 180-4 example, SHA-512/224, two blocks", CCE_HASH_SHA_512_224, known::two_long_blocks, 1,
     "23fec5bb94d60b23308192640b0c453335d664734fe40e7268674af9"},
    {"FIPS 180-4 example, SHA-512/256, one block", CCE_HASH_SHA_512_256, known::abc, 1,
     "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
    {"FIPS 180-4 example, SHA-512/256, two blocks", CCE_HASH_SHA_512_256, known::two_long_blocks, 1,
     "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a"},
    {"FIPS 202 example, SHA3-224, empty", CCE_HASH_SHA3_224, "", 1,
     "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7"},
    {"FIPS 202 example, SHA3-224, 1600 bits", CCE_HASH_SHA3_224, "a3", 200,
     "9376816aba503f72f96ce7eb65ac095deee3be4bf9bbc2a1cb7e11e0"},
    {"FIPS 202 example, SHA3-256, empty", CCE_HASH_SHA3_256, "", 1,
     "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"},
    {"FIPS 202 example, SHA3-256, 1600 bits", CCE_HASH_SHA3_256, "a3", 200,
     "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787"},
    {"FIPS 202 example, SHA3-384, empty", CCE_HASH_SHA3_384, "", 1,
     "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004"},
    {"FIPS 202 example, SHA3-384, 1600 bits", CCE_HASH_SHA3_384, "a3", 200,
     "1881de2ca7e41ef95dc4732b8f5f002b189cc1e42b74168ed1732649ce1dbcdd76197a31fd55ee989f2d7050dd473e8f"},
    {"FIPS 202 example, SHA3-512, empty", CCE_HASH_SHA3_512, "", 1,
     "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558"
     "f500199d95b6d3e301758586281dcd26"},
    {"FIPS 202 example, SHA3-512, 1600 bits", CCE_HASH_SHA3_512, "a3", 200,
     "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca81b7c13c30adf52a3659584739a2df46b"
     "e589c51ca1a4a8416df6545a1ce8ba00"},
    {"FIPS 202 example, SHAKE128, empty, first 64 bytes", CCE_HASH_SHAKE_128, "", 1,
     "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef263cb1eea988004b93103cfb0aeefd2a68"
     "6e01fa4a58e8a3639ca8a1e3f9ae57e2"},
    {"FIPS 202 example, SHAKE128, 1600 bits, first 64 bytes", CCE_HASH_SHAKE_128, "a3", 200,
     "131ab8d2b594946b9c81333f9bb6e0ce75c3b93104fa3469d3917457385da037cf232ef7164a6d1eb448c8908186ad85"
     "2d3f85a5cf28da1ab6fe343817197846"},
    {"FIPS 202 example, SHAKE256, empty, first 64 bytes", CCE_HASH_SHAKE_256, "", 1,
     "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762fd75dc4ddd8c0f200cb05019d67b592f6"
     "fc821c49479ab48640292eacb3b7c4be"},
    {"FIPS 202 example, SHAKE256, 1600 bits, first 64 bytes", CCE_HASH_SHAKE_256, "a3", 200,
     "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d2d700caae7396ece96604440577da4f3"
     "aa22aeb8857f961c4cd8e06f0ae6610b"},
    {"SP 800-185 cSHAKE sample 1", CCE_HASH_CSHAKE_128, known::counting_4, 1,
     "c1c36925b6409a04f1b504fcbca9d82b4017277cb5ed2b2065fc1d3814d5aaf5", "Email Signature"},
    {"SP 800-185 cSHAKE sample 2", CCE_HASH_CSHAKE_128, known::counting_200, 1,
     "c5221d50e4f822d96a2e8881a961420f294b7b24fe3d2094baed2c6524cc166b", "Email Signature"},
    {"SP 800-185 cSHAKE sample 3", CCE_HASH_CSHAKE_256, known::counting_4, 1,
     "d008828e2b80ac9d2218ffee1d070c48b8e4c87bff32c9699d5b6896eee0edd164020e2be0560858d9c00c037e34a969"
     "37c561a74c412bb4c746469527281c8c",
     "Email Signature"},
    {"SP 800-185 cSHAKE sample 4", CCE_HASH_CSHAKE_256, known::counting_200, 1,
     "07dc27b11e51fbac75bc7b3c1d983e8b4b85fb1defaf218912ac86430273091727f42b17ed1df63e8ec118f04b23633c"
     "1dfb1574c8fb55cb45da8e25afb092bb",
     "Email Signature"},
}};

inline constexpr std::array<HashMacAnswer, 24> hash_mac_answers{{
    {"RFC 4231, 1, HMAC-SHA224", CCE_HASH_SHA_224, CCE_HASH_HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
     "4869205468657265", "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22"},
    {"RFC 4231, 2, HMAC-SHA224", CCE_HASH_SHA_224, CCE_HASH_HMAC, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"},
    {"RFC 4231, 3, HMAC-SHA224", CCE_HASH_SHA_224, CCE_HASH_HMAC, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea"},
    {"RFC 4231, 6, HMAC-SHA224", CCE_HASH_SHA_224, CCE_HASH_HMAC, known::rfc_4231_long_key,
     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
     "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e"},
    {"RFC 4231, 1, HMAC-SHA256", CCE_HASH_SHA_256, CCE_HASH_HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
     "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"RFC 4231, 2, HMAC-SHA256", CCE_HASH_SHA_256, CCE_HASH_HMAC, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"RFC 4231, 3, HMAC-SHA256", CCE_HASH_SHA_256, CCE_HASH_HMAC, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"RFC 4231, 6, HMAC-SHA256", CCE_HASH_SHA_256, CCE_HASH_HMAC, known::rfc_4231_long_key,
     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {"RFC 4231, 1, HMAC-SHA384", CCE_HASH_SHA_384, CCE_HASH_HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
     "4869205468657265",
     "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"},
    {"RFC 4231, 2, HMAC-SHA384", CCE_HASH_SHA_384, CCE_HASH_HMAC, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
    {"RFC 4231, 3, HMAC-SHA384", CCE_HASH_SHA_384, CCE_HASH_HMAC, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27"},
    {"RFC 4231, 6, HMAC-SHA384", CCE_HASH_SHA_384, CCE_HASH_HMAC, known::rfc_4231_long_key,
     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
     "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952"},
    {"RFC 4231, 1, HMAC-SHA512", CCE_HASH_SHA_512, CCE_HASH_HMAC, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
     "4869205468657265",
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4"
     "be9d914eeb61f1702e696c203a126854"},
    {"RFC 4231, 2, HMAC-SHA512", CCE_HASH_SHA_512, CCE_HASH_HMAC, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
     "caeab1a34d4a6b4b636e070a38bce737"},
    {"RFC 4231, 3, HMAC-SHA512", CCE_HASH_SHA_512, CCE_HASH_HMAC, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807"
     "b946a337bee8942674278859e13292fb"},
    {"RFC 4231, 6, HMAC-SHA512", CCE_HASH_SHA_512, CCE_HASH_HMAC, known::rfc_4231_long_key,
     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e52"
     "95e64f73f63f0aec8b915a985d786598"},
    {"SP 800-185 KMAC sample 1", CCE_HASH_CSHAKE_128, CCE_HASH_KMAC, known::sp_800_185_key, known::counting_4,
     "e5780b0d3ea6f7d3a429c5706aa43a00fadbd7d49628839e3187243f456ee14e"},
    {"SP 800-185 KMAC sample 2", CCE_HASH_CSHAKE_128, CCE_HASH_KMAC, known::sp_800_185_key, known::counting_4,
     "3b1fba963cd8b0b59e8c1a6d71888b7143651af8ba0a7070c0979e2811324aa5", "My Tagged Application"},
    {"SP 800-185 KMAC sample 3", CCE_HASH_CSHAKE_128, CCE_HASH_KMAC, known::sp_800_185_key, known::counting_200,
     "1f5b4e6cca02209e0dcb5ca635b89a15e271ecc760071dfd805faa38f9729230", "My Tagged Application"},
    {"SP 800-185 KMAC sample 4", CCE_HASH_CSHAKE_256, CCE_HASH_KMAC, known::sp_800_185_key, known::counting_4,
     "20c570c31346f703c9ac36c61c03cb64c3970d0cfc787e9b79599d273a68d2f7f69d4cc3de9d104a351689f27cf6f595"
     "1f0103f33f4f24871024d9c27773a8dd",
     "My Tagged Application"},
    {"SP 800-185 KMAC sample 5", CCE_HASH_CSHAKE_256, CCE_HASH_KMAC, known::sp_800_185_key, known::counting_200,
     "75358cf39e41494e949707927cee0af20a3ff553904c86b08f21cc414bcfd691589d27cf5e15369cbbff8b9a4c2eb178"
     "00855d0235ff635da82533ec6b759b69"},
    {"SP 800-185 KMAC sample 6", CCE_HASH_CSHAKE_256, CCE_HASH_KMAC, known::sp_800_185_key, known::counting_200,
     "b58618f71f92e1d56c1b8c55ddd7cd188b97b4ca4d99831eb2699a837da2e4d970fbacfde50033aea585f1a2708510c3"
     "2d07880801bd182898fe476876fc8965",
     "My Tagged Application"},
    {"SP 800-185 KMACXOF sample 1", CCE_HASH_CSHAKE_128, CCE_HASH_KMAC_XOF, known::sp_800_185_key, known::counting_4,
     "cd83740bbd92ccc8cf032b1481a0f4460e7ca9dd12b08a0c4031178bacd6ec35"},
    {"SP 800-185 KMACXOF sample 4", CCE_HASH_CSHAKE_256, CCE_HASH_KMAC_XOF, known::sp_800_185_key, known::counting_4,
     "1755133f1534752aad0748f2c706fb5c784512cab835cd15676b16c0c6647fa96faa7af634a0bf8ff6df39374fa00fad"
     "9a39e322a7c92065a64eb1fb0801eb2b",
     "My Tagged Application"},
}};

}  // namespace cce::tool
