// SPDX-License-Identifier: Apache-2.0
//
// How a conversation with the guest can end before its time.

#pragma once

#include <stdexcept>

namespace cce::sim::device {

/// The guest broke a protocol (vhost-user, virtqueue, virtio_pcidev, time travel); the text says which rule.
class ProtocolError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The other side closed its socket: the guest has ended.
class PeerClosed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Somebody asked this program to stop (SIGTERM, SIGINT).
class Stopped : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace cce::sim::device
