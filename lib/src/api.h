// SPDX-License-Identifier: Apache-2.0
//
// What the functions of the C API have in common: exceptions become statuses, and failures messages.

#pragma once

#include <cstddef>
#include <functional>
#include <new>
#include <type_traits>

#include "device.h"
#include "message.h"

namespace cce::internal {

inline cce_status note(const cce_device& device, cce_status status, const std::string& message) noexcept {
    LastMessage::note(device.device.number(), message);
    return status;
}

/// Runs `call`, which throws on failure. No exception leaves the library.
template <typename Call>
cce_status guarded(const std::function<void(cce_status, const std::string&)>& failed, Call call) {
    try {
        try {
            call();
            return CCE_OK;
        } catch (const Failure& failure) {
            failed(failure.status(), failure.what());
            return failure.status();
        } catch (const std::bad_alloc&) {
            failed(CCE_ERROR_MEMORY, cce_strerror(CCE_ERROR_MEMORY));
            return CCE_ERROR_MEMORY;
        } catch (const std::exception& error) {
            failed(CCE_ERROR_INTERNAL, std::string("internal error: ") + error.what());
            return CCE_ERROR_INTERNAL;
        }
    } catch (...) {
        return CCE_ERROR_MEMORY;  // making the message failed
    }
}

template <typename Call>
cce_status on_device(cce_device& device, Call call) {
    return guarded([&](cce_status status, const std::string& text) { note(device, status, text); }, call);
}

/// Does one request and waits for it. `fill` makes the order's text, or throws.
template <typename Fill>
cce_status run(cce_session& session, Answer& answer, cce_completion* completion, Fill fill) {
    Order order;
    order.session = &session;
    cce_device& device = *session.device;
    answer.status = guarded([&](cce_status status, const std::string& text) { note(device, status, text); },
                            [&] {
                                fill(order);
                                answer = device.device.run(order);
                                if (answer.status != CCE_OK)
                                    throw Failure(answer.status, answer.message, answer.device_status);
                            });
    if (completion != nullptr) {
        *completion = completion_of(answer, 0, output_length_of(order.text));
    }
    return answer.status;
}

/// The same, for calls that belong to one direction. `check` makes the text, or throws.
template <typename Check>
cce_status run(cce_session* session, cce_direction direction, const char* call, cce_completion* completion,
               std::size_t* num_out, Check check) {
    if (session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    Answer answer;
    std::size_t output_length = 0;
    const cce_status status = run(*session, answer, completion, [&](Order& order) {
        require_direction(session->role, direction, call);
        order.text = check(session->role);
        output_length = output_length_of(order.text);
    });
    if (status == CCE_OK && num_out != nullptr) {
        *num_out = answer.result.key_length.value_or(output_length);
    }
    return status;
}

/// The order's text, of a session of a hash function. Throws Failure.
inline void fill_digest(Order& order, const HashParameters& parameters, const cce_digest_request* request) {
    order.text = checked_digest(parameters, request);
    make_to_compare(order);
}

/// Hands one request over. `fill` makes the order's text, or throws.
template <typename Fill>
void submit(cce_session& session, std::uint64_t cookie, Fill fill) {
    Order order;
    order.session = &session;
    order.cookie = cookie;
    fill(order);
    session.device->device.submit(std::move(order));
    session.device->device.flush();
}

inline constexpr const char* too_long = "a submitted request has at most CCE_SUBMIT_BYTES_MAX bytes";

/// The same for one that has so many bytes of AAD and text. `check` makes its text, or throws.
template <typename Request, typename Check>
cce_status submit(cce_session* session, const Request* request, std::type_identity_t<std::size_t Request::*> aad_length,
                  std::type_identity_t<std::size_t Request::*> length, Check check) {
    if (session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*session->device, [&] {
        require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
        const std::size_t aad = aad_length == nullptr ? 0 : request->*aad_length;
        require(aad <= CCE_SUBMIT_BYTES_MAX && request->*length <= CCE_SUBMIT_BYTES_MAX - aad, CCE_ERROR_LENGTH,
                too_long);
        submit(*session, request->cookie, [&](Order& order) { order.text = check(session->role); });
    });
}

}  // namespace cce::internal
