#include "aio/signal.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

class DrippingBodies : public GatewayHarness, public testing::Test {
  protected:
    // Sends a body byte by byte until an answer comes.
    std::string drip(std::string target) {
        std::string answer;
        run_to_end(
            loop, [](GatewayHarness& self, std::string path, std::string& out) -> Task<void> {
                net::Stream stream = co_await self.connect();
                co_await stream.write_all("POST " + path +
                                          " HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n");
                while (!stream.may_be_readable()) {
                    co_await stream.write_all("1");
                    aio::Signal turn;
                    self.loop.post([&turn] { turn.set(); });
                    co_await turn.wait();
                }
                co_await read_until(stream, out, "http.body_timeout");
            }(*this, std::move(target), answer));
        return answer;
    }
};

TEST_F(DrippingBodies, end_by_the_least_rate_on_every_kind_of_route) {
    config.body_grace_ms = std::chrono::milliseconds{100};
    config.body_pause_ms_max = std::chrono::milliseconds{100};
    config.body_bytes_per_second_min = 1'000'000'000;
    FakeUpstream& upstream = add_upstream(text_answer("behind"));
    add_route("r", "/up/**", {upstream.url()});
    start();

    for (const char* target : {"/api/login", "/up/x"}) {
        EXPECT_NE(drip(target).find("408 "), std::string::npos) << target;
    }
    EXPECT_TRUE(upstream.heads().empty());
}

TEST_F(DrippingBodies, of_own_requests_end_by_the_whole_time) {
    config.body_ms_max = std::chrono::milliseconds{100};
    config.body_bytes_per_second_min = 0;
    start();

    EXPECT_NE(drip("/api/login").find("408 "), std::string::npos);
}

}  // namespace
}  // namespace loquat::gateway
