#include "services/gateway/tests/harness.hpp"

// What is open for a session ends with it, whoever serves it.
namespace loquat::gateway {
namespace {

class StandingTest : public testing::Test, public GatewayHarness {
  public:
    // As a sign-out everywhere of who is `user-1`, or of somebody else.
    void end_sessions(std::string_view token) {
        const contracts::Revocation all{.user_id = tokens.verify_now(token)->user,
                                        .before = clock.now() + std::chrono::seconds{1},
                                        .until = clock.now() + std::chrono::hours{1}};
        rights.end(all);
    }
    // Until `wanted` or the end, which must not wait for a beat or for the limit of a silence.
    Task<void> read_soon(net::Stream& stream, std::string& out, std::string_view wanted) {
        aio::Timer limit{[] { ADD_FAILURE() << "only what is due in seconds ended it"; }};
        limit.start(loop, std::chrono::seconds{8});
        co_await read_until(stream, out, wanted);
    }
    // After it all that is open waits for something new.
    Task<void> ask_something_else() {
        net::Stream stream = co_await send_head("/api/open", "user-2");
        std::string text;
        co_await read_until(stream, text, "\r\n\r\n");
    }
    // Says "first" and nothing more until its client has gone.
    FakeUpstream& add_silent_upstream(std::string type) {
        return add_upstream([this, type](net::http::Exchange& exchange) -> Task<void> {
            exchange.start(200).raw("Content-Type: " + type + "\r\n");
            exchange.begin_body(std::nullopt);
            co_await exchange.write_body("first");
            exchange.on_client_gone([this] { feed_reader_went.set(); });
            co_await feed_reader_went.wait();
            exchange.on_client_gone(nullptr);
            exchange.abandon();
        });
    }
    Task<net::Stream> send_head(std::string target, std::string token) {
        net::Stream stream = co_await connect();
        co_await stream.write_all("GET " + target +
                                  " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
                                  "\r\n\r\n");
        co_return stream;
    }
};

TEST_F(StandingTest, event_streams_of_a_session_that_ends_give_no_further_event) {
    start();
    std::string text;
    run_to_end(loop, [](StandingTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.send_head("/api/follow", "user-1");
        co_await self.feed_opened.wait();
        self.feed.push({"data: 1\n\n"});
        co_await read_until(stream, out, "data: 1\n\n");

        self.end_sessions("user-1");
        self.feed.push({"data: 2\n\n"});

        co_await read_until(stream, out, "\r\n0\r\n\r\n");
        co_await self.feed_reader_went.wait();
    }(*this, text));

    EXPECT_EQ(text.find("data: 2"), std::string::npos) << text;
    EXPECT_EQ(rights.size(), 0U);
}

TEST_F(StandingTest, event_streams_of_others_go_on) {
    start();
    std::string text;
    run_to_end(loop, [](StandingTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.send_head("/api/follow", "user-1");
        co_await self.feed_opened.wait();

        self.end_sessions("user-2");
        self.feed.push({"data: 2\n\n"});

        co_await read_until(stream, out, "data: 2\n\n");
        self.feed.close();
        co_await read_until(stream, out, "\r\n0\r\n\r\n");
    }(*this, text));

    EXPECT_NE(text.find("data: 2"), std::string::npos) << text;
}

TEST_F(StandingTest, event_streams_are_refused_to_a_session_that_ended_while_they_were_opened) {
    start();
    end_sessions("user-1");
    std::string text;
    run_to_end(loop, [](StandingTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.send_head("/api/follow", "user-1");
        co_await read_until(stream, out, "auth.token_revoked");
    }(*this, text));

    EXPECT_TRUE(text.starts_with("HTTP/1.1 401 ")) << text;
}

TEST_F(StandingTest, event_streams_end_with_the_token_that_opened_them) {
    tokens.expires_at = clock.now() + std::chrono::minutes{15};
    start();
    std::string text;
    run_to_end(loop, [](StandingTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.send_head("/api/follow", "user-1");
        co_await self.feed_opened.wait();
        self.feed.push({"data: 1\n\n"});
        co_await read_until(stream, out, "data: 1\n\n");

        self.clock.advance(std::chrono::minutes{15});
        self.feed.push({"data: 2\n\n"});

        co_await read_until(stream, out, "\r\n0\r\n\r\n");
    }(*this, text));

    EXPECT_EQ(text.find("data: 2"), std::string::npos) << text;
}

// The timer is the loop's, and the clock of the test stands behind it.
TEST_F(StandingTest, silent_event_streams_end_with_the_token_too) {
    tokens.expires_at = clock.now() + std::chrono::milliseconds{20};
    start();
    std::string text;
    run_to_end(loop, [](StandingTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.send_head("/api/follow", "user-1");
        co_await self.feed_opened.wait();
        self.feed.push({"data: 1\n\n"});
        co_await read_until(stream, out, "data: 1\n\n");
        co_await self.ask_something_else();

        self.clock.advance(std::chrono::milliseconds{20});

        co_await self.read_soon(stream, out, "\r\n0\r\n\r\n");
    }(*this, text));

    EXPECT_NE(text.find("\r\n0\r\n\r\n"), std::string::npos) << text;
}

TEST_F(StandingTest, answers_of_other_servers_are_cut_when_the_session_ends) {
    FakeUpstream& upstream = add_silent_upstream("text/plain");
    add_route("files", "/files/**", {upstream.url()});
    start();
    std::string text;
    run_to_end(loop, [](StandingTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.send_head("/files/long", "user-1");
        co_await read_until(stream, out, "first");

        self.end_sessions("user-1");

        co_await read_until(stream, out, "never");
    }(*this, text));

    EXPECT_FALSE(text.ends_with("0\r\n\r\n")) << text;
    EXPECT_EQ(rights.size(), 0U);
}

// Nothing but the token's end ends it: no beat is sent into answers of others.
TEST_F(StandingTest, silent_event_streams_of_other_servers_end_with_the_token) {
    FakeUpstream& upstream = add_silent_upstream("text/event-stream");
    add_route("files", "/files/**", {upstream.url()});
    tokens.expires_at = clock.now() + std::chrono::milliseconds{20};
    start();
    std::string text;
    run_to_end(loop, [](StandingTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.send_head("/files/long", "user-1");
        co_await read_until(stream, out, "first");
        co_await self.ask_something_else();
        self.clock.advance(std::chrono::milliseconds{20});

        co_await self.read_soon(stream, out, "never");
    }(*this, text));

    EXPECT_FALSE(text.ends_with("0\r\n\r\n")) << text;
    EXPECT_EQ(rights.size(), 0U);
}

}  // namespace
}  // namespace loquat::gateway
