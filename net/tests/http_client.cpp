#include <gmock/gmock.h>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"
#include "net/http/client.hpp"
#include "net/tests/http_support.hpp"
#include "net/tls/context.hpp"

namespace loquat::net::http::test {
namespace {

// Serves each connection with one prepared text after it has read a head, then closes: at once, or
// when another request has come, which it leaves without an answer.
class Script final {
  public:
    enum class End { at_once, after_another_request };

    Script(aio::Loop& loop, std::vector<std::string> answers, End end = End::at_once)
        : scope(loop, "script"),
          listener(loop, {},
                   [this, end](Stream stream) {
                       const std::string answer =
                           next_ < answers_.size() ? answers_[next_] : std::string{};
                       ++next_;
                       scope.start(play(std::move(stream), answer, end));
                   }),
          answers_(std::move(answers)) {}

    static Task<void> play(Stream stream, std::string answer, End end) {
        co_await Stage::read_until(stream, "\r\n\r\n");
        co_await stream.write_all(answer);
        if (end == End::after_another_request && !answer.empty()) {
            co_await Stage::read_until(stream, "\r\n\r\n");
        }
    }

    aio::Scope scope;
    Listener listener;

  private:
    std::vector<std::string> answers_;
    std::size_t next_ = 0;
};

Task<ClientResponse> get(Client& client, const Origin& origin) {
    ClientRequest request;
    request.origin = origin;
    request.target = "/s";
    ClientResponse response = co_await client.request(std::move(request), in(2s));
    co_return response;
}

Task<std::string> code_of(Client& client, ClientRequest request, Steady deadline) {
    std::string code;
    try {
        co_await client.request(std::move(request), deadline);
    } catch (const Failure& failure) {
        code = failure.code;
    }
    co_return code;
}

Task<std::string> code_of_get(Client& client, const Origin& origin, Steady deadline) {
    ClientRequest request;
    request.origin = origin;
    std::string code = co_await code_of(client, std::move(request), deadline);
    co_return code;
}

TEST(Client, calls_and_reuses_the_connection) {
    Stage stage{echo};
    std::vector<std::string> bodies;
    ClientCounts counts;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {}};
        for (int i = 0; i < 3; ++i) {
            ClientRequest request{.origin = {"127.0.0.1", stage.port},
                                  .method = "POST",
                                  .target = "/c",
                                  .body = std::to_string(i)};
            const ClientResponse response = co_await client.request(std::move(request), in(2s));
            EXPECT_EQ(response.status, 200);
            EXPECT_EQ(response.headers.get("content-type"), "text/plain");
            bodies.push_back(response.body);
        }
        counts = client.counts();
    });

    EXPECT_EQ(bodies, (std::vector<std::string>{"POST /c 0", "POST /c 1", "POST /c 2"}));
    EXPECT_EQ(counts.connects, 1U);
    EXPECT_EQ(counts.reused, 2U);
    EXPECT_EQ(counts.idle, 1U);
}

TEST(Client, streams_both_ways) {
    auto doubling = [](Exchange& exchange) -> Task<void> {
        exchange.start(200);
        exchange.begin_body(std::nullopt);
        char piece[1000];
        for (;;) {
            const std::size_t count = co_await exchange.read_body_some(piece);
            if (count == 0) {
                break;
            }
            co_await exchange.write_body({piece, count});
        }
        co_await exchange.end_body();
    };
    Stage stage{doubling};
    std::string back;
    ClientCounts counts;
    const std::string piece(70'000, 'p');

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {}};
        const Origin origin{"127.0.0.1", stage.port};
        for (const bool chunked : {false, true}) {
            ClientCall call{client, origin, in(5s)};
            call.start("POST", "/").add("Host", "x");
            const std::optional<std::uint64_t> length =
                chunked ? std::nullopt : std::optional<std::uint64_t>{140'000};
            co_await call.begin_body(length);
            co_await call.write_body(piece);
            co_await call.write_body(piece);
            co_await call.end_body();
            co_await call.read_head();
            EXPECT_EQ(call.head().framing, Framing::chunked);
            for (;;) {
                const std::string_view some = co_await call.read_body();
                if (some.empty()) {
                    break;
                }
                back += some;
            }
        }
        counts = client.counts();
    });

    EXPECT_EQ(back, piece + piece + piece + piece);
    EXPECT_EQ(counts.idle, 2U);
}

TEST(Client, replays_once_on_a_stale_connection_and_only_when_allowed) {
    aio::Loop loop{"test"};
    ClientCounts counts;
    std::vector<std::string> bodies;
    std::string refused;
    std::string refused_twice;
    auto body = [&]() -> Task<void> {
        const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        Script script{loop, {ok, ok, "", ok, ok, ""}, Script::End::after_another_request};
        Client client{loop, {}};
        const Origin origin{"127.0.0.1", script.listener.port()};
        for (int i = 0; i < 2; ++i) {
            const ClientResponse response =
                co_await get(client, origin);  // the second one is replayed
            bodies.push_back(response.body);
        }
        ClientRequest once;
        once.origin = origin;
        once.method = "POST";
        refused = co_await code_of(client, std::move(once), in(2s));
        EXPECT_EQ(client.counts().replayed, 1U);
        refused_twice = co_await code_of_get(client, origin, in(2s));
        counts = client.counts();
        co_await script.scope.close();
    };

    run_to_end(loop, body());

    EXPECT_EQ(bodies, (std::vector<std::string>{"ok", "ok"}));
    EXPECT_EQ(refused, "upstream.unavailable");
    EXPECT_EQ(refused_twice, "upstream.unavailable") << "a fresh connection is not tried twice";
    EXPECT_EQ(counts.replayed, 1U);
}

TEST(Client, fails_with_stable_codes) {
    aio::Loop loop{"test"};
    std::vector<std::string> codes;
    auto body = [&]() -> Task<void> {
        Script script{loop,
                      {"", "garbage\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz",
                       "HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'a')}};
        Client client{loop, {.body_bytes_max = 1000}};
        const Origin origin{"127.0.0.1", script.listener.port()};
        for (int i = 0; i < 6; ++i) {
            codes.push_back(co_await code_of_get(client, origin, in(2s)));
        }
        const std::uint16_t free_port = script.listener.port();
        script.listener.close();
        const Origin nobody{"127.0.0.1", free_port};
        codes.push_back(co_await code_of_get(client, nobody, in(2s)));
        const Origin unknown{"no such host", 1};
        codes.push_back(co_await code_of_get(client, unknown, in(2s)));
        co_await script.scope.close();
    };

    run_to_end(loop, body());

    EXPECT_EQ(codes, (std::vector<std::string>{"upstream.unavailable", "upstream.bad_answer",
                                               "upstream.unavailable", "upstream.bad_answer",
                                               "upstream.bad_answer", "upstream.bad_answer",
                                               "upstream.unavailable", "upstream.unavailable"}));
}

TEST(Client, sends_no_target_that_would_split_the_request) {
    aio::Loop loop{"test"};
    Client client{loop, {}};
    const Origin origin{"127.0.0.1", 1};
    ClientCall call{client, origin, in(1s)};

    EXPECT_THROW(call.start("GET", "/ HTTP/1.1\r\nX: y"), Failure);
    EXPECT_THROW(call.start("GE T", "/"), Failure);
    EXPECT_THROW(call.start("GET", ""), Failure);
    EXPECT_THROW(call.start("GET", "/").add("A", "b\nc"), Failure);
}

TEST(Client, gives_up_at_its_deadlines) {
    auto stuck = [](Exchange&) -> Task<void> {
        aio::Signal never;
        co_await never.wait();
    };
    Stage stage{stuck};
    std::string by_deadline;
    std::string by_head_time;

    stage.run([&]() -> Task<void> {
        const Origin origin{"127.0.0.1", stage.port};
        Client patient{stage.loop, {}};
        by_deadline = co_await code_of_get(patient, origin, in(20ms));
        Client hasty{stage.loop, {.head_time_max = 20ms}};
        by_head_time = co_await code_of_get(hasty, origin, in(10s));
        co_await stage.server.drain(in(0ms));
    });

    EXPECT_EQ(by_deadline, "upstream.timeout");
    EXPECT_EQ(by_head_time, "upstream.timeout");
}

TEST(Client, can_be_cancelled_while_it_waits) {
    aio::Signal entered;
    auto stuck = [&](Exchange&) -> Task<void> {
        entered.set();
        aio::Signal never;
        co_await never.wait();
    };
    Stage stage{stuck};
    std::string code;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {}};
        const Origin origin{"127.0.0.1", stage.port};
        ClientCall call{client, origin, in(10s)};
        auto cancel_later = [&]() -> Task<void> {
            co_await entered.wait();
            call.cancel();
        };
        aio::Scope scope{stage.loop, "test"};
        scope.start(cancel_later());
        call.start("GET", "/").add("Host", "x");
        co_await call.send({}, Replay::forbidden);
        try {
            co_await call.read_head();
        } catch (const Failure& failure) {
            code = failure.code;
        }
        co_await scope.close();
        co_await stage.server.drain(in(0ms));
    });

    EXPECT_EQ(code, "upstream.unavailable");
}

TEST(Client, skips_interim_answers_and_reads_until_the_close) {
    aio::Loop loop{"test"};
    ClientResponse response;
    auto body = [&]() -> Task<void> {
        Script script{loop,
                      {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: "
                       "b\r\n\r\nto the end"}};
        Client client{loop, {}};
        response = co_await get(client, Origin{"127.0.0.1", script.listener.port()});
        EXPECT_EQ(client.counts().open, 0U);
        co_await script.scope.close();
    };

    run_to_end(loop, body());

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.get("a"), "b");
    EXPECT_EQ(response.body, "to the end");
}

TEST(Client, lets_idle_connections_go_after_a_while) {
    Stage stage{echo};
    std::size_t before = 0;
    std::size_t after = 1;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {.idle_time_max = 10ms}};
        const ClientResponse response = co_await get(client, Origin{"127.0.0.1", stage.port});
        before = client.counts().idle;
        while (client.counts().open > 0) {
            co_await stage.loop.sleep_for(std::chrono::milliseconds{1});
        }
        after = client.counts().idle;
    });

    EXPECT_EQ(before, 1U);
    EXPECT_EQ(after, 0U);
}

TEST(Client, keeps_nothing_of_who_is_left_until_it_is_called_again) {
    Stage stage{echo};
    const Origin origin{"127.0.0.1", stage.port, Scheme::http};
    std::vector<std::size_t> open;
    std::string whole;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {}};
        co_await get(client, origin);
        client.leave({"127.0.0.1", 9, Scheme::http});
        open.push_back(client.counts().open);
        client.leave(origin);
        open.push_back(client.counts().open);
        {
            ClientCall call{client, origin, in(2s)};
            call.start("GET", "/s").add("Host", "x");
            co_await call.send({}, Replay::allowed);
            client.leave(origin);
            co_await call.read_head();
            whole = co_await call.read_body();
        }
        open.push_back(client.counts().open);
        open.push_back(client.counts().idle);
        co_await get(client, origin);
        open.push_back(client.counts().idle);
    });

    EXPECT_EQ(open, (std::vector<std::size_t>{1, 0, 0, 0, 1}));
    EXPECT_FALSE(whole.empty());
}

TEST(Client, speaks_https) {
    Stage stage{echo};
    const tls::KeyPair pair = tls::make_self_signed();
    const std::uint16_t port = stage.server.listen({}, tls::ServerContext::make(pair)).port;
    ClientResponse response;
    std::string refused;

    stage.run([&]() -> Task<void> {
        Client client{stage.loop, {.tls = tls::ClientContext::make_trusting(pair.certificates)}};
        const Origin origin{"localhost", port, Scheme::https};
        for (int i = 0; i < 2; ++i) {
            response = co_await get(client, origin);
        }
        EXPECT_EQ(client.counts().reused, 1U);
        Client plain{stage.loop, {}};
        refused = co_await code_of_get(plain, origin, in(2s));
    });

    EXPECT_EQ(response.body, "GET /s ");
    EXPECT_EQ(refused, "upstream.unavailable");
}

TEST(Origin, is_read_from_a_url) {
    const auto plain = Origin::parse("http://example.com");
    const auto port = Origin::parse("https://[::1]:8443/");

    ASSERT_TRUE(plain && port);
    EXPECT_EQ(plain->authority(), "example.com");
    EXPECT_EQ(port->host, "::1");
    EXPECT_EQ(port->authority(), "[::1]:8443");
    EXPECT_FALSE(Origin::parse("ftp://a"));
    EXPECT_FALSE(Origin::parse("http://a/b"));
    EXPECT_FALSE(Origin::parse("http://u@a"));
    EXPECT_FALSE(Origin::parse("http://a:0"));
}

}  // namespace
}  // namespace loquat::net::http::test
