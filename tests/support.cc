// SPDX-License-Identifier: Apache-2.0

#include "support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>

namespace cce::test {

using contract::CipherMode;
using contract::Completion;
using contract::Status;

namespace global = contract::global_page;

namespace {

constexpr std::size_t block_bytes = 16;
constexpr std::uint64_t default_seed = 20'260'729;

std::uint8_t nibble(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
    throw std::invalid_argument(std::string("not a hexadecimal digit: '") + digit + "'");
}

constexpr std::size_t semiblock_bytes = 8;

const EVP_CIPHER* cipher_of(contract::CipherMode mode, std::size_t key_bytes) {
    const auto by_size = [&](const EVP_CIPHER* short_key, const EVP_CIPHER* middle_key, const EVP_CIPHER* long_key) {
        switch (key_bytes) {
            case 16:
                return short_key;
            case 24:
                return middle_key;
            case 32:
                return long_key;
            default:
                throw std::invalid_argument("no AES key has " + std::to_string(key_bytes) + " bytes");
        }
    };
    switch (mode) {
        case CipherMode::ecb:
            return by_size(EVP_aes_128_ecb(), EVP_aes_192_ecb(), EVP_aes_256_ecb());
        case CipherMode::cbc:
            return by_size(EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc());
        case CipherMode::ctr:
            return by_size(EVP_aes_128_ctr(), EVP_aes_192_ctr(), EVP_aes_256_ctr());
        case CipherMode::gcm:
            return by_size(EVP_aes_128_gcm(), EVP_aes_192_gcm(), EVP_aes_256_gcm());
        case CipherMode::ccm:
            return by_size(EVP_aes_128_ccm(), EVP_aes_192_ccm(), EVP_aes_256_ccm());
        case CipherMode::kw:
            return by_size(EVP_aes_128_wrap(), EVP_aes_192_wrap(), EVP_aes_256_wrap());
        case CipherMode::kwp:
            return by_size(EVP_aes_128_wrap_pad(), EVP_aes_192_wrap_pad(), EVP_aes_256_wrap_pad());
        default:
            throw std::invalid_argument("the oracle has no cipher of OpenSSL for this mode");
    }
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

struct FreeFetched {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
using FetchedCipher = std::unique_ptr<EVP_CIPHER, FreeFetched>;

/// Throws if OpenSSL did not answer 1.
void demand(int result, const char* what) {
    if (result != 1) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

/// Buffers for OpenSSL: never a null pointer, which it takes for "no text at all".
const std::uint8_t* data_of(std::span<const std::uint8_t> bytes) {
    static constexpr std::uint8_t nothing = 0;
    return bytes.empty() ? &nothing : bytes.data();
}

struct SealedText {
    Bytes text;
    Bytes tag;
};

/// GCM or CCM encryption by OpenSSL.
SealedText seal(const CipherInput& input, std::span<const std::uint8_t> text, std::size_t tag_length) {
    const CipherContext context(EVP_CIPHER_CTX_new());
    const bool ccm = input.mode == CipherMode::ccm;
    demand(EVP_EncryptInit_ex(context.get(), cipher_of(input.mode, input.key.size()), nullptr, nullptr, nullptr),
           "cipher");
    demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(input.iv.size()), nullptr),
           "IV length");
    if (ccm) {
        demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_length), nullptr),
               "tag length");
    }
    demand(EVP_EncryptInit_ex(context.get(), nullptr, nullptr, input.key.data(), input.iv.data()), "key");
    int length = 0;
    // CCM wants to know the length of the text first.
    if (ccm) {
        demand(EVP_EncryptUpdate(context.get(), nullptr, &length, nullptr, static_cast<int>(text.size())), "length");
    }
    if (!input.aad.empty()) {
        demand(EVP_EncryptUpdate(context.get(), nullptr, &length, input.aad.data(), static_cast<int>(input.aad.size())),
               "AAD");
    }
    SealedText sealed;
    sealed.text.resize(text.size() + block_bytes);
    int total = 0;
    if (ccm || !text.empty()) {
        demand(
            EVP_EncryptUpdate(context.get(), sealed.text.data(), &total, data_of(text), static_cast<int>(text.size())),
            "text");
    }
    demand(EVP_EncryptFinal_ex(context.get(), sealed.text.data() + total, &length), "end");
    sealed.text.resize(text.size());
    sealed.tag.resize(tag_length);
    demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_length), sealed.tag.data()),
           "tag");
    return sealed;
}

/// The text that GCM or CCM decryption shows before the tag is looked at: counter mode is its own inverse, so OpenSSL's
/// encryption does it.
Bytes open_unverified(const CipherInput& input) {
    return seal(input, input.text, block_bytes).text;
}

Bytes cmac(std::span<const std::uint8_t> key, std::span<const std::uint8_t> text) {
    Bytes tag(block_bytes);
    std::size_t length = 0;
    const std::string cipher = "AES-" + std::to_string(8 * key.size()) + "-CBC";
    if (EVP_Q_mac(nullptr, "CMAC", nullptr, cipher.c_str(), nullptr, key.data(), key.size(), data_of(text), text.size(),
                  tag.data(), tag.size(), &length) == nullptr ||
        length != tag.size()) {
        throw std::runtime_error("OpenSSL: CMAC failed");
    }
    return tag;
}

/// KW or KWP by OpenSSL: the wrapped key; or the key, without its padding, if the integrity check holds.
std::optional<Bytes> wrap(const CipherInput& input) {
    const CipherContext context(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    const EVP_CIPHER* cipher = nullptr;
    FetchedCipher fetched;
    if (input.inverse_cipher) {
        const std::string name = "AES-" + std::to_string(8 * input.key.size()) +
                                 (input.mode == CipherMode::kwp ? "-WRAP-PAD-INV" : "-WRAP-INV");
        fetched.reset(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
        cipher = fetched.get();
        demand(cipher != nullptr ? 1 : 0, name.c_str());
    } else {
        cipher = cipher_of(input.mode, input.key.size());
    }
    demand(EVP_CipherInit_ex(context.get(), cipher, nullptr, input.key.data(), nullptr, input.decrypt ? 0 : 1),
           "key wrap");
    Bytes result(input.text.size() + 2 * block_bytes);
    int length = 0;
    if (EVP_CipherUpdate(context.get(), result.data(), &length, input.text.data(),
                         static_cast<int>(input.text.size())) != 1 ||
        length <= 0) {
        if (!input.decrypt) throw std::runtime_error("OpenSSL: key wrap failed");
        return std::nullopt;
    }
    result.resize(static_cast<std::size_t>(length));
    return result;
}

void add_to(std::span<std::uint8_t> block, std::span<const std::uint8_t> other) {
    for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<std::uint8_t>(block[i] ^ other[i]);
}

/// IEEE 1619, 5.2: multiplication of the tweak by alpha.
Bytes next_tweak(const Bytes& tweak) {
    Bytes result(tweak.size());
    unsigned carry = 0;
    for (std::size_t i = 0; i < tweak.size(); ++i) {
        result[i] = static_cast<std::uint8_t>(tweak[i] << 1 | carry);
        carry = tweak[i] >> 7;
    }
    if (carry != 0) result[0] ^= 0x87;
    return result;
}

/// IEEE 1619, 5.3.2 and 5.4.2.
Bytes xts(const CipherInput& input) {
    Oracle data(CipherMode::ecb, input.decrypt, input.key, {});
    Bytes tweak = Oracle(CipherMode::ecb, false, input.tweak_key, {}).process(input.iv);
    const auto block = [&](std::span<const std::uint8_t> text, const Bytes& with) {
        Bytes sum(text.begin(), text.end());
        add_to(sum, with);
        sum = data.process(sum);
        add_to(sum, with);
        return sum;
    };
    const std::span<const std::uint8_t> text(input.text);
    const std::size_t rest = text.size() % block_bytes;
    // With a part of a block at the end, the last whole one is stolen from.
    const std::size_t plain_blocks = text.size() / block_bytes - (rest == 0 ? 0 : 1);
    Bytes result;
    for (std::size_t i = 0; i < plain_blocks; ++i) {
        const Bytes done = block(text.subspan(i * block_bytes, block_bytes), tweak);
        result.insert(result.end(), done.begin(), done.end());
        tweak = next_tweak(tweak);
    }
    if (rest == 0) return result;
    const Bytes following = next_tweak(tweak);
    const std::size_t at = plain_blocks * block_bytes;
    const Bytes stolen = block(text.subspan(at, block_bytes), input.decrypt ? following : tweak);
    Bytes filled(text.begin() + static_cast<std::ptrdiff_t>(at + block_bytes), text.end());
    filled.insert(filled.end(), stolen.begin() + static_cast<std::ptrdiff_t>(rest), stolen.end());
    const Bytes last = block(filled, input.decrypt ? tweak : following);
    result.insert(result.end(), last.begin(), last.end());
    result.insert(result.end(), stolen.begin(), stolen.begin() + static_cast<std::ptrdiff_t>(rest));
    return result;
}

/// `counter` + `blocks`, modulo 2^128, big-endian.
Bytes advance_counter(std::span<const std::uint8_t> counter, std::uint64_t blocks) {
    Bytes result(counter.begin(), counter.end());
    for (std::size_t i = result.size(); i-- > 0 && blocks != 0;) {
        const std::uint64_t sum = result[i] + (blocks & 0xff);
        result[i] = static_cast<std::uint8_t>(sum);
        blocks = (blocks >> 8) + (sum >> 8);
    }
    return result;
}

}  // namespace

Bytes from_hex(std::string_view text) {
    if (text.size() % 2 != 0) throw std::invalid_argument("an odd number of hexadecimal digits");
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(nibble(text[i]) << 4 | nibble(text[i + 1])));
    }
    return bytes;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 0xf];
    }
    return text;
}

Bytes random_bytes(std::mt19937_64& random, std::size_t count) {
    Bytes bytes(count);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
    return bytes;
}

std::uint32_t below(std::mt19937_64& random, std::uint32_t limit) {
    return static_cast<std::uint32_t>((random() >> 32) % limit);
}

std::uint64_t test_seed() {
    const char* const text = std::getenv("CCE_TEST_SEED");
    const std::uint64_t seed = text == nullptr ? default_seed : std::strtoull(text, nullptr, 0);
    std::cout << "seed " << seed << " (repeat with CCE_TEST_SEED=" << seed << ")\n";
    testing::Test::RecordProperty("seed", std::to_string(seed));
    return seed;
}

bool all_tests() {
    const char* const text = std::getenv("CCE_TEST_ALL");
    return text != nullptr && std::string_view(text) != "0";
}

Oracle::Oracle(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
               std::span<const std::uint8_t> iv)
    : context_(EVP_CIPHER_CTX_new()) {
    const bool has_iv = mode != contract::CipherMode::ecb;
    if (EVP_CipherInit_ex(context_.get(), cipher_of(mode, key.size()), nullptr, key.data(),
                          has_iv ? iv.data() : nullptr, decrypt ? 0 : 1) != 1 ||
        EVP_CIPHER_CTX_set_padding(context_.get(), 0) != 1) {
        throw std::runtime_error("OpenSSL: cannot set up the cipher");
    }
}

Bytes Oracle::process(std::span<const std::uint8_t> text) {
    Bytes result(text.size() + block_bytes);
    int length = 0;
    if (EVP_CipherUpdate(context_.get(), result.data(), &length, text.data(), static_cast<int>(text.size())) != 1) {
        throw std::runtime_error("OpenSSL: cannot process the text");
    }
    result.resize(static_cast<std::size_t>(length));
    return result;
}

Oracle::Answer Oracle::run(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
                           std::span<const std::uint8_t> iv, std::span<const std::uint8_t> text) {
    CipherInput input;
    input.mode = mode;
    input.decrypt = decrypt;
    input.key.assign(key.begin(), key.end());
    input.iv.assign(iv.begin(), iv.end());
    input.text.assign(text.begin(), text.end());
    return run(input);
}

Oracle::Answer Oracle::run(const CipherInput& input) {
    Answer answer;
    answer.next_iv.assign(block_bytes, 0);
    switch (input.mode) {
        case CipherMode::ecb:
        case CipherMode::cbc:
        case CipherMode::ctr:
            answer.text = Oracle(input.mode, input.decrypt, input.key, input.iv).process(input.text);
            if (input.mode == CipherMode::cbc) {
                const Bytes& cipher_text = input.decrypt ? input.text : answer.text;
                answer.next_iv = bytes_of(std::span(cipher_text).last(block_bytes));
            } else if (input.mode == CipherMode::ctr) {
                answer.next_iv = advance_counter(input.iv, (input.text.size() + block_bytes - 1) / block_bytes);
            }
            break;
        case CipherMode::xts:
            answer.text = xts(input);
            break;
        case CipherMode::gcm:
        case CipherMode::ccm:
            if (input.decrypt) {
                answer.text = open_unverified(input);
                answer.match = seal(input, answer.text, input.tag.size()).tag == input.tag;
                if (!answer.match) answer.text.clear();
            } else {
                SealedText sealed = seal(input, input.text, input.tag_length);
                answer.text = std::move(sealed.text);
                answer.tag = std::move(sealed.tag);
            }
            break;
        case CipherMode::cmac: {
            Bytes tag = cmac(input.key, input.text);
            tag.resize(input.decrypt ? input.tag.size() : input.tag_length);
            if (input.decrypt) {
                answer.match = tag == input.tag;
            } else {
                answer.tag = std::move(tag);
            }
            break;
        }
        case CipherMode::kw:
        case CipherMode::kwp: {
            std::optional<Bytes> result = wrap(input);
            answer.match = result.has_value();
            if (!answer.match) break;
            if (input.mode == CipherMode::kwp && input.decrypt) {
                for (unsigned i = 0; i < sizeof(std::uint32_t); ++i) {
                    answer.next_iv[i] = static_cast<std::uint8_t>(result->size() >> 8 * i);
                }
                result->resize(input.text.size() - semiblock_bytes);
            }
            answer.text = std::move(*result);
            break;
        }
    }
    return answer;
}

const std::vector<std::string>& engine_names() {
    static const std::vector<std::string> names = sim::engine_names();
    return names;
}

std::string Target::name() const {
    return engine + "_" + (configuration == "default" ? std::to_string(data_width) : configuration);
}

std::ostream& operator<<(std::ostream& stream, const Target& target) {
    return stream << target.name();
}

const std::vector<Target>& default_targets() {
    static const std::vector<Target> targets = [] {
        std::vector<Target> all;
        for (const std::string& engine : engine_names()) {
            for (const unsigned width : data_widths) all.push_back({engine, width});
        }
        return all;
    }();
    return targets;
}

const std::vector<Target>& all_targets() {
    static const std::vector<Target> targets = [] {
        std::vector<Target> all = default_targets();
        all.push_back({"rtl", 128, "small"});
        return all;
    }();
    return targets;
}

std::string describe(const CipherInput& input) {
    std::string text = std::string(contract::name_of(input.mode)) + "-" + std::to_string(8 * input.key.size()) +
                       (input.decrypt ? " decrypt " : " encrypt ") + std::to_string(input.text.size()) + " bytes";
    if (input.inverse_cipher) text += ", inverse cipher";
    if (!input.aad.empty()) text += ", AAD " + std::to_string(input.aad.size());
    if (input.mode == CipherMode::gcm || input.mode == CipherMode::ccm) {
        text += ", IV " + std::to_string(input.iv.size()) + (input.iv_in_source ? " in the source" : "");
    }
    const std::size_t tag = input.decrypt ? input.tag.size() : input.tag_length;
    if (tag != 0) text += ", tag " + std::to_string(tag);
    return text;
}

void prepare(sim::CipherRequest& request, const CipherInput& input) {
    request.decrypt(input.decrypt).inverse_cipher(input.inverse_cipher);
    if (input.iv_in_source) {
        request.iv_in_source(input.iv);
    } else if (!input.iv.empty()) {
        request.iv(input.iv);
    }
    if (!input.aad.empty()) request.aad(input.aad);
    if (input.decrypt && !input.tag.empty()) request.tag(input.tag);
    if (!input.decrypt && input.tag_length != 0) request.tag_length(input.tag_length);
}

namespace {

std::unique_ptr<sim::CipherRequest> direct_request(sim::Machine& machine, const CipherInput& input) {
    auto request = std::make_unique<sim::CipherRequest>(machine, input.mode);
    prepare(*request, input);
    if (input.tweak_key.empty()) {
        request->key(input.key);
    } else {
        request->key_pair(input.key, input.tweak_key);
    }
    request->text(input.text);
    return request;
}

}  // namespace

Exchange::Exchange(sim::Machine& machine, CipherInput input, Oracle::Answer expected)
    : Exchange(direct_request(machine, input), input, std::move(expected)) {}

Exchange::Exchange(std::unique_ptr<sim::CipherRequest> request, CipherInput input, Oracle::Answer expected)
    : request_(std::move(request)),
      input_(std::move(input)),
      expected_(std::move(expected)),
      before_(request_->output()),
      name_(describe(input_)) {
    if (expected_.next_iv.empty()) expected_.next_iv.assign(block_bytes, 0);
}

Exchange Exchange::name(std::string text) && {
    name_ = std::move(text) + ": " + name_;
    return std::move(*this);
}

void Exchange::check(const Completion& done) const {
    SCOPED_TRACE(name_);
    const Status status = expected_.match ? Status::ok : Status::tag;
    ASSERT_EQ(done.status, status) << "is " << contract::name_of(done.status) << ", not " << contract::name_of(status);
    EXPECT_LT(done.start_cycle, done.end_cycle);
    EXPECT_EQ(to_hex(done.next_iv), to_hex(expected_.match ? expected_.next_iv : Bytes(block_bytes)));
    if (expected_.match) {
        Bytes output = expected_.text;
        output.insert(output.end(), expected_.tag.begin(), expected_.tag.end());
        EXPECT_EQ(to_hex(request_->output()), to_hex(output));
    } else {
        const bool wraps = input_.mode == CipherMode::kw || input_.mode == CipherMode::kwp;
        EXPECT_EQ(to_hex(request_->output()), to_hex(wraps ? before_ : Bytes(before_.size())))
            << "a failed check must leave nothing to see";
    }
    EXPECT_TRUE(request_->surroundings_untouched());
}

BulkRunner::BulkRunner(sim::Machine& machine, unsigned queues) : machine_(machine) {
    queues = std::min(queues, queue_count(machine));
    for (unsigned i = 0; i < queues; ++i) {
        queues_.push_back(std::make_unique<sim::QueuePair>(machine, i));
        queues_.back()->start();
        // Counters go on through resets, and so through whatever the machine did before.
        const sim::QueueCounters before = queues_.back()->counters();
        completed_ += before.completed;
        failed_ += before.failed;
        bytes_ += before.bytes;
    }
}

void BulkRunner::ring() {
    if (posted_ != 0) queues_[current_]->ring_submission();
    posted_ = 0;
}

void BulkRunner::add(Exchange exchange) {
    if (posted_ == batch || queues_[current_]->free_slots() == 0) {
        ring();
        machine_.run_until(
            [&] {
                collect();
                for (std::size_t i = 1; i <= queues_.size(); ++i) {
                    const std::size_t candidate = (current_ + i) % queues_.size();
                    if (queues_[candidate]->free_slots() != 0) {
                        current_ = candidate;
                        return true;
                    }
                }
                return false;
            },
            "room in a ring", 10'000'000, 128);
    }
    const std::uint32_t cookie = next_cookie_++;
    exchange.request().cookie(cookie);
    queues_[current_]->post(exchange.request().descriptor());
    pending_.emplace(cookie, std::move(exchange));
    ++posted_;
}

void BulkRunner::collect() {
    for (auto& queue : queues_) {
        bool taken = false;
        while (const auto done = queue->poll()) {
            taken = true;
            const auto found = pending_.find(done->cookie);
            if (found == pending_.end()) {
                ADD_FAILURE() << "a cookie that was not asked for, or twice: " << done->cookie;
                continue;
            }
            found->second.check(*done);
            (found->second.succeeds() ? completed_ : failed_) += 1;
            if (found->second.succeeds()) bytes_ += found->second.input().text.size();
            pending_.erase(found);
        }
        if (taken) queue->ring_completion();
    }
}

void BulkRunner::finish() {
    ring();
    machine_.run_until(
        [&] {
            collect();
            return pending_.empty();
        },
        "end of all requests", 10'000'000, 128);
    machine_.run(500);  // the last write's response
    sim::QueueCounters sum;
    for (auto& queue : queues_) {
        const sim::QueueCounters counters = queue->counters();
        sum.completed += counters.completed;
        sum.failed += counters.failed;
        sum.bytes += counters.bytes;
    }
    EXPECT_EQ(sum.completed, completed_);
    EXPECT_EQ(sum.failed, failed_);
    EXPECT_EQ(sum.bytes, bytes_);
    const auto* const stray = machine_.memory().stray_access();
    EXPECT_EQ(stray, nullptr) << machine_.memory().describe(stray->address);
}

unsigned rounds_on(const Target& target, unsigned many) {
    if (target.engine != "rtl" || all_tests()) return many;
    const bool wide = target.data_width > 128;
    return many / (wide ? 6 : 4);
}

Sampler::Sampler(const std::string& engine, unsigned share)
    : all_(engine != "rtl" || all_tests()), share_(share), random_(test_seed()) {}

bool Sampler::take() {
    ++offered_;
    if (!all_ && below(random_, share_) != 0) return false;
    ++taken_;
    return true;
}

bool Sampler::take(const std::string& kind, unsigned every) {
    ++offered_;
    if (seen_[kind]++ % every != 0 && !all_tests()) return false;
    ++taken_;
    return true;
}

sim::MachineOptions machine_options(unsigned data_width, const sim::MemoryTiming& timing, const std::string& engine) {
    sim::MachineOptions options;
    options.engine = engine;
    options.engine_options.data_width = data_width;
    if (const char* const path = std::getenv("CCE_TEST_TRACE"); path != nullptr) {
        options.engine_options.trace_path = path;
    }
    options.timing = timing;
    return options;
}

sim::MachineOptions machine_options(const Target& target, const sim::MemoryTiming& timing) {
    sim::MachineOptions options = machine_options(target.data_width, timing, target.engine);
    options.engine_options.configuration = target.configuration;
    return options;
}

unsigned queue_count(sim::Machine& machine) {
    return global::geometry_queue_count.get(machine.read_register(global::at(global::geometry)));
}

unsigned context_count(sim::Machine& machine) {
    return global::geometry_context_count.get(machine.read_register(global::at(global::geometry)));
}

std::string EngineTest::name(const testing::TestParamInfo<ParamType>& parameter) {
    return parameter.param.name();
}

sim::MachineOptions EngineTest::options(const sim::MemoryTiming& timing) {
    return machine_options(GetParam(), timing);
}

}  // namespace cce::test
