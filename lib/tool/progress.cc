// SPDX-License-Identifier: Apache-2.0

#include "progress.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "tool.h"

namespace cce::tool {

namespace {

constexpr std::uint64_t second = 1'000'000'000U;
constexpr std::uint64_t bar_width = 24;
constexpr double mebibyte = 1024.0 * 1024.0;

/// 75 s as "1:15", longer times as "2:01:15".
std::string clock_of(std::uint64_t seconds) {
    char text[32];
    if (seconds < 3600) {
        std::snprintf(text, sizeof(text), "%u:%02u", static_cast<unsigned>(seconds / 60),
                      static_cast<unsigned>(seconds % 60));
    } else {
        std::snprintf(text, sizeof(text), "%llu:%02u:%02u", static_cast<unsigned long long>(seconds / 3600),
                      static_cast<unsigned>(seconds / 60 % 60), static_cast<unsigned>(seconds % 60));
    }
    return text;
}

}  // namespace

Progress::Progress(bool wanted, int descriptor)
    : wanted_(wanted), terminal_(isatty(STDERR_FILENO) != 0), start_(monotonic_nanoseconds()), next_(start_ + second) {
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        total_ = static_cast<std::uint64_t>(status.st_size);
    }
}

Progress::~Progress() {
    if (shown_) {
        std::fputc('\n', stderr);
    }
}

void Progress::show(std::uint64_t done) {
    const std::uint64_t now = monotonic_nanoseconds();
    if (!wanted_ || now < next_) {
        return;
    }
    next_ = now + second / 10;
    shown_ = true;
    const double seconds = static_cast<double>(now - start_) / static_cast<double>(second);
    const double rate = static_cast<double>(done) / seconds;
    const char* rest = terminal_ ? "\033[K" : "";  // what a longer line has left
    if (total_ > 0) {
        const std::uint64_t share = std::min(done, total_);
        const auto filled = static_cast<std::size_t>(share * bar_width / total_);
        const auto left =
            rate > 0 ? static_cast<std::uint64_t>(static_cast<double>(total_ - share) / rate + 0.5) : std::uint64_t{0};
        std::fprintf(stderr, "\rcce: [%s%s] %3u %% of %.1f MiB, %.1f MiB/s, %s left %s",
                     std::string(filled, '#').c_str(), std::string(bar_width - filled, '-').c_str(),
                     static_cast<unsigned>(share * 100 / total_), static_cast<double>(total_) / mebibyte,
                     rate / mebibyte, clock_of(left).c_str(), rest);
    } else {
        std::fprintf(stderr, "\rcce: %.1f MiB, %.1f MiB/s, %s %s", static_cast<double>(done) / mebibyte,
                     rate / mebibyte, clock_of(static_cast<std::uint64_t>(seconds)).c_str(), rest);
    }
    std::fflush(stderr);
}

}  // namespace cce::tool
