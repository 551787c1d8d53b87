#pragma once
#include <chrono>

#include "net/stream.hpp"

namespace loquat::net::http {

// How much of what a client still sends is read away.
struct LingerRule {
    std::size_t bytes_max = 64 * 1024 * 1024;
    std::chrono::milliseconds pause_max{1'000};  // without a byte
    std::chrono::milliseconds time_max{10'000};  // in all
};

// Finishes writing, then reads away what the client still sends, within `rule`.  Closing with
// unread data makes the kernel send RST, which would destroy an answer that the client has not
// read, and many clients read only when they have sent all (RFC 9112 section 9.6).
Task<void> linger(Stream& stream, LingerRule rule);

}  // namespace loquat::net::http
