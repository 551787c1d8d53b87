#pragma once
#include <chrono>

#include "net/stream.hpp"

namespace loquat::net::http {

// Finishes writing, then reads away what the client still sends, for at most `time` and 256 KiB.
// Closing with unread data makes the kernel send RST, which would destroy an answer that the client
// has not read (RFC 9112 section 9.6).
Task<void> linger(Stream& stream, std::chrono::milliseconds time);

}  // namespace loquat::net::http
