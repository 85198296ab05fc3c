// SPDX-License-Identifier: Apache-2.0
//
// One request, in process: the shortest way to see the engine at work, and its waves.
//
//     cce_trace_request --mode ctr --bytes 1000 --trace out.fst

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "harness/cipher_request.h"
#include "harness/queue_pair.h"

namespace {

using cce::contract::CipherMode;
using cce::contract::Status;

int run(const cce::sim::MachineOptions& options, CipherMode mode, unsigned key_bits, unsigned bytes) {
    cce::sim::Machine machine(options);
    cce::sim::QueuePair queue(machine, 0);
    queue.start();

    std::vector<std::uint8_t> key(key_bits / 8);
    std::vector<std::uint8_t> text(bytes);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i);
    const std::vector<std::uint8_t> iv(16, 0xf0);

    cce::sim::CipherRequest request(machine, mode);
    request.key(key).iv(iv).text(text);
    const auto answer = queue.run(request.descriptor(), 100'000'000);
    const auto status = cce::contract::name_of(answer.status);
    std::printf("%u bytes: status %.*s, cycles %u to %u (%u)\n", bytes, static_cast<int>(status.size()), status.data(),
                answer.start_cycle, answer.end_cycle, answer.end_cycle - answer.start_cycle);
    return answer.status == Status::ok ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Runs one AES encryption on the Verilated engine in this process.");
    cce::sim::MachineOptions options;
    CipherMode mode = CipherMode::ctr;
    unsigned bytes = 256;
    unsigned key_bits = 256;
    const std::map<std::string, CipherMode> modes{
        {"ecb", CipherMode::ecb}, {"cbc", CipherMode::cbc}, {"ctr", CipherMode::ctr}};
    app.add_option("--mode", mode, "ecb, cbc or ctr (default: ctr)")->transform(CLI::CheckedTransformer(modes));
    app.add_option("--key-bits", key_bits, "128, 192 or 256 (default: 256)")->check(CLI::IsMember({128U, 192U, 256U}));
    app.add_option("--bytes", bytes, "bytes of text (default: 256)")->check(CLI::Range(1U, 1U << 24U));
    app.add_option("--data-width", options.engine_options.data_width, "bits of the DMA data bus")
        ->check(CLI::IsMember({128U, 256U}));
    app.add_option("--trace", options.engine_options.trace_path, "file for waves (FST)");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options, mode, key_bits, bytes);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce_trace_request: %s\n", error.what());
        return 1;
    }
}
