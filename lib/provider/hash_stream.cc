// SPDX-License-Identifier: Apache-2.0

#include "hash_stream.h"

#include <unistd.h>

#include <utility>

#include "station.h"

namespace cce::provider {

HashStream::HashStream(std::shared_ptr<Station> station, std::shared_ptr<Key> key, Report& report)
    : station_(std::move(station)), key_(std::move(key)), report_(report), handle_(nullptr) {
    std::string message;
    if (station_->start_stream(*key_, handle_, message) != CCE_OK) {
        report_.engine_failed();
        throw Fault(Reason::device_failed, message);
    }
}

HashStream::HashStream(std::shared_ptr<Station> station, std::shared_ptr<Key> key, Report& report,
                       cce_hash_stream* handle)
    : station_(std::move(station)), key_(std::move(key)), report_(report), handle_(handle) {}

HashStream::HashStream(HashStream&& other) noexcept
    : station_(std::move(other.station_)),
      key_(std::move(other.key_)),
      report_(other.report_),
      handle_(std::exchange(other.handle_, nullptr)) {}

HashStream::~HashStream() {
    if (handle_ == nullptr) {
        return;
    }
    if (station_->process() == ::getpid() && !station_->broken()) {
        cce_hash_stream_destroy(handle_);
        return;
    }
    // The parent's, whose locks may be held for ever, or a lost device's: it is left alone, and what it needs with it.
    static_cast<void>(new std::shared_ptr<Station>(std::move(station_)));
    static_cast<void>(new std::shared_ptr<Key>(std::move(key_)));
}

cce_hash HashStream::hash() const noexcept {
    return key_->hash()->hash;
}

void HashStream::require_usable() const {
    const char* wrong = station_->process() != ::getpid() ? "the process was forked while the message was under way"
                        : station_->broken()              ? "the device is lost"
                                                          : nullptr;
    if (wrong != nullptr) {
        report_.engine_failed();
        throw Fault(Reason::device_failed, wrong);
    }
}

void HashStream::check(cce_status status) const {
    if (status != CCE_OK) {
        report_.engine_failed();
        throw Fault(Reason::device_failed, station_->error_message());
    }
}

void HashStream::update(std::span<const std::uint8_t> bytes) {
    require_usable();
    check(cce_hash_stream_update(handle_, bytes.data(), bytes.size()));
}

void HashStream::finish(std::span<std::uint8_t> out) {
    require_usable();
    check(cce_hash_stream_finish(handle_, out.data(), out.size()));
}

HashStream HashStream::copy() const {
    require_usable();
    cce_hash_stream* handle = nullptr;
    check(cce_hash_stream_copy(&handle, handle_));
    return {station_, key_, report_, handle};
}

}  // namespace cce::provider
