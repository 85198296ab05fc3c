// SPDX-License-Identifier: Apache-2.0
//
// The af_alg backend: the engine behind the Linux driver, through AF_ALG sockets and libkcapi.
//
// Only the drivers named `<mode>-aes-cce`, `<hash>-cce` and `hmac-<hash>-cce` are used. ECB, CBC and CTR are cut into
// pieces of at most 64 KiB, what AF_ALG takes in one call (16 pages); the IV is chained from piece to piece here, since
// the kernel does not return it. What cannot be cut (XTS, GCM, CCM) is refused if it is longer. Data is copied into the
// kernel (sendmsg): vmsplice needs page-aligned buffers and may else send less than it was given. libkcapi's
// asynchronous calls give all requests of a batch the same IV and wait for the whole batch; they are not used.

#include <fcntl.h>
#include <kcapi.h>
#include <linux/if_alg.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "af_alg_hash.h"
#include "backends.h"
#include "block_mode.h"
#include "hash_functions.h"
#include "secret.h"

namespace cce::internal {

namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

/// The driver of each mode, and AF_ALG's type of it; null: there is none.
struct Driver {
    const char* name;
    const char* type;
};
constexpr std::array<Driver, CCE_MODE_COUNT> drivers{{{"ecb-aes-cce", "skcipher"},
                                                      {"cbc-aes-cce", "skcipher"},
                                                      {"ctr-aes-cce", "skcipher"},
                                                      {"xts-aes-cce", "skcipher"},
                                                      {"gcm-aes-cce", "aead"},
                                                      {"ccm-aes-cce", "aead"},
                                                      {"cmac-aes-cce", "hash"},
                                                      {nullptr, nullptr},
                                                      {nullptr, nullptr}}};
/// The same for a hash function: its name with the kernel's ending; empty: there is none. The kernel has no SHA-512/t,
/// and its SHAKE is not for users.
std::string driver_of(cce_hash hash, bool hmac) {
    const char* const name = cce_hash_name(hash);
    const bool known = name != nullptr && !hash_function::is_extendable(hash) && hash != CCE_HASH_SHA_512_224 &&
                       hash != CCE_HASH_SHA_512_256;
    return known ? (hmac ? "hmac-" : "") + std::string(name) + "-cce" : std::string();
}

/// Without these modes there is no such backend.
constexpr std::array<cce_mode, 3> needed_modes{CCE_MODE_ECB, CCE_MODE_CBC, CCE_MODE_CTR};

const Driver& driver_of(cce_mode mode) {
    return drivers.at(static_cast<std::size_t>(mode));
}

std::string errno_text(int number) {
    return std::string(std::strerror(number)) + " (errno " + std::to_string(number) + ")";
}

/// Values of the `driver` lines in /proc/crypto.
std::set<std::string> kernel_drivers() {
    std::set<std::string> result;
    std::ifstream file("/proc/crypto");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("driver")) {
            if (const std::size_t colon = line.find(": "); colon != std::string::npos) {
                result.insert(line.substr(colon + 2));
            }
        }
    }
    return result;
}

/// 0, or the errno with which the kernel refuses an AF_ALG socket for `driver`.
int bind_error(const Driver* driver) {
    const int descriptor = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return errno;
    }
    int result = 0;
    if (driver != nullptr) {
        sockaddr_alg address{};
        address.salg_family = AF_ALG;
        std::memcpy(address.salg_type, driver->type, std::strlen(driver->type) + 1);
        std::memcpy(address.salg_name, driver->name, std::strlen(driver->name) + 1);
        // The socket interface of the C library wants this cast.
        if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
            result = errno;
        }
    }
    close(descriptor);
    return result;
}

/// Whether this kernel's module has the driver, and AF_ALG takes it.
bool offers(const Driver& driver, const std::set<std::string>& present) {
    return driver.name != nullptr && present.count(driver.name) != 0 && bind_error(&driver) == 0;
}
bool offers(cce_mode mode, const std::set<std::string>& present) {
    return offers(driver_of(mode), present);
}
bool offers(cce_hash hash, bool hmac, const std::set<std::string>& present) {
    return offers(Driver{driver_of(hash, hmac).c_str(), "hash"}, present);
}

[[noreturn]] void fail(const std::string& driver, const std::string& what, ssize_t negative_errno) {
    const int number = negative_errno < 0 ? static_cast<int>(-negative_errno) : EIO;
    cce_status status = CCE_ERROR_REFUSED;
    if (number == ETIMEDOUT) status = CCE_ERROR_TIMEOUT;
    if (number == ENODEV) status = CCE_ERROR_DEVICE_GONE;
    throw Failure(status, driver + ": " + what + ": " + errno_text(number), static_cast<std::uint32_t>(number));
}

void check_result(const std::string& driver, ssize_t done, std::size_t wanted) {
    if (done < 0) fail(driver, "a request of " + std::to_string(wanted) + " bytes failed", done);
    if (static_cast<std::size_t>(done) != wanted) {
        throw Failure(CCE_ERROR_REFUSED, driver + ": the kernel gave back " + std::to_string(done) + " bytes of " +
                                             std::to_string(wanted));
    }
}

void check_length(const std::string& driver, std::size_t bytes) {
    if (bytes > piece_bytes) {
        throw Failure(CCE_ERROR_LENGTH, "backend af_alg: " + driver + " takes at most " + std::to_string(piece_bytes) +
                                            " bytes at once, AAD and tag included; there are " + std::to_string(bytes));
    }
}

/// Opens `driver` and gives it the key. The functions are those of libkcapi for the driver's type; closing the sockets
/// makes the kernel overwrite its copy of the key.
using Handle = std::unique_ptr<kcapi_handle, void (*)(kcapi_handle*)>;
template <typename Open, typename SetKey>
Handle open_driver(const std::string& driver, std::span<const std::uint8_t> key, Open open, SetKey set_key,
                   void (*destroy)(kcapi_handle*)) {
    kcapi_handle* opened = nullptr;
    if (const int error = open(&opened, driver.c_str(), 0); error != 0) {
        fail(driver, "the kernel did not open it", error);
    }
    Handle handle(opened, destroy);
    if (const int error = set_key(opened, key.data(), static_cast<std::uint32_t>(key.size())); error < 0) {
        fail(driver, "the key was not accepted", error);
    }
    return handle;
}

/// ECB, CBC, CTR and XTS.
class KernelCipher final : public Cipher {
public:
    explicit KernelCipher(const CipherParameters& parameters)
        : mode_(parameters.mode),
          direction_(parameters.direction),
          driver_(driver_of(mode_).name),
          handle_(open_driver(driver_, parameters.key.bytes(), kcapi_cipher_init, kcapi_cipher_setkey,
                              kcapi_cipher_destroy)) {}

    Result run(const Text& text) override {
        if (mode_ != CCE_MODE_XTS) {
            return run_in_pieces(text, piece_bytes, [this](const Text& piece) { return run_one(piece); });
        }
        check_length(driver_, text.source.size());
        return run_one(text);
    }

private:
    Result run_one(const Text& piece) {
        NextIv next(mode_, direction_, piece);
        const std::uint8_t* iv = mode_ == CCE_MODE_ECB ? nullptr : piece.iv.data();
        const auto call = direction_ == CCE_ENCRYPT ? kcapi_cipher_encrypt : kcapi_cipher_decrypt;
        const ssize_t done = call(handle_.get(), piece.source.data(), piece.source.size(), iv, piece.destination.data(),
                                  piece.destination.size(), KCAPI_ACCESS_SENDMSG);
        check_result(driver_, done, piece.source.size());
        return Result{next.get()};
    }

    cce_mode mode_;
    cce_direction direction_;
    std::string driver_;
    Handle handle_;
};

/// GCM and CCM. The length of the tag belongs to the kernel's transformation, and cannot be changed once that was used:
/// so there is one of them for each length.
class KernelAead final : public Cipher {
public:
    explicit KernelAead(const CipherParameters& parameters)
        : mode_(parameters.mode),
          encrypt_(parameters.direction == CCE_ENCRYPT),
          driver_(driver_of(mode_).name),
          key_(parameters.key.bytes()) {
        static_cast<void>(handle_for(CCE_TAG_BYTES_MAX));
    }
    ~KernelAead() override { wipe(buffer_); }

    Result run(const Text& text) override {
        const std::size_t tag_bytes = text.tag.size() + text.expected_tag.size();
        const std::size_t front = text.aad.size();
        const std::size_t bytes = text.source.size();
        check_length(driver_, front + bytes + tag_bytes);
        kcapi_handle* const handle = handle_for(tag_bytes);
        kcapi_aead_setassoclen(handle, front);
        Iv iv{};
        if (mode_ == CCE_MODE_CCM) {
            iv[0] = static_cast<std::uint8_t>(14 - text.iv.size());  // SP 800-38C, A.3
            std::copy(text.iv.begin(), text.iv.end(), iv.begin() + 1);
        } else if (text.iv.size() == gcm_iv_bytes) {
            std::copy(text.iv.begin(), text.iv.end(), iv.begin());
        } else {
            throw Failure(CCE_ERROR_IV_LENGTH,
                          "backend af_alg takes GCM IVs of 12 bytes, not of " + std::to_string(text.iv.size()));
        }
        // AAD, text and tag are one buffer to the kernel, which copies it; the result comes into the same.
        buffer_.resize(std::max<std::size_t>(front + bytes + tag_bytes, 1));
        auto position = std::copy(text.aad.begin(), text.aad.end(), buffer_.begin());
        position = std::copy(text.source.begin(), text.source.end(), position);
        std::copy(text.expected_tag.begin(), text.expected_tag.end(), position);
        const std::size_t in = front + bytes + text.expected_tag.size();
        const std::size_t out = front + bytes + text.tag.size();
        const auto call = encrypt_ ? kcapi_aead_encrypt : kcapi_aead_decrypt;
        const ssize_t done = call(handle, buffer_.data(), in, iv.data(), buffer_.data(), std::max<std::size_t>(out, 1),
                                  KCAPI_ACCESS_SENDMSG);
        if (done == -EBADMSG) {
            wipe(buffer_);
            throw Failure(CCE_ERROR_TAG, driver_ + ": the authentication tag does not match", EBADMSG);
        }
        check_result(driver_, done, out);
        const auto result = std::span(buffer_).subspan(front, out - front);
        std::copy_n(result.begin(), bytes, text.destination.begin());
        std::copy(result.begin() + static_cast<std::ptrdiff_t>(bytes), result.end(), text.tag.begin());
        wipe(buffer_);
        return {};
    }

private:
    kcapi_handle* handle_for(std::size_t tag_bytes) {
        const auto found = handles_.find(tag_bytes);
        if (found != handles_.end()) return found->second.get();
        Handle handle = open_driver(driver_, key_.bytes(), kcapi_aead_init, kcapi_aead_setkey, kcapi_aead_destroy);
        if (const int error = kcapi_aead_settaglen(handle.get(), static_cast<std::uint32_t>(tag_bytes)); error < 0) {
            fail(driver_, "a tag of " + std::to_string(tag_bytes) + " bytes was not accepted", error);
        }
        return handles_.emplace(tag_bytes, std::move(handle)).first->second.get();
    }

    cce_mode mode_;
    bool encrypt_;
    std::string driver_;
    SecretKey key_;
    std::map<std::size_t, Handle> handles_;  ///< by bytes of tag
    std::vector<std::uint8_t> buffer_;
};

/// CMAC. Verifying is comparing.
class KernelMac final : public Cipher {
public:
    explicit KernelMac(const CipherParameters& parameters)
        : driver_(driver_of(parameters.mode).name),
          handle_(open_driver(driver_, parameters.key.bytes(), kcapi_md_init, kcapi_md_setkey, kcapi_md_destroy)) {}

    Result run(const Text& text) override {
        std::array<std::uint8_t, CCE_TAG_BYTES_MAX> mac{};
        std::span<const std::uint8_t> rest = text.source;
        do {
            const auto piece = rest.first(std::min(rest.size(), mac_piece_bytes));
            if (const auto done = kcapi_md_update(handle_.get(), piece.data(), piece.size()); done < 0) {
                fail(driver_, "a piece of " + std::to_string(piece.size()) + " bytes failed", done);
            }
            rest = rest.subspan(piece.size());
        } while (!rest.empty());
        check_result(driver_, kcapi_md_final(handle_.get(), mac.data(), mac.size()), mac.size());
        std::copy_n(mac.begin(), text.tag.size(), text.tag.begin());
        // The answer is the request's.
        const bool good = text.expected_tag.empty() ||
                          released(CRYPTO_memcmp(mac.data(), text.expected_tag.data(), text.expected_tag.size()) == 0);
        wipe(mac);
        if (!good) throw Failure(CCE_ERROR_TAG, "the MAC does not match");
        return {};
    }

private:
    /// Below 32 KiB libkcapi copies.
    static constexpr std::size_t mac_piece_bytes = 16 * 1024;
    std::string driver_;
    Handle handle_;
};

class AfAlg final : public SynchronousBackend {
public:
    AfAlg() { kcapi_set_verbosity(KCAPI_LOG_NONE); }  // failures are told by our own messages

    void describe(cce_information& out) override {
        copy_text(out.backend, "af_alg");
        utsname system{};
        uname(&system);
        std::array<char, 64> library{};
        kcapi_versionstring(library.data(), library.size());
        copy_text(out.description, std::string(system.sysname) + " " + system.release + ", " + library.data());
        const std::set<std::string> present = kernel_drivers();
        for (std::size_t mode = 0; mode < drivers.size(); ++mode) {
            if (offers(static_cast<cce_mode>(mode), present)) {
                copy_text(out.driver[mode], drivers.at(mode).name);
                out.mode_supported[mode] = 1;
            }
        }
        for (std::size_t number = 0; number < CCE_HASH_COUNT; ++number) {
            const auto hash = static_cast<cce_hash>(number);
            if (offers(hash, false, present)) {
                copy_text(out.hash_driver[number], driver_of(hash, false));
                out.hash_supported[number] = 1;
            }
            if (offers(hash, true, present)) {
                copy_text(out.hmac_driver[number], driver_of(hash, true));
                out.hmac_supported[number] = 1;
            }
        }
    }

    /// AF_ALG gives no state away: streams are sockets.
    [[nodiscard]] bool has_hash_parts() const override { return false; }

    std::unique_ptr<Cipher> make_hash(const HashParameters& parameters) override {
        if (!offers(parameters.hash, parameters.kind == CCE_HASH_HMAC, kernel_drivers())) refuse(parameters);
        return make_af_alg_hash(driver_of(parameters.hash, parameters.kind == CCE_HASH_HMAC), parameters);
    }

    std::unique_ptr<Cipher> make_cipher(const CipherParameters& parameters) override {
        if (!offers(parameters.mode, kernel_drivers())) {
            throw Failure(CCE_ERROR_UNSUPPORTED, std::string("backend af_alg does not offer mode ") +
                                                     cce_mode_name(parameters.mode) +
                                                     ": the kernel has no driver of the engine for it");
        }
        switch (parameters.mode) {
            case CCE_MODE_GCM:
            case CCE_MODE_CCM:
                return std::make_unique<KernelAead>(parameters);
            case CCE_MODE_CMAC:
                return std::make_unique<KernelMac>(parameters);
            default:
                return std::make_unique<KernelCipher>(parameters);
        }
    }
};

}  // namespace

std::string af_alg_missing() {
    const std::set<std::string> present = kernel_drivers();
    for (const cce_mode mode : needed_modes) {
        if (present.count(driver_of(mode).name) == 0) {
            std::string reason =
                std::string("/proc/crypto lists no driver ") + driver_of(mode).name + " (is the module cce loaded?)";
            if (const int error = bind_error(nullptr); error != 0) {
                reason += ", and AF_ALG sockets: " + errno_text(error);
            }
            return reason;
        }
    }
    for (const cce_mode mode : needed_modes) {
        if (const int error = bind_error(&driver_of(mode)); error != 0) {
            return std::string("AF_ALG refuses ") + driver_of(mode).name + ": " + errno_text(error) +
                   (error == EAFNOSUPPORT ? "; the kernel needs CONFIG_CRYPTO_USER_API_SKCIPHER" : "");
        }
    }
    return {};
}

std::unique_ptr<Backend> make_af_alg() {
    return std::make_unique<AfAlg>();
}

}  // namespace cce::internal
