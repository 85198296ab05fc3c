// SPDX-License-Identifier: Apache-2.0
//
// The af_alg backend: the engine behind the Linux driver, through AF_ALG sockets and libkcapi.
//
// Only the drivers named `<mode>-aes-cce` are used. Requests are cut into pieces of at most 64 KiB, what AF_ALG takes
// in one call (16 pages); the IV is chained from piece to piece here, since the kernel does not return it. Data is
// copied into the kernel (sendmsg): vmsplice needs page-aligned buffers and may else send less than it was given.
// libkcapi's asynchronous calls give all requests of a batch the same IV and wait for the whole batch; they are not
// used.

#include <fcntl.h>
#include <kcapi.h>
#include <linux/if_alg.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "backends.h"
#include "block_mode.h"

namespace cce::internal {

namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::array<const char*, 3> driver_names{"ecb-aes-cce", "cbc-aes-cce", "ctr-aes-cce"};

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
int bind_error(const char* driver) {
    const int descriptor = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return errno;
    }
    int result = 0;
    if (driver != nullptr) {
        sockaddr_alg address{};
        address.salg_family = AF_ALG;
        std::memcpy(address.salg_type, "skcipher", sizeof("skcipher"));
        std::memcpy(address.salg_name, driver, std::strlen(driver) + 1);
        // The socket interface of the C library wants this cast.
        if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
            result = errno;
        }
    }
    close(descriptor);
    return result;
}

class KernelCipher final : public Cipher {
public:
    explicit KernelCipher(const CipherParameters& parameters)
        : mode_(parameters.mode),
          direction_(parameters.direction),
          driver_(driver_names.at(static_cast<std::size_t>(parameters.mode))) {
        kcapi_handle* handle = nullptr;
        if (const int error = kcapi_cipher_init(&handle, driver_.c_str(), 0); error != 0) {
            fail("the kernel did not open it", error);
        }
        handle_.reset(handle);
        const std::span<const std::uint8_t> key = parameters.key.bytes();
        if (const int error = kcapi_cipher_setkey(handle_.get(), key.data(), static_cast<std::uint32_t>(key.size()));
            error < 0) {
            fail("the key was not accepted", error);
        }
    }

    Result run(const Text& text) override {
        return run_in_pieces(text, piece_bytes, [this](const Text& piece) {
            NextIv next(mode_, direction_, piece);
            const std::uint8_t* iv = mode_ == CCE_MODE_ECB ? nullptr : piece.iv.data();
            const auto call = direction_ == CCE_ENCRYPT ? kcapi_cipher_encrypt : kcapi_cipher_decrypt;
            const ssize_t done = call(handle_.get(), piece.source.data(), piece.source.size(), iv,
                                      piece.destination.data(), piece.destination.size(), KCAPI_ACCESS_SENDMSG);
            if (done < 0) {
                fail("a request of " + std::to_string(piece.source.size()) + " bytes failed", static_cast<int>(done));
            }
            if (static_cast<std::size_t>(done) != piece.source.size()) {
                throw Failure(CCE_ERROR_REFUSED, driver_ + ": the kernel processed " + std::to_string(done) +
                                                     " bytes of " + std::to_string(piece.source.size()));
            }
            return Result{next.get()};
        });
    }

private:
    [[noreturn]] void fail(const std::string& what, int negative_errno) const {
        const int number = negative_errno < 0 ? -negative_errno : EIO;
        throw Failure(number == ETIMEDOUT ? CCE_ERROR_TIMEOUT : CCE_ERROR_REFUSED,
                      driver_ + ": " + what + ": " + errno_text(number), static_cast<std::uint32_t>(number));
    }

    struct Destroy {
        // Closes the sockets; the kernel then overwrites its copy of the key.
        void operator()(kcapi_handle* handle) const noexcept { kcapi_cipher_destroy(handle); }
    };
    cce_mode mode_;
    cce_direction direction_;
    std::string driver_;
    std::unique_ptr<kcapi_handle, Destroy> handle_;
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
        for (std::size_t mode = 0; mode < driver_names.size(); ++mode) {
            copy_text(out.driver[mode], driver_names.at(mode));
            out.mode_supported[mode] = 1;
        }
    }

    std::unique_ptr<Cipher> make_cipher(const CipherParameters& parameters) override {
        if (static_cast<std::size_t>(parameters.mode) >= driver_names.size()) {
            throw Failure(CCE_ERROR_UNSUPPORTED, std::string("backend af_alg does not offer mode ") +
                                                     cce_mode_name(parameters.mode) +
                                                     ": the engine's driver has ecb, cbc and ctr");
        }
        return std::make_unique<KernelCipher>(parameters);
    }
};

}  // namespace

std::string af_alg_missing() {
    const std::set<std::string> drivers = kernel_drivers();
    for (const char* name : driver_names) {
        if (drivers.count(name) == 0) {
            std::string reason = std::string("/proc/crypto lists no driver ") + name + " (is the module cce loaded?)";
            if (const int error = bind_error(nullptr); error != 0) {
                reason += ", and AF_ALG sockets: " + errno_text(error);
            }
            return reason;
        }
    }
    for (const char* name : driver_names) {
        if (const int error = bind_error(name); error != 0) {
            return std::string("AF_ALG refuses ") + name + ": " + errno_text(error) +
                   (error == EAFNOSUPPORT ? "; the kernel needs CONFIG_CRYPTO_USER_API_SKCIPHER" : "");
        }
    }
    return {};
}

std::unique_ptr<Backend> make_af_alg() {
    return std::make_unique<AfAlg>();
}

}  // namespace cce::internal
