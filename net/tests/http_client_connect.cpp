#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"
#include "net/http/client.hpp"
#include "net/tests/http_support.hpp"

namespace loquat::net::http::test {
namespace {

// Takes connections until its queue is full; whoever comes then waits for ever.
struct FullServer {
    int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::vector<int> waiting;
    std::uint16_t port = 0;

    FullServer() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        ::bind(listening, reinterpret_cast<sockaddr*>(&at), size);
        ::listen(listening, 0);
        ::getsockname(listening, reinterpret_cast<sockaddr*>(&at), &size);
        port = ntohs(at.sin_port);
        for (int i = 0; i < 4; ++i) {
            waiting.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            ::connect(waiting.back(), reinterpret_cast<sockaddr*>(&at), size);
        }
    }
    ~FullServer() {
        waiting.push_back(listening);
        for (const int one : waiting) {
            ::close(one);
        }
    }
};

TEST(Client, can_be_cancelled_while_it_connects) {
    const FullServer server;
    aio::Loop loop{"test"};
    std::string code;
    const auto body = [&]() -> Task<void> {
        Client client{loop, {.connect_time_max = 10s}};
        const Origin origin{"127.0.0.1", server.port};
        ClientCall call{client, origin, in(10s)};
        const auto cancel_later = [&]() -> Task<void> {
            aio::Signal never;
            co_await never.wait_until(in(20ms));
            call.cancel();
        };
        aio::Scope scope{loop, "test"};
        scope.start(cancel_later());
        call.start("GET", "/").add("Host", "x");
        try {
            co_await call.send({}, Replay::forbidden);
        } catch (const Failure& failure) {
            code = failure.code;
        }
        co_await scope.close();
    };

    aio::run_to_end(loop, body());

    EXPECT_EQ(code, "upstream.unavailable") << "and not after its deadline";
}

}  // namespace
}  // namespace loquat::net::http::test
