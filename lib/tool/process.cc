// SPDX-License-Identifier: Apache-2.0

#include "process.h"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string_view>

#include "tool.h"

namespace cce::tool {

namespace {

/// Room for the keys of one command, and OpenSSL's smallest piece of it.
constexpr std::size_t locked_bytes = 65536;
constexpr std::size_t locked_piece = 64;

constexpr std::array<int, 3> ending_signals{SIGINT, SIGTERM, SIGHUP};

enum class Fate : std::uint8_t { none, remove, keep };

/// Fixed memory: a signal handler must not touch what may be changing.
struct Entry {
    Fate fate = Fate::none;
    std::array<char, 4096> path{};
    std::array<char, 8192> message{};
};
std::array<Entry, 4> entries;
bool terminal;  ///< standard error is one

/// write(2) and nothing else is allowed here (signal-safety(7)); an error can be told to nobody.
void say(std::string_view text) {
    [[maybe_unused]] const ssize_t bytes = write(STDERR_FILENO, text.data(), text.size());
}

extern "C" void end_by_signal(int number) {
    say(terminal ? "\ncce: ended by " : "cce: ended by ");
    say(number == SIGINT ? "SIGINT" : number == SIGTERM ? "SIGTERM" : "SIGHUP");
    for (const Entry& entry : entries) {
        if (entry.fate == Fate::remove) {
            unlink(entry.path.data());
        } else if (entry.fate == Fate::keep) {
            say("; ");
            say(entry.message.data());
        }
    }
    say("\n");
    // The caller sees which signal it was (status 128 + number in a shell).
    std::signal(number, SIG_DFL);
    std::raise(number);
}

void set(const std::string& path, Fate fate, const std::string& message) {
    const SignalsHeld held;
    auto* entry =
        std::find_if(entries.begin(), entries.end(), [&path](const Entry& e) { return path == e.path.data(); });
    if (entry == entries.end()) {
        entry = std::find_if(entries.begin(), entries.end(), [](const Entry& e) { return e.fate == Fate::none; });
    }
    // Longer paths than the system's are refused when they are opened; more files than entries no command has.
    if (entry == entries.end() || path.size() >= entry->path.size()) {
        return;
    }
    entry->fate = fate;
    entry->path[path.copy(entry->path.data(), entry->path.size() - 1)] = '\0';
    entry->message[message.copy(entry->message.data(), entry->message.size() - 1)] = '\0';
    if (fate == Fate::none) {
        entry->path[0] = '\0';
    }
}

}  // namespace

void protect_process() {
    const rlimit none{0, 0};
    // Both: a core that a pattern pipes to a program does not look at the limit.
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) {
        throw ToolError(exit_failure, std::string("can't switch off core files: ") + std::strerror(errno));
    }
    // Without the right to lock, the keys are in memory that may be swapped; that is no reason not to work.
    static_cast<void>(CRYPTO_secure_malloc_init(locked_bytes, locked_piece));
    terminal = isatty(STDERR_FILENO) != 0;
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    struct sigaction action {};
    action.sa_handler = end_by_signal;
    for (const int number : ending_signals) {
        sigaddset(&action.sa_mask, number);
    }
    for (const int number : ending_signals) {
        struct sigaction before {};
        // What nohup or a shell's background ignores stays ignored.
        if (sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(number, &action, nullptr);
        }
    }
}

void hide_in_arguments(int argc, char** argv, const std::string& secret) {
    if (secret.empty()) {
        return;
    }
    for (int i = 1; i < argc; ++i) {
        if (char* found = std::strstr(argv[i], secret.c_str()); found != nullptr) {
            std::fill_n(found, secret.size(), '*');
        }
    }
}

SignalsHeld::SignalsHeld() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : ending_signals) {
        sigaddset(&signals, number);
    }
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
}

SignalsHeld::~SignalsHeld() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void on_signal_remove(const std::string& path) {
    set(path, Fate::remove, {});
}

void on_signal_keep(const std::string& path, const std::string& message) {
    set(path, Fate::keep, message);
}

void on_signal_forget(const std::string& path) {
    set(path, Fate::none, {});
}

}  // namespace cce::tool
