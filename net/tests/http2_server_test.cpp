#include <gmock/gmock.h>

#include "aio/signal.hpp"
#include "base/failure.hpp"
#include "net/tests/http2_support.hpp"

namespace loquat::net::http::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(Http2Server, answers_many_requests_of_one_connection) {
    Http2Stage stage{echo};
    std::vector<std::int32_t> ids;
    std::map<std::int32_t, Http2Client::Answer> answers;

    stage.talk([&](Http2Client& client) -> Task<void> {
        for (int i = 0; i < 300; ++i) {
            ids.push_back(client.ask(Http2Client::head_of("POST", "/" + std::to_string(i)),
                                     "body " + std::to_string(i)));
        }
        for (const std::int32_t id : ids) {
            co_await client.until_end(id);
        }
        answers = client.answers;
    });

    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::string number = std::to_string(i);
        EXPECT_EQ(answers[ids[i]].status, 200);
        EXPECT_EQ(answers[ids[i]].body, "POST /" + number + " body " + number);
    }
    EXPECT_THAT(answers[ids[0]].fields, Contains(Pair("content-length", "14")));
    EXPECT_FALSE(answers[ids[0]].get("date").empty());
    EXPECT_TRUE(answers[ids[0]].get("connection").empty());
    EXPECT_EQ(stage.server.counts().requests, 300U);
    EXPECT_EQ(stage.server.counts().accepted, 1U);
}

TEST(Http2Server, lets_a_later_request_overtake) {
    aio::Signal second_came;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
        if (exchange.head().path == "/first") {
            co_await second_came.wait();
        }
        second_came.set();
        co_await say(exchange, "x");
    }};
    bool first_ended = false;
    bool second_ended = false;

    stage.talk([&](Http2Client& client) -> Task<void> {
        const std::int32_t first = client.get("/first");
        const std::int32_t second = client.get("/second");
        second_ended = co_await client.until_end(second);
        first_ended = co_await client.until_end(first);
    });

    EXPECT_TRUE(first_ended);
    EXPECT_TRUE(second_ended);
}

TEST(Http2Server, carries_bodies_larger_than_every_window) {
    Http2Stage stage{[](Exchange& exchange) -> Task<void> {
        std::string body = co_await exchange.read_body(8 << 20);
        co_await say(exchange, std::move(body));
    }};
    std::string sent;
    for (int i = 0; sent.size() < (5 << 20); ++i) {
        sent += std::to_string(i) + ",";
    }
    Http2Client::Answer answer;

    stage.talk([&](Http2Client& client) -> Task<void> {
        const std::int32_t id = client.ask(Http2Client::head_of("POST", "/"), sent);
        co_await client.until_end(id);
        answer = client.answers[id];
    });

    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == sent);
}

TEST(Http2Server, shows_a_request_as_one_of_HTTP_1_would_be) {
    std::string seen;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
        const RequestHead& head = exchange.head();
        seen = std::string{head.method} + " " + std::string{head.path} + " ? " +
               std::string{head.query} + " at " + std::string{head.host};
        for (const HeaderView& field : head.headers) {
            seen += "\n" + std::string{field.name} + ": " + std::string{field.value};
        }
        EXPECT_TRUE(head.is_http2);
        EXPECT_FALSE(head.upgrades);
        co_await say(exchange, "");
    }};

    stage.talk([&](Http2Client& client) -> Task<void> {
        auto fields = Http2Client::head_of("GET", "/a%20b?c=d");
        fields.insert(fields.end(), {{"cookie", "a=b"}, {"x-one", "1"}, {"cookie", "c=d"}});
        co_await client.until_end(client.ask(fields));
    });

    EXPECT_EQ(seen, "GET /a%20b ? c=d at x\nhost: x\nx-one: 1\ncookie: a=b; c=d");
}

TEST(Http2Server, sends_no_body_where_there_is_none) {
    Http2Stage stage{[](Exchange& exchange) -> Task<void> {
        Response response;
        response.status = exchange.head().path == "/204" ? 204 : 200;
        response.headers.append("Connection", "close");
        response.body = response.status == 204 ? "" : "four";
        co_await exchange.respond(std::move(response));
    }};
    Http2Client::Answer head;
    Http2Client::Answer none;

    stage.talk([&](Http2Client& client) -> Task<void> {
        const std::int32_t first = client.ask(Http2Client::head_of("HEAD", "/"));
        const std::int32_t second = client.get("/204");
        co_await client.until_end(first);
        co_await client.until_end(second);
        head = client.answers[first];
        none = client.answers[second];
    });

    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.get("content-length"), "4");
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(none.status, 204);
    EXPECT_EQ(none.get("content-length"), "");
}

TEST(Http2Server, refuses_what_the_parser_of_HTTP_1_refuses) {
    Http2Stage stage{echo};
    const std::vector<std::pair<Http2Client::Fields, std::string>> rows{
        {{{":method", "GET"}, {":scheme", "http"}, {":authority", "x"}, {":path", "/%zz"}},
         "http.bad_target"},
        {{{":method", "GET"}, {":scheme", "http"}, {":authority", "a@b"}, {":path", "/"}},
         "http.bad_host"},
        {{{":method", "GET"},
          {":scheme", "http"},
          {":authority", "x"},
          {":path", "/"},
          {"host", "y"}},
         "http.bad_host"},
        {{{":method", "GET"},
          {":scheme", "http"},
          {":authority", "x"},
          {":path", "/"},
          {"expect", "gold"}},
         "http.bad_expectation"},
    };
    std::vector<Http2Client::Answer> answers;

    stage.talk([&](Http2Client& client) -> Task<void> {
        for (const auto& [fields, code] : rows) {
            const std::int32_t id = client.ask(fields);
            co_await client.until_end(id);
            answers.push_back(client.answers[id]);
        }
    });

    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_THAT(answers[i].body, HasSubstr("\"code\":\"" + rows[i].second + "\"")) << i;
        EXPECT_GE(answers[i].status, 400);
    }
}

TEST(Http2Server, answers_431_to_a_head_that_is_too_large) {
    Http2Stage stage{echo};
    Http2Client::Answer large;
    Http2Client::Answer next;

    stage.talk([&](Http2Client& client) -> Task<void> {
        auto fields = Http2Client::head_of("GET", "/");
        for (int i = 0; i < 10; ++i) {
            fields.emplace_back("x-" + std::to_string(i), std::string(2'000, 'a'));
        }
        const std::int32_t first = client.ask(fields);
        co_await client.until_end(first);
        const std::int32_t second = client.get("/next");
        co_await client.until_end(second);
        large = client.answers[first];
        next = client.answers[second];
    });

    EXPECT_EQ(large.status, 431);
    EXPECT_EQ(next.status, 200);
}

TEST(Http2Server, resets_a_stream_whose_fields_belong_to_HTTP_1) {
    Http2Stage stage{echo};
    Http2Client::Answer bad;
    Http2Client::Answer next;

    stage.talk([&](Http2Client& client) -> Task<void> {
        auto fields = Http2Client::head_of("POST", "/");
        fields.emplace_back("transfer-encoding", "chunked");
        const std::int32_t first = client.ask(fields, "0\r\n\r\n");
        co_await client.until_end(first);
        const std::int32_t second = client.get("/next");
        co_await client.until_end(second);
        bad = client.answers[first];
        next = client.answers[second];
    });

    EXPECT_TRUE(bad.was_reset);
    EXPECT_EQ(bad.reset, NGHTTP2_PROTOCOL_ERROR);
    EXPECT_EQ(next.status, 200);
}

TEST(Http2Server, answers_before_the_body_is_whole_and_leaves_the_rest) {
    Http2Stage stage{[](Exchange& exchange) -> Task<void> { co_await say(exchange, "enough"); }};
    Http2Client::Answer answer;
    Http2Client::Answer next;

    stage.talk([&](Http2Client& client) -> Task<void> {
        const std::int32_t first =
            client.ask(Http2Client::head_of("POST", "/"), std::string(600'000, 'x'), true);
        co_await client.until([&] { return client.answers[first].was_reset; });
        const std::int32_t second =
            client.ask(Http2Client::head_of("POST", "/next"), std::string(600'000, 'y'));
        co_await client.until_end(second);
        answer = client.answers[first];
        next = client.answers[second];
    });

    EXPECT_EQ(answer.body, "enough");
    EXPECT_EQ(answer.reset, NGHTTP2_NO_ERROR);
    EXPECT_EQ(next.body, "enough");
}

TEST(Http2Server, sends_100_continue_when_the_body_is_asked_for) {
    Http2Stage stage{echo};
    Http2Client::Answer answer;

    stage.talk([&](Http2Client& client) -> Task<void> {
        auto fields = Http2Client::head_of("POST", "/");
        fields.emplace_back("expect", "100-continue");
        const std::int32_t id = client.ask(fields, "", true);
        co_await client.until([&] { return client.answers[id].status == 100; });
        co_await client.send_raw(Http2Client::frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM,
                                                    static_cast<std::uint32_t>(id), "hi"));
        co_await client.until_end(id);
        answer = client.answers[id];
    });

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST / hi");
}

TEST(Http2Server, turns_failures_into_problems_and_cuts_off_what_broke) {
    Http2Stage stage{[](Exchange& exchange) -> Task<void> {
        if (exchange.head().path == "/broken") {
            exchange.start(200);
            exchange.begin_body(10);
            co_await exchange.write_body("half");
            throw Failure{Kind::internal, "x.broke", "It broke."};
        }
        throw Failure{Kind::not_found, "x.nothing", "There is nothing."};
    }};
    Http2Client::Answer problem;
    Http2Client::Answer broken;

    stage.talk([&](Http2Client& client) -> Task<void> {
        const std::int32_t first = client.get("/");
        co_await client.until_end(first);
        const std::int32_t second = client.get("/broken");
        co_await client.until_end(second);
        problem = client.answers[first];
        broken = client.answers[second];
    });

    EXPECT_EQ(problem.status, 404);
    EXPECT_THAT(problem.body, HasSubstr("x.nothing"));
    EXPECT_TRUE(broken.was_reset);
    EXPECT_EQ(broken.body, "half");
    EXPECT_EQ(broken.reset, NGHTTP2_INTERNAL_ERROR);
}

TEST(Http2Server, tells_a_handler_whose_stream_is_taken_back) {
    bool told = false;
    aio::Signal over;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
        exchange.on_client_gone([&] {
            told = true;
            over.set();
        });
        exchange.start(200);
        exchange.begin_body(std::nullopt);
        co_await exchange.write_body("first");
        co_await over.wait();
        EXPECT_TRUE(exchange.is_client_gone());
        co_await exchange.write_body("second");
    }};

    stage.talk([&](Http2Client& client) -> Task<void> {
        const std::int32_t id = client.get("/");
        co_await client.until([&] { return client.answers[id].body == "first"; });
        client.take_back(id);
        const std::int32_t next = client.get("/");
        co_await client.until([&] { return client.answers[next].body == "first"; });
        client.take_back(next);
        co_await client.send();
    });

    EXPECT_TRUE(told);
}

}  // namespace
}  // namespace loquat::net::http::test
