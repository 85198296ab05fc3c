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
        bool stream = false;
    };

    [[nodiscard]] static bool key_wrap_grant(const Requests& requests) {
        return !requests.lane_chosen && requests.key_wrap;
    }
    [[nodiscard]] static bool subkey_grant(const Requests& requests) {
        return !requests.lane_chosen && !requests.key_wrap && requests.subkey;
    }
    [[nodiscard]] static bool stream_grant(const Requests& requests) {
        return !requests.lane_chosen && !requests.key_wrap && !requests.subkey && requests.stream;
    }

    /// Whose block is shown, if no lane shows one.
    [[nodiscard]] bool granted() const { return granted_; }
    [[nodiscard]] CipherUser user() const { return user_; }

    void reset() { granted_ = false; }
    /// Bulk advance by some cycles, in which only the stream is granted, or nobody.
    void advance(bool stream) {
        granted_ = stream;
        user_ = CipherUser::stream;
    }
    /// What a bulk advance may change.
    void visit(Motion& motion) {
        motion.constant(granted_);
        motion.constant(user_);
    }
    void clock(const Requests& requests) {
        granted_ = !requests.lane_chosen && (requests.key_wrap || requests.subkey || requests.stream);
        if (requests.key_wrap) {
            user_ = CipherUser::key_wrap;
        } else {
            user_ = requests.subkey ? CipherUser::subkey : CipherUser::stream;
        }
    }

private:
    bool granted_ = false;
    CipherUser user_ = CipherUser::stream;
};

}  // namespace cce::model
