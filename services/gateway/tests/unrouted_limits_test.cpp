#include "services/gateway/tests/harness.hpp"

// Limits of what no route takes.
namespace loquat::gateway {
namespace {

class UnroutedLimits : public GatewayHarness, public testing::Test {
  protected:
    UnroutedLimits() {
        config.limits.address_per_minute = 5;
        config.limits.user_per_minute = 8;
        config.limits.file_per_minute = 12;
        start();
    }
    // How many of twenty requests are let through.
    int count_allowed(net::http::ClientRequest request) {
        int allowed = 0;
        for (int i = 0; i < 20; ++i) {
            net::http::ClientRequest one = request;
            allowed += send(std::move(one)).status == 429 ? 0 : 1;
        }
        return allowed;
    }
};

TEST_F(UnroutedLimits, count_addresses_that_ask_for_what_is_not_there) {
    EXPECT_EQ(count_allowed({.method = "GET", .target = "/nothing"}), 5);
    EXPECT_EQ(count_allowed({.method = "POST", .target = "/api/nothing"}), 0);
}

TEST_F(UnroutedLimits, count_wrong_methods) {
    EXPECT_EQ(count_allowed({.method = "DELETE", .target = "/api/things"}), 5);
    EXPECT_EQ(count_allowed({.method = "FOO", .target = "/"}), 0);
}

TEST_F(UnroutedLimits, count_people_as_themselves) {
    EXPECT_EQ(count_allowed({.method = "GET",
                             .target = "/nothing",
                             .headers = {{"Authorization", "Bearer user-1"}}}),
              8);
}

TEST_F(UnroutedLimits, count_files_apart) {
    EXPECT_EQ(count_allowed({.method = "GET", .target = "/nothing"}), 5);
    EXPECT_EQ(count_allowed({.method = "GET", .target = "/app.js"}), 12);
    EXPECT_EQ(count_allowed({.method = "HEAD", .target = "/"}), 0);
}

}  // namespace
}  // namespace loquat::gateway
