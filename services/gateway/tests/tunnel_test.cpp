#include "aio/signal.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view upgrade_request =
    "GET /up/ws HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

Task<std::string> read_some(net::Stream& stream, std::size_t at_least) {
    std::string text;
    std::array<char, 16 * 1024> buffer;
    while (text.size() < at_least) {
        const net::IoResult read = stream.try_read(buffer);
        if (read.state == net::Io::bytes) {
            text.append(buffer.data(), read.bytes);
        } else if (read.state == net::Io::would_block) {
            co_await stream.readable();
        } else {
            break;
        }
    }
    co_return text;
}

// Sends all bytes back until the other side has finished.
Task<void> echo(net::http::TakenStream taken) {
    std::array<char, 16 * 1024> buffer;
    co_await taken.stream.write_all("hello ");
    for (;;) {
        const net::IoResult read = taken.stream.try_read(buffer);
        if (read.state == net::Io::bytes) {
            const std::string held{buffer.data(), read.bytes};
            co_await taken.stream.write_all(held);
        } else if (read.state == net::Io::would_block) {
            co_await taken.stream.readable();
        } else {
            taken.stream.shutdown_write();
            co_return;
        }
    }
}

class TunnelTest : public testing::Test, public GatewayHarness {
  public:
    TunnelTest() {
        FakeUpstream& upstream = add_upstream([this](net::http::Exchange& exchange) -> Task<void> {
            const net::http::Headers fields{
                {"Connection", "Upgrade"},
                {"Upgrade", "websocket"},
                {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}};
            net::http::TakenStream taken = co_await exchange.upgrade(fields);
            scope_.start(echo(std::move(taken)));
        });
        set_instances("sockets", {upstream.url()});
        add_route("ws", "/up/ws", {"lb://sockets"});
        start();
    }
    ~TunnelTest() override { run_to_end(loop, scope_.close()); }

    // Connects, upgrades, and returns the answer's head and what came with it.
    Task<std::string> open(net::Stream& stream, std::string_view more_fields = {}) {
        stream = co_await connect();
        const std::string request =
            std::string{upgrade_request} + std::string{more_fields} + "\r\n";
        co_await stream.write_all(request);
        std::string head;
        while (head.find("\r\n\r\n") == std::string::npos) {
            const std::string more = co_await read_some(stream, 1);
            if (more.empty()) {
                break;
            }
            head += more;
        }
        co_return head;
    }

    aio::Scope scope_{loop, "echoes"};
};

TEST_F(TunnelTest, carries_an_upgraded_connection_both_ways_until_both_end) {
    std::string head;
    std::string text;
    run_to_end(loop, [](TunnelTest& self, std::string& seen, std::string& out) -> Task<void> {
        net::Stream stream;
        seen = co_await self.open(stream);
        co_await stream.write_all("one two");
        out = seen.substr(seen.find("\r\n\r\n") + 4);
        out += co_await read_some(stream, 13 - out.size());
        stream.shutdown_write();
        out += co_await read_some(stream, 1);
    }(*this, head, text));

    EXPECT_TRUE(head.starts_with("HTTP/1.1 101 ")) << head;
    EXPECT_NE(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    EXPECT_NE(head.find("Upgrade: websocket\r\n"), std::string::npos);
    EXPECT_EQ(text, "hello one two");
    EXPECT_NE(upstreams.front().heads().at(0).find("\nconnection: Upgrade\n"), std::string::npos);
    EXPECT_NE(upstreams.front().heads().at(0).find("\nsec-websocket-version: 13\n"),
              std::string::npos);
}

TEST_F(TunnelTest, reads_no_faster_than_the_other_side_takes) {
    const std::string flood(8 * 1024 * 1024, 'x');
    std::size_t came = 0;
    run_to_end(loop,
               [](TunnelTest& self, const std::string& bytes, std::size_t& total) -> Task<void> {
                   net::Stream stream;
                   const std::string head = co_await self.open(stream);
                   total = head.size() - head.find("\r\n\r\n") - 4;
                   aio::Scope writer{self.loop, "writer"};
                   writer.start([](net::Stream& to, const std::string& all) -> Task<void> {
                       co_await to.write_all(all);
                       to.shutdown_write();
                   }(stream, bytes));
                   for (std::string some = " "; !some.empty(); total += some.size()) {
                       some = co_await read_some(stream, 1);
                   }
                   co_await writer.close();
               }(*this, flood, came));

    EXPECT_EQ(came, flood.size() + 6);
}

TEST_F(TunnelTest, is_closed_when_the_session_that_opened_it_ends) {
    std::string rest;
    run_to_end(loop, [](TunnelTest& self, std::string& out) -> Task<void> {
        net::Stream stream;
        co_await self.open(stream, "Authorization: Bearer user-1\r\n");
        const contracts::Revocation all{.user_id = self.tokens.verify_now("user-1")->user,
                                        .before = self.clock.now() + std::chrono::seconds{1},
                                        .until = self.clock.now() + std::chrono::hours{1}};
        self.rights.end(all);
        co_await read_until(stream, out, "never");
    }(*this, rest));

    EXPECT_EQ(rights.size(), 0U);
}

TEST_F(TunnelTest, is_not_opened_for_pages_of_other_sites) {
    std::string own;
    std::string other;
    run_to_end(loop, [](TunnelTest& self, std::string& first, std::string& second) -> Task<void> {
        net::Stream stream;
        first = co_await self.open(stream, "Origin: http://example.org\r\n");
        net::Stream refused;
        second = co_await self.open(refused, "Origin: https://evil.example\r\n");
    }(*this, own, other));

    EXPECT_TRUE(own.starts_with("HTTP/1.1 101 "));
    EXPECT_TRUE(other.starts_with("HTTP/1.1 403 ")) << other;
    EXPECT_NE(other.find("request.origin_refused"), std::string::npos);
}

// A service of this process that upgrades.
class Target final : public runtime::UpgradeTarget {
  public:
    Task<void> handle_upgrade(net::http::Exchange& exchange, contracts::Caller caller) override {
        callers.push_back(std::move(caller));
        net::http::Response response{.status = 200, .body = "reached"};
        co_await exchange.respond(std::move(response));
    }
    std::vector<contracts::Caller> callers;
};

class UpgradeTest : public testing::Test, public GatewayHarness {
  public:
    UpgradeTest() {
        dispatcher.add_upgrade("/ws", 0, target_);
        config.limits.upgrade_per_minute = 4;
        start();
    }
    std::string upgrade(std::string target, std::string fields = "") {
        return send_raw(
            "GET " + target +
            " HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            fields + "\r\n");
    }

    Target target_;
};

TEST_F(UpgradeTest, hands_the_connection_to_the_service_with_who_asks) {
    EXPECT_NE(upgrade("/ws").find("reached"), std::string::npos);
    EXPECT_NE(upgrade("/ws", "Authorization: Bearer user-1\r\n").find("reached"),
              std::string::npos);
    EXPECT_NE(upgrade("/ws?access_token=user-2").find("reached"), std::string::npos);

    EXPECT_FALSE(target_.callers.at(0).user.has_value());
    EXPECT_EQ(target_.callers.at(1).username, "user-1");
    EXPECT_EQ(target_.callers.at(2).username, "user-2");
}

TEST_F(UpgradeTest, refuses_bad_tokens_other_origins_and_floods) {
    EXPECT_NE(upgrade("/ws", "Authorization: Bearer wrong\r\n").find("401 "), std::string::npos);
    EXPECT_NE(upgrade("/ws?access_token=wrong").find("401 "), std::string::npos);
    EXPECT_NE(upgrade("/ws", "Origin: https://evil.example\r\n").find("403 "), std::string::npos);
    EXPECT_EQ(target_.callers.size(), 0U);

    upgrade("/ws");
    upgrade("/ws");

    EXPECT_NE(upgrade("/ws").find("429 "), std::string::npos);
    EXPECT_EQ(target_.callers.size(), 2U);
}

TEST_F(UpgradeTest, asks_for_an_upgrade_where_none_came) {
    const auto response = get("/ws");

    EXPECT_EQ(response.status, 426);
    EXPECT_EQ(response.headers.get("Upgrade"), "websocket");
    EXPECT_EQ(response.headers.get("Sec-WebSocket-Version"), "13");
}

}  // namespace
}  // namespace loquat::gateway
