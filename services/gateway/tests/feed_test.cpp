#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

class FeedTest : public testing::Test, public GatewayHarness {
  public:
    FeedTest() { start(); }

    Task<net::Stream> follow(std::string fields = {}, std::string query = {}) {
        net::Stream stream = co_await connect();
        co_await stream.write_all("GET /api/follow" + query + " HTTP/1.1\r\nHost: x\r\n" + fields +
                                  "\r\n");
        co_await feed_opened.wait();
        co_return stream;
    }
};

TEST_F(FeedTest, hands_on_each_event_before_the_next_is_made) {
    std::string text;
    run_to_end(loop, [](FeedTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.follow();
        co_await read_until(stream, out, "\r\n\r\n");
        for (const char* event : {"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"}) {
            EXPECT_EQ(self.feed.push({event}), aio::Push::taken);
            co_await read_until(stream, out, event);
        }
        self.feed.close();
        co_await read_until(stream, out, "\r\n0\r\n\r\n");
    }(*this, text));

    EXPECT_NE(text.find("Content-Type: text/event-stream; charset=utf-8\r\n"), std::string::npos);
    EXPECT_NE(text.find("Cache-Control: no-cache, no-transform\r\n"), std::string::npos);
    EXPECT_NE(text.find("X-Accel-Buffering: no\r\n"), std::string::npos);
    EXPECT_EQ(text.find("Content-Encoding"), std::string::npos);
    EXPECT_TRUE(text.ends_with("0\r\n\r\n"));
}

TEST_F(FeedTest, passes_the_field_of_a_returning_reader_before_the_query) {
    run_to_end(loop, [](FeedTest& self) -> Task<void> {
        const net::Stream stream =
            co_await self.follow("Last-Event-ID: 17\r\n", "?last_event_id=3");
    }(*this));

    ASSERT_EQ(last_call.query.size(), 1U);
    EXPECT_EQ(last_call.query.front().second, "17");
}

TEST_F(FeedTest, tells_the_maker_when_the_reader_goes) {
    run_to_end(loop, [](FeedTest& self) -> Task<void> {
        {
            const net::Stream stream = co_await self.follow();
        }
        co_await self.feed_reader_went.wait();
    }(*this));

    EXPECT_TRUE(is_feed_reader_gone);
}

TEST_F(FeedTest, cuts_the_connection_when_the_feed_fails) {
    std::string text;
    run_to_end(loop, [](FeedTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.follow();
        self.feed.push({"data: 1\n\n"});
        self.feed.close(
            std::make_exception_ptr(Failure{Kind::internal, "test.broken", "It broke."}));
        co_await read_until(stream, out, "never");
    }(*this, text));

    EXPECT_NE(text.find("data: 1\n\n"), std::string::npos);
    EXPECT_FALSE(text.ends_with("0\r\n\r\n"));
}

TEST_F(FeedTest, ends_its_streams_when_the_gateway_stops) {
    std::string text;
    run_to_end(loop, [](FeedTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.follow();
        co_await read_until(stream, out, "\r\n\r\n");
        co_await self.gateway->stop(std::chrono::steady_clock::now() + std::chrono::seconds{20});
        co_await read_until(stream, out, "0\r\n\r\n");
    }(*this, text));

    EXPECT_TRUE(text.ends_with("0\r\n\r\n"));
}

}  // namespace
}  // namespace loquat::gateway
