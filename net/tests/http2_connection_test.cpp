#include <gmock/gmock.h>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"
#include "net/http/h2/stream_numbers.hpp"
#include "net/tests/http2_support.hpp"
#include "net/tls/context.hpp"

namespace loquat::net::http::test {
namespace {

using ::testing::HasSubstr;

TEST(Http2Connection, waits_for_a_slow_reader_and_gives_up_on_one_that_stands_still) {
    ServerConfig config;
    config.send_stall_max = 50ms;
    std::string code;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
                         try {
                             co_await say(exchange, std::string(1'000'000, 'x'));
                         } catch (const Failure& failure) {
                             code = failure.code;
                             throw;
                         }
                     },
                     config};
    Http2Client::Answer answer;

    stage.run([&]() -> Task<void> {
        Http2Client client{co_await stage.open(), false};
        const std::int32_t id = client.get("/");
        co_await client.until_end(id);
        answer = client.answers[id];
    });

    EXPECT_EQ(code, "http.send_timeout");
    EXPECT_TRUE(answer.was_reset);
    EXPECT_EQ(answer.body.size(), 65'535U);  // the window that HTTP/2 begins with
    EXPECT_EQ(stage.server.counts().timeouts, 1U);
}

std::string number(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
            static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::optional<std::uint32_t> error_after(const std::string& frames) {
    Http2Stage stage{[](Exchange& exchange) -> Task<void> { co_await say(exchange, "well"); }};
    std::optional<std::uint32_t> goaway;

    stage.talk([&](Http2Client& client) -> Task<void> {
        co_await client.send_raw(frames);
        co_await client.until_closed();
        goaway = client.goaway;
    });

    return goaway;
}

TEST(Http2Connection, ends_when_a_stream_that_was_passed_over_is_used) {
    // :method GET, :scheme http, :path / by their places in the static table.
    const std::string head = "\x82\x86\x84";

    EXPECT_EQ(error_after(Http2Client::frame(NGHTTP2_HEADERS, 0x5, 5, head) +
                          Http2Client::frame(NGHTTP2_HEADERS, 0x5, 3, head)),
              NGHTTP2_PROTOCOL_ERROR);
}

TEST(Http2Connection, ends_when_priority_is_said_of_no_stream) {
    EXPECT_EQ(error_after(Http2Client::frame(NGHTTP2_PRIORITY, 0, 0, number(0) + "\x0f")),
              NGHTTP2_PROTOCOL_ERROR);
}

TEST(Http2StreamNumbers, are_used_once_and_upwards) {
    h2::StreamNumbers numbers;

    EXPECT_TRUE(numbers.may_have_headers(1));
    EXPECT_TRUE(numbers.may_have_headers(3));
    EXPECT_TRUE(numbers.may_have_headers(3)) << "trailers";
    EXPECT_TRUE(numbers.may_have_headers(11));
    EXPECT_FALSE(numbers.may_have_headers(5));
    EXPECT_FALSE(numbers.may_have_headers(9));
    EXPECT_TRUE(numbers.may_have_headers(1)) << "trailers of one that has ended here";
    EXPECT_TRUE(numbers.may_have_headers(13));
}

TEST(Http2StreamNumbers, know_the_latest_of_many_that_were_passed_over) {
    h2::StreamNumbers numbers;

    for (std::int32_t id = 1; id < 4'000; id += 4) {
        EXPECT_TRUE(numbers.may_have_headers(id));
    }

    EXPECT_FALSE(numbers.may_have_headers(3'995));
}

TEST(Http2Connection, ends_a_body_that_stalls_with_408) {
    ServerConfig config;
    config.body_stall_max = 20ms;
    Http2Stage stage{echo, config};
    Http2Client::Answer answer;

    stage.talk([&](Http2Client& client) -> Task<void> {
        const std::int32_t id = client.ask(Http2Client::head_of("POST", "/"), "half", true);
        co_await client.until_end(id);
        answer = client.answers[id];
    });

    EXPECT_EQ(answer.status, 408);
    EXPECT_THAT(answer.body, HasSubstr("http.body_timeout"));
}

TEST(Http2Connection, finishes_what_runs_when_it_drains) {
    aio::Signal asked;
    aio::Signal go;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
        asked.set();
        co_await go.wait();
        co_await say(exchange, "done");
    }};
    Http2Client::Answer answer;
    std::optional<std::uint32_t> goaway;

    stage.run([&]() -> Task<void> {
        Http2Client client{co_await stage.open()};
        const std::int32_t id = client.get("/");
        co_await client.send();
        co_await asked.wait();
        aio::Scope scope{stage.loop, "drain"};
        scope.start(stage.server.drain(in(2s)));
        co_await client.until([&] { return client.goaway.has_value(); });
        go.set();
        co_await client.until_closed();
        answer = client.answers[id];
        goaway = client.goaway;
        co_await scope.close();
    });

    EXPECT_EQ(answer.body, "done");
    EXPECT_EQ(goaway, NGHTTP2_NO_ERROR);
}

TEST(Http2Connection, closes_an_idle_connection_and_one_that_never_asks) {
    ServerConfig config;
    config.idle_time_max = 20ms;
    config.head_time_max = 20ms;
    Http2Stage stage{echo, config};
    std::optional<std::uint32_t> idle;
    std::optional<std::uint32_t> silent;

    stage.run([&]() -> Task<void> {
        Http2Client first{co_await stage.open()};
        co_await first.until_end(first.get("/"));
        co_await first.until_closed();
        idle = first.goaway;
        Http2Client second{co_await stage.open()};
        co_await second.until_closed();
        silent = second.goaway;
    });

    EXPECT_EQ(idle, NGHTTP2_NO_ERROR);
    EXPECT_EQ(silent, NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST(Http2Connection, knows_the_preface_however_it_is_cut) {
    Http2Stage stage{echo};

    stage.run([&]() -> Task<void> {
        for (std::size_t cut = 1; cut < 24; ++cut) {
            Stream stream = co_await stage.open();
            const std::string all =
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Http2Client::frame(NGHTTP2_SETTINGS, 0, 0, "");
            co_await stream.write_all(all.substr(0, cut));
            co_await stage.loop.sleep_for(0ms);
            co_await stream.write_all(all.substr(cut));
            const std::string answer = co_await Stage::read_until(
                stream, Http2Client::frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, ""));
            EXPECT_THAT(answer, HasSubstr(std::string{"\x04", 1})) << cut;
        }
        const std::string one = co_await stage.tell(
            "PUT /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        EXPECT_THAT(one, HasSubstr("PUT /x"));
    });
}

TEST(Http2Connection, refuses_the_preface_when_it_is_switched_off) {
    Stage stage{echo};
    std::string answer;

    stage.run(
        [&]() -> Task<void> { answer = co_await stage.tell("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); });

    EXPECT_THAT(answer, HasSubstr("HTTP/1.1 505 "));
}

TEST(Http2Connection, is_what_TLS_agrees_on_where_it_is_offered) {
    using tls::ServerContext;
    Http2Stage stage{echo};
    const tls::KeyPair pair = tls::make_self_signed();
    const std::uint16_t port =
        stage.server.listen({}, ServerContext::make(pair, ServerContext::Offer::http2)).port;
    Http2Client::Answer answer;

    stage.run([&]() -> Task<void> {
        Stream stream = co_await connect(stage.loop, "127.0.0.1", port, in(2s));
        const auto trusting = tls::ClientContext::make_trusting(pair.certificates);
        co_await stream.start_tls(trusting, "127.0.0.1", in(2s));
        Http2Client client{std::move(stream)};
        const std::int32_t id =
            client.ask(Http2Client::head_of("POST", "/"), std::string(99'999, 'x'));
        co_await client.until_end(id);
        answer = client.answers[id];
    });

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.size(), 99'999 + std::string_view{"POST / "}.size());
}

}  // namespace
}  // namespace loquat::net::http::test
