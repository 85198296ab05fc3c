// SPDX-License-Identifier: Apache-2.0
//
// The backend dev: the engine behind the Linux driver, through /dev/cce.
//
// The driver takes the callers' buffers where they are and pins them while a request is in flight. What it does not do
// is done here: the IV that continues a stream, the comparison of a CMAC, and tags of other lengths than the session's,
// for which the driver has one session each.

#include "dev.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "backends.h"
#include "block_mode.h"
#include "hash_functions.h"

namespace cce::internal {

namespace dev {

std::string errno_text(int number) {
    std::array<char, 128> buffer{};
    // The GNU strerror_r, which may be called by several threads.
    return std::string(strerror_r(number, buffer.data(), buffer.size())) + " (errno " + std::to_string(number) + ")";
}

int control(const File& file, unsigned long command, void* argument) {
    while (ioctl(file.get(), command, argument) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

}  // namespace dev

namespace {

using namespace dev;

static_assert(CCE_UAPI_MODE_ECB == CCE_MODE_ECB && CCE_UAPI_MODE_CBC == CCE_MODE_CBC &&
              CCE_UAPI_MODE_CTR == CCE_MODE_CTR && CCE_UAPI_MODE_XTS == CCE_MODE_XTS &&
              CCE_UAPI_MODE_GCM == CCE_MODE_GCM && CCE_UAPI_MODE_CCM == CCE_MODE_CCM &&
              CCE_UAPI_MODE_CMAC == CCE_MODE_CMAC && CCE_UAPI_MODE_KW == CCE_MODE_KW &&
              CCE_UAPI_MODE_KWP == CCE_MODE_KWP);
static_assert(CCE_UAPI_HASH_SHA_256 == CCE_HASH_SHA_256 && CCE_UAPI_HASH_SHA_512_256 == CCE_HASH_SHA_512_256 &&
              CCE_UAPI_HASH_SHA3_224 == CCE_HASH_SHA3_224 && CCE_UAPI_HASH_CSHAKE_256 == CCE_HASH_CSHAKE_256 &&
              CCE_UAPI_HASHES == CCE_HASH_COUNT);
static_assert(CCE_UAPI_STATE_BYTES == hash_function::state_bytes(CCE_HASH_CSHAKE_256));

/// Long enough to be worth a call, and short enough for several to be in the engine.
constexpr std::size_t dev_piece_bytes = std::size_t{1} << 20;
/// Requests in flight beside those that were submitted: of calls that wait.
constexpr std::size_t spare_requests = 64;

std::uint64_t address_of(const void* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer);
}

/// What an errno of the driver means to a caller.
cce_status status_of(int error) {
    switch (error) {
        case 0:
            return CCE_OK;
        case EBADMSG:
            return CCE_ERROR_TAG;
        case ENODATA:
            return CCE_ERROR_STATE;
        case ETIMEDOUT:
            return CCE_ERROR_TIMEOUT;
        case ENODEV:
        case ENXIO:
            return CCE_ERROR_DEVICE_GONE;
        case EACCES:
        case EPERM:
            return CCE_ERROR_PERMISSION;
        case ENOMEM:
            return CCE_ERROR_MEMORY;
        case EMSGSIZE:
        case EOVERFLOW:
            return CCE_ERROR_LENGTH;
        case EOPNOTSUPP:
            return CCE_ERROR_UNSUPPORTED;
        default:
            return CCE_ERROR_REFUSED;
    }
}

[[noreturn]] void fail(const std::string& what, int error) {
    throw Failure(status_of(error), std::string(dev_path) + ": " + what + ": " + errno_text(error),
                  static_cast<std::uint32_t>(error));
}

/// Makes one of the driver's sessions, whose `name` is for the message if that fails.
std::uint32_t create_session(const File& file, cce_uapi_session_create create, std::span<const std::uint8_t> key,
                             const std::string& name) {
    create.size = sizeof(create);
    create.key_bytes = static_cast<std::uint32_t>(key.size());
    create.key = address_of(key.data());
    if (const int error = control(file, CCE_UAPI_SESSION_CREATE, &create); error != 0) {
        fail("a session of " + name + " was refused", error);
    }
    return create.session;
}

void destroy_session(const File& file, std::uint32_t id) {
    cce_uapi_destroy destroy{sizeof(destroy), id};
    static_cast<void>(control(file, CCE_UAPI_SESSION_DESTROY, &destroy));
}

struct Pending;

/// What the driver needs to know of a key or a hash function.
class DevSession : public Key {
public:
    /// The driver's request, but for its cookie.
    [[nodiscard]] virtual cce_uapi_request make_request(const Text& text, Pending& pending) = 0;
    [[nodiscard]] virtual std::unique_ptr<Pending> make_pending(const Text& text) const = 0;
};

/// The driver's sessions of one key: one for each length of tag that was asked for.
class DevKey final : public DevSession {
public:
    DevKey(const File& file, const CipherParameters& parameters)
        : file_(file),
          mode_(parameters.mode),
          direction_(parameters.direction),
          key_(is_aead(mode_) ? parameters.key.bytes() : std::span<const std::uint8_t>()) {
        if (!is_aead(mode_)) {
            // CMACs are compared here, so all of them are made in their full length.
            create(mode_ == CCE_MODE_CMAC ? CCE_TAG_BYTES_MAX : 0, parameters.key.bytes());
        } else {
            create(CCE_TAG_BYTES_MAX, key_.bytes());
        }
    }
    ~DevKey() override {
        for (const auto& [tag_bytes, id] : sessions_) destroy_session(file_, id);
    }

    [[nodiscard]] cce_uapi_request make_request(const Text& text, Pending& pending) override;
    [[nodiscard]] std::unique_ptr<Pending> make_pending(const Text& text) const override;

private:
    [[nodiscard]] std::uint32_t session_for(std::size_t tag_bytes) {
        const std::lock_guard lock(mutex_);
        if (!is_aead(mode_)) return sessions_.begin()->second;
        const auto found = sessions_.find(tag_bytes);
        return found != sessions_.end() ? found->second : create(tag_bytes, key_.bytes());
    }

    std::uint32_t create(std::size_t tag_bytes, std::span<const std::uint8_t> key) {
        cce_uapi_session_create create{};
        create.mode = static_cast<std::uint32_t>(mode_);
        create.tag_bytes = static_cast<std::uint32_t>(tag_bytes);
        return sessions_[tag_bytes] = create_session(file_, create, key, std::string("mode ") + cce_mode_name(mode_));
    }

    const File& file_;
    cce_mode mode_;
    cce_direction direction_;
    SecretKey key_;  ///< of AEAD; else empty
    std::mutex mutex_;
    std::map<std::size_t, std::uint32_t> sessions_;  ///< ids by bytes of tag
};

/// A hash function, or HMAC. The driver has the states behind HMAC's key blocks itself: what the library has of them in
/// front of a text is left out.
class DevHash final : public DevSession {
public:
    DevHash(const File& file, const HashParameters& parameters)
        : file_(file), hash_(parameters.hash), keyed_(parameters.kind == CCE_HASH_HMAC) {
        cce_uapi_session_create create{};
        create.mode = CCE_UAPI_MODE_HASH + static_cast<std::uint32_t>(hash_);
        create.flags = keyed_ ? CCE_UAPI_SESSION_HMAC : 0;
        session_ = create_session(file_, create, keyed_ ? parameters.key.bytes() : std::span<const std::uint8_t>(),
                                  std::string(keyed_ ? "HMAC with " : "") + cce_hash_name(hash_));
    }
    ~DevHash() override { destroy_session(file_, session_); }

    [[nodiscard]] cce_uapi_request make_request(const Text& text, Pending& pending) override;
    [[nodiscard]] std::unique_ptr<Pending> make_pending(const Text& text) const override;

private:
    const File& file_;
    cce_hash hash_;
    bool keyed_;
    std::uint32_t session_ = 0;
};

/// A request in flight: what its end needs.
struct Pending {
    Pending(cce_mode mode, cce_direction direction, const Text& text)
        : is_mac(mode == CCE_MODE_CMAC),
          tells_length(mode == CCE_MODE_KWP && direction == CCE_DECRYPT),
          next_iv(mode, direction, text),
          tag(text.tag),
          expected(text.expected_tag) {}
    ~Pending() { wipe(mac); }
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;

    bool is_mac;
    bool is_hash = false;
    bool tells_length;  ///< the outcome does, of a key
    NextIv next_iv;
    std::span<std::uint8_t> tag;
    std::span<const std::uint8_t> expected;
    std::array<std::uint8_t, CCE_TAG_BYTES_MAX> mac{};  ///< CMAC, all of it; else what an empty text points to
};

cce_uapi_request DevKey::make_request(const Text& text, Pending& pending) {
    if (mode_ == CCE_MODE_GCM && text.iv.size() != gcm_iv_bytes) {
        throw Failure(CCE_ERROR_IV_LENGTH,
                      "backend dev takes GCM IVs of 12 bytes, not of " + std::to_string(text.iv.size()));
    }
    cce_uapi_request request{};
    request.session = session_for(text.tag.size() + text.expected_tag.size());
    const bool decrypt = direction_ == CCE_DECRYPT && !pending.is_mac;
    request.flags = decrypt ? CCE_UAPI_REQUEST_DECRYPT : 0;
    if (mode_ != CCE_MODE_ECB) {
        request.iv_bytes = static_cast<std::uint8_t>(text.iv.size());
        std::copy(text.iv.begin(), text.iv.end(), request.iv);
    }
    // Of a key, without what wrapping adds.
    const bool unwraps = is_key_wrap(mode_) && decrypt;
    request.length = static_cast<std::uint32_t>(text.source.size() - (unwraps ? CCE_KEY_WRAP_OVERHEAD : 0));
    request.aad_length = static_cast<std::uint32_t>(text.aad.size());
    request.aad = address_of(text.aad.data());
    // GMAC has no text, and its tag stands where the text would be.
    request.source = address_of(text.source.empty() && decrypt ? text.expected_tag.data() : text.source.data());
    request.destination = address_of(pending.is_mac              ? pending.mac.data()
                                     : !text.destination.empty() ? text.destination.data()
                                     : !text.tag.empty()         ? text.tag.data()
                                                                 : pending.mac.data());
    return request;
}

std::unique_ptr<Pending> DevKey::make_pending(const Text& text) const {
    return std::make_unique<Pending>(mode_, direction_, text);
}

cce_uapi_request DevHash::make_request(const Text& text, Pending& /*pending*/) {
    cce_uapi_request request{};
    request.session = session_;
    request.flags = static_cast<std::uint16_t>((text.part.first ? CCE_UAPI_REQUEST_FIRST : 0) |
                                               (text.part.last ? CCE_UAPI_REQUEST_LAST : 0) |
                                               (text.part.squeeze ? CCE_UAPI_REQUEST_SQUEEZE : 0));
    request.iv_bytes = static_cast<std::uint8_t>(text.behind.size());
    std::copy(text.behind.begin(), text.behind.end(), request.iv);
    request.length = static_cast<std::uint32_t>(text.source.size());
    request.source = address_of(text.source.data());
    request.destination = address_of(text.destination.data());
    const std::size_t state = hash_function::state_bytes(hash_);
    request.output_length = static_cast<std::uint32_t>(text.destination.size() - (text.part.last ? 0 : state));
    if (!text.part.first) {
        request.aad = address_of(text.aad.data());
        request.aad_length = static_cast<std::uint32_t>(state);
    }
    return request;
}

std::unique_ptr<Pending> DevHash::make_pending(const Text& text) const {
    auto pending = std::make_unique<Pending>(mode_hash, CCE_ENCRYPT, text);
    pending->is_hash = true;
    return pending;
}

class Dev final : public AsynchronousBackend {
public:
    Dev(File file, const Settings& settings) : file_(std::move(file)) {
        query_.size = sizeof(query_);
        if (const int error = control(file_, CCE_UAPI_QUERY, &query_); error != 0) fail("it does not answer", error);
        if (query_.uapi_version != CCE_UAPI_VERSION) {
            throw Failure(CCE_ERROR_BACKEND_UNAVAILABLE,
                          "the driver's interface has version " + std::to_string(query_.uapi_version) +
                              ", this library needs " + std::to_string(CCE_UAPI_VERSION) +
                              ": they must be of the same release");
        }
        most_ = std::min<std::size_t>({settings.queue_depth + spare_requests, query_.requests, CCE_UAPI_QUEUE_DEPTH});
        if (settings.transport != "ioctl") {
            try {
                transport_ = make_ring(file_, most_);
            } catch (const Failure& failure) {
                if (!settings.transport.empty()) throw;
                no_ring_ = failure.what();
            }
        }
        if (!transport_) transport_ = make_queue(file_, most_);
    }

    void describe(cce_information& out) override {
        copy_text(out.backend, "dev");
        copy_text(out.description, std::string(dev_path) + " by " + transport_->name() + "; contract " +
                                       std::to_string(query_.contract_version >> 16) + "." +
                                       std::to_string(query_.contract_version & 0xffff) + ", engines " +
                                       std::to_string(query_.engines) + ", queue pairs " +
                                       std::to_string(query_.queue_pairs) + (no_ring_.empty() ? "" : "; " + no_ring_));
        for (std::size_t mode = 0; mode < CCE_MODE_COUNT; ++mode) {
            if (offers(static_cast<cce_mode>(mode))) {
                copy_text(out.driver[mode], std::string("dev-") + cce_mode_name(static_cast<cce_mode>(mode)));
                out.mode_supported[mode] = 1;
            }
        }
        for (unsigned number = 0; number < CCE_HASH_COUNT; ++number) {
            const auto hash = static_cast<cce_hash>(number);
            if (offers(hash, false)) {
                copy_text(out.hash_driver[number], std::string("dev-") + cce_hash_name(hash));
                out.hash_supported[number] = 1;
            }
            if (offers(hash, true)) {
                copy_text(out.hmac_driver[number], std::string("dev-hmac-") + cce_hash_name(hash));
                out.hmac_supported[number] = 1;
            }
        }
        for (unsigned i = 0; i < 3; ++i) out.key_bytes_supported[i] = (query_.key_sizes >> i) & 1;
    }

    std::unique_ptr<Key> make_key(const CipherParameters& parameters) override {
        if (!offers(parameters.mode)) {
            throw Failure(CCE_ERROR_UNSUPPORTED,
                          std::string("backend dev: the driver does not offer mode ") + cce_mode_name(parameters.mode));
        }
        return std::make_unique<DevKey>(file_, parameters);
    }

    std::unique_ptr<Key> make_hash_key(const HashParameters& parameters) override {
        if (!offers(parameters.hash, parameters.kind == CCE_HASH_HMAC)) refuse(parameters);
        return std::make_unique<DevHash>(file_, parameters);
    }

    void submit(Ticket ticket, Key& key, const Text& text) override {
        // Every key of this backend was made by make_key or make_hash_key.
        auto& session = static_cast<DevSession&>(key);
        auto pending = session.make_pending(text);
        // What stands in front of a hash's text is no part of it.
        check_length(pending->is_hash ? std::max(text.source.size(), text.destination.size())
                                      : text.source.size() + text.aad.size());
        cce_uapi_request request = session.make_request(text, *pending);
        request.cookie = ticket;
        const std::lock_guard lock(mutex_);
        pending_.emplace(ticket, std::move(pending));
        if (in_flight_ < most_) {
            transport_->push(request);
            ++in_flight_;
        } else {
            waiting_.push_back(request);
        }
    }

    void flush() override {
        const std::lock_guard lock(mutex_);
        transport_->flush();
    }

    void collect(std::vector<Answer>& out) override {
        const std::lock_guard lock(mutex_);
        std::vector<Outcome> outcomes;
        transport_->collect(outcomes);
        for (const Outcome& outcome : outcomes) out.push_back(answer(outcome));
        in_flight_ -= outcomes.size();
        bool pushed = false;
        for (; in_flight_ < most_ && !waiting_.empty(); waiting_.pop_front(), ++in_flight_) {
            transport_->push(waiting_.front());
            pushed = true;
        }
        if (pushed) transport_->flush();
    }

    void wait(const Deadline& deadline) override { transport_->wait(deadline); }
    void wake() override {
        const std::lock_guard lock(mutex_);
        transport_->wake();
    }
    bool signal_to(int eventfd) override {
        const std::lock_guard lock(mutex_);
        return transport_->signal_to(eventfd);
    }
    [[nodiscard]] std::size_t piece_bytes() const override {
        return std::min<std::size_t>(dev_piece_bytes, query_.longest_request / CCE_BLOCK_BYTES * CCE_BLOCK_BYTES);
    }
    [[nodiscard]] std::size_t hash_piece_bytes(const HashParameters& /*parameters*/) const override {
        // So much the engine takes wherever it lies. Of more, in ordinary pages, the driver would have to do on the CPU
        // what it can, and to refuse the rest.
        return CCE_UAPI_ENGINE_ONLY_BYTES;
    }

private:
    [[nodiscard]] bool offers(cce_mode mode) const { return ((query_.modes >> mode) & 1U) != 0; }
    [[nodiscard]] bool offers(cce_hash hash, bool keyed) const {
        return (((keyed ? query_.hash_macs : query_.hashes) >> hash) & 1U) != 0;
    }

    void check_length(std::size_t bytes) const {
        if (bytes <= query_.longest_request) return;
        throw Failure(CCE_ERROR_LENGTH, "backend dev: the driver takes requests of at most " +
                                            std::to_string(query_.longest_request) + " bytes; there are " +
                                            std::to_string(bytes));
    }

    Answer answer(const Outcome& outcome) {
        const auto found = pending_.find(static_cast<Ticket>(outcome.cookie));
        if (found == pending_.end()) {
            throw Failure(CCE_ERROR_INTERNAL, "the driver completed a request that it was not given");
        }
        Pending& pending = *found->second;
        Answer result;
        result.ticket = found->first;
        result.status = status_of(outcome.error);
        result.device_status = static_cast<std::uint32_t>(outcome.error);
        if (outcome.error == EBADMSG && pending.is_hash) {
            result.status = CCE_ERROR_STATE;
            result.message = "the driver: this is no state of the hash function";
        } else if (outcome.error == EBADMSG) {
            result.message = "the driver: the authentication tag, or the integrity of a wrapped key, does not match";
        } else if (outcome.error != 0) {
            result.message = std::string(dev_path) + ": a request failed: " + errno_text(outcome.error);
        } else if (pending.is_mac) {
            std::copy_n(pending.mac.begin(), pending.tag.size(), pending.tag.begin());
            // The answer is the request's.
            if (!pending.expected.empty() &&
                released(CRYPTO_memcmp(pending.mac.data(), pending.expected.data(), pending.expected.size()) != 0)) {
                result.status = CCE_ERROR_TAG;
                result.message = "the MAC does not match";
            }
        } else {
            result.result.next_iv = pending.next_iv.get();
            if (pending.tells_length) result.result.key_length = outcome.key_length;
        }
        pending_.erase(found);
        return result;
    }

    File file_;
    cce_uapi_query query_{};
    std::size_t most_ = 0;
    std::string no_ring_;  ///< why it is not io_uring
    std::mutex mutex_;     ///< for what is below
    std::unique_ptr<Transport> transport_;
    std::unordered_map<Ticket, std::unique_ptr<Pending>> pending_;
    std::deque<cce_uapi_request> waiting_;
    std::size_t in_flight_ = 0;
};

File open_dev(int& error) {
    File file(open(dev_path, O_RDWR | O_CLOEXEC));
    error = file.get() < 0 ? errno : 0;
    return file;
}

}  // namespace

Missing dev_missing() {
    int error = 0;
    const File file = open_dev(error);
    switch (error) {
        case 0: {
            cce_uapi_query query{};
            query.size = sizeof(query);
            if (const int refused = control(file, CCE_UAPI_QUERY, &query); refused != 0) {
                return {CCE_ERROR_BACKEND_UNAVAILABLE,
                        std::string(dev_path) + " does not answer: " + errno_text(refused)};
            }
            return {};
        }
        case ENOENT:
            return {CCE_ERROR_BACKEND_UNAVAILABLE,
                    std::string("there is no ") + dev_path + " (is the module cce loaded?)"};
        case EACCES:
        case EPERM:
            return {CCE_ERROR_PERMISSION, std::string("no permission to open ") + dev_path +
                                              ": it is for the group that owns it (cce, by the driver's udev rule)"};
        default:
            return {status_of(error) == CCE_ERROR_DEVICE_GONE ? CCE_ERROR_BACKEND_UNAVAILABLE : status_of(error),
                    std::string(dev_path) + ": " + errno_text(error)};
    }
}

std::unique_ptr<Backend> make_dev(const Settings& settings) {
    int error = 0;
    File file = open_dev(error);
    if (error != 0) fail("it could not be opened", error);
    return std::make_unique<Dev>(std::move(file), settings);
}

}  // namespace cce::internal
