// SPDX-License-Identifier: Apache-2.0
//
// What the commands of the cce program share: errors with exit statuses, files, keys, statistics.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cce/cce.hpp"

namespace cce::tool {

inline constexpr int exit_failure = 1;  ///< something went wrong while working
inline constexpr int exit_usage = 2;    ///< the command line can't be right

/// Ends the program with a message and an exit status.
class ToolError : public std::runtime_error {
public:
    ToolError(int exit_status, const std::string& message) : std::runtime_error(message), exit_status_(exit_status) {}
    [[nodiscard]] int exit_status() const noexcept { return exit_status_; }

private:
    int exit_status_;
};

/// A file that can't be opened or read: one of many may be told and left out.
class ReadError : public ToolError {
public:
    ReadError(std::string name, int error);
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    std::string name_;
    int error_;
};

/// Bytes, zero at first, that are overwritten when they go. Few ones, such as keys, are in locked memory that no core
/// file holds, if there is any (protect_process()).
class SecretBytes {
public:
    explicit SecretBytes(std::size_t bytes = 0);
    ~SecretBytes();
    SecretBytes(SecretBytes&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    SecretBytes& operator=(SecretBytes&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    [[nodiscard]] std::span<std::uint8_t> bytes() { return {data_, size_}; }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {data_, size_}; }

private:
    std::uint8_t* data_ = nullptr;  ///< from OpenSSL's allocators
    std::size_t size_;
};

/// A file descriptor that closes itself, unless it is a standard one.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return number_; }
    /// Closes it now; returns 0 or an errno.
    int close();

private:
    int number_;
};

/// Reads all of a file, which may have up to `limit` bytes.
[[nodiscard]] SecretBytes read_all(int descriptor, const std::string& name, std::size_t limit);

/// Opens a file to read, or standard input for an empty name.
[[nodiscard]] Descriptor open_input(const std::string& path);
/// Reads until `buffer` is full or the file ends; `name` is for messages.
[[nodiscard]] std::size_t read_fully(int descriptor, std::span<std::uint8_t> buffer, const std::string& name);

/// A file that appears under its name only when complete: written beside it, renamed by finish(). Standard output for
/// an empty name. A target that is no regular file (a device, a pipe) is written directly.
class OutputFile {
public:
    explicit OutputFile(const std::string& path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    void write(std::span<const std::uint8_t> data);
    void finish();

private:
    [[noreturn]] void fail(int error) const;
    std::string path_;
    std::string name_;
    std::string temporary_;  ///< empty: nothing to remove
    Descriptor descriptor_;
};

/// Hexadecimal digits as bytes; `option` names them in messages. Exactly `wanted` bytes unless that is 0.
[[nodiscard]] SecretBytes parse_hex(const std::string& text, const std::string& option, std::size_t wanted = 0);
/// Bytes as lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

/// Where a key comes from: one of the three.
struct KeyOptions {
    std::string file;
    int descriptor = -1;
    std::string hex;
};
/// The key: 16, 24 or 32 bytes, for XTS twice that. Files and descriptors hold it as bytes, or as hexadecimal digits
/// with optional white space at the end. Bytes that are all hexadecimal digits, and as many as a key's, are taken as
/// such: 32 of them are a 16-byte key.
[[nodiscard]] SecretBytes read_key(KeyOptions& options, bool xts);
/// A key of any length: the same three, but hexadecimal digits of any even number are taken as such unless `as_is`.
/// Says on stderr that a file's were, unless `quiet`.
[[nodiscard]] SecretBytes read_key_of_any_length(KeyOptions& options, bool as_is, bool quiet);

/// The mode called `name`.
[[nodiscard]] cce_mode mode_of(const std::string& name);

/// Which device to use.
struct DeviceOptions {
    std::string backend;
    std::string engine;
};
/// Opens it; an engine is named only for in-process. Names the backend on stderr unless `quiet`.
[[nodiscard]] Device open_device(const DeviceOptions& options, bool quiet);

/// Latencies of library calls, by CLOCK_MONOTONIC.
class Latencies {
public:
    void add(std::uint64_t nanoseconds) { values_.push_back(nanoseconds); }
    /// {"count", "min", "p50", "p99", "max"} in ns (nearest rank) and "total"; zeros if there were none.
    [[nodiscard]] nlohmann::json summary() const;

private:
    std::vector<std::uint64_t> values_;
};

[[nodiscard]] std::uint64_t monotonic_nanoseconds();

/// The figures of one call, or of many: a beginning that all commands share.
[[nodiscard]] nlohmann::json statistics_of(const std::string& operation, cce_mode mode, std::size_t key_bytes,
                                           const Information& information);

/// Options of `cce enc` and `cce dec`.
struct CipherOptions {
    bool decrypt = false;
    std::string mode;
    KeyOptions key;
    std::string iv_hex;
    std::string aad_hex;
    std::string aad_file;
    std::optional<std::size_t> tag_length;
    std::optional<std::uint64_t> data_unit;
    bool equal_keys = false;
    std::string input;
    std::string output;
    std::optional<std::uint64_t> chunk;
    bool no_padding = false;
    std::string statistics;
    bool json = false;
    bool progress = false;
    bool quiet = false;
    DeviceOptions device;
};

/// Options of `cce dgst`.
struct DgstOptions {
    std::string algorithm;  ///< empty: sha256, or with --check what the list says
    std::optional<std::uint64_t> length;
    std::string function_name;
    std::string customization;
    std::vector<std::string> files;
    std::string format = "sum";
    bool tag = false;
    bool zero = false;
    bool check = false;
    bool ignore_missing = false;
    bool status = false;
    bool strict = false;
    bool warn = false;
    bool json = false;
    bool progress = false;
    bool quiet = false;
    DeviceOptions device;
};

/// Options of `cce mac`.
struct MacOptions {
    std::string mac;
    std::string hmac;  ///< hash function
    std::string kmac;  ///< 128 or 256
    std::string customization;
    bool xof = false;
    bool key_as_is = false;
    bool progress = false;
    KeyOptions key;
    std::string iv_hex;
    std::optional<std::size_t> tag_length;
    std::string verify_hex;
    std::string input;
    bool json = false;
    bool quiet = false;
    DeviceOptions device;
};

/// Options of `cce wrap` and `cce unwrap`.
struct KeyWrapOptions {
    bool unwrap = false;
    std::string mode;
    KeyOptions key;
    std::string input;
    std::string output;
    bool hex = false;
    bool json = false;
    bool quiet = false;
    DeviceOptions device;
};

/// Writes the figures to the files and streams that the options name, after the output is complete.
void report(const CipherOptions& options, const nlohmann::json& statistics, OutputFile& output);

int run_cipher(CipherOptions& options);
/// The part of run_cipher for GCM and CCM.
int run_aead(CipherOptions& options);
int run_mac(MacOptions& options);
/// The part of run_mac for HMAC and KMAC.
int run_hash_mac(MacOptions& options);
int run_dgst(const DgstOptions& options);
int run_key_wrap(KeyWrapOptions& options);
int run_info(bool json, const DeviceOptions& device);
int run_selftest(const DeviceOptions& device, bool json);

}  // namespace cce::tool
