// SPDX-License-Identifier: Apache-2.0
//
// The C API over the backends: checks arguments, counts what is outstanding, turns exceptions into statuses.

#include <cstdlib>
#include <functional>
#include <new>

#include "backends.h"

using namespace cce::internal;

struct cce_device {
    struct Slot {
        cce_session* session = nullptr;  ///< null: free
        std::uint64_t cookie = 0;
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
    cce_mode mode;
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

void require(bool condition, cce_status status, const char* message) {
    if (!condition) {
        throw Failure(status, message);
    }
}

/// Checks a request's buffers and length, and makes spans of them.
Text checked_text(cce_mode mode, const std::uint8_t* iv, const std::uint8_t* source, std::uint8_t* destination,
                  std::size_t length) {
    require(mode == CCE_MODE_ECB || iv != nullptr, CCE_ERROR_ARGUMENT, "CBC and CTR need an IV; it is null");
    require(length == 0 || (source != nullptr && destination != nullptr), CCE_ERROR_ARGUMENT,
            "source or destination is null");
    if (mode != CCE_MODE_CTR && length % CCE_BLOCK_BYTES != 0) {
        throw Failure(CCE_ERROR_LENGTH,
                      "ECB and CBC take whole blocks of 16 bytes; the length is " + std::to_string(length));
    }
    const auto from = reinterpret_cast<std::uintptr_t>(source);
    const auto to = reinterpret_cast<std::uintptr_t>(destination);
    require(from == to || (from > to ? from - to : to - from) >= length, CCE_ERROR_OVERLAP,
            "source and destination overlap without being the same");
    Text text;
    if (mode != CCE_MODE_ECB) {
        std::copy_n(iv, text.iv.size(), text.iv.begin());
    }
    text.source = {source, length};
    text.destination = {destination, length};
    return text;
}

cce_completion completion_of(const Answer& answer, std::uint64_t cookie) {
    cce_completion out{};
    out.cookie = cookie;
    out.status = answer.status;
    out.device_status = answer.device_status;
    if (answer.status == CCE_OK) {
        std::copy(answer.result.next_iv.begin(), answer.result.next_iv.end(), out.next_iv);
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
    const cce_completion done = completion_of(*answer, slot.cookie);
    --slot.session->outstanding;
    --device.outstanding;
    slot.session = nullptr;
    if (answer->status != CCE_OK) {
        note(device, answer->status, answer->message);
    }
    return done;
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
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        require(mode == CCE_MODE_ECB || mode == CCE_MODE_CBC || mode == CCE_MODE_CTR, CCE_ERROR_ARGUMENT,
                "mode is none of enum cce_mode");
        require(direction == CCE_ENCRYPT || direction == CCE_DECRYPT, CCE_ERROR_ARGUMENT,
                "direction is none of enum cce_direction");
        require(key != nullptr, CCE_ERROR_ARGUMENT, "key is null");
        if (key_length != 16 && key_length != 24 && key_length != 32) {
            throw Failure(CCE_ERROR_KEY_LENGTH,
                          "an AES key has 16, 24 or 32 bytes; this one has " + std::to_string(key_length));
        }
        const CipherParameters parameters{mode, direction, SecretKey({key, key_length})};
        auto session =
            std::make_unique<cce_session>(cce_session{device, mode, device->backend->make_cipher(parameters), 0});
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
    const auto failed = [&](cce_status status, const std::string& text, std::uint32_t device_status) {
        note(*session->device, status, text);
        answer.device_status = device_status;
    };
    answer.status = guarded(failed, [&] {
        const Text text = checked_text(session->mode, iv, source, destination, length);
        answer.result.next_iv = text.iv;
        if (length != 0) {
            answer.result = session->cipher->run(text);
        }
    });
    if (answer.status == CCE_OK && session->mode != CCE_MODE_ECB) {
        std::copy(answer.result.next_iv.begin(), answer.result.next_iv.end(), iv);
    }
    if (completion != nullptr) {
        *completion = completion_of(answer, 0);
    }
    return answer.status;
}

cce_status cce_submit(cce_session* session, const cce_request* request) {
    if (session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    cce_device& device = *session->device;
    return on_device(device, [&] {
        require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
        require(request->length <= CCE_SUBMIT_BYTES_MAX, CCE_ERROR_LENGTH,
                "a submitted request has at most CCE_SUBMIT_BYTES_MAX bytes");
        const Text text =
            checked_text(session->mode, request->iv, request->source, request->destination, request->length);
        require(device.outstanding < CCE_QUEUE_DEPTH, CCE_ERROR_QUEUE_FULL,
                "CCE_QUEUE_DEPTH requests are outstanding: collect some with cce_poll");
        if (request->length == 0) {
            Answer answer;
            answer.result.next_iv = text.iv;
            device.empty_done.push_back(completion_of(answer, request->cookie));
            ++device.outstanding;
            return;
        }
        const auto slot = std::find_if(device.slots.begin(), device.slots.end(),
                                       [](const cce_device::Slot& entry) { return entry.session == nullptr; });
        device.backend->submit(static_cast<Ticket>(slot - device.slots.begin()), *session->cipher, text);
        *slot = {session, request->cookie};
        ++session->outstanding;
        ++device.outstanding;
    });
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
