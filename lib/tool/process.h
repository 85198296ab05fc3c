// SPDX-License-Identifier: Apache-2.0
//
// What the process does for the keys it holds, and what becomes of its files when a signal ends it.

#pragma once

#include <csignal>
#include <string>

namespace cce::tool {

/// To be called first. No core file and no debugger of the same user from here on (keys would be in it), keys in memory
/// that is not swapped where the limits allow it, closed pipes and file size limits as errors of the write that meets
/// them, and SIGINT, SIGTERM, SIGHUP ending the program only after the files below were seen to.
void protect_process();

/// Overwrites every occurrence of `secret` in the arguments, so that ps no longer shows it.
void hide_in_arguments(int argc, char** argv, const std::string& secret);

/// Signals wait while this exists: a file and what is to become of it change together.
class SignalsHeld {
public:
    SignalsHeld();
    ~SignalsHeld();
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;

private:
    sigset_t before_;
};

/// What a signal does with the file `path`: removes it, or leaves it and prints `message`. Replaces what was said of
/// the same file before.
void on_signal_remove(const std::string& path);
void on_signal_keep(const std::string& path, const std::string& message);
/// Nothing: the file is finished, or gone.
void on_signal_forget(const std::string& path);

}  // namespace cce::tool
