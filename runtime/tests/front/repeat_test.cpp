#include <gtest/gtest.h>

#include "contracts/core/route.hpp"

namespace loquat::contracts {
namespace {

TEST(Repeat, is_what_the_row_says_or_what_its_method_means) {
    Caller caller;
    const RouteSpec read{.method = "GET"};
    const RouteSpec change{.method = "PUT"};
    const RouteSpec make{.method = "POST", .takes_idempotency_key = true};
    const RouteSpec ask{.method = "POST", .repeat = Repeat::safe};
    const RouteSpec once{.method = "GET", .repeat = Repeat::never};

    EXPECT_TRUE(may_repeat(read, caller));
    EXPECT_FALSE(may_repeat(change, caller));
    EXPECT_FALSE(may_repeat(make, caller));
    EXPECT_TRUE(may_repeat(ask, caller));
    EXPECT_FALSE(may_repeat(once, caller));
    caller.idempotency_key = "k";
    EXPECT_TRUE(may_repeat(make, caller));
    EXPECT_FALSE(may_repeat(change, caller)) << "the row knows of no key";
}

}  // namespace
}  // namespace loquat::contracts
