// SPDX-License-Identifier: Apache-2.0
//
// The C API over device.cc: arguments become orders, exceptions statuses, and failures messages. Arguments are checked
// in checks.cc and scatter.cc.

#include "api.h"

using namespace cce::internal;

namespace {

/// The order's text.
void fill(Order& order, const cce_operation& operation) {
    const cce_session& session = *operation.session;
    if (!session.hash) {
        order.text = checked_operation(session.role, operation, order.bounce);
        return;
    }
    const cce_digest_request request = digest_request_of(session.role, operation, order.bounce);
    fill_digest(order, *session.hash, &request);
}

void submit_operation(const cce_operation& operation) {
    std::size_t bytes = 0;
    const auto add = [&bytes](const cce_segment* list, std::size_t count) {
        for (std::size_t i = 0; list != nullptr && i < std::min<std::size_t>(count, CCE_SEGMENTS_MAX); ++i) {
            require(list[i].length <= CCE_SUBMIT_BYTES_MAX - bytes, CCE_ERROR_LENGTH, too_long);
            bytes += list[i].length;
        }
    };
    add(operation.aad, operation.aad_count);
    add(operation.source, operation.source_count);
    require(!operation.session->hash || operation.tag_length <= CCE_SUBMIT_BYTES_MAX, CCE_ERROR_DIGEST_LENGTH,
            too_long);
    Order order;
    order.session = operation.session;
    order.cookie = operation.cookie;
    order.callback = operation.callback;
    order.callback_argument = operation.callback_argument;
    fill(order, operation);
    operation.session->device->device.submit(std::move(order));
}

Deadline deadline_of(int timeout_ms) {
    if (timeout_ms < 0) return std::nullopt;
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
}

/// What the structure was when it had fewest members.
constexpr std::size_t options_bytes_minimum = offsetof(cce_options, queue_depth);

cce_options known_options(const cce_options* options) {
    cce_options chosen = CCE_OPTIONS_INIT;
    if (options == nullptr) return chosen;
    const std::size_t bytes = options->struct_bytes;
    require(bytes >= options_bytes_minimum && bytes <= sizeof(cce_options), CCE_ERROR_ARGUMENT,
            "options.struct_bytes is not a size of struct cce_options that this library knows: begin with "
            "CCE_OPTIONS_INIT");
    const auto* from = reinterpret_cast<const unsigned char*>(options);
    std::copy_n(from, bytes, reinterpret_cast<unsigned char*>(&chosen));
    return chosen;
}

}  // namespace

extern "C" {

cce_status cce_probe(const char* backend, cce_error* out) {
    if (backend == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    std::string sentence;
    cce_status result = CCE_OK;
    const cce_status status = guarded([&](cce_status, const std::string& text) { sentence = text; },
                                      [&] { result = probe(backend, sentence); });
    if (status != CCE_OK) {
        result = status;
    }
    if (out != nullptr) {
        out->status = result;
        copy_text(out->message, sentence);
    }
    return result;
}

cce_status cce_open(cce_device** out, const cce_options* options, cce_error* error) {
    const auto failed = [error](cce_status status, const std::string& text) {
        if (error != nullptr) {
            error->status = status;
            copy_text(error->message, text);
        }
    };
    return guarded(failed, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        const cce_options chosen = known_options(options);
        const Settings settings = settings_of(chosen);
        const Choice choice = choose(chosen.backend);
        auto device = std::unique_ptr<cce_device>(
            new cce_device{{make_backend(choice.backend, settings), settings, choice.reason}});
        *out = device.release();
    });
}

cce_status cce_close(cce_device* device) {
    if (device == nullptr) {
        return CCE_OK;
    }
    if (device->device.sessions() != 0) {
        return note(*device, CCE_ERROR_BUSY, "the device still has sessions");
    }
    const std::unique_ptr<cce_device> owner(device);
    return CCE_OK;
}

const char* cce_error_message(const cce_device* device) {
    if (device == nullptr) {
        return "the device is null";
    }
    return LastMessage::of(device->device.number());
}

cce_status cce_query(cce_device* device, cce_information* out) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        cce_information information{};
        device->device.describe(information);
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
        *out = device->device.make_session(device, parameters).release();
    });
}

cce_status cce_session_destroy(cce_session* session) {
    if (session == nullptr) {
        return CCE_OK;
    }
    cce_device& device = *session->device;
    std::unique_ptr<cce_session> owner(session);
    if (!device.device.remove_session(owner)) {
        static_cast<void>(owner.release());
        return note(device, CCE_ERROR_BUSY, "the session has requests that have not ended or were not collected");
    }
    return CCE_OK;
}

cce_status cce_cipher_run(cce_session* session, std::uint8_t iv[CCE_BLOCK_BYTES], const std::uint8_t* source,
                          std::uint8_t* destination, std::size_t length, cce_completion* completion) {
    if (session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    Answer answer;
    const cce_status status = run(*session, answer, completion, [&](Order& order) {
        order.text = checked_cipher(session->role, iv, source, destination, length);
    });
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

cce_status cce_run(const cce_operation* operation, cce_completion* completion) {
    if (operation == nullptr || operation->session == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    Answer answer;
    return run(*operation->session, answer, completion, [&](Order& order) { fill(order, *operation); });
}

cce_status cce_submit_batch(cce_device* device, const cce_operation* operations, std::size_t count,
                            std::size_t* accepted) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(accepted != nullptr && (operations != nullptr || count == 0), CCE_ERROR_ARGUMENT,
                "operations or accepted is null");
        *accepted = 0;
        try {
            for (; *accepted < count; ++*accepted) {
                const cce_operation& operation = operations[*accepted];
                require(operation.session != nullptr && operation.session->device == device, CCE_ERROR_ARGUMENT,
                        "a request's session is null, or not of this device");
                submit_operation(operation);
            }
        } catch (...) {
            device->device.flush();
            throw;
        }
        device->device.flush();
    });
}

cce_status cce_poll(cce_device* device, cce_completion* out, std::size_t maximum, int timeout_ms,
                    std::size_t* num_out) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(num_out != nullptr && (out != nullptr) == (maximum != 0), CCE_ERROR_ARGUMENT,
                "num_out is null, or one of out and maximum is 0");
        *num_out = device->device.poll({out, maximum}, deadline_of(timeout_ms));
    });
}

cce_status cce_wait(cce_device* device, std::uint64_t cookie, int timeout_ms, cce_completion* out) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        const std::optional<cce_completion> completion = device->device.wait(cookie, deadline_of(timeout_ms));
        require(completion.has_value(), CCE_ERROR_TIMEOUT, "the request has not ended in the time given");
        *out = *completion;
    });
}

cce_status cce_descriptor(cce_device* device, int* out) {
    if (device == nullptr) {
        return CCE_ERROR_ARGUMENT;
    }
    return on_device(*device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        *out = device->device.descriptor();
    });
}

std::size_t cce_outstanding(const cce_device* device) {
    return device == nullptr ? 0 : device->device.outstanding();
}

}  // extern "C"
