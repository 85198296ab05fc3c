// SPDX-License-Identifier: Apache-2.0

#include "backend.h"

namespace cce::internal {

std::optional<Answer> SynchronousBackend::take(bool wait, const Deadline& deadline) {
    if (waiting_.empty() || (!wait && passed(deadline))) {
        return std::nullopt;
    }
    const Waiting next = waiting_.front();
    waiting_.pop_front();
    Answer answer;
    answer.ticket = next.ticket;
    try {
        answer.result = next.cipher.get().run(next.text);
    } catch (const Failure& failure) {
        answer.status = failure.status();
        answer.device_status = failure.device_status();
        answer.message = failure.what();
    }
    return answer;
}

}  // namespace cce::internal
