#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testing/platform/platform_under_test.hpp"

// Opening handshakes of WebSocket as they come over the wire, the good one and those beside it.
namespace loquat::test {
namespace {

constexpr std::string_view good =
    "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

// Everything up to the end of the head.
std::string answer_to(std::uint16_t port, std::string_view request) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    std::array<char, 4096> piece{};
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
        ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
        while (answer.find("\r\n\r\n") == std::string::npos) {
            const auto size = ::recv(socket, piece.data(), piece.size(), 0);
            if (size <= 0) {
                break;
            }
            answer.append(piece.data(), static_cast<std::size_t>(size));
        }
    }
    ::close(socket);
    return answer;
}

TEST(WebSocketHandshake, takes_one_key_and_no_body) {
    PlatformUnderTest platform{{}};
    const auto status_of = [&](const std::string& fields, std::string_view body = "") {
        const std::string head = "GET /ws HTTP/1.1\r\n" + fields + "\r\n";
        return answer_to(platform.port(), head + std::string{body}).substr(0, 13);
    };
    const std::string head{good};

    EXPECT_EQ(status_of(head), "HTTP/1.1 101 ");
    EXPECT_EQ(status_of(head + "Content-Length: 0\r\n"), "HTTP/1.1 101 ");
    EXPECT_EQ(status_of(head + "Content-Length: 5\r\n", "hello"), "HTTP/1.1 400 ");
    EXPECT_EQ(status_of(head + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), "HTTP/1.1 400 ");
    for (const char* second : {"dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA=="}) {
        EXPECT_EQ(status_of(head + "sec-websocket-key: " + second + "\r\n"), "HTTP/1.1 400 ");
    }
}

TEST(WebSocketHandshake, says_what_is_spoken_here_where_it_is_none) {
    PlatformUnderTest platform{{}};

    const std::string plain =
        answer_to(platform.port(), "GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::string old{good};
    old.replace(old.find("13"), 2, "8");
    const std::string version = answer_to(platform.port(), "GET /ws HTTP/1.1\r\n" + old + "\r\n");

    for (const std::string& answer : {plain, version}) {
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 426 ")) << answer;
        EXPECT_NE(answer.find("Upgrade: websocket\r\n"), std::string::npos) << answer;
        EXPECT_NE(answer.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos) << answer;
    }
}

}  // namespace
}  // namespace loquat::test
