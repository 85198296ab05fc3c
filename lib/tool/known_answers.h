// SPDX-License-Identifier: Apache-2.0
//
// Known answers for every mode, from the standards and from NIST's CAVP files; each names its source.

#pragma once

#include <array>
#include <cstddef>

#include "cce/cce.h"

namespace cce::tool {

// All in hexadecimal. Decrypting, opening and unwrapping are the same, the other way round.

/// ECB, CBC, CTR, XTS.
struct KnownAnswer {
    const char* name;
    cce_mode mode;
    const char* key;
    const char* iv;  ///< empty for ECB
    const char* plain;
    const char* cipher;
    unsigned flags = 0;  ///< of the session
};

/// GCM, CCM.
struct AeadAnswer {
    const char* name;
    cce_mode mode;
    const char* key;
    const char* iv;
    const char* aad;
    const char* plain;
    const char* sealed;  ///< ciphertext, then tag
    std::size_t tag_length;
};

/// CMAC, and GMAC, whose mode is GCM.
struct MacAnswer {
    const char* name;
    cce_mode mode;
    const char* key;
    const char* iv;  ///< empty for CMAC
    const char* message;
    const char* mac;
};

/// KW, KWP.
struct KeyWrapAnswer {
    const char* name;
    cce_mode mode;
    const char* key;
    const char* plain;
    const char* wrapped;
};

namespace known {
inline constexpr const char* plain =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
inline constexpr const char* key_128 = "2b7e151628aed2a6abf7158809cf4f3c";
inline constexpr const char* key_192 = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
inline constexpr const char* key_256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
inline constexpr const char* iv = "000102030405060708090a0b0c0d0e0f";
inline constexpr const char* counter = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
inline constexpr const char* fips_plain = "00112233445566778899aabbccddeeff";
inline constexpr const char* gcm_key = "feffe9928665731c6d6a8f9467308308";
inline constexpr const char* gcm_iv = "cafebabefacedbaddecaf888";
inline constexpr const char* gcm_aad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
inline constexpr const char* gcm_plain =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
inline constexpr const char* ccm_key = "404142434445464748494a4b4c4d4e4f";
inline constexpr const char* wrap_key_192 = "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8";
}  // namespace known

inline constexpr std::array<KnownAnswer, 17> known_answers{{
    {"FIPS 197 C.1, AES-128", CCE_MODE_ECB, "000102030405060708090a0b0c0d0e0f", "", known::fips_plain,
     "69c4e0d86a7b0430d8cdb78070b4c55a"},
    {"FIPS 197 C.2, AES-192", CCE_MODE_ECB, "000102030405060708090a0b0c0d0e0f1011121314151617", "", known::fips_plain,
     "dda97ca4864cdfe06eaf70a0ec0d7191"},
    {"FIPS 197 C.3, AES-256", CCE_MODE_ECB, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "",
     known::fips_plain, "8ea2b7ca516745bfeafc49904b496089"},
    {"SP 800-38A F.1.1, ECB-AES128", CCE_MODE_ECB, known::key_128, "", known::plain,
     "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
     "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"},
    {"SP 800-38A F.1.3, ECB-AES192", CCE_MODE_ECB, known::key_192, "", known::plain,
     "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
     "ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e"},
    {"SP 800-38A F.1.5, ECB-AES256", CCE_MODE_ECB, known::key_256, "", known::plain,
     "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
     "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7"},
    {"SP 800-38A F.2.1, CBC-AES128", CCE_MODE_CBC, known::key_128, known::iv, known::plain,
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
     "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
    {"SP 800-38A F.2.3, CBC-AES192", CCE_MODE_CBC, known::key_192, known::iv, known::plain,
     "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
     "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd"},
    {"SP 800-38A F.2.5, CBC-AES256", CCE_MODE_CBC, known::key_256, known::iv, known::plain,
     "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
     "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
    {"SP 800-38A F.5.1, CTR-AES128", CCE_MODE_CTR, known::key_128, known::counter, known::plain,
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
     "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
    {"SP 800-38A F.5.3, CTR-AES192", CCE_MODE_CTR, known::key_192, known::counter, known::plain,
     "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
     "1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050"},
    {"SP 800-38A F.5.5, CTR-AES256", CCE_MODE_CTR, known::key_256, known::counter, known::plain,
     "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
     "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"},
    {"IEEE 1619 B, vector 1, XTS-AES-128", CCE_MODE_XTS,
     "0000000000000000000000000000000000000000000000000000000000000000", "00000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000",
     "917cf69ebd68b2ec9b9fe9a3eadda692cd43d2f59598ed858c02c2652fbf922e", CCE_SESSION_EQUAL_KEYS},
    {"IEEE 1619 B, vector 2, XTS-AES-128", CCE_MODE_XTS,
     "1111111111111111111111111111111122222222222222222222222222222222", "33333333330000000000000000000000",
     "4444444444444444444444444444444444444444444444444444444444444444",
     "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0", 0},
    {"IEEE 1619 B, vector 15, XTS-AES-128, 17 bytes", CCE_MODE_XTS,
     "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0bfbebdbcbbbab9b8b7b6b5b4b3b2b1b0", "9a785634120000000000000000000000",
     "000102030405060708090a0b0c0d0e0f10", "6c1625db4671522d3d7599601de7ca09ed", 0},
    {"IEEE 1619 B, vector 18, XTS-AES-128, 20 bytes", CCE_MODE_XTS,
     "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0bfbebdbcbbbab9b8b7b6b5b4b3b2b1b0", "9a785634120000000000000000000000",
     "000102030405060708090a0b0c0d0e0f10111213", "9d84c813f719aa2c7be3f66171c7c5c2edbf9dac", 0},
    {"CAVP XTSGenAES256, encrypt, count 1", CCE_MODE_XTS,
     "1ea661c58d943a0e4801e42f4b0947149e7f9f8e3e68d0c7505210bd311a0e7cd6e13ffdf2418d8d1911c004cda58da3"
     "d619b7e2b9141e58318eea392cf41b08",
     "adf8d92627464ad2f0428e84a9f87564", "2eedea52cd8215e1acc647e810bbc3642e87287f8d2e57e36c0a24fbc12a202e",
     "cbaad0e2f6cea3f50b37f934d46a9b130b9d54f07e34f36af793e86f73c6d7db", 0},
}};

inline constexpr std::array<AeadAnswer, 12> aead_answers{{
    {"McGrew-Viega GCM, case 1, AES-128", CCE_MODE_GCM, "00000000000000000000000000000000", "000000000000000000000000",
     "", "", "58e2fccefa7e3061367f1d57a4e7455a", 16},
    {"McGrew-Viega GCM, case 2, AES-128", CCE_MODE_GCM, "00000000000000000000000000000000", "000000000000000000000000",
     "", "00000000000000000000000000000000", "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf", 16},
    {"McGrew-Viega GCM, case 4, AES-128", CCE_MODE_GCM, known::gcm_key, known::gcm_iv, known::gcm_aad, known::gcm_plain,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
     "1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
     16},
    {"McGrew-Viega GCM, case 5, AES-128, IV of 8 bytes", CCE_MODE_GCM, known::gcm_key, "cafebabefacedbad",
     known::gcm_aad, known::gcm_plain,
     "61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c742373806900e49f24b22b097544d4896b42"
     "4989b5e1ebac0f07c23f45983612d2e79e3b0785561be14aaca2fccb",
     16},
    {"McGrew-Viega GCM, case 6, AES-128, IV of 60 bytes", CCE_MODE_GCM, known::gcm_key,
     "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e2429a6b5254"
     "16aedbf5a0de6a57a637b39b",
     known::gcm_aad, known::gcm_plain,
     "8ce24998625615b603a033aca13fb894be9112a5c3a211a8ba262a3cca7e2ca701e4a9a4fba43c90ccdcb281d48c7c6f"
     "d62875d2aca417034c34aee5619cc5aefffe0bfa462af43c1699d050",
     16},
    {"McGrew-Viega GCM, case 10, AES-192", CCE_MODE_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c",
     known::gcm_iv, known::gcm_aad, known::gcm_plain,
     "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f47"
     "18e2448b2fe324d9ccda27102519498e80f1478f37ba55bd6d27618c",
     16},
    {"McGrew-Viega GCM, case 16, AES-256", CCE_MODE_GCM,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", known::gcm_iv, known::gcm_aad,
     known::gcm_plain,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
     "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
     16},
    {"SP 800-38C, example 1, AES-128", CCE_MODE_CCM, known::ccm_key, "10111213141516", "0001020304050607", "20212223",
     "7162015b4dac255d", 4},
    {"SP 800-38C, example 2, AES-128", CCE_MODE_CCM, known::ccm_key, "1011121314151617",
     "000102030405060708090a0b0c0d0e0f", "202122232425262728292a2b2c2d2e2f",
     "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd", 6},
    {"SP 800-38C, example 3, AES-128", CCE_MODE_CCM, known::ccm_key, "101112131415161718191a1b",
     "000102030405060708090a0b0c0d0e0f10111213", "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951", 8},
    {"CAVP CCM VNT192, count 60, AES-192", CCE_MODE_CCM, "36ad1e3fb630d1b1fbccfd685f44edd8984427b78deae7a9",
     "3af625df8be9d7685a842f260e", "308443033ecd4a814475672b814b7c6d813d0ec2a0caeecbcaba18a2840cdb6c",
     "8b9db1c8f9b4892a5654c85467bcffa2e15e28392c938952",
     "6bc6890fee299c712fb8d9df9c141f24ee1572b8f15112c2f8c99ccf2d82788cf613a61d60dae458", 16},
    {"CAVP CCM VNT256, count 60, AES-256", CCE_MODE_CCM,
     "4a75ff2f66dae2935403cce27e829ad8be98185c73f8bc61d3ce950a83007e11", "46eb390b175e75da6193d7edb6",
     "282f05f734f249c0535ee396282218b7c4913c39b59ad2a03ffaf5b0e9b0f780",
     "205f2a664a8512e18321a91c13ec13b9e6b633228c57cc1e",
     "58f1584f761983bef4d0060746b5d5ee610ecfda31101a7f5460e9b7856d60a5ad9803c0762f8176", 16},
}};

inline constexpr std::array<MacAnswer, 15> mac_answers{{
    {"SP 800-38B D.1, AES-128, example 1", CCE_MODE_CMAC, known::key_128, "", "", "bb1d6929e95937287fa37d129b756746"},
    {"SP 800-38B D.1, AES-128, example 2", CCE_MODE_CMAC, known::key_128, "", "6bc1bee22e409f96e93d7e117393172a",
     "070a16b46b4d4144f79bdd9dd04a287c"},
    {"SP 800-38B D.1, AES-128, example 3", CCE_MODE_CMAC, known::key_128, "",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
     "dfa66747de9ae63030ca32611497c827"},
    {"SP 800-38B D.1, AES-128, example 4", CCE_MODE_CMAC, known::key_128, "", known::plain,
     "51f0bebf7e3b9d92fc49741779363cfe"},
    {"SP 800-38B D.2, AES-192, example 5", CCE_MODE_CMAC, known::key_192, "", "", "d17ddf46adaacde531cac483de7a9367"},
    {"SP 800-38B D.2, AES-192, example 6", CCE_MODE_CMAC, known::key_192, "", "6bc1bee22e409f96e93d7e117393172a",
     "9e99a7bf31e710900662f65e617c5184"},
    {"SP 800-38B D.2, AES-192, example 7", CCE_MODE_CMAC, known::key_192, "",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
     "8a1de5be2eb31aad089a82e6ee908b0e"},
    {"SP 800-38B D.2, AES-192, example 8", CCE_MODE_CMAC, known::key_192, "", known::plain,
     "a1d5df0eed790f794d77589659f39a11"},
    {"SP 800-38B D.3, AES-256, example 9", CCE_MODE_CMAC, known::key_256, "", "", "028962f61b7bf89efc6b551f4667d983"},
    {"SP 800-38B D.3, AES-256, example 10", CCE_MODE_CMAC, known::key_256, "", "6bc1bee22e409f96e93d7e117393172a",
     "28a7023f452e8f82bd4bf28d8c37c35c"},
    {"SP 800-38B D.3, AES-256, example 11", CCE_MODE_CMAC, known::key_256, "",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
     "aaf3d8f1de5640c232f5b169b9c911e6"},
    {"SP 800-38B D.3, AES-256, example 12", CCE_MODE_CMAC, known::key_256, "", known::plain,
     "e1992190549f6ed5696a2c056c315410"},
    {"CAVP gcmEncryptExtIV128 (GMAC), 20 bytes of AAD, count 0", CCE_MODE_GCM, "2fb45e5b8f993a2bfebc4b15b533e0b4",
     "5b05755f984d2b90f94b8027", "e85491b2202caf1d7dce03b97e09331c32473941", "c75b7832b2a2d9bd827412b6ef5769db"},
    {"CAVP gcmEncryptExtIV192 (GMAC), 20 bytes of AAD, count 0", CCE_MODE_GCM,
     "093ef7551ebbff8eb0c0a8a4a62b198f0c2e838de10eeeee", "e656e93930ed5210ba3f0322",
     "3da22dacfd11b21b0a713157f60aec0cd22f1add", "1b2d2764573e20ae640bf29d48e5fe05"},
    {"CAVP gcmEncryptExtIV256 (GMAC), 20 bytes of AAD, count 0", CCE_MODE_GCM,
     "886cff5f3e6b8d0e1ad0a38fcdb26de97e8acbe79f6bed66959a598fa5047d65", "3a8efa1cd74bbab5448f9945",
     "519fee519d25c7a304d6c6aa1897ee1eb8c59655", "f6d47505ec96c98a42dc3ae719877b87"},
}};

inline constexpr std::array<KeyWrapAnswer, 9> key_wrap_answers{{
    {"RFC 3394 4.1, AES-128", CCE_MODE_KW, "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
     "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
    {"RFC 3394 4.2, AES-192", CCE_MODE_KW, "000102030405060708090a0b0c0d0e0f1011121314151617",
     "00112233445566778899aabbccddeeff", "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"},
    {"RFC 3394 4.3, AES-256", CCE_MODE_KW, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "00112233445566778899aabbccddeeff", "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"},
    {"RFC 3394 4.4, AES-192", CCE_MODE_KW, "000102030405060708090a0b0c0d0e0f1011121314151617",
     "00112233445566778899aabbccddeeff0001020304050607",
     "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2"},
    {"RFC 3394 4.6, AES-256", CCE_MODE_KW, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
     "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"},
    {"RFC 5649 6, AES-192, 20 bytes", CCE_MODE_KWP, known::wrap_key_192, "c37b7e6492584340bed12207808941155068f738",
     "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"},
    {"RFC 5649 6, AES-192, 7 bytes", CCE_MODE_KWP, known::wrap_key_192, "466f7250617369",
     "afbeb0f07dfbf5419200f2ccb50bb24f"},
    {"CAVP KWP_AE_128, 8 bits, count 0", CCE_MODE_KWP, "6decf10a1caf8e3b80c7a4be8c9c84e8", "49",
     "01a7d657fc4a5b216f261cca4d052c2b"},
    {"CAVP KWP_AE_256, 8 bits, count 0", CCE_MODE_KWP,
     "95da2700ca6fd9a52554ee2a8df1386f5b94a1a60ed8a4aef60a8d61ab5f225a", "d1", "06ba7ae6f3248cfdcf267507fa001bc4"},
}};

}  // namespace cce::tool
