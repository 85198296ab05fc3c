// SPDX-License-Identifier: Apache-2.0
//
// The part of the C API that is of hash functions.

#include "api.h"
#include "hash_session.h"

using namespace cce::internal;

struct cce_hash_stream {
    cce_hash_stream(cce_session* session_of_stream, std::unique_ptr<MessageStream> stream_of_session)
        : session(session_of_stream), stream(std::move(stream_of_session)) {
        session->device->device.add_stream(*session);
    }
    ~cce_hash_stream() { session->device->device.remove_stream(*session); }
    cce_hash_stream(const cce_hash_stream&) = delete;
    cce_hash_stream& operator=(const cce_hash_stream&) = delete;

    cce_session* session;
    std::mutex mutex{};
    std::unique_ptr<MessageStream> stream;
};

namespace {

cce_hash_options known_options(const cce_hash_options* options) {
    cce_hash_options chosen = CCE_HASH_OPTIONS_INIT;
    if (options == nullptr) return chosen;
    require(options->struct_bytes == sizeof(cce_hash_options), CCE_ERROR_ARGUMENT,
            "options.struct_bytes is not the size of struct cce_hash_options that this library knows: begin with "
            "CCE_HASH_OPTIONS_INIT");
    return *options;
}

const HashParameters& require_hash(const cce_session& session, const char* call) {
    if (!session.hash) {
        throw Failure(CCE_ERROR_SESSION, std::string(call) +
                                             " is for sessions of a hash function; this one is of mode " +
                                             cce_mode_name(session.role.mode));
    }
    return *session.hash;
}

/// Does something with a stream, which nobody else uses meanwhile.
template <typename Call>
cce_status on_stream(cce_hash_stream* stream, Call call) {
    if (stream == nullptr) return CCE_ERROR_ARGUMENT;
    return on_device(*stream->session->device, [&] {
        const std::lock_guard lock(stream->mutex);
        call(*stream->stream);
    });
}

void require_bytes(const void* pointer, std::size_t length, const char* message) {
    require(pointer != nullptr || length == 0, CCE_ERROR_ARGUMENT, message);
}

}  // namespace

extern "C" {

cce_status cce_hash_session_create(cce_session** out, cce_device* device, cce_hash hash,
                                   const cce_hash_options* options) {
    if (device == nullptr) return CCE_ERROR_ARGUMENT;
    return on_device(*device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        const cce_hash_options chosen = known_options(options);
        check_hash_options(hash, chosen);
        *out = device->device.make_hash_session(device, make_hash_parameters(hash, chosen)).release();
    });
}

cce_status cce_digest(cce_session* session, const cce_digest_request* request, cce_completion* completion) {
    if (session == nullptr) return CCE_ERROR_ARGUMENT;
    Answer answer;
    return run(*session, answer, completion,
               [&](Order& order) { fill_digest(order, require_hash(*session, "cce_digest"), request); });
}

cce_status cce_submit_digest(cce_session* session, const cce_digest_request* request) {
    if (session == nullptr) return CCE_ERROR_ARGUMENT;
    return on_device(*session->device, [&] {
        const HashParameters& parameters = require_hash(*session, "cce_submit_digest");
        require(request != nullptr, CCE_ERROR_ARGUMENT, "request is null");
        require(request->message_length <= CCE_SUBMIT_BYTES_MAX, CCE_ERROR_LENGTH, too_long);
        require(request->digest_length <= CCE_SUBMIT_BYTES_MAX, CCE_ERROR_DIGEST_LENGTH, too_long);
        submit(*session, request->cookie, [&](Order& order) { fill_digest(order, parameters, request); });
    });
}

cce_status cce_hash_stream_create(cce_hash_stream** out, cce_session* session) {
    if (session == nullptr) return CCE_ERROR_ARGUMENT;
    return on_device(*session->device, [&] {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        static_cast<void>(require_hash(*session, "cce_hash_stream_create"));
        *out = std::make_unique<cce_hash_stream>(session, session->device->device.make_stream(*session)).release();
    });
}

cce_status cce_hash_stream_update(cce_hash_stream* stream, const std::uint8_t* bytes, std::size_t length) {
    return on_stream(stream, [&](MessageStream& it) {
        require_bytes(bytes, length, "bytes is null");
        it.update({bytes, length});
    });
}

cce_status cce_hash_stream_finish(cce_hash_stream* stream, std::uint8_t* digest, std::size_t length) {
    return on_stream(stream, [&](MessageStream& it) {
        require_direction(stream->session->role, CCE_ENCRYPT, "cce_hash_stream_finish");
        require_bytes(digest, length, "digest is null");
        it.finish({digest, length});
    });
}

cce_status cce_hash_stream_verify(cce_hash_stream* stream, const std::uint8_t* expected, std::size_t length) {
    return on_stream(stream, [&](MessageStream& it) {
        require_direction(stream->session->role, CCE_DECRYPT, "cce_hash_stream_verify");
        require_bytes(expected, length, "expected is null");
        check_digest_length(*stream->session->hash, length);
        SecretBytes made(length);
        it.finish(made.bytes());
        require(digests_match(made.bytes(), {expected, length}), CCE_ERROR_TAG, digest_mismatch);
    });
}

cce_status cce_hash_stream_squeeze(cce_hash_stream* stream, std::uint8_t* output, std::size_t length) {
    return on_stream(stream, [&](MessageStream& it) {
        require_direction(stream->session->role, CCE_ENCRYPT, "cce_hash_stream_squeeze");
        require_bytes(output, length, "output is null");
        it.squeeze({output, length});
    });
}

cce_status cce_hash_stream_reset(cce_hash_stream* stream) {
    return on_stream(stream, [](MessageStream& it) { it.reset(); });
}

cce_status cce_hash_stream_copy(cce_hash_stream** out, cce_hash_stream* stream) {
    return on_stream(stream, [&](MessageStream& it) {
        require(out != nullptr, CCE_ERROR_ARGUMENT, "out is null");
        *out = std::make_unique<cce_hash_stream>(stream->session, it.copy()).release();
    });
}

cce_status cce_hash_stream_export(cce_hash_stream* stream, std::uint8_t* out, std::size_t room, std::size_t* num_out) {
    return on_stream(stream, [&](MessageStream& it) {
        require(num_out != nullptr, CCE_ERROR_ARGUMENT, "num_out is null");
        require_bytes(out, room, "out is null");
        *num_out = it.export_to({out, room});
    });
}

cce_status cce_hash_stream_import(cce_hash_stream* stream, const std::uint8_t* state, std::size_t length) {
    return on_stream(stream, [&](MessageStream& it) {
        require_bytes(state, length, "state is null");
        it.import_from({state, length});
    });
}

std::uint64_t cce_hash_stream_length(cce_hash_stream* stream) {
    if (stream == nullptr) return 0;
    const std::lock_guard lock(stream->mutex);
    return stream->stream->length();
}

void cce_hash_stream_destroy(cce_hash_stream* stream) {
    const std::unique_ptr<cce_hash_stream> owner(stream);
}

}  // extern "C"
