// SPDX-License-Identifier: Apache-2.0
//
// Options of the commands that look at engines: cce bench, cce top, cce trace.

#pragma once

#include <string>
#include <vector>

#include "tool.h"

namespace cce::tool {

/// Requests that cce bench and cce trace run make: AES in a mode, or a hash function, alone or as HMAC.
inline const std::vector<std::string> request_modes{
    "ecb",      "cbc",         "ctr",         "xts",         "gcm",          "ccm",        "cmac",
    "gmac",     "kw",          "kwp",         "sha224",      "sha256",       "sha384",     "sha512",
    "sha3-224", "sha3-256",    "sha3-384",    "sha3-512",    "sha512-224",   "sha512-256", "shake128",
    "shake256", "hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-sha3-256"};

struct BenchOptions {
    std::vector<std::string> modes{"ctr", "cbc", "xts", "gcm", "ccm", "cmac", "sha256", "sha3-256"};
    std::vector<std::uint64_t> sizes{64, 1024, 16384};
    std::vector<std::size_t> depths{1, 8, 64};
    std::size_t key_bits = 256;
    bool decrypt = false;
    double seconds = 0.1;                 ///< of a row, by the host's clock
    std::optional<std::size_t> requests;  ///< of a row, instead
    double clock_mhz = 250;
    bool json = false;
    bool quiet = false;
    DeviceOptions device;
};

struct TopOptions {
    std::string root = "/sys/kernel/debug/cce";
    std::string sysfs = "/sys/bus";
    double interval = 1;
    std::size_t count = 0;  ///< samples; 0: until it is interrupted
    bool once = false;
    bool json = false;
};

struct TraceRunOptions {
    std::string mode;
    std::uint64_t size = 4096;
    std::size_t depth = 8;
    std::size_t requests = 64;
    std::size_t key_bits = 256;
    bool decrypt = false;
    double clock_mhz = 250;
    std::string output;
    bool quiet = false;
    DeviceOptions device;
};

struct TraceKernelOptions {
    std::string input = "/sys/kernel/tracing/trace";
    double clock_mhz = 250;
    std::string output;
    bool quiet = false;
};

int run_bench(BenchOptions& options);
int run_top(TopOptions& options);
int run_trace_run(TraceRunOptions& options);
int run_trace_kernel(TraceKernelOptions& options);

}  // namespace cce::tool
