#pragma once
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace loquat::net::websocket {

// What the opening handshake (RFC 6455 section 4.2) reads of a request.  Absent headers are empty;
// repeated list headers are joined with commas by the caller.
struct UpgradeRequest {
    std::string_view method;
    std::string_view upgrade;
    std::string_view connection;
    std::string_view key;         // Sec-WebSocket-Key
    std::string_view version;     // Sec-WebSocket-Version
    std::string_view protocols;   // Sec-WebSocket-Protocol
    std::string_view extensions;  // Sec-WebSocket-Extensions
};

enum class DeflatePolicy { refuse, accept };

struct HandshakeOptions {
    // The subprotocols this endpoint speaks, best first.
    std::span<const std::string_view> protocols;
    DeflatePolicy deflate = DeflatePolicy::accept;
};

// The headers of the 101 answer besides `Upgrade: websocket` and `Connection: Upgrade`.
struct HandshakeAnswer {
    std::string accept;      // Sec-WebSocket-Accept
    std::string protocol;    // empty: send no Sec-WebSocket-Protocol
    std::string extensions;  // empty: send no Sec-WebSocket-Extensions
    int window_bits = 0;     // of the compressor; 0: none is agreed
    bool is_deflated() const { return !extensions.empty(); }
};

// 400 for a malformed handshake; 426 for another version, to be answered with
// `Sec-WebSocket-Version: 13`.
struct HandshakeRefusal {
    int status;
    const char* reason;
};

// Picks the first protocol of `options` that the client offered, never one that it did not.
std::expected<HandshakeAnswer, HandshakeRefusal> check_handshake(const UpgradeRequest& request,
                                                                 const HandshakeOptions& options);

// True for a request that asks for a WebSocket at all; only then is `check_handshake` of use.
bool is_websocket_upgrade(const UpgradeRequest& request);

// RFC 6455 section 4.2.2: base64(SHA-1(key + GUID)).
std::string accept_key(std::string_view key);

}  // namespace loquat::net::websocket
