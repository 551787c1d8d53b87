#include "aio/signal.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;
using net::http::Exchange;

class ProxyStreamTest : public testing::Test, public GatewayHarness {
  public:
    void route_to(FakeUpstream::Answer answer) {
        FakeUpstream& upstream = add_upstream(std::move(answer));
        set_instances("streams", {upstream.url()});
        add_route("r", "/up/**", {"lb://streams"});
        start();
    }
    // One event, and the other once the first was read.
    void route_to_two_events() {
        route_to([this](Exchange& exchange) -> Task<void> {
            exchange.start(200).raw("Content-Type: text/event-stream\r\n");
            exchange.begin_body(std::nullopt);
            co_await exchange.flush();
            co_await exchange.write_body("data: 1\n\n");
            co_await first_read.wait();
            co_await exchange.write_body("data: 2\n\n");
            co_await exchange.end_body();
            upstream_ended = true;
        });
    }

    aio::Signal first_read;
    bool upstream_ended = false;
};

TEST_F(ProxyStreamTest, hands_on_events_before_their_stream_ends) {
    route_to_two_events();

    std::string text;
    bool was_early = false;
    run_to_end(loop,
               [](ProxyStreamTest& self, aio::Signal& seen, bool& ended, bool& early,
                  std::string& out) -> Task<void> {
                   net::Stream stream = co_await self.connect();
                   co_await stream.write_all("GET /up/events HTTP/1.1\r\nHost: x\r\n\r\n");
                   co_await read_until(stream, out, "data: 1\n\n");
                   early = !ended;
                   seen.set();
                   co_await read_until(stream, out, "0\r\n\r\n");
               }(*this, first_read, upstream_ended, was_early, text));

    EXPECT_TRUE(was_early);
    EXPECT_NE(text.find("data: 2\n\n"), std::string::npos);
    EXPECT_NE(text.find("Transfer-Encoding: chunked"), std::string::npos);
}

// The preface, settings and one GET of a client of HTTP/2 who knows beforehand (RFC 9113, RFC
// 7541).
std::string http2_get(std::string_view path) {
    std::string fields{"\x82\x86\x01\x01x\x04", 6};  // GET, http, authority x, path
    fields += static_cast<char>(path.size());
    fields += path;
    std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    bytes += std::string{"\0\0\0\x04\0\0\0\0\0", 9};
    bytes += std::string{"\0\0", 2};
    bytes += static_cast<char>(fields.size());
    bytes += std::string{"\x01\x05\0\0\0\x01", 6};  // HEADERS, ends both, stream 1
    return bytes + fields;
}

TEST_F(ProxyStreamTest, hands_on_events_over_http2_before_their_stream_ends) {
    route_to_two_events();
    const std::string end_of_stream{"\0\x01\0\0\0\x01", 6};  // DATA, ends stream 1

    std::string text;
    bool was_early = false;
    run_to_end(loop,
               [](ProxyStreamTest& self, aio::Signal& seen, bool& ended, bool& early,
                  std::string& out, const std::string& last) -> Task<void> {
                   net::Stream stream = co_await self.connect();
                   const std::string request = http2_get("/up/events");
                   co_await stream.write_all(request);
                   co_await read_until(stream, out, "data: 1\n\n");
                   early = !ended;
                   seen.set();
                   co_await read_until(stream, out, last);
               }(*this, first_read, upstream_ended, was_early, text, end_of_stream));

    EXPECT_TRUE(was_early);
    EXPECT_TRUE(text.contains("data: 1\n\n"));
    EXPECT_TRUE(text.contains("data: 2\n\n"));
    EXPECT_TRUE(text.contains(end_of_stream));
    EXPECT_TRUE(upstreams.front().heads().at(0).starts_with("GET /up/events\n"));
}

TEST_F(ProxyStreamTest, passes_uploads_on_before_they_end) {
    aio::Signal piece_came;
    route_to([&](Exchange& exchange) -> Task<void> {
        std::array<char, 64 * 1024> buffer;
        std::size_t total = 0;
        for (std::size_t count = 1; count > 0; total += count) {
            count = co_await exchange.read_body_some(buffer);
            piece_came.set();
        }
        net::http::Response response{.body = std::to_string(total)};
        co_await exchange.respond(std::move(response));
    });

    std::string text;
    run_to_end(loop, [](ProxyStreamTest& self, aio::Signal& came, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.connect();
        co_await stream.write_all(
            "PUT /up/file HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        co_await stream.write_all("5\r\nhello\r\n");
        co_await came.wait();
        co_await stream.write_all("3\r\nyou\r\n0\r\n\r\n");
        co_await read_until(stream, out, "\r\n\r\n8");
    }(*this, piece_came, text));

    EXPECT_TRUE(text.ends_with("\r\n\r\n8")) << text;
}

TEST_F(ProxyStreamTest, ends_requests_with_the_routes_that_they_began_with) {
    aio::Signal begun;
    aio::Signal go_on;
    route_to([&](Exchange& exchange) -> Task<void> {
        begun.set();
        co_await go_on.wait();
        net::http::Response response{.body = "still here"};
        co_await exchange.respond(std::move(response));
    });

    std::string text;
    run_to_end(loop,
               [](ProxyStreamTest& self, aio::Signal& came, aio::Signal& go,
                  std::string& out) -> Task<void> {
                   net::Stream stream = co_await self.connect();
                   co_await stream.write_all("GET /up/x HTTP/1.1\r\nHost: x\r\n\r\n");
                   co_await came.wait();
                   co_await self.gateway->replace_routes({}, {});
                   co_await stream.write_all("GET /up/x HTTP/1.1\r\nHost: x\r\n\r\n");
                   go.set();
                   co_await read_until(stream, out, "request.no_route");
               }(*this, begun, go_on, text));

    EXPECT_LT(text.find("still here"), text.find("404 Not Found"));
    EXPECT_NE(text.find("404 Not Found"), std::string::npos);
}

TEST_F(ProxyStreamTest, ends_the_upstreams_work_when_the_client_leaves) {
    aio::Signal gone;
    route_to([&](Exchange& exchange) -> Task<void> {
        aio::Signal ended;
        exchange.on_client_gone([&] { ended.set(); });
        exchange.start(200).raw("Content-Type: text/event-stream\r\n");
        exchange.begin_body(std::nullopt);
        co_await exchange.write_body("data: 1\n\n");
        co_await ended.wait();
        exchange.on_client_gone(nullptr);
        exchange.abandon();
        gone.set();
    });

    bool was_told = false;
    run_to_end(loop, [](ProxyStreamTest& self, aio::Signal& told, bool& in_time) -> Task<void> {
        net::Stream stream = co_await self.connect();
        co_await stream.write_all("GET /up/x HTTP/1.1\r\nHost: x\r\n\r\n");
        std::string text;
        co_await read_until(stream, text, "data: 1\n\n");
        stream.close();
        const Steady deadline = std::chrono::steady_clock::now() + 10s;
        in_time = co_await told.wait_until(deadline);
    }(*this, gone, was_told));

    EXPECT_TRUE(was_told);
}

TEST_F(ProxyStreamTest, finishes_what_runs_before_it_stops) {
    aio::Signal begun;
    aio::Signal go_on;
    route_to([&](Exchange& exchange) -> Task<void> {
        begun.set();
        co_await go_on.wait();
        net::http::Response response{.body = "done"};
        co_await exchange.respond(std::move(response));
    });

    std::string text;
    bool was_refused = false;
    run_to_end(loop,
               [](ProxyStreamTest& self, aio::Signal& came, aio::Signal& go, std::string& out,
                  bool& refused) -> Task<void> {
                   net::Stream stream = co_await self.connect();
                   co_await stream.write_all("GET /up/x HTTP/1.1\r\nHost: x\r\n\r\n");
                   co_await came.wait();
                   aio::Signal stopped;
                   aio::Scope scope{self.loop, "stop"};
                   scope.start([](Gateway& gateway, aio::Signal& ended) -> Task<void> {
                       co_await gateway.stop(std::chrono::steady_clock::now() + 10s);
                       ended.set();
                   }(*self.gateway, stopped));
                   try {
                       net::Stream second = co_await self.connect();
                   } catch (const Failure&) {
                       refused = true;
                   }
                   go.set();
                   co_await read_until(stream, out, "done");
                   co_await stopped.wait();
                   co_await scope.close();
               }(*this, begun, go_on, text, was_refused));

    EXPECT_TRUE(was_refused);
    EXPECT_NE(text.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(text.ends_with("done")) << text;
}

}  // namespace
}  // namespace loquat::gateway
