// SPDX-License-Identifier: Apache-2.0
//
// Every cipher and MAC of the provider beside OpenSSL's own: the same calls to both, the same answers, call by call.

#include <openssl/core_names.h>

#include <algorithm>

#include "library.h"

namespace cce::provider::test {

namespace {

constexpr std::array thresholds{std::size_t{0}, std::size_t{500}, std::size_t{1} << 30};

/// Without a threshold the engine has work, above all texts it has none; in between that is as the random lengths are.
void expect_by_threshold(const Library& library, std::size_t threshold) {
    if (threshold == 0) {
        EXPECT_NE(library.engine_requests(), 0U) << library.report();
    } else if (threshold == thresholds.back()) {
        EXPECT_EQ(library.engine_requests(), 0U) << library.report();
        EXPECT_NE(library.cpu_requests(), 0U) << library.report();
    } else {
        EXPECT_NE(library.engine_requests() + library.cpu_requests(), 0U) << library.report();
    }
}

/// Texts are in place, or the destination stands elsewhere.
struct Output {
    Bytes room;
    std::size_t length = 0;
};

/// A cipher of the provider and the same one of OpenSSL.
class Pair {
public:
    Pair(const Library& library, const std::string& name) {
        for (const char* provider : {"cce", "default"}) {
            ciphers_.push_back(library.cipher(name, provider));
            contexts_.emplace_back(EVP_CIPHER_CTX_new());
        }
    }

    /// Calls `call` for both; returns what both returned.
    template <typename Call>
    int both(Call call) {
        std::array<int, 2> results{};
        for (std::size_t i = 0; i < results.size(); ++i) {
            results.at(i) = call(contexts_[i].get(), ciphers_[i].get()) > 0 ? 1 : 0;
            if (results.at(i) == 0 && i == 0) {
                EXPECT_NE(ERR_peek_last_error(), 0U) << "a failure without a reason";
            }
            ERR_clear_error();
        }
        EXPECT_EQ(results[0], results[1]);
        return results[0];
    }

    int init(bool encrypt, const Bytes* key, const Bytes* iv) {
        return both([&](EVP_CIPHER_CTX* context, EVP_CIPHER* cipher) {
            EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
            return EVP_CipherInit_ex(context, EVP_CIPHER_CTX_get0_cipher(context) == nullptr ? cipher : nullptr,
                                     nullptr, key == nullptr ? nullptr : key->data(),
                                     iv == nullptr ? nullptr : iv->data(), encrypt ? 1 : 0);
        });
    }

    int control(int what, int number, Bytes* data) {
        return both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
            return EVP_CIPHER_CTX_ctrl(context, what, number, data == nullptr ? nullptr : data->data());
        });
    }

    /// One update, in place or not; appends what came out.
    int update(std::span<const std::uint8_t> in, bool in_place, Bytes& out) {
        std::array<Output, 2> outputs;
        std::size_t next = 0;
        const int result = both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
            Output& output = outputs.at(next++);
            output.room.assign(in.size() + 64, 0xee);
            const std::uint8_t nothing = 0;
            const std::uint8_t* source = in.empty() ? &nothing : in.data();  // null has another meaning
            if (in_place) {
                std::copy(in.begin(), in.end(), output.room.begin());
                source = output.room.data();
            }
            int length = 0;
            const int good =
                EVP_CipherUpdate(context, output.room.data(), &length, source, static_cast<int>(in.size()));
            output.length = good == 1 ? static_cast<std::size_t>(length) : 0;
            return good;
        });
        compare(outputs, out);
        return result;
    }

    int aad(std::span<const std::uint8_t> in) {
        return both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
            int length = 0;
            return EVP_CipherUpdate(context, nullptr, &length, in.data(), static_cast<int>(in.size()));
        });
    }

    int finish(Bytes& out) {
        std::array<Output, 2> outputs;
        std::size_t next = 0;
        const int result = both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
            Output& output = outputs.at(next++);
            output.room.assign(64, 0xee);
            int length = 0;
            const int good = EVP_CipherFinal_ex(context, output.room.data(), &length);
            output.length = good == 1 ? static_cast<std::size_t>(length) : 0;
            return good;
        });
        compare(outputs, out);
        return result;
    }

    /// Both go on with a copy of themselves.
    void duplicate() {
        for (Context& context : contexts_) {
            Context copy(EVP_CIPHER_CTX_new());
            ASSERT_EQ(EVP_CIPHER_CTX_copy(copy.get(), context.get()), 1);
            // What is done with the original has no effect on the copy.
            int length = 0;
            std::array<std::uint8_t, 64> scratch{};
            static_cast<void>(EVP_CipherUpdate(context.get(), scratch.data(), &length, scratch.data(), 16));
            ERR_clear_error();
            context = std::move(copy);
        }
    }

    void compare_ivs() {
        std::array<std::array<std::uint8_t, 128>, 2> ivs{};
        std::size_t next = 0;
        both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
            auto& iv = ivs.at(next++);
            return EVP_CIPHER_CTX_get_updated_iv(context, iv.data(), iv.size());
        });
        EXPECT_EQ(ivs[0], ivs[1]);
        EXPECT_EQ(EVP_CIPHER_CTX_get_num(contexts_[0].get()), EVP_CIPHER_CTX_get_num(contexts_[1].get()));
    }

    [[nodiscard]] Bytes tag(std::size_t length) {
        std::array<Bytes, 2> tags;
        std::size_t next = 0;
        both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
            Bytes& tag = tags.at(next++);
            tag.resize(length);
            return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(length), tag.data());
        });
        EXPECT_EQ(tags[0], tags[1]);
        return tags[0];
    }

    [[nodiscard]] const EVP_CIPHER* cipher() const { return ciphers_[0].get(); }

private:
    static void compare(const std::array<Output, 2>& outputs, Bytes& out) {
        ASSERT_EQ(outputs[0].length, outputs[1].length);
        const Bytes ours(outputs[0].room.begin(), outputs[0].room.begin() + static_cast<long>(outputs[0].length));
        const Bytes theirs(outputs[1].room.begin(), outputs[1].room.begin() + static_cast<long>(outputs[1].length));
        EXPECT_EQ(ours, theirs);
        out.insert(out.end(), ours.begin(), ours.end());
    }

    std::vector<Cipher> ciphers_;
    std::vector<Context> contexts_;
};

unsigned rounds() {
    return std::getenv("CCE_TEST_ALL") != nullptr ? 400 : 12;
}

class Ciphers : public ::testing::TestWithParam<std::string> {
protected:
    Dice dice;
};

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

class Streams : public Ciphers {};

TEST_P(Streams, AsOpenSsl) {
    for (const std::size_t threshold : thresholds) {
        const Library library(threshold);
        ASSERT_TRUE(library.good());
        Pair pair(library, GetParam());
        const std::size_t key_length = static_cast<std::size_t>(EVP_CIPHER_get_key_length(pair.cipher()));
        const bool blocks = EVP_CIPHER_get_block_size(pair.cipher()) == 16;
        Bytes key = dice.bytes(key_length);
        ASSERT_EQ(pair.init(true, &key, nullptr), 1);
        bool encrypt = true;
        for (unsigned round = 0; round < rounds() && !HasFailure(); ++round) {
            if (dice.coin()) {
                encrypt = dice.coin();
                key = dice.bytes(key_length);
            }
            const Bytes iv = dice.bytes(16);
            ASSERT_EQ(pair.init(encrypt, &key, &iv), 1);
            const bool padding = dice.coin();
            pair.both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
                return EVP_CIPHER_CTX_set_padding(context, padding ? 1 : 0);
            });
            // Where the last block is not whole, or its padding is none, both must say so.
            Bytes text = dice.bytes(dice.below(4) == 0 ? dice.below(3000) / 16 * 16 : dice.below(3000));
            Bytes out;
            std::size_t position = 0;
            for (const std::size_t piece : dice.split(text.size())) {
                // A block that is begun shifts what comes after it: in place is for streams and whole blocks.
                const bool in_place = dice.coin() && (!blocks || (piece % 16 == 0 && position % 16 == 0 && !padding));
                pair.update(std::span(text).subspan(position, piece), in_place, out);
                position += piece;
                if (dice.below(5) == 0) {
                    pair.duplicate();
                }
                if (dice.below(3) == 0) {
                    pair.compare_ivs();
                }
            }
            pair.finish(out);
            pair.compare_ivs();
        }
        expect_by_threshold(library, threshold);
        if (threshold == 0) {
            EXPECT_EQ(library.cpu_requests(), 0U) << library.report();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Streams,
                         ::testing::Values("AES-128-ECB", "AES-192-ECB", "AES-256-ECB", "AES-128-CBC", "AES-192-CBC",
                                           "AES-256-CBC", "AES-128-CTR", "AES-192-CTR", "AES-256-CTR"),
                         test_name);

class XtsCiphers : public Ciphers {};

TEST_P(XtsCiphers, AsOpenSsl) {
    for (const std::size_t threshold : thresholds) {
        const Library library(threshold);
        Pair pair(library, GetParam());
        const std::size_t key_length = static_cast<std::size_t>(EVP_CIPHER_get_key_length(pair.cipher()));
        for (unsigned round = 0; round < rounds() && !HasFailure(); ++round) {
            const Bytes key = dice.bytes(key_length);
            const Bytes tweak = dice.bytes(16);
            const bool encrypt = dice.coin();
            ASSERT_EQ(pair.init(encrypt, &key, &tweak), 1);
            Bytes out;
            // Each update is a data unit of its own; below 16 bytes there is none.
            for (unsigned unit = 0; unit < 3; ++unit) {
                pair.update(dice.bytes(1 + dice.below(2000)), dice.coin(), out);
            }
            if (dice.coin()) {
                pair.duplicate();
                pair.update(dice.bytes(16 + dice.below(200)), dice.coin(), out);
            }
            pair.finish(out);
        }
    }
}

TEST_P(XtsCiphers, EqualKeys) {
    const Library library(0);
    Pair pair(library, GetParam());
    Bytes key = dice.bytes(static_cast<std::size_t>(EVP_CIPHER_get_key_length(pair.cipher())));
    std::copy_n(key.begin(), key.size() / 2, key.begin() + static_cast<long>(key.size() / 2));
    const Bytes tweak = dice.bytes(16);
    EXPECT_EQ(pair.init(true, &key, &tweak), 0);
    EXPECT_EQ(pair.init(false, &key, &tweak), 1);  // what was once encrypted so can be decrypted
    Bytes out;
    EXPECT_EQ(pair.update(dice.bytes(100), false, out), 1);
}

INSTANTIATE_TEST_SUITE_P(All, XtsCiphers, ::testing::Values("AES-128-XTS", "AES-256-XTS"), test_name);

class AeadCiphers : public Ciphers {};

TEST_P(AeadCiphers, AsOpenSsl) {
    const bool ccm = GetParam().ends_with("CCM");
    for (const std::size_t threshold : thresholds) {
        const Library library(threshold);
        Pair pair(library, GetParam());
        const std::size_t key_length = static_cast<std::size_t>(EVP_CIPHER_get_key_length(pair.cipher()));
        for (unsigned round = 0; round < rounds() && !HasFailure(); ++round) {
            const Bytes key = dice.bytes(key_length);
            const Bytes iv = dice.bytes(ccm ? 7 + dice.below(7) : dice.coin() ? 12 : 1 + dice.below(128));
            const std::size_t tag_length = ccm ? 4 + 2 * dice.below(7) : 16;
            const Bytes aad = dice.bytes(dice.below(3) == 0 ? 0 : dice.below(100));
            const Bytes text = dice.bytes(dice.below(8) == 0 ? 0 : dice.below(2500));
            const auto text_pieces = ccm ? std::vector<std::size_t>{text.size()} : dice.split(text.size());
            const auto begin = [&](bool encrypt, Bytes* tag) {
                pair.init(encrypt, nullptr, nullptr);
                pair.control(EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(iv.size()), nullptr);
                if (ccm || tag != nullptr) {
                    pair.control(EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag == nullptr ? tag_length : tag->size()),
                                 tag);
                }
                ASSERT_EQ(pair.init(encrypt, &key, &iv), 1);
                if (ccm) {
                    pair.both([&](EVP_CIPHER_CTX* context, EVP_CIPHER*) {
                        int length = 0;
                        return EVP_CipherUpdate(context, nullptr, &length, nullptr, static_cast<int>(text.size()));
                    });
                    if (!aad.empty()) {
                        pair.aad(aad);
                    }
                } else {
                    std::size_t position = 0;
                    for (const std::size_t piece : dice.split(aad.size())) {
                        pair.aad(std::span(aad).subspan(position, piece));
                        position += piece;
                    }
                }
            };
            const auto run = [&](const Bytes& in, Bytes& out) {
                std::size_t position = 0;
                int good = 1;
                for (const std::size_t piece : text_pieces) {
                    good &= pair.update(std::span(in).subspan(position, piece), dice.coin(), out);
                    position += piece;
                    if (!ccm && dice.below(6) == 0) {
                        pair.duplicate();
                    }
                }
                return good;
            };
            Bytes sealed;
            begin(true, nullptr);
            ASSERT_EQ(run(text, sealed), 1);
            ASSERT_EQ(pair.finish(sealed), 1);
            Bytes tag = pair.tag(tag_length);
            if (!ccm) {  // OpenSSL's CCM gives back more than the nonce
                pair.compare_ivs();
            }

            // GCM's tag may be cut, and may come late. CCM's length is part of it.
            if (!ccm && dice.coin()) {
                tag.resize(1 + dice.below(16));
            }
            const bool late = !ccm && dice.below(3) == 0;
            const bool forged = dice.below(3) == 0;
            if (forged) {
                tag[dice.below(tag.size())] ^= static_cast<std::uint8_t>(1U << dice.below(8));
            }
            Bytes opened;
            begin(false, late ? nullptr : &tag);
            const int update = run(sealed, opened);
            if (late) {
                pair.control(EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), &tag);
            }
            const int end = pair.finish(opened);
            EXPECT_EQ((update & end) == 1, !forged)
                << "late " << late << ", tag " << tag.size() << ", text " << text.size() << ", IV " << iv.size();
            if ((update & end) == 1) {
                EXPECT_EQ(opened, text);
            }
        }
        expect_by_threshold(library, threshold);
    }
}

/// A record of TLS 1.2: explicit IV, text, tag, all in place.
TEST_P(AeadCiphers, TlsRecordsAsOpenSsl) {
    const bool ccm = GetParam().ends_with("CCM");
    for (const std::size_t threshold : thresholds) {
        const Library library(threshold);
        const Cipher ours = library.cipher(GetParam(), "cce");
        const Cipher theirs = library.cipher(GetParam(), "default");
        const Bytes key = dice.bytes(static_cast<std::size_t>(EVP_CIPHER_get_key_length(ours.get())));
        Bytes fixed = dice.bytes(4);
        const auto context = [&](const EVP_CIPHER* cipher, bool encrypt) {
            Context result(EVP_CIPHER_CTX_new());
            EXPECT_EQ(EVP_CipherInit_ex(result.get(), cipher, nullptr, nullptr, nullptr, encrypt ? 1 : 0), 1);
            if (ccm) {
                EVP_CIPHER_CTX_ctrl(result.get(), EVP_CTRL_AEAD_SET_IVLEN, 12, nullptr);
                EVP_CIPHER_CTX_ctrl(result.get(), EVP_CTRL_AEAD_SET_TAG, 16, nullptr);
            }
            EXPECT_EQ(EVP_CipherInit_ex(result.get(), nullptr, nullptr, key.data(), nullptr, -1), 1);
            EXPECT_EQ(EVP_CIPHER_CTX_ctrl(result.get(), ccm ? EVP_CTRL_CCM_SET_IV_FIXED : EVP_CTRL_GCM_SET_IV_FIXED, 4,
                                          fixed.data()),
                      1);
            return result;
        };
        for (const bool we_seal : {true, false}) {
            const Context sealer = context(we_seal ? ours.get() : theirs.get(), true);
            const Context opener = context(we_seal ? theirs.get() : ours.get(), false);
            for (unsigned round = 0; round < rounds() / 4 && !HasFailure(); ++round) {
                const Bytes text = dice.bytes(dice.below(2000));
                Bytes record(8 + text.size() + 16);
                std::copy(text.begin(), text.end(), record.begin() + 8);
                const auto set_aad = [&](EVP_CIPHER_CTX* state, std::size_t length) {
                    Bytes aad{0, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(round), 23, 3, 3};
                    aad.push_back(static_cast<std::uint8_t>(length >> 8));
                    aad.push_back(static_cast<std::uint8_t>(length));
                    return EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_TLS1_AAD, 13, aad.data());
                };
                int length = 0;
                ASSERT_EQ(set_aad(sealer.get(), 8 + text.size()), 16);
                ASSERT_EQ(EVP_CipherUpdate(sealer.get(), record.data(), &length, record.data(),
                                           static_cast<int>(record.size())),
                          1);
                EXPECT_EQ(static_cast<std::size_t>(length), record.size());
                const bool forged = dice.below(4) == 0;
                if (forged) {
                    record[8 + dice.below(record.size() - 8)] ^= 1;
                }
                ASSERT_EQ(set_aad(opener.get(), record.size()), 16);
                const int good = EVP_CipherUpdate(opener.get(), record.data(), &length, record.data(),
                                                  static_cast<int>(record.size()));
                EXPECT_EQ(good == 1, !forged);
                ERR_clear_error();
                if (!forged) {
                    EXPECT_EQ(static_cast<std::size_t>(length), text.size());
                    EXPECT_TRUE(std::equal(text.begin(), text.end(), record.begin() + 8));
                } else if (!we_seal) {
                    EXPECT_TRUE(std::all_of(record.begin() + 8, record.begin() + 8 + static_cast<long>(text.size()),
                                            [](std::uint8_t byte) { return byte == 0; }));
                }
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, AeadCiphers,
                         ::testing::Values("AES-128-GCM", "AES-192-GCM", "AES-256-GCM", "AES-128-CCM", "AES-192-CCM",
                                           "AES-256-CCM"),
                         test_name);

class WrapCiphers : public Ciphers {};

TEST_P(WrapCiphers, AsOpenSsl) {
    const bool padded = GetParam().ends_with("PAD");
    for (const std::size_t threshold : {std::size_t{0}, std::size_t{1} << 30}) {
        const Library library(threshold);
        Pair pair(library, GetParam());
        const std::size_t key_length = static_cast<std::size_t>(EVP_CIPHER_get_key_length(pair.cipher()));
        for (unsigned round = 0; round < rounds() && !HasFailure(); ++round) {
            const Bytes key = dice.bytes(key_length);
            const Bytes value = dice.bytes(padded ? 4 : 8);
            const Bytes* initial_value = dice.below(4) == 0 ? &value : nullptr;
            const Bytes text = dice.bytes(padded ? 1 + dice.below(300) : 8 * (2 + dice.below(30)));
            // The initial value stays with a context: a new one for each round.
            Pair wrapping(library, GetParam());
            ASSERT_EQ(wrapping.init(true, &key, initial_value), 1);
            Bytes wrapped;
            ASSERT_EQ(wrapping.update(text, false, wrapped), 1);
            wrapping.finish(wrapped);
            const bool forged = dice.below(3) == 0;
            if (forged) {
                wrapped[dice.below(wrapped.size())] ^= 0x10;
            }
            Pair unwrapping(library, GetParam());
            ASSERT_EQ(unwrapping.init(false, &key, initial_value), 1);
            if (dice.coin()) {
                unwrapping.duplicate();
            }
            Bytes unwrapped;
            EXPECT_EQ(unwrapping.update(wrapped, dice.coin(), unwrapped), forged ? 0 : 1);
            if (!forged) {
                EXPECT_EQ(unwrapped, text);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, WrapCiphers,
                         ::testing::Values("AES-128-WRAP", "AES-192-WRAP", "AES-256-WRAP", "AES-128-WRAP-PAD",
                                           "AES-192-WRAP-PAD", "AES-256-WRAP-PAD"),
                         test_name);

class Macs : public Ciphers {};

TEST_P(Macs, AsOpenSsl) {
    const bool gmac = GetParam().ends_with("GCM");
    const char* name = gmac ? "GMAC" : "CMAC";
    for (const std::size_t threshold : thresholds) {
        const Library library(threshold);
        std::array<MacContext, 2> contexts{library.mac(name, "cce"), library.mac(name, "default")};
        std::string cipher = GetParam();
        const std::size_t key_length = static_cast<std::size_t>(std::stoul(cipher.substr(4, 3))) / 8;
        for (unsigned round = 0; round < rounds() && !HasFailure(); ++round) {
            const Bytes key = dice.bytes(key_length);
            Bytes iv = dice.bytes(dice.coin() ? 12 : 1 + dice.below(60));
            // Longer than what is gathered for the engine, now and then.
            const Bytes message = dice.bytes(dice.below(20) == 0 ? (1U << 20) + dice.below(5000) : dice.below(3000));
            const auto pieces = dice.split(message.size());
            const std::size_t duplicate_at = dice.below(6);
            std::array<Bytes, 2> macs;
            for (std::size_t i = 0; i < contexts.size(); ++i) {
                std::vector<OSSL_PARAM> params{
                    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0)};
                if (gmac) {
                    params.push_back(OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_IV, iv.data(), iv.size()));
                }
                params.push_back(OSSL_PARAM_construct_end());
                ASSERT_EQ(EVP_MAC_init(contexts.at(i).get(), key.data(), key.size(), params.data()), 1);
                EXPECT_EQ(EVP_MAC_CTX_get_mac_size(contexts.at(i).get()), 16U);
                std::size_t position = 0;
                std::size_t number = 0;
                for (const std::size_t piece : pieces) {
                    ASSERT_EQ(EVP_MAC_update(contexts.at(i).get(), &message[position], piece), 1);
                    position += piece;
                    if (number++ == duplicate_at) {
                        contexts.at(i).reset(EVP_MAC_CTX_dup(contexts.at(i).get()));
                        ASSERT_NE(contexts.at(i), nullptr);
                    }
                }
                macs.at(i).resize(16);
                std::size_t written = 0;
                ASSERT_EQ(EVP_MAC_final(contexts.at(i).get(), macs.at(i).data(), &written, 16), 1) << last_error();
                EXPECT_EQ(written, 16U);
            }
            EXPECT_EQ(macs[0], macs[1]);
        }
        expect_by_threshold(library, threshold);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Macs,
                         ::testing::Values("AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "AES-128-GCM", "AES-192-GCM",
                                           "AES-256-GCM"),
                         test_name);

}  // namespace

}  // namespace cce::provider::test
