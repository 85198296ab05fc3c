// SPDX-License-Identifier: Apache-2.0
//
// Cipher and hash in one pass against OpenSSL: CBC and CTR with every hash, HMAC and not, over ciphertext and
// plaintext, both ways, with AAD of any length, from buffers and lists; wrong tags, descriptors that are refused,
// engine-held keys, texts in pieces, other requests beside them. RFC 7518, appendix B, as far as its tag can be made
// this way.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "harness/cipher_hash_request.h"
#include "harness/hash_request.h"
#include "hash_support.h"
#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::Descriptor;
using contract::HashMode;
using contract::Status;
using sim::CipherHashRequest;
using sim::HashFront;
using sim::HashRequest;
using sim::Shape;

constexpr std::array ciphers{CipherMode::cbc, CipherMode::ctr};

Bytes joined(const Bytes& a, const Bytes& b) {
    Bytes both = a;
    both.insert(both.end(), b.begin(), b.end());
    return both;
}

/// What one request is about, and what must come of it.
struct Case {
    CipherMode cipher = CipherMode::cbc;
    HashFunction hash{};
    bool keyed = false;
    bool over_plaintext = false;
    Bytes key;
    Bytes mac_key;
    Bytes iv;
    Bytes aad;
    Bytes plaintext;
    std::size_t tag_bytes = 0;
    Bytes ciphertext;
    Bytes tag;
    Bytes next_iv;

    void answer() {
        const Oracle::Answer sealed = Oracle::run(cipher, false, key, iv, plaintext);
        ciphertext = sealed.text;
        next_iv = sealed.next_iv;
        const Bytes message = joined(aad, over_plaintext ? plaintext : ciphertext);
        tag = keyed ? mac("HMAC", hash.name, mac_key, message, tag_bytes) : digest(hash.name, message, tag_bytes);
    }
};

std::ostream& operator<<(std::ostream& stream, const Case& c) {
    return stream << (c.cipher == CipherMode::cbc ? "cbc " : "ctr ") << c.hash.name << (c.keyed ? " keyed" : "")
                  << (c.over_plaintext ? " over plaintext" : "") << ", AAD " << c.aad.size() << ", text "
                  << c.plaintext.size() << ", tag " << c.tag_bytes;
}

class CipherHash : public EngineTest {
protected:
    std::mt19937_64 random_{test_seed()};
    sim::Machine machine_{machine_options(GetParam())};
    sim::QueuePair queue_{machine_, 0};
    std::map<std::string, std::pair<Bytes, HashFront>> sessions_;

    void SetUp() override { queue_.start(); }

    /// A session of the function, made once.
    const std::pair<Bytes, HashFront>& session(const HashFunction& hash) {
        auto found = sessions_.find(hash.name);
        if (found == sessions_.end()) {
            const Bytes key = random_bytes(random_, 1 + below(random_, 64));
            const HashFront front = sim::hmac_session(machine_, queue_, hash.mode, key);
            found = sessions_.emplace(hash.name, std::pair{key, front}).first;
        }
        return found->second;
    }

    Case random_case(CipherMode cipher, const HashFunction& hash, bool keyed, bool over_plaintext,
                     std::size_t text_bytes) {
        Case c;
        c.cipher = cipher;
        c.hash = hash;
        c.keyed = keyed;
        c.over_plaintext = over_plaintext;
        c.key = random_bytes(random_, 16 + 8 * below(random_, 3));
        if (keyed) c.mac_key = session(hash).first;
        c.iv = random_bytes(random_, 16);
        if (below(random_, 4) == 0) std::fill(c.iv.begin() + 3, c.iv.end() - 1, std::uint8_t{0xff});  // carries
        c.aad = random_bytes(random_, below(random_, 3) == 0 ? 0 : below(random_, 101));
        if (cipher == CipherMode::cbc) text_bytes = std::max<std::size_t>(16, text_bytes / 16 * 16);
        c.plaintext = random_bytes(random_, text_bytes);
        const auto most = static_cast<std::uint32_t>(sim::hash_digest_bytes(hash.mode));
        c.tag_bytes = below(random_, 2) == 0 ? most : 1 + below(random_, most);
        c.answer();
        return c;
    }

    void compose(CipherHashRequest& request, const Case& c, bool decrypt) {
        request.decrypt(decrypt).over_plaintext(c.over_plaintext).key(c.key).iv(c.iv).aad(c.aad);
        if (c.keyed) request.front(session(c.hash).second);
        if (decrypt) {
            request.tag(c.tag);
        } else {
            request.tag_length(c.tag_bytes);
        }
    }
    void put(CipherHashRequest& request, const Bytes& text) {
        const sim::StreamLengths lengths = request.lengths(text.size());
        request.text(text, random_shape(random_, lengths.source), random_shape(random_, lengths.destination));
    }
    static void check(const CipherHashRequest& request, const Completion& done, const Case& c, bool decrypt) {
        ASSERT_EQ(done.status, Status::ok) << c << (decrypt ? ", decryption" : "");
        ASSERT_EQ(to_hex(request.output_text()), to_hex(decrypt ? c.plaintext : c.ciphertext))
            << c << (decrypt ? ", decryption" : "");
        if (!decrypt) {
            ASSERT_EQ(to_hex(request.output_tag()), to_hex(c.tag)) << c;
        }
        ASSERT_EQ(to_hex(bytes_of(done.next_iv)), to_hex(c.next_iv)) << c << (decrypt ? ", decryption" : "");
        ASSERT_TRUE(request.surroundings_untouched()) << c;
    }
    void both_ways(const Case& c) {
        for (const bool decrypt : {false, true}) {
            CipherHashRequest request(machine_, c.cipher, c.hash.mode);
            compose(request, c, decrypt);
            put(request, decrypt ? c.ciphertext : c.plaintext);
            check(request, queue_.run(request.descriptor()), c, decrypt);
            if (HasFatalFailure()) return;
        }
    }
};

TEST_P(CipherHash, Everything) {
    const unsigned rounds = rounds_on(GetParam(), 4);
    for (unsigned round = 0; round < std::max(rounds, 1U); ++round) {
        for (const HashFunction& hash : digest_functions) {
            for (const CipherMode cipher : ciphers) {
                for (const bool keyed : {false, true}) {
                    for (const bool over_plaintext : {false, true}) {
                        const std::uint32_t most = below(random_, 4) == 0 ? 1500 : 200;
                        both_ways(random_case(cipher, hash, keyed, over_plaintext, 1 + below(random_, most)));
                        if (HasFatalFailure()) return;
                    }
                }
            }
        }
    }
}

/// Where AAD and text meet in a block, and where the message's end meets the hash's.
TEST_P(CipherHash, LengthsAroundBlocks) {
    const bool few = GetParam().engine == "rtl" && !all_tests();
    for (const std::size_t aad : {0, 1, 8, 15, 16, 17, 31, 48, 63}) {
        for (const std::size_t text : {1, 7, 15, 16, 17, 32, 47, 48, 49, 64, 127, 128, 129}) {
            if (few && (aad + text) % 3 != 0) continue;
            Case c = random_case(below(random_, 2) == 0 ? CipherMode::ctr : CipherMode::cbc,
                                 digest_functions[below(random_, digest_functions.size())], below(random_, 2) == 0,
                                 below(random_, 2) == 0, text);
            c.aad = random_bytes(random_, aad);
            c.answer();
            both_ways(c);
            if (HasFatalFailure()) return;
        }
    }
}

/// A text in pieces: each goes on with the IV that the one before gave.
TEST_P(CipherHash, NextIvChains) {
    for (const CipherMode cipher : ciphers) {
        for (const bool decrypt : {false, true}) {
            Case whole = random_case(cipher, digest_functions[1], false, false, 1024);
            Bytes iv = whole.iv;
            Bytes result;
            for (std::size_t place = 0; place < 1024; place += 256) {
                Case piece = whole;
                const auto first = static_cast<std::ptrdiff_t>(place);
                piece.plaintext.assign(whole.plaintext.begin() + first, whole.plaintext.begin() + first + 256);
                piece.iv = iv;
                piece.answer();
                CipherHashRequest request(machine_, cipher, piece.hash.mode);
                compose(request, piece, decrypt);
                put(request, decrypt ? piece.ciphertext : piece.plaintext);
                const Completion done = queue_.run(request.descriptor());
                check(request, done, piece, decrypt);
                iv = bytes_of(done.next_iv);
                result = joined(result, request.output_text());
            }
            EXPECT_EQ(result, decrypt ? whole.plaintext : whole.ciphertext);
        }
    }
}

TEST_P(CipherHash, WrongTagWipesTheText) {
    for (const HashFunction& hash : digest_functions) {
        for (const bool keyed : {false, true}) {
            const CipherMode cipher = ciphers[below(random_, ciphers.size())];
            Case c = random_case(cipher, hash, keyed, below(random_, 2) == 0, 1 + below(random_, 2000));
            // One bit: of the tag's first or last byte, of the AAD, or of the text.
            for (unsigned what = 0; what < 4; ++what) {
                if (what == 2 && c.aad.empty()) continue;
                Case wrong = c;
                const auto bit = static_cast<std::uint8_t>(1U << below(random_, 8));
                if (what == 0) wrong.tag.front() ^= bit;
                if (what == 1) wrong.tag.back() ^= bit;
                if (what == 2) wrong.aad[below(random_, static_cast<std::uint32_t>(c.aad.size()))] ^= bit;
                if (what == 3) wrong.ciphertext[below(random_, static_cast<std::uint32_t>(c.ciphertext.size()))] ^= bit;
                // A tag of a few bits can be right by chance.
                if (what >= 2 && c.tag_bytes < 4) continue;
                CipherHashRequest request(machine_, cipher, hash.mode);
                compose(request, wrong, true);
                put(request, wrong.ciphertext);
                const Completion done = queue_.run(request.descriptor());
                ASSERT_EQ(done.status, Status::tag) << c << ", " << what;
                ASSERT_EQ(request.output_text(), Bytes(c.plaintext.size())) << c << ", " << what;
                ASSERT_EQ(bytes_of(done.next_iv), Bytes(16)) << c;
                ASSERT_TRUE(request.surroundings_untouched()) << c;
            }
            both_ways(c);
            if (HasFatalFailure()) return;
        }
    }
}

TEST_P(CipherHash, EngineHeldKey) {
    const Case c = random_case(CipherMode::cbc, digest_functions[1], true, false, 400);
    CipherHashRequest loaded(machine_, c.cipher, c.hash.mode);
    compose(loaded, c, false);
    ASSERT_EQ(queue_.run(sim::context_load(3, loaded.context_address())).status, Status::ok);
    for (const bool decrypt : {false, true}) {
        CipherHashRequest request(machine_, c.cipher, c.hash.mode);
        compose(request, c, decrypt);
        request.held_context(3);
        put(request, decrypt ? c.ciphertext : c.plaintext);
        check(request, queue_.run(request.descriptor()), c, decrypt);
    }
    ASSERT_EQ(queue_.run(sim::context_invalidate(3)).status, Status::ok);
    CipherHashRequest request(machine_, c.cipher, c.hash.mode);
    compose(request, c, true);
    request.held_context(3);
    put(request, c.ciphertext);
    EXPECT_EQ(queue_.run(request.descriptor()).status, Status::context_empty);
    EXPECT_EQ(request.output_text(), Bytes(400));  // as with every failed decryption that has a tag
}

TEST_P(CipherHash, Rights) {
    using contract::ContextRecord;
    for (const CipherMode cipher : ciphers) {
        const std::uint32_t mode_right =
            cipher == CipherMode::cbc ? ContextRecord::rights_cbc : ContextRecord::rights_ctr;
        for (const bool decrypt : {false, true}) {
            const std::uint32_t direction = decrypt ? ContextRecord::rights_decrypt : ContextRecord::rights_encrypt;
            const Case c = random_case(cipher, digest_functions[4], false, false, 64);
            for (const auto& [rights, expected] :
                 {std::pair{mode_right | direction, Status::ok},
                  std::pair{sim::all_cipher_rights & ~mode_right, Status::key_rights},
                  std::pair{sim::all_cipher_rights & ~direction, Status::key_rights}}) {
                CipherHashRequest request(machine_, cipher, c.hash.mode);
                compose(request, c, decrypt);
                request.key(c.key, rights);
                put(request, decrypt ? c.ciphertext : c.plaintext);
                EXPECT_EQ(queue_.run(request.descriptor()).status, expected) << c;
            }
        }
    }
}

/// Everything that the contract refuses before anything but the descriptor is read, in the order of the checks.
TEST_P(CipherHash, RefusedDescriptors) {
    const Case c = random_case(CipherMode::ctr, digest_functions[1], true, false, 100);
    const std::uint32_t front = 16 + 2 * contract::hash_state_short_bytes;
    struct Mistake {
        const char* what;
        void (*make)(Descriptor&);
        Status status;
    };
    static constexpr auto mode_of = [](CipherMode cipher, unsigned hash) {
        return static_cast<std::uint8_t>(static_cast<unsigned>(cipher) | hash << contract::cipher_hash_function_lsb);
    };
    const std::array mistakes{
        Mistake{"ecb", [](Descriptor& d) { d.mode = mode_of(CipherMode::ecb, 1); }, Status::mode},
        Mistake{"gcm", [](Descriptor& d) { d.mode = mode_of(CipherMode::gcm, 1); }, Status::mode},
        Mistake{"a cipher mode that is none", [](Descriptor& d) { d.mode |= 0xf; }, Status::mode},
        Mistake{"shake_128", [](Descriptor& d) { d.mode = mode_of(CipherMode::ctr, unsigned(HashMode::shake_128)); },
                Status::mode},
        Mistake{"cshake_256", [](Descriptor& d) { d.mode = mode_of(CipherMode::cbc, unsigned(HashMode::cshake_256)); },
                Status::mode},
        Mistake{"a hash that is none", [](Descriptor& d) { d.mode |= 0xf0; }, Status::mode},
        Mistake{"stream_first", [](Descriptor& d) { d.flags |= Descriptor::flags_stream_first; }, Status::flags},
        Mistake{"stream_last", [](Descriptor& d) { d.flags |= Descriptor::flags_stream_last; }, Status::flags},
        Mistake{"squeeze", [](Descriptor& d) { d.flags |= Descriptor::flags_squeeze; }, Status::flags},
        Mistake{"iv_in_source", [](Descriptor& d) { d.flags |= Descriptor::flags_iv_in_source; }, Status::flags},
        Mistake{"distinct_keys", [](Descriptor& d) { d.flags |= Descriptor::flags_distinct_keys; }, Status::flags},
        Mistake{"inverse_cipher", [](Descriptor& d) { d.flags |= Descriptor::flags_inverse_cipher; }, Status::flags},
        Mistake{"reserved", [](Descriptor& d) { d.reserved = 1; }, Status::flags},
        Mistake{"a reserved flag", [](Descriptor& d) { d.flags |= 0x8000; }, Status::flags},
        Mistake{"no text", [](Descriptor& d) { d.text_length = 0; }, Status::length_zero},
        Mistake{"cbc of part of a block", [](Descriptor& d) { d.mode = mode_of(CipherMode::cbc, 1); }, Status::length},
        Mistake{"less than the states in front", [](Descriptor& d) { d.aad_length = 79; }, Status::length},
        Mistake{"a message of 2^32 bytes",
                [](Descriptor& d) {
                    d.text_length = 0xfffffff0;
                    d.aad_length = 80 + 16;
                },
                Status::length},
        Mistake{"no tag", [](Descriptor& d) { d.tag_length = 0; }, Status::tag_length},
        Mistake{"a tag longer than the digest", [](Descriptor& d) { d.tag_length = 33; }, Status::tag_length},
        Mistake{"a tag of 128 bytes more", [](Descriptor& d) { d.tag_length |= 0x80; }, Status::tag_length},
        Mistake{"a record that is not aligned", [](Descriptor& d) { d.context_reference += 1; },
                Status::context_address},
        Mistake{"a context that is none",
                [](Descriptor& d) {
                    d.flags |= Descriptor::flags_context_held;
                    d.context_reference = 32;
                },
                Status::context_address},
    };
    for (const Mistake& mistake : mistakes) {
        CipherHashRequest request(machine_, c.cipher, c.hash.mode);
        compose(request, c, false);
        put(request, c.plaintext);
        Descriptor descriptor = request.descriptor();
        ASSERT_EQ(descriptor.aad_length, front + c.aad.size());
        mistake.make(descriptor);
        EXPECT_EQ(queue_.run(descriptor).status, mistake.status) << mistake.what;
        EXPECT_EQ(request.output_text(), Bytes(c.plaintext.size(), sim::ScatteredText::background)) << mistake.what;
    }
    // And the flag is this opcode's alone.
    sim::CipherRequest cipher(machine_, CipherMode::ctr);
    cipher.key(c.key).iv(c.iv).text(c.plaintext);
    HashRequest hash(machine_, HashMode::sha_256);
    hash.last(32).message(c.plaintext);
    for (Descriptor descriptor : {cipher.descriptor(), hash.descriptor()}) {
        descriptor.flags |= Descriptor::flags_tag_over_plaintext;
        EXPECT_EQ(queue_.run(descriptor).status, Status::flags);
    }
}

/// What is wrong with hash_context in front of the AAD.
TEST_P(CipherHash, RefusedStates) {
    const Case c = random_case(CipherMode::cbc, digest_functions[1], true, false, 512);
    const std::array<void (*)(contract::HashContext&), 6> mistakes{
        [](contract::HashContext& context) { context.format = contract::ContextFormat::cipher_key; },
        [](contract::HashContext& context) { context.mode = HashMode::sha_224; },
        [](contract::HashContext& context) { context.squeezing = 1; },
        [](contract::HashContext& context) { context.reserved[2] = 1; },
        [](contract::HashContext& context) { context.length += 1; },
        [](contract::HashContext& context) { context.length = std::uint64_t{1} << 60; }};
    for (const auto mistake : mistakes) {
        for (const bool decrypt : {false, true}) {
            CipherHashRequest request(machine_, c.cipher, c.hash.mode);
            compose(request, c, decrypt);
            HashFront front = session(c.hash).second;
            mistake(front.context);
            request.front(front);
            put(request, decrypt ? c.ciphertext : c.plaintext);
            EXPECT_EQ(queue_.run(request.descriptor()).status, Status::context_format);
            if (decrypt) {
                EXPECT_EQ(request.output_text(), Bytes(c.plaintext.size()));
            }
        }
    }
    both_ways(c);
}

/// Faults of the bus and of keys: no tag, no text that stays.
TEST_P(CipherHash, FaultsInTheMiddle) {
    for (const CipherMode cipher : ciphers) {
        for (const bool decrypt : {false, true}) {
            const Case c = random_case(cipher, digest_functions[3], true, decrypt, 3000);
            CipherHashRequest request(machine_, cipher, c.hash.mode);
            compose(request, c, decrypt);
            request.text(decrypt ? c.ciphertext : c.plaintext);
            // The source's first, middle or last part is where no memory is.
            const sim::StreamLengths lengths = request.lengths(c.plaintext.size());
            for (unsigned place = 0; place < 3; ++place) {
                CipherHashRequest lost(machine_, cipher, c.hash.mode);
                compose(lost, c, decrypt);
                Shape shape;
                shape.list = true;
                shape.pieces = {{0, 100}, {0, lengths.source - 200}, {0, 100}};
                lost.text(decrypt ? c.ciphertext : c.plaintext, shape, Shape::direct(lengths.destination));
                machine_.memory().store(lost.source().list_address() + place * sizeof(contract::ListEntry),
                                        std::uint64_t{0x7777'0000'0000});
                EXPECT_EQ(queue_.run(lost.descriptor()).status, Status::source_access) << c << ", " << place;
                if (decrypt) {
                    EXPECT_EQ(lost.output_text(), Bytes(c.plaintext.size())) << c << ", " << place;
                }
            }
            Descriptor nowhere = request.descriptor();
            nowhere.destination = 0x7777'0000'0000;
            EXPECT_EQ(queue_.run(nowhere).status, Status::destination_access) << c;
            check(request, queue_.run(request.descriptor()), c, decrypt);
        }
    }
}

/// Before a request begins, and whatever it is doing. Of a decryption nothing is left, or nothing was ever written.
TEST_P(CipherHash, Gates) {
    const Case c = random_case(CipherMode::ctr, digest_functions[7], false, false, 6000);
    namespace global = contract::global_page;
    const auto gate = [&](std::uint32_t value) { machine_.write_register(global::at(global::gate), value); };
    const Bytes zeros(c.plaintext.size()), untouched(c.plaintext.size(), sim::ScatteredText::background);
    for (const std::uint32_t closed : {global::gate_aes.mask, global::gate_hash.mask}) {
        for (const bool decrypt : {false, true}) {
            const Bytes& text = decrypt ? c.ciphertext : c.plaintext;
            unsigned wiped = 0;
            for (unsigned cycles = 0; cycles < 400; cycles += cycles == 0 ? 60 : 47) {
                CipherHashRequest request(machine_, c.cipher, c.hash.mode);
                compose(request, c, decrypt);
                put(request, text);
                if (cycles == 0) gate(closed);
                queue_.post(request.descriptor());
                queue_.ring_submission();
                machine_.run(cycles);
                gate(closed);
                EXPECT_EQ(queue_.wait().status, Status::gated) << cycles;
                gate(0);
                if (!decrypt) continue;
                const Bytes left = request.output_text();
                EXPECT_TRUE(left == zeros || left == untouched) << cycles;
                if (left == zeros) ++wiped;
            }
            if (decrypt) {
                EXPECT_GT(wiped, 0U);
            }
        }
    }
    both_ways(c);
}

/// More requests than lanes, of all kinds, on a bus that makes them wait, beside ciphers and hashes.
TEST_P(CipherHash, ManyAtOnce) {
    machine_.set_timing(sim::MemoryTiming::random(random_(), 30));
    const unsigned rounds = std::max(rounds_on(GetParam(), 4), 1U);
    for (unsigned round = 0; round < rounds; ++round) {
        struct Waiting {
            std::unique_ptr<CipherHashRequest> request;
            Case what;
            bool decrypt = false;
            std::uint32_t cookie = 0;
        };
        std::vector<Waiting> waiting;
        std::vector<std::unique_ptr<sim::CipherRequest>> streams;
        std::vector<Bytes> stream_answers;
        for (unsigned i = 0; i < 24; ++i) {
            Waiting one;
            one.what =
                random_case(ciphers[below(random_, 2)], digest_functions[below(random_, digest_functions.size())],
                            below(random_, 2) == 0, below(random_, 2) == 0, 1 + below(random_, 1500));
            one.decrypt = below(random_, 2) == 0;
            one.request = std::make_unique<CipherHashRequest>(machine_, one.what.cipher, one.what.hash.mode);
            compose(*one.request, one.what, one.decrypt);
            put(*one.request, one.decrypt ? one.what.ciphertext : one.what.plaintext);
            waiting.push_back(std::move(one));
            auto stream = std::make_unique<sim::CipherRequest>(machine_, CipherMode::ctr);
            const Bytes key = random_bytes(random_, 32), iv = random_bytes(random_, 16);
            const Bytes text = random_bytes(random_, 1 + below(random_, 3000));
            stream->key(key).iv(iv).text(text);
            stream_answers.push_back(Oracle(CipherMode::ctr, false, key, iv).process(text));
            streams.push_back(std::move(stream));
        }
        std::vector<Descriptor> all;
        for (unsigned i = 0; i < waiting.size(); ++i) {
            all.push_back(waiting[i].request->descriptor());
            all.back().cookie = i;
            all.push_back(streams[i]->descriptor());
            all.back().cookie = 100 + i;
        }
        for (const Descriptor& descriptor : all) {
            while (queue_.free_slots() == 0) machine_.run(100);
            queue_.post(descriptor);
        }
        queue_.ring_submission();
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Completion done = queue_.wait();
            ASSERT_EQ(done.status, Status::ok) << done.cookie;
            if (done.cookie >= 100) continue;
            const Waiting& one = waiting[done.cookie];
            check(*one.request, done, one.what, one.decrypt);
            if (HasFatalFailure()) return;
        }
        for (unsigned i = 0; i < streams.size(); ++i) EXPECT_EQ(streams[i]->output_text(), stream_answers[i]);
    }
}

/// RFC 7518, appendix B.1 to B.3: the ciphertext is the standard's. Its tag is of AAD, IV, ciphertext and the AAD's
/// length; the length stands behind the text, where a request has nothing. So the engine hashes AAD, IV and ciphertext
/// here, its HMAC over these is compared with OpenSSL's, and the standard's ciphertext with the engine's.
TEST_P(CipherHash, Rfc7518Ciphertexts) {
    const std::string text =
        "A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy "
        "without inconvenience";
    const std::string header = "The second principle of Auguste Kerckhoffs";
    struct Sample {
        unsigned hash;
        std::size_t key_bytes;
        const char* ciphertext;
    };
    const std::array samples{
        Sample{1, 16,
               "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9a94ac9b47ad2655c5f10f9aef71427e2"
               "fc6f9b3f399a221489f16362c703233609d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b"
               "384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade54b8851ffb598f7f80074b9473c82e2db"},
        Sample{2, 24,
               "ea65da6b59e61edb419be62d19712ae5d303eeb50052d0dfd6697f77224c8edb000d279bdc14c1072654bd30944230c6"
               "57bed4ca0c9f4a8466f22b226d1746214bf8cfc2400add9f5126e479663fc90b3bed787a2f0ffcbf3904be2a641d5c21"
               "05bfe591bae23b1d7449e532eef60a9ac8bb6c6b01d35d49787bcd57ef484927f280adc91ac0c4e79c7b11efc60054e3"},
        Sample{3, 32,
               "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd822c301dd67c373bccb584ad3e9279c2"
               "e6d12a1374b77f077553df829410446b36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3"
               "a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950bbe2638d09dd7a4930930806d0703b1f6"}};
    for (const Sample& sample : samples) {
        Case c;
        c.hash = digest_functions[sample.hash];
        c.keyed = true;
        Bytes secret(2 * sample.key_bytes);
        std::iota(secret.begin(), secret.end(), std::uint8_t{0});
        c.mac_key.assign(secret.begin(), secret.begin() + static_cast<std::ptrdiff_t>(sample.key_bytes));
        c.key.assign(secret.begin() + static_cast<std::ptrdiff_t>(sample.key_bytes), secret.end());
        c.iv = from_hex("1af38c2dc2b96ffdd86694092341bc04");
        c.aad = joined(Bytes(header.begin(), header.end()), c.iv);
        c.plaintext.assign(text.begin(), text.end());
        c.plaintext.resize((text.size() / 16 + 1) * 16, static_cast<std::uint8_t>(16 - text.size() % 16));
        c.tag_bytes = sample.key_bytes;
        c.answer();
        EXPECT_EQ(to_hex(c.ciphertext), sample.ciphertext);
        sessions_[c.hash.name] = {c.mac_key, sim::hmac_session(machine_, queue_, c.hash.mode, c.mac_key)};
        both_ways(c);
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, CipherHash, testing::ValuesIn(all_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
