#include "aio/yield.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

using net::http::Exchange;

class MirrorTest : public GatewayHarness, public testing::Test {
  protected:
    MirrorTest() { config.limits.enabled = false; }

    MirrorConfig& mirror_to(FakeUpstream::Answer answer) {
        original = &add_upstream(text_answer("original"));
        other = &add_upstream(std::move(answer));
        RouteConfig& route = add_route("r", "/up/**", {original->url()});
        route.mirror.upstream = other->url();
        return route.mirror;
    }
    static FakeUpstream::Answer silent() {
        const auto never = std::make_shared<aio::Signal>();
        return [never](Exchange&) -> Task<void> { co_await never->wait(); };
    }
    std::string count_of(const std::string& result) {
        const std::string line = "loquat_gateway_mirrored_total{result=\"" + result + "\"} ";
        const std::string text = metrics.to_text();
        const std::size_t at = text.find(line);
        return at == std::string::npos ? "" : text.substr(at + line.size(), 1);
    }
    // Lets the loop go on until so many were counted.
    void wait_for(const std::string& result, const std::string& count) {
        run_to_end(loop, [](MirrorTest& self, std::string of, std::string wanted) -> Task<void> {
            for (int i = 0; self.count_of(of) != wanted && i < 100'000; ++i) {
                co_await aio::yield();
            }
        }(*this, result, count));
        EXPECT_EQ(count_of(result), count) << result;
    }

    FakeUpstream* original = nullptr;
    FakeUpstream* other = nullptr;
};

TEST_F(MirrorTest, sees_what_the_server_sees_and_that_it_is_a_mirror) {
    std::string seen;
    mirror_to([&seen](Exchange& exchange) -> Task<void> {
        seen = co_await exchange.read_body(1'000);
        net::http::Response response{.status = 500, .body = "of the mirror"};
        co_await exchange.respond(std::move(response));
    });
    start();

    const auto answer = post("/up/a?b=c", "body", {{"X-Own", "1"}, {"X-Loquat-Mirror", "forged"}});
    wait_for("sent", "1");

    EXPECT_EQ(answer.body, "original");
    EXPECT_EQ(seen, "body");
    EXPECT_TRUE(other->heads().at(0).starts_with("POST /up/a?b=c\n")) << other->heads().at(0);
    EXPECT_TRUE(other->heads().at(0).contains("\nx-loquat-mirror: r\n"));
    EXPECT_TRUE(other->heads().at(0).contains("\nx-own: 1\n"));
    EXPECT_FALSE(original->heads().at(0).contains("x-loquat-mirror"));
}

TEST_F(MirrorTest, that_is_silent_or_away_is_not_felt) {
    mirror_to(silent()).time_ms_max = std::chrono::milliseconds{20};
    RouteConfig& away = add_route("away", "/away", {original->url()});
    away.mirror.upstream = "http://127.0.0.1:1";
    start();

    EXPECT_EQ(get("/up/a").body, "original");
    EXPECT_EQ(get("/away").body, "original");
    wait_for("failed", "2");
    EXPECT_EQ(other->heads().size(), 1) << "never again";
}

TEST_F(MirrorTest, gets_no_more_than_it_may) {
    mirror_to(silent()).requests_max = 1;
    config.routes.back().mirror.body_bytes_max = 3;
    start();

    post("/up/a", "long");
    get("/up/b");
    get("/up/c");

    EXPECT_EQ(count_of("dropped"), "2");
}

TEST_F(MirrorTest, sees_no_request_of_a_share_of_none) {
    mirror_to(text_answer("x")).percent = 0;
    start();

    get("/up/a");

    EXPECT_EQ(count_of("sent") + count_of("failed") + count_of("dropped"), "000");
}

TEST_F(MirrorTest, is_not_for_services_of_the_platform) {
    files_url = "http://127.0.0.1:1";
    RouteConfig& route = add_route("r", "/files/**", {});
    route.service = "files";
    route.mirror.upstream = "http://127.0.0.1:2";

    EXPECT_THROW(start(), Failure);
    config.routes.clear();
}

}  // namespace
}  // namespace loquat::gateway
