// SPDX-License-Identifier: Apache-2.0
//
// The C API over the backends: counts what is outstanding, wipes what must not be seen, turns exceptions into statuses.
// Arguments are checked in checks.cc.

#include <cstdlib>
#include <functional>
#include <new>
#include <type_traits>

#include "backends.h"
#include "checks.h"

using namespace cce::internal;

struct cce_device {
    struct Slot {
        cce_session* session = nullptr;  ///< null: free
        std::uint64_t cookie = 0;
        std::span<std::uint8_t> secret{};  ///< destination to be wiped if the request fails
        std::size_t output_length = 0;     ///< of a success, unless the backend knows better
    };

    std::unique_ptr<Backend> backend;
    std::string choice;
    std::string message;
    std::size_t sessions = 0;
    std::size_t outstanding = 0;
    std::array<Slot, CCE_QUEUE_DEPTH> slots{};  ///< by ticket
    std::deque<cce_completion> empty_done;      ///< completions of requests of no bytes, which no backend sees
};

struct cce_session {
    cce_device* device;
    Role role;
    std::unique_ptr<Cipher> cipher;
    std::size_t outstanding = 0;
};

namespace {

cce_status note(cce_device& device, cce_status status, const std::string& message) noexcept {
    try {
        device.message = message;
    } catch (const std::bad_alloc&) {
        device.message.clear();
    }
    return status;
}

/// Runs `call`, which throws on failure. No exception leaves the library.
template <typename Call>
cce_status guarded(const std::function<void(cce_status, const std::string&, std::uint32_t)>& failed, Call call) {
    try {
        try {
            call();
            return CCE_OK;
        } catch (const Failure& failure) {
            failed(failure.status(), failure.what(), failure.device_status());
            return failure.status();
        } catch (const std::bad_alloc&) {
            failed(CCE_ERROR_MEMORY, cce_strerror(CCE_ERROR_MEMORY), 0);
            return CCE_ERROR_MEMORY;
        } catch (const std::exception& error) {
            failed(CCE_ERROR_INTERNAL, std::string("internal error: ") + error.what(), 0);
            return CCE_ERROR_INTERNAL;
        }
    } catch (...) {
        return CCE_ERROR_MEMORY;  // making the message failed
    }
}

template <typename Call>
cce_status on_device(cce_device& device, Call call) {
    return guarded([&](cce_status status, const std::string& text, std::uint32_t) { note(device, status, text); },
                   call);
}

/// What must not be seen of `text` if the request fails: text that was not authenticated, keys.
std::span<std::uint8_t> secret_of(Role role, const Text& text) {
    const bool opens = role.direction == CCE_DECRYPT && (is_aead(role.mode) || is_key_wrap(role.mode));
    return opens ? text.destination : std::span<std::uint8_t>();
}

/// Modes for which a request of no bytes is done at once, and reaches no backend.
bool is_chained_or_ecb(cce_mode mode) {
    return mode == CCE_MODE_ECB || is_chained(mode);
}

std::size_t output_length_of(const Text& text) {
    return text.destination.size() + text.tag.size();
}

cce_completion completion_of(const Answer& answer, std::uint64_t cookie, std::size_t output_length) {
    cce_completion out{};
    out.cookie = cookie;
    out.status = answer.status;
    out.device_status = answer.device_status;
    if (answer.status == CCE_OK) {
        std::copy(answer.result.next_iv.begin(), answer.result.next_iv.end(), out.next_iv);
        out.output_length = answer.result.key_length.value_or(output_length);
    }
    if (answer.result.cycles) {
        out.cycles_known = 1;
        out.start_cycle = answer.result.cycles->start;
        out.end_cycle = answer.result.cycles->end;
    }
    return out;
}

/// The next completion of `device`, if there is one by `deadline`.
std::optional<cce_completion> next_completion(cce_device& device, bool wait, const Deadline& deadline) {
    if (!device.empty_done.empty()) {
        const cce_completion done = device.empty_done.front();
        device.empty_done.pop_front();
        --device.outstanding;
        return done;
    }
    const std::optional<Answer> answer = device.backend->take(wait, deadline);
    if (!answer) {
        return std::nullopt;
    }
    cce_device::Slot& slot = device.slots.at(answer->ticket);
    if (answer->status != CCE_OK) {
        wipe(slot.secret);
    }
    const cce_completion done = completion_of(*answer, slot.cookie, slot.output_length);
    --slot.session->outstanding;
    --device.outstanding;
    slot.session = nullptr;
    if (answer->status != CCE_OK) {
        note(device, answer->status, answer->message);
    }
    return done;
}

/// Does one request and waits for it. `check` makes its Text, or throws.
template <typename Check>
cce_status run(cce_session& session, Answer& answer, cce_completion* completion, Check check) {
    Text text;
    const auto failed = [&](cce_status status, const std::string& message, std::uint32_t device_status) {
        note(*session.device, status, message);
        answer.device_status = device_status;
    };
    answer.status = guarded(failed, [&] {
        text = check();
        if (text.source.empty() && is_chained_or_ecb(session.role.mode)) {
            answer.result.next_iv = text.iv_block();
        } else {
            answer.result = session.cipher->run(text);
        }
    });
    if (answer.status != CCE_OK) {
        wipe(secret_of(session.role, text));
    }
    if (completion != nullptr) {
        *completion = completion_of(answer, 0, output_length_of(text));
    }
    return answer.status;
}

/// The same, for calls that belong to one direction.
template <typename Check>
cce_status run(cce_session* session, cce_direction direction, const char* call, cce_completion* completion,
               std::size_t* num_out, Check check) {
    if (session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    Answer answer;
    std::size_t output_length = 0;
    const cce_status status = run(*session, answer, completion, [&] {
        require_direction(session->role, direction, call);
        Text text = check(session->role);
        output_length = output_length_of(text);
        return text;
    });
    if (status == CCE_OK && num_out != nullptr) {
        *num_out = answer.result.key_length.value_or(output_length);
    }
    return status;
}

/// Hands one request over, which has so many bytes of AAD and text. `check` makes its Text, or throws.
template <typename Request, typename Check>
cce_status submit(cce_session* session, const Request* request, std::type_identity_t<std::size_t Request::*> aad_length,
                  std::type_identity_t<std::size_t Request::*> length, Check check) {
    if (session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    cce_device& device = *session->device;
    return on_device(device, [&] {
        require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
        const std::size_t aad = aad_length == nullptr ? 0 : request->*aad_length;
        require(aad <= CCE_SUBMIT_BYTES_MAX && request->*length <= CCE_SUBMIT_BYTES_MAX - aad, CCE_ERROR_LENGTH,
                "a submitted request has at most CCE_SUBMIT_BYTES_MAX bytes");
        const std::uint64_t cookie = request->cookie;
        const Text text = check(session->role);
        require(device.outstanding < CCE_QUEUE_DEPTH, CCE_ERROR_QUEUE_FULL,
                "CCE_QUEUE_DEPTH requests are outstanding: collect some with cce_poll");
        if (text.source.empty() && is_chained_or_ecb(session->role.mode)) {
            Answer answer;
            answer.result.next_iv = text.iv_block();
            device.empty_done.push_back(completion_of(answer, cookie, 0));
            ++device.outstanding;
            return;
        }
        const auto slot = std::find_if(device.slots.begin(), device.slots.end(),
                                       [](const cce_device::Slot& entry) { return entry.session == nullptr; });
        device.backend->submit(static_cast<Ticket>(slot - device.slots.begin()), *session->cipher, text);
        *slot = {session, cookie, secret_of(session->role, text), output_length_of(text)};
        ++session->outstanding;
        ++device.outstanding;
    });
}

}  // namespace

extern "C" {

cce_status cce_probe(const char* backend, cce_error* out) {
    cce_status result = CCE_ERROR_ARGUMENT;
    std::string sentence = "the name of the backend is null";
    const auto failed = [&](cce_status status, const std::string& text, std::uint32_t) {
        result = status;
        sentence = text;
    };
    const cce_status call = guarded(failed, [&] {
        if (backend != nullptr) {
            result = probe(backend, sentence);
        }
    });
    if (call != CCE_OK) {
        result = call;
    }
    if (out != nullptr) {
        out->status = result;
        copy_text(out->message, sentence);
    }
    return result;
}

cce_status cce_open(cce_device** out, const cce_options* options, cce_error* error) {
    const auto failed = [error](cce_status status, const std::string& text, std::uint32_t) {
        if (error != nullptr) {
            error->status = status;
            copy_text(error->message, text);
        }
    };
    return guarded(failed, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        cce_options chosen = CCE_OPTIONS_INIT;
        if (options != nullptr) {
            require(options->struct_bytes == sizeof(cce_options), CCE_ERROR_ARGUMENT,
                    "options.struct_bytes is not the size of struct cce_options: begin with CCE_OPTIONS_INIT");
            chosen = *options;
        }
        const Choice choice = choose(chosen.backend);
        const char* engine = chosen.engine != nullptr ? chosen.engine : std::getenv("CCE_ENGINE");
        auto device = std::make_unique<cce_device>();
        device->backend = make_backend(choice.backend, engine != nullptr && *engine != '\0' ? engine : "rtl");
        device->choice = choice.reason;
        *out = device.release();
    });
}

cce_status cce_close(cce_device* device) {
    if (device == nullptr) {
        return CCE_OK;
    }
    if (device->sessions != 0) {
        return note(*device, CCE_ERROR_BUSY, "the device still has sessions");
    }
    const std::unique_ptr<cce_device> owner(device);
    return CCE_OK;
}

const char* cce_error_message(const cce_device* device) {
    return device == nullptr ? "the device is null" : device->message.c_str();
}

cce_status cce_query(cce_device* device, cce_information* out) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        cce_information information{};
        device->backend->describe(information);
        copy_text(information.choice, device->choice);
        *out = information;
    });
}

cce_status cce_session_create(cce_session** out, cce_device* device, cce_mode mode, cce_direction direction,
                              const std::uint8_t* key, std::size_t key_length) {
    return cce_session_create_with(out, device, mode, direction, key, key_length, 0);
}

cce_status cce_session_create_with(cce_session** out, cce_device* device, cce_mode mode, cce_direction direction,
                                   const std::uint8_t* key, std::size_t key_length, unsigned flags) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        check_session(mode, direction, {key, key_length}, flags);
        const CipherParameters parameters{mode, direction, SecretKey({key, key_length}),
                                          (flags & CCE_SESSION_EQUAL_KEYS) != 0};
        auto session = std::make_unique<cce_session>(
            cce_session{device, Role{mode, direction}, device->backend->make_cipher(parameters), 0});
        ++device->sessions;
        *out = session.release();
    });
}

cce_status cce_session_destroy(cce_session* session) {
    if (session == nullptr) {
        return CCE_OK;
    }
    if (session->outstanding != 0) {
        return note(*session->device, CCE_ERROR_BUSY, "the session has requests that were not collected");
    }
    const std::unique_ptr<cce_session> owner(session);
    --session->device->sessions;
    return CCE_OK;
}

cce_status cce_cipher_run(cce_session* session, std::uint8_t iv[CCE_BLOCK_BYTES], const std::uint8_t* source,
                          std::uint8_t* destination, std::size_t length, cce_completion* completion) {
    if (session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    Answer answer;
    const cce_status status = run(*session, answer, completion,
                                  [&] { return checked_cipher(session->role, iv, source, destination, length); });
    if (status == CCE_OK && is_chained(session->role.mode)) {
        std::copy(answer.result.next_iv.begin(), answer.result.next_iv.end(), iv);
    }
    return status;
}

cce_status cce_aead_seal(cce_session* session, const cce_aead_request* request, cce_completion* completion) {
    return run(session, CCE_ENCRYPT, "cce_aead_seal", completion, nullptr,
               [&](Role role) { return checked_aead(role, request); });
}

cce_status cce_aead_open(cce_session* session, const cce_aead_request* request, cce_completion* completion) {
    return run(session, CCE_DECRYPT, "cce_aead_open", completion, nullptr,
               [&](Role role) { return checked_aead(role, request); });
}

cce_status cce_mac_generate(cce_session* session, const cce_mac_request* request, cce_completion* completion) {
    return run(session, CCE_ENCRYPT, "cce_mac_generate", completion, nullptr,
               [&](Role role) { return checked_mac(role, request); });
}

cce_status cce_mac_verify(cce_session* session, const cce_mac_request* request, cce_completion* completion) {
    return run(session, CCE_DECRYPT, "cce_mac_verify", completion, nullptr,
               [&](Role role) { return checked_mac(role, request); });
}

cce_status cce_key_wrap(cce_session* session, const cce_key_wrap_request* request, std::size_t* num_out,
                        cce_completion* completion) {
    return run(session, CCE_ENCRYPT, "cce_key_wrap", completion, num_out, [&](Role role) {
        require(num_out != nullptr, CCE_ERROR_ARGUMENT, "num_out is null");
        return checked_key_wrap(role, request);
    });
}

cce_status cce_key_unwrap(cce_session* session, const cce_key_wrap_request* request, std::size_t* num_out,
                          cce_completion* completion) {
    return run(session, CCE_DECRYPT, "cce_key_unwrap", completion, num_out, [&](Role role) {
        require(num_out != nullptr, CCE_ERROR_ARGUMENT, "num_out is null");
        return checked_key_wrap(role, request);
    });
}

cce_status cce_submit(cce_session* session, const cce_request* request) {
    return submit(session, request, nullptr, &cce_request::length, [&](Role role) {
        return checked_cipher(role, request->iv, request->source, request->destination, request->length);
    });
}

cce_status cce_submit_aead(cce_session* session, const cce_aead_request* request) {
    return submit(session, request, &cce_aead_request::aad_length, &cce_aead_request::source_length,
                  [&](Role role) { return checked_aead(role, request); });
}

cce_status cce_submit_mac(cce_session* session, const cce_mac_request* request) {
    return submit(session, request, nullptr, &cce_mac_request::message_length,
                  [&](Role role) { return checked_mac(role, request); });
}

cce_status cce_submit_key_wrap(cce_session* session, const cce_key_wrap_request* request) {
    return submit(session, request, nullptr, &cce_key_wrap_request::source_length,
                  [&](Role role) { return checked_key_wrap(role, request); });
}

cce_status cce_poll(cce_device* device, cce_completion* out, std::size_t maximum, int timeout_ms,
                    std::size_t* num_out) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(out != nullptr && num_out != nullptr && maximum > 0, CCE_ERROR_ARGUMENT,
                "out or num_out is null, or maximum is 0");
        Deadline deadline;
        if (timeout_ms >= 0) {
            deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
        }
        std::size_t num = 0;
        while (num < maximum) {
            const std::optional<cce_completion> done = next_completion(*device, num == 0, deadline);
            if (!done) {
                break;
            }
            out[num++] = *done;
        }
        *num_out = num;
    });
}

std::size_t cce_outstanding(const cce_device* device) {
    return device == nullptr ? 0 : device->outstanding;
}

}  // extern "C"
