// SPDX-License-Identifier: Apache-2.0
//
// Decides whose block goes to the cipher next.

#pragma once

#include "common/motion.h"
#include "types.h"

namespace cce::model {

/// Model of cipher_arbiter.sv for the pipelined cipher. A grant is given one cycle ahead: who is granted in one cycle
/// shows its block in the next. A lane may be chosen in every cycle, and has the cipher two cycles later: so a lane
/// whose text is being read comes before all others.
class CipherArbiter {
public:
    struct Requests {
        bool lane_chosen = false;  ///< a lane was chosen in the last cycle
        bool key_wrap = false;
        bool subkey = false;
        bool hash = false;
        bool stream = false;
    };

    [[nodiscard]] static bool key_wrap_grant(const Requests& requests) {
        return !requests.lane_chosen && requests.key_wrap;
    }
    [[nodiscard]] static bool subkey_grant(const Requests& requests) {
        return !requests.lane_chosen && !requests.key_wrap && requests.subkey;
    }
    /// Hash engine and stream take turns if both ask.
    [[nodiscard]] bool hash_grant(const Requests& requests) const {
        return !requests.lane_chosen && !requests.key_wrap && !requests.subkey && requests.hash &&
               !(requests.stream && hash_last_);
    }
    [[nodiscard]] bool stream_grant(const Requests& requests) const {
        return !requests.lane_chosen && !requests.key_wrap && !requests.subkey && requests.stream &&
               !(requests.hash && !hash_last_);
    }

    /// Whose block is shown, if no lane shows one.
    [[nodiscard]] bool granted() const { return granted_; }
    [[nodiscard]] CipherUser user() const { return user_; }

    void reset() { granted_ = hash_last_ = false; }
    /// Bulk advance by some cycles, in which only the stream is granted, or nobody.
    void advance(bool stream) {
        granted_ = stream;
        user_ = CipherUser::stream;
        if (stream) hash_last_ = false;
    }
    /// What a bulk advance may change.
    void visit(Motion& motion) {
        motion.constant(granted_);
        motion.constant(user_);
        motion.constant(hash_last_);
    }
    void clock(const Requests& requests) {
        granted_ = !requests.lane_chosen && (requests.key_wrap || requests.subkey || requests.hash || requests.stream);
        if (requests.key_wrap) {
            user_ = CipherUser::key_wrap;
        } else if (requests.subkey) {
            user_ = CipherUser::subkey;
        } else {
            user_ = requests.hash && !(requests.stream && hash_last_) ? CipherUser::hash : CipherUser::stream;
            if (granted_) hash_last_ = user_ == CipherUser::hash;
        }
    }

private:
    bool granted_ = false;
    CipherUser user_ = CipherUser::stream;
    bool hash_last_ = false;  ///< of hash engine and stream the former was granted last
};

}  // namespace cce::model
