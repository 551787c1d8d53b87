#include <gmock/gmock.h>

#include "aio/signal.hpp"
#include "net/tests/http2_support.hpp"

// Each is known from the field by a name; what it must cost is an end of the connection, soon.
namespace loquat::net::http::test {
namespace {

struct Outcome {
    bool ended = false;  // the server did
    std::optional<std::uint32_t> goaway;
    std::size_t sent = 0;  // of what the attack repeats
};

// Sends `piece` again and again until the server has enough.
Outcome repeat(Http2Stage& stage, std::function<std::string(std::size_t)> piece,
               std::size_t times_max) {
    Outcome outcome;
    stage.talk([&](Http2Client& client) -> Task<void> {
        bool goes_on = true;
        while (goes_on && outcome.sent < times_max) {
            goes_on = co_await client.send_raw(piece(outcome.sent++));
            if (outcome.sent % 64 == 0) {
                // Reads what has come, without waiting for more.
                co_await stage.loop.sleep_for(0ms);
                goes_on = goes_on && !client.stream().is_hung_up();
            }
        }
        outcome.ended = !co_await client.until_closed();
        outcome.goaway = client.goaway;
    });
    return outcome;
}

// The server ends the connection before all of it was sent.
void expect_cut_off(std::function<std::string(std::size_t)> piece, std::size_t times_max) {
    Http2Stage stage{echo};

    const Outcome outcome = repeat(stage, std::move(piece), times_max);

    EXPECT_TRUE(outcome.ended);
    EXPECT_LT(outcome.sent, times_max);
}

std::string settings_entry() { return {"\0\x03\0\0\0\x64", 6}; }

// HPACK of `GET /` at `x`, by indexes and literals that are not remembered.
std::string small_head() { return std::string{"\x82\x86\x84\x01\x01x", 6}; }

TEST(Http2Attack, rapid_reset_is_cut_off) {
    std::size_t begun = 0;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
        ++begun;
        co_await say(exchange, "x");
    }};

    const Outcome outcome = repeat(
        stage,
        [](std::size_t i) {
            const auto id = static_cast<std::uint32_t>(2 * i + 1);
            return Http2Client::frame(NGHTTP2_HEADERS,
                                      NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id,
                                      small_head()) +
                   Http2Client::frame(NGHTTP2_RST_STREAM, 0, id, std::string{"\0\0\0\x08", 4});
        },
        100'000);

    EXPECT_TRUE(outcome.ended);
    EXPECT_LT(begun, 2'000U);
    EXPECT_LT(outcome.sent, 100'000U);
}

TEST(Http2Attack, a_flood_of_PING_is_cut_off) {
    Http2Stage stage{echo};

    const Outcome outcome = repeat(
        stage, [](std::size_t) { return Http2Client::frame(NGHTTP2_PING, 0, 0, "12345678"); },
        100'000);
}

TEST(Http2Attack, a_flood_of_SETTINGS_is_cut_off) {
    expect_cut_off(
        [](std::size_t) { return Http2Client::frame(NGHTTP2_SETTINGS, 0, 0, settings_entry()); },
        100'000);
}

TEST(Http2Attack, a_flood_of_empty_DATA_is_cut_off) {
    expect_cut_off(
        [](std::size_t i) {
            return i == 0 ? Http2Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1,
                                               small_head())
                          : Http2Client::frame(NGHTTP2_DATA, 0, 1, "");
        },
        100'000);
}

TEST(Http2Attack, a_flood_of_PRIORITY_is_cut_off) {
    expect_cut_off(
        [](std::size_t i) {
            return Http2Client::frame(NGHTTP2_PRIORITY, 0, static_cast<std::uint32_t>(2 * i + 3),
                                      std::string{"\0\0\0\x01\x10", 5});
        },
        100'000);
}

TEST(Http2Attack, a_head_of_endless_CONTINUATION_is_cut_off) {
    expect_cut_off(
        [](std::size_t i) {
            return i == 0 ? Http2Client::frame(NGHTTP2_HEADERS, 0, 1, small_head())
                          : Http2Client::frame(NGHTTP2_CONTINUATION, 0, 1, "");
        },
        10'000);
}

TEST(Http2Attack, an_HPACK_bomb_costs_the_stream_and_little_memory) {
    std::size_t seen = 0;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
        ++seen;
        co_await say(exchange, "x");
    }};
    // A field of 4,000 bytes goes into the table, and is then named by one byte each.
    std::string bomb = small_head();
    bomb += '\x40';
    bomb += '\x01';
    bomb += 'a';
    bomb += std::string{"\x7f\xa1\x1e", 3};  // 4,000 bytes follow
    bomb += std::string(4'000, 'a');
    bomb += std::string(10'000, '\xbe');
    Http2Client::Answer answer;

    stage.talk([&](Http2Client& client) -> Task<void> {
        co_await client.send_raw(Http2Client::frame(
            NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1, bomb));
        co_await client.until([&] {
            return client.answers[1].was_reset || client.answers[1].ended ||
                   client.goaway.has_value();
        });
        answer = client.answers[1];
    });

    EXPECT_EQ(seen, 0U);
    EXPECT_NE(answer.status, 200);
}

TEST(Http2Attack, more_streams_than_may_be_are_refused) {
    std::size_t begun = 0;
    Http2Stage stage{[&](Exchange& exchange) -> Task<void> {
        ++begun;
        aio::Signal gone;
        exchange.on_client_gone([&] { gone.set(); });
        co_await gone.wait();
    }};
    std::size_t refused = 0;

    stage.talk([&](Http2Client& client) -> Task<void> {
        std::string all;
        for (std::uint32_t i = 0; i < 150; ++i) {
            all += Http2Client::frame(NGHTTP2_HEADERS,
                                      NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 2 * i + 1,
                                      small_head());
        }
        co_await client.send_raw(all);
        // Its own library knows nothing of these streams: the frames that come are counted.
        std::string came;
        char piece[4096];
        while (came.size() < 50 * 13) {
            const IoResult result = client.stream().try_read(piece);
            if (result.state == Io::would_block) {
                co_await client.stream().readable();
            } else if (result.state != Io::bytes) {
                break;
            } else {
                came.append(piece, result.bytes);
            }
        }
        for (std::size_t at = came.find(std::string{"\0\0\x04\x03\0", 5}); at != std::string::npos;
             at = came.find(std::string{"\0\0\x04\x03\0", 5}, at + 1)) {
            ++refused;
        }
    });

    EXPECT_EQ(begun, 100U);
    EXPECT_EQ(refused, 50U);
}

TEST(Http2Attack, bytes_that_are_no_frames_end_the_connection) {
    Http2Stage stage{echo};
    std::optional<std::uint32_t> goaway;

    stage.talk([&](Http2Client& client) -> Task<void> {
        co_await client.send_raw(std::string(64, '\xff'));
        co_await client.until_closed();
        goaway = client.goaway;
    });

    EXPECT_TRUE(goaway.has_value());
    EXPECT_NE(goaway, NGHTTP2_NO_ERROR);
}

}  // namespace
}  // namespace loquat::net::http::test
