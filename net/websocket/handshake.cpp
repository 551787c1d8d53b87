#include "net/websocket/handshake.hpp"

#include <openssl/evp.h>

#include <array>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "net/websocket/deflate.hpp"
#include "net/websocket/header_list.hpp"

namespace loquat::net::websocket {
namespace {

// RFC 6455 section 1.3.
constexpr std::string_view handshake_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

bool is_key(std::string_view key) {
    const auto bytes = from_base64(key);
    return bytes && bytes->size() == 16;
}

std::string choose_protocol(std::string_view offered, std::span<const std::string_view> spoken) {
    const auto offers = list_tokens(offered);
    for (const std::string_view protocol : spoken) {
        for (const std::string_view offer : offers) {
            if (offer == protocol) {
                return std::string{protocol};
            }
        }
    }
    return {};
}

}  // namespace

std::string accept_key(std::string_view key) {
    std::string text{key};
    text += handshake_guid;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    const int done =
        EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
    LOQUAT_CHECK(done == 1, "OpenSSL has SHA-1");
    return to_base64({reinterpret_cast<const char*>(digest.data()), length});
}

bool is_websocket_upgrade(const UpgradeRequest& request) {
    return list_has_token(request.upgrade, "websocket");
}

std::expected<HandshakeAnswer, HandshakeRefusal> check_handshake(const UpgradeRequest& request,
                                                                 const HandshakeOptions& options) {
    if (request.method != "GET") {
        return std::unexpected(HandshakeRefusal{400, "A WebSocket is opened with GET."});
    }
    if (!is_websocket_upgrade(request) || !list_has_token(request.connection, "upgrade")) {
        return std::unexpected(
            HandshakeRefusal{400, "Send Upgrade: websocket and Connection: Upgrade."});
    }
    if (request.version != "13") {
        return std::unexpected(HandshakeRefusal{426, "Sec-WebSocket-Version must be 13."});
    }
    if (!is_key(request.key)) {
        return std::unexpected(
            HandshakeRefusal{400, "Sec-WebSocket-Key must be 16 bytes in base64."});
    }
    HandshakeAnswer answer;
    answer.accept = accept_key(request.key);
    answer.protocol = choose_protocol(request.protocols, options.protocols);
    if (options.deflate == DeflatePolicy::accept) {
        if (auto agreed = accept_deflate_offer(request.extensions)) {
            answer.extensions = std::move(agreed->extensions);
            answer.window_bits = agreed->window_bits;
        }
    }
    return answer;
}

}  // namespace loquat::net::websocket
