#include <gmock/gmock.h>
#include "aio/signal.hpp"

#include "base/failure.hpp"
#include "net/tests/http_support.hpp"

namespace loquat::net::http::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + 1)) {
        ++count;
    }
    return count;
}

TEST(Server, answers_and_keeps_the_connection) {
    Stage stage{echo};
    std::string first;
    std::string second;

    stage.run([&]() -> Task<void> {
        Stream stream = co_await stage.open();
        co_await stream.write_all("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        first = co_await Stage::read_until(stream, "GET /a ");
        co_await stream.write_all("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
        second = co_await Stage::read_until(stream, "POST /b hi");
    });

    EXPECT_THAT(first, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(first, HasSubstr("\r\nContent-Length: 7\r\n"));
    EXPECT_THAT(first, HasSubstr("\r\nDate: "));
    EXPECT_THAT(first, Not(HasSubstr("Connection:")));
    EXPECT_THAT(second, EndsWith("POST /b hi"));
    EXPECT_EQ(stage.server.counts().requests, 2U);
    EXPECT_EQ(stage.server.counts().accepted, 1U);
}

TEST(Server, answers_pipelined_requests_in_order) {
    Stage stage{echo};
    std::string all;
    std::string request;
    for (int i = 0; i < 100; ++i) {
        request +=
            "POST /" + std::to_string(i) +
            " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    }
    request += "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    stage.run([&]() -> Task<void> { all = co_await stage.tell(request); });

    std::size_t at = 0;
    for (int i = 0; i < 100; ++i) {
        at = all.find("POST /" + std::to_string(i) + " abc", at);
        ASSERT_NE(at, std::string::npos) << i;
    }
    EXPECT_THAT(all, EndsWith("GET /last "));
    EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
}

TEST(Server, says_the_same_however_the_request_is_cut) {
    Stage stage{echo};
    const std::string request =
        "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: "
        "close\r\n\r\n4\r\nbody\r\n0\r\nA: b\r\n\r\n";

    stage.run([&]() -> Task<void> {
        for (std::size_t cut = 1; cut < request.size(); ++cut) {
            Stream stream = co_await stage.open();
            co_await stream.write_all(request.substr(0, cut));
            co_await stage.loop.sleep_for(std::chrono::milliseconds{0});
            co_await stream.write_all(request.substr(cut));
            const std::string answer = co_await Stage::read_to_end(stream);
            EXPECT_THAT(answer, EndsWith("POST /x body")) << cut;
        }
    });
}

TEST(Server, refuses_bad_requests_with_a_problem_and_closes) {
    Stage stage{echo};
    std::string answer;
    std::string huge;

    stage.run([&]() -> Task<void> {
        answer = co_await stage.tell(
            "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
        huge = co_await stage.tell("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(200'000, 'a') +
                                   "\r\n\r\n");
    });

    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Type: application/problem+json\r\n"));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(answer, HasSubstr(R"("code":"http.bad_header")"));
    EXPECT_EQ(count_of(answer, "HTTP/1.1 "), 1U);
    EXPECT_THAT(huge, StartsWith("HTTP/1.1 431 "));
    EXPECT_EQ(stage.server.counts().parse_errors, 2U);
}

TEST(Server, refuses_a_bad_request_after_a_good_one) {
    Stage stage{echo};
    std::string answer;

    stage.run([&]() -> Task<void> {
        answer = co_await stage.tell("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/3.0\r\n\r\n");
    });

    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("HTTP/1.1 505 HTTP Version Not Supported\r\n"));
    EXPECT_THAT(answer, HasSubstr("http.unsupported_version"));
}

TEST(Server, gives_slow_heads_408_and_silent_ones_nothing) {
    Stage stage{echo, {.head_time_max = 20ms, .idle_time_max = 30ms}};
    std::string half;
    std::string silent = "x";
    std::string idle;

    stage.run([&]() -> Task<void> {
        half = co_await stage.tell("GET / HTTP/1.1\r\nHo");
        silent = co_await stage.tell("");
        idle = co_await stage.tell("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    });

    EXPECT_THAT(half, StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(half, HasSubstr("http.head_timeout"));
    EXPECT_EQ(silent, "");
    EXPECT_EQ(count_of(idle, "HTTP/1.1 "), 1U);
    EXPECT_THAT(idle, EndsWith("GET /a "));
}

TEST(Server, gives_a_stalled_body_408) {
    Stage stage{echo, {.body_stall_max = 20ms}};
    std::string length;
    std::string chunked;

    stage.run([&]() -> Task<void> {
        length = co_await stage.tell("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
        chunked = co_await stage.tell(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na");
    });

    EXPECT_THAT(length, StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(length, HasSubstr("http.body_timeout"));
    EXPECT_EQ(count_of(length, "HTTP/1.1 "), 1U);
    EXPECT_THAT(chunked, StartsWith("HTTP/1.1 408 "));
}

// Lets the loop do what it has to do.
Task<void> turn_of(aio::Loop& loop) {
    aio::Signal turn;
    loop.post([&turn] { turn.set(); });
    co_await turn.wait();
}

// A byte at a time: no pause is long, but the whole would hardly end.
TEST(Server, gives_a_dripping_body_408) {
    const PaceRule pace{.grace = 60ms, .credit_max = 60ms, .bytes_per_second = 1'000'000'000};
    Stage stage{echo, {.body_pace = pace}};
    std::vector<std::string> answers;

    stage.run([&]() -> Task<void> {
        for (const char* head :
             {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nF4240\r\n"}) {
            Stream stream = co_await stage.open();
            co_await stream.write_all(std::string{"POST / HTTP/1.1\r\nHost: x\r\n"} + head);
            while (!stream.may_be_readable()) {
                co_await stream.write_all("a");
                co_await turn_of(stage.loop);
            }
            std::string answer = co_await Stage::read_to_end(stream);
            answers.push_back(std::move(answer));
        }
    });

    EXPECT_THAT(answers[0], HasSubstr("http.body_timeout"));
    EXPECT_THAT(answers[1], HasSubstr("http.body_timeout"));
    EXPECT_EQ(stage.server.counts().timeouts, 2U);
}

TEST(Server, gives_a_body_408_that_is_not_whole_in_time) {
    auto strict = [](Exchange& exchange) -> Task<void> {
        exchange.limit_body(exchange.begun_at() + 30ms);
        const std::string body = co_await exchange.read_body(100);
        co_await say(exchange, body);
    };
    Stage stage{strict, {.body_pace = {.bytes_per_second = 0}}};
    std::string late;
    std::string next;

    stage.run([&]() -> Task<void> {
        late = co_await stage.tell("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
        next = co_await stage.tell(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab");
    });

    EXPECT_THAT(late, HasSubstr("http.body_timeout"));
    EXPECT_THAT(next, StartsWith("HTTP/1.1 200 "));
}

TEST(Server, refuses_bad_chunks_and_large_bodies) {
    auto small = [](Exchange& exchange) -> Task<void> {
        const std::string body = co_await exchange.read_body(10);
        co_await say(exchange, body);
    };
    Stage stage{small};
    std::string bad;
    std::string announced;
    std::string grown;

    stage.run([&]() -> Task<void> {
        bad = co_await stage.tell(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        announced =
            co_await stage.tell("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" +
                                std::string(200'000, 'a'));
        grown = co_await stage.tell(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" +
            std::string(255, 'a') + "\r\n" + "20000\r\n" + std::string(0x1ffff, 'b'));
    });

    EXPECT_THAT(bad, StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(bad, HasSubstr("http.bad_chunk"));
    EXPECT_THAT(announced, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(announced, HasSubstr("request.too_large"));
    EXPECT_THAT(grown, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(grown, HasSubstr("Connection: close"));
}

TEST(Server, reads_away_a_short_body_that_nobody_wanted) {
    auto deaf = [](Exchange& exchange) -> Task<void> { co_await say(exchange, "no"); };
    Stage stage{deaf};
    std::string all;

    stage.run([&]() -> Task<void> {
        all = co_await stage.tell(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    });

    EXPECT_EQ(count_of(all, "HTTP/1.1 200 OK"), 2U);
}

TEST(Server, asks_for_an_expected_body_when_it_is_read) {
    Stage stage{echo};
    std::string interim;
    std::string answer;

    stage.run([&]() -> Task<void> {
        Stream stream = co_await stage.open();
        co_await stream.write_all(
            "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        interim = co_await Stage::read_until(stream, "\r\n\r\n");
        co_await stream.write_all("ok");
        answer = co_await Stage::read_until(stream, "POST /e ok");
    });

    EXPECT_EQ(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(Server, sends_no_body_for_head_204_and_304) {
    auto by_path = [](Exchange& exchange) -> Task<void> {
        Response response{.status = 200, .body = "body"};
        if (exchange.head().path == "/204") {
            response.status = 204;
        } else if (exchange.head().path == "/304") {
            response.status = 304;
        }
        co_await exchange.respond(std::move(response));
    };
    Stage stage{by_path};
    std::string all;

    stage.run([&]() -> Task<void> {
        all = co_await stage.tell(
            "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /204 HTTP/1.1\r\nHost: x\r\n\r\n"
            "GET /304 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    });

    EXPECT_THAT(all, Not(HasSubstr("body")));
    EXPECT_EQ(count_of(all, "Content-Length"), 1U);
    EXPECT_THAT(all, HasSubstr("Content-Length: 4\r\n"));
}

TEST(Server, speaks_http_1_0) {
    Stage stage{echo};
    std::string closing;
    std::string staying;

    stage.run([&]() -> Task<void> {
        closing = co_await stage.tell("GET /o HTTP/1.0\r\n\r\n");
        Stream stream = co_await stage.open();
        co_await stream.write_all("GET /k HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        staying = co_await Stage::read_until(stream, "GET /k ");
    });

    EXPECT_THAT(closing, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(closing, EndsWith("GET /o "));
    EXPECT_THAT(staying, HasSubstr("Connection: keep-alive\r\n"));
}

TEST(Server, turns_failures_into_problems) {
    auto failing = [](Exchange& exchange) -> Task<void> {
        if (exchange.head().path == "/known") {
            throw Failure{Kind::conflict, "test.code", "It is taken.", "secret"};
        }
        if (exchange.head().path == "/unknown") {
            throw std::runtime_error{"secret"};
        }
        co_return;
    };
    Stage stage{failing};
    std::string all;

    stage.run([&]() -> Task<void> {
        all = co_await stage.tell(
            "GET /known HTTP/1.1\r\nHost: x\r\n\r\nGET /unknown HTTP/1.1\r\nHost: x\r\n\r\n"
            "GET /silent HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    });

    EXPECT_THAT(all, HasSubstr("HTTP/1.1 409 Conflict"));
    EXPECT_THAT(all, HasSubstr(R"("code":"test.code")"));
    EXPECT_THAT(all, HasSubstr(R"("code":"server.internal")"));
    EXPECT_THAT(all, HasSubstr(R"("code":"server.no_answer")"));
    EXPECT_THAT(all, Not(HasSubstr("secret")));
}

// Most clients read when they have sent all; a close before that is a broken pipe to them.
TEST(Server, lets_a_refusal_be_seen_by_who_is_still_sending) {
    auto small = [](Exchange& exchange) -> Task<void> {
        if (exchange.head().path == "/unread") {
            co_await exchange.respond({.status = 401});
            co_return;
        }
        const std::string body = co_await exchange.read_body(10);
        co_await say(exchange, body);
    };
    Stage stage{small};
    const std::string piece(64 * 1024, 'a');
    const std::size_t pieces = 320;
    std::vector<std::string> answers;

    stage.run([&]() -> Task<void> {
        for (const char* head : {"POST / HTTP/1.1\r\nContent-Length: 20971520",
                                 "PUT /unread HTTP/1.1\r\nContent-Length: 20971520",
                                 "POST / HTTP/1.1\r\nTransfer-Encoding: chunked",
                                 "POST /bad HTTP/1.1\r\nTransfer-Encoding: x"}) {
            Stream stream = co_await stage.open();
            co_await stream.write_all(std::string{head} + "\r\nHost: x\r\n\r\n");
            for (std::size_t i = 0; i < pieces; ++i) {
                co_await stream.write_all("10000\r\n" + piece + "\r\n");
            }
            std::string answer = co_await Stage::read_to_end(stream);
            answers.push_back(std::move(answer));
        }
    });

    EXPECT_THAT(answers[0], StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(answers[1], StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(answers[2], StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(answers[3], StartsWith("HTTP/1.1 400 "));
}

TEST(Server, refuses_connections_beyond_its_limits) {
    Stage stage{echo, {.connections_max = 2, .connections_per_address_max = 1}};
    std::string answer;

    stage.run([&]() -> Task<void> {
        Stream first = co_await stage.open();
        co_await first.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await Stage::read_until(first, "GET / ");
        answer = co_await stage.tell("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    });

    EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
    EXPECT_EQ(stage.server.counts().refused, 1U);
}

}  // namespace
}  // namespace loquat::net::http::test
