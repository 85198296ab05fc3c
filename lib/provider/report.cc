// SPDX-License-Identifier: Apache-2.0

#include "report.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <string_view>

namespace cce::provider {

namespace {

constexpr std::array<const char*, static_cast<std::size_t>(OnCpu::count)> reason_names{
    "below_threshold", "not_offered", "too_long", "streamed", "tag_late", "tag_mismatch", "tls_padding"};

template <std::size_t N>
std::uint64_t sum(const std::array<std::atomic<std::uint64_t>, N>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                           [](std::uint64_t total, const auto& count) { return total + count.load(); });
}

}  // namespace

void Report::on_engine(cce_mode mode, std::size_t bytes) noexcept {
    engine_.at(static_cast<std::size_t>(mode)).fetch_add(1, relaxed);
    engine_bytes_.fetch_add(bytes, relaxed);
}

void Report::on_engine(cce_hash hash, std::size_t bytes) noexcept {
    engine_hashes_.at(static_cast<std::size_t>(hash)).fetch_add(1, relaxed);
    engine_bytes_.fetch_add(bytes, relaxed);
}

void Report::on_cpu(OnCpu reason, std::size_t bytes) noexcept {
    cpu_.at(static_cast<std::size_t>(reason)).fetch_add(1, relaxed);
    cpu_bytes_.fetch_add(bytes, relaxed);
}

void Report::in_flight(std::size_t requests) noexcept {
    std::uint64_t most = most_in_flight_.load(relaxed);
    while (requests > most && !most_in_flight_.compare_exchange_weak(most, requests, relaxed)) {
    }
}

void Report::set_device(const cce_information& information) noexcept {
    // The backends' names are few and known: no text of unknown lifetime is kept.
    static constexpr std::array<const char*, 4> names{"dev", "af_alg", "in-process", "software"};
    const auto* found =
        std::find_if(names.begin(), names.end(), [&](std::string_view name) { return name == information.backend; });
    backend_ = found == names.end() ? "other" : *found;
}

std::uint64_t Report::engine_requests() const noexcept {
    return sum(engine_) + sum(engine_hashes_);
}

std::uint64_t Report::cpu_requests() const noexcept {
    return sum(cpu_);
}

std::string Report::json() const {
    std::string text =
        "{\"provider\": \"cce\", \"pid\": " + std::to_string(::getpid()) + ", \"backend\": \"" + backend_.load() +
        "\", \"engine_requests\": " + std::to_string(engine_requests()) +
        ", \"engine_bytes\": " + std::to_string(engine_bytes()) +
        ", \"cpu_requests\": " + std::to_string(cpu_requests()) + ", \"cpu_bytes\": " + std::to_string(cpu_bytes()) +
        ", \"engine_failures\": " + std::to_string(failures()) + ", \"async_pauses\": " + std::to_string(pauses()) +
        ", \"most_in_flight\": " + std::to_string(most_in_flight()) + ", \"engine\": {";
    const char* separator = "";
    for (std::size_t mode = 0; mode < engine_.size(); ++mode) {
        text += separator;
        text += "\"" + std::string(cce_mode_name(static_cast<cce_mode>(mode))) +
                "\": " + std::to_string(engine_.at(mode).load());
        separator = ", ";
    }
    for (std::size_t hash = 0; hash < engine_hashes_.size(); ++hash) {
        if (const char* name = cce_hash_name(static_cast<cce_hash>(hash)); name != nullptr) {
            text += ", \"" + std::string(name) + "\": " + std::to_string(engine_hashes_.at(hash).load());
        }
    }
    text += "}, \"cpu\": {";
    separator = "";
    for (std::size_t reason = 0; reason < cpu_.size(); ++reason) {
        text += separator;
        text += "\"" + std::string(reason_names.at(reason)) + "\": " + std::to_string(cpu_.at(reason).load());
        separator = ", ";
    }
    return text + "}}";
}

void Report::write(const std::string& file) const noexcept {
    try {
        const std::string line = json() + "\n";
        const bool to_stderr = file == "-";
        const int descriptor =
            to_stderr ? STDERR_FILENO : ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor >= 0) {
            // Nobody is left to be told that it failed.
            [[maybe_unused]] const ssize_t written = ::write(descriptor, line.data(), line.size());
            if (!to_stderr) {
                ::close(descriptor);
            }
        }
    } catch (const std::bad_alloc&) {
    }
}

}  // namespace cce::provider
