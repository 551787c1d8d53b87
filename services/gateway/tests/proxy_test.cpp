#include "aio/signal.hpp"
#include "runtime/calls/call_gate.hpp"
#include "runtime/calls/caller_header.hpp"
#include "services/gateway/tests/harness.hpp"
#include "wire/json.hpp"

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;
using net::http::Exchange;

FakeUpstream::Answer raw_answer(std::string bytes) {
    return [bytes](Exchange& exchange) -> Task<void> {
        net::http::TakenStream taken = exchange.take_stream();
        co_await taken.stream.write_all(bytes);
        taken.stream.shutdown_write();
    };
}

class ProxyTest : public testing::Test, public GatewayHarness {
  public:
    FakeUpstream& route_to(FakeUpstream::Answer answer) {
        FakeUpstream& upstream = add_upstream(std::move(answer));
        add_route("r", "/up/**", {upstream.url()});
        start();
        return upstream;
    }
    static std::string code_of(const net::http::ClientResponse& response) {
        return std::to_string(response.status) + " " +
               *wire::parse(response.body).find("code")->if_string();
    }
    static bool has_line(const std::string& head, std::string_view line) {
        return head.find("\n" + std::string{line} + "\n") != std::string::npos;
    }
    // An address where nobody listens.
    std::string dead_url() {
        aio::Loop other{"other"};
        net::Endpoint at;
        {
            const net::Listener listener{other, {}, [](net::Stream) {}};
            at = listener.local();
        }
        return "http://" + at.to_string();
    }
};

TEST_F(ProxyTest, passes_requests_and_answers_on) {
    FakeUpstream& upstream = route_to([](Exchange& exchange) -> Task<void> {
        const std::string body = co_await exchange.read_body(1000);
        net::http::Response response{
            .status = 201, .headers = {{"X-Thing", "7"}}, .body = "got " + body};
        co_await exchange.respond(std::move(response));
    });

    const auto response = post("/up/a%20b?c=d&e", "hello", {{"Content-Type", "text/plain"}});

    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.body, "got hello");
    EXPECT_EQ(response.headers.get("X-Thing"), "7");
    EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
    EXPECT_TRUE(upstream.heads().at(0).starts_with("POST /up/a%20b?c=d&e\n"));
    EXPECT_TRUE(has_line(upstream.heads().at(0), "content-length: 5"));
    EXPECT_TRUE(has_line(upstream.heads().at(0), "host: " + upstream.url().substr(7)));
    EXPECT_TRUE(has_line(upstream.heads().at(0),
                         "x-request-id: " + std::string{response.headers.get("X-Request-Id")}));
    EXPECT_NE(upstream.heads().at(0).find("\ntraceparent: 00-"), std::string::npos);
}

TEST_F(ProxyTest, lets_nothing_through_that_ends_here) {
    FakeUpstream& upstream = route_to([](Exchange& exchange) -> Task<void> {
        exchange.start(200).raw(
            "Keep-Alive: timeout=5\r\nX-Hop: 1\r\nX-Request-Id: theirs\r\nX-Stays: 2\r\n"
            "X-Content-Type-Options: nosniff\r\n");
        co_await exchange.finish("x");
    });

    const auto response = get("/up/", {{"Connection", "keep-alive, X-Secret"},
                                       {"X-Secret", "1"},
                                       {"Keep-Alive", "1"},
                                       {"TE", "trailers"},
                                       {"Proxy-Authorization", "x"},
                                       {"X-Loquat-Caller", "forged"},
                                       {"X-Internal-API-Key", "forged"},
                                       {"X-Forwarded-For", "6.6.6.6"},
                                       {"X-Forwarded-Proto", "https"},
                                       {"Forwarded", "for=6.6.6.6"},
                                       {"X_Forwarded_For", "6.6.6.6"},
                                       {"tracestate", "a=b"},
                                       {"X-Stays", "yes"}});

    const std::string& head = upstream.heads().at(0);
    for (const char* name : {"\nx-secret:", "\nkeep-alive:", "\nte:", "\nproxy-authorization:",
                             "forged", "6.6.6.6", "\nx_forwarded_for:", "\ntracestate:"}) {
        EXPECT_EQ(head.find(name), std::string::npos) << name;
    }
    EXPECT_TRUE(has_line(head, "x-stays: yes"));
    EXPECT_TRUE(has_line(head, "x-forwarded-for: 127.0.0.1"));
    EXPECT_TRUE(has_line(head, "x-forwarded-proto: http"));
    EXPECT_TRUE(has_line(
        head, "forwarded: for=127.0.0.1;proto=http;host=\"" + origin().authority() + "\""));
    EXPECT_FALSE(response.headers.contains("Keep-Alive"));
    EXPECT_NE(response.headers.get("X-Request-Id"), "theirs");
    EXPECT_EQ(response.headers.get("X-Stays"), "2");
    EXPECT_EQ(std::ranges::count_if(response.headers,
                                    [](const auto& item) {
                                        return net::http::equal_names(item.name,
                                                                      "X-Content-Type-Options");
                                    }),
              1);
}

TEST_F(ProxyTest, does_not_carry_other_protocols_past_the_routes) {
    FakeUpstream& upstream = route_to(text_answer("plain"));

    const std::string answer = send_raw(
        "GET /up/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAMAAABk\r\n\r\n");

    EXPECT_TRUE(answer.ends_with("plain")) << answer;
    EXPECT_EQ(upstream.heads().at(0).find("\nupgrade:"), std::string::npos);
    EXPECT_EQ(upstream.heads().at(0).find("\nhttp2-settings:"), std::string::npos);
}

TEST_F(ProxyTest, believes_a_trusted_proxy) {
    config.trusted_proxies = {"127.0.0.0/8"};
    FakeUpstream& upstream = route_to(text_answer("x"));

    const auto response = get("/up/", {{"X-Forwarded-For", "203.0.113.9"},
                                       {"X-Forwarded-Proto", "https"},
                                       {"X-Forwarded-Host", "chat.example.org"},
                                       {"Forwarded", "for=203.0.113.9"}});

    const std::string& head = upstream.heads().at(0);
    EXPECT_TRUE(has_line(head, "x-forwarded-for: 203.0.113.9, 127.0.0.1"));
    EXPECT_TRUE(has_line(head, "x-forwarded-proto: https"));
    EXPECT_TRUE(has_line(head, "x-forwarded-host: chat.example.org"));
    EXPECT_TRUE(has_line(
        head, "forwarded: for=203.0.113.9, for=127.0.0.1;proto=https;host=\"chat.example.org\""));
    EXPECT_TRUE(response.headers.contains("Strict-Transport-Security"));
}

TEST_F(ProxyTest, rewrites_paths_for_users) {
    FakeUpstream& upstream = add_upstream(text_answer("x"));
    RouteConfig& route = add_route("r", "/old/{id}/**", {upstream.url()});
    route.rewrite = "/v2/{id}/**";
    route.access = RouteAccess::user;
    start();

    EXPECT_EQ(get("/old/7/x").status, 401);
    EXPECT_EQ(get("/old/7/x/y?q=1", {{"Authorization", "Bearer user-1"}}).status, 200);

    EXPECT_TRUE(upstream.heads().at(0).starts_with("GET /v2/7/x/y?q=1\n"));
    EXPECT_EQ(upstream.heads().at(0).find("x-loquat-caller"), std::string::npos)
        << "servers of others are not told who asks";
}

TEST_F(ProxyTest, tells_services_elsewhere_who_asks) {
    std::string field;
    FakeUpstream& upstream = add_upstream([&](Exchange& exchange) -> Task<void> {
        field = exchange.head().headers.get(runtime::caller_field);
        net::http::Response response{.body = "x"};
        co_await exchange.respond(std::move(response));
    });
    files_url = upstream.url();
    add_route("r", "/files/**", {}).service = "files";
    config.routes.back().time_ms_max = std::chrono::milliseconds{5000};
    start();

    get("/files/x", {{"Authorization", "Bearer user-1"}, {"X-Loquat-Caller", "forged"}});
    const contracts::Caller caller = runtime::decode_caller(field);

    EXPECT_EQ(caller.username, "user-1");
    EXPECT_EQ(caller.address, "127.0.0.1");
    EXPECT_TRUE(has_line(
        upstream.heads().at(0),
        "x-internal-api-key: " + runtime::make_call_key("internal key", "gateway", "files")));
    EXPECT_NE(upstream.heads().at(0).find("\nx-loquat-deadline-ms: "), std::string::npos);
}

TEST_F(ProxyTest, carries_large_bodies_both_ways) {
    route_to([](Exchange& exchange) -> Task<void> {
        std::string body = co_await exchange.read_body(10'000'000);
        net::http::Response response{.body = std::move(body)};
        co_await exchange.respond(std::move(response));
    });
    std::string body;
    for (int i = 0; body.size() < 3'000'000; ++i) {
        body += std::to_string(i) + ",";
    }

    EXPECT_EQ(post("/up/", body).body, body);
}

TEST_F(ProxyTest, refuses_bodies_beyond_the_routes_limit) {
    FakeUpstream& upstream = add_upstream(text_answer("x"));
    add_route("r", "/up/**", {upstream.url()}).body_bytes_max = 100;
    start();

    EXPECT_EQ(code_of(post("/up/", std::string(101, 'x'))), "413 request.too_large");
    const std::string chunked =
        send_raw("POST /up/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" +
                 std::string(128, 'x') + "\r\n0\r\n\r\n");
    EXPECT_NE(chunked.find("413 "), std::string::npos);
    EXPECT_EQ(post("/up/", std::string(100, 'x')).status, 200);
}

TEST_F(ProxyTest, answers_head_and_empty_answers_as_they_are) {
    route_to([](Exchange& exchange) -> Task<void> {
        const bool is_gone = exchange.head().path == "/up/none";
        net::http::Response response{.status = is_gone ? 204 : 200,
                                     .body = is_gone ? "" : "twelve bytes"};
        co_await exchange.respond(std::move(response));
    });

    const auto head = send({.method = "HEAD", .target = "/up/x"});
    const auto none = get("/up/none");

    EXPECT_EQ(head.headers.get("Content-Length"), "12");
    EXPECT_TRUE(head.body.empty());
    EXPECT_EQ(none.status, 204);
    EXPECT_FALSE(none.headers.contains("Content-Length"));
}

TEST_F(ProxyTest, says_what_went_wrong_behind) {
    FakeUpstream& nonsense = add_upstream(raw_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
    FakeUpstream& silent = add_upstream(raw_answer(""));
    add_route("dead", "/dead", {dead_url()});
    add_route("nonsense", "/nonsense", {nonsense.url()});
    add_route("silent", "/silent", {silent.url()});
    start();

    EXPECT_EQ(code_of(get("/dead")), "503 upstream.unavailable");
    EXPECT_EQ(get("/dead").headers.get("Retry-After"), "1");
    EXPECT_EQ(code_of(get("/nonsense")), "502 upstream.bad_answer");
    EXPECT_EQ(code_of(get("/silent")), "503 upstream.unavailable");
}

TEST_F(ProxyTest, does_not_wait_longer_than_the_route_allows) {
    FakeUpstream& slow = add_upstream([](Exchange&) -> Task<void> {
        aio::Signal never;
        co_await never.wait();
    });
    add_route("slow", "/slow", {slow.url()}).time_ms_max = std::chrono::milliseconds{20};
    start();

    EXPECT_EQ(code_of(get("/slow")), "504 upstream.timeout");
}

TEST_F(ProxyTest, cuts_the_connection_when_an_answer_breaks_off) {
    route_to(raw_answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"));

    std::string text;
    run_to_end(loop, [](ProxyTest& self, std::string& out) -> Task<void> {
        net::Stream stream = co_await self.connect();
        co_await stream.write_all("GET /up/x HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await read_until(stream, out, "nothing like this");
    }(*this, text));

    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK")) << text;
    EXPECT_EQ(text.find("}"), std::string::npos) << "no problem body within another answer";
}

TEST_F(ProxyTest, asks_every_address_and_goes_on_to_the_next_when_one_is_dead) {
    FakeUpstream& one = add_upstream(text_answer("one"));
    FakeUpstream& two = add_upstream(text_answer("two"));
    add_route("r", "/up/**", {one.url(), dead_url(), two.url()});
    start();
    std::map<std::string, int> answers;

    for (int i = 0; i < 12; ++i) {
        ++answers[get("/up/x").body];
        ++answers[post("/up/x", "body").body];
    }

    EXPECT_EQ(answers["one"] + answers["two"], 24)
        << "what reached nobody is sent again, whatever its method";
    EXPECT_GE(answers["one"], 1);
    EXPECT_GE(answers["two"], 1);
}

TEST_F(ProxyTest, repeats_only_what_may_be_repeated) {
    FakeUpstream& broken = add_upstream(raw_answer(""));
    FakeUpstream& good = add_upstream(text_answer("good"));
    add_route("r", "/up/**", {broken.url(), good.url()});
    config.upstream.eject_after_failures = 1000;
    start();

    const auto read = get("/up/x");
    EXPECT_EQ(get("/up/x").status, 200);
    const auto written = send({.method = "PUT", .target = "/up/x", .body = "again"});

    EXPECT_EQ(read.body, "good");
    EXPECT_EQ(written.body, "good");
}

TEST_F(ProxyTest, sends_once_what_may_not_be_repeated) {
    FakeUpstream& one = add_upstream(raw_answer(""));
    FakeUpstream& two = add_upstream(raw_answer(""));
    add_route("r", "/up/**", {one.url(), two.url()});
    start();

    EXPECT_EQ(post("/up/x", "once").status, 503);
    EXPECT_EQ(one.heads().size() + two.heads().size(), 1u);
}

}  // namespace
}  // namespace loquat::gateway
