#include "contracts/core/named_request.hpp"

#include <gtest/gtest.h>

namespace loquat::contracts {
namespace {

TEST(NamedRequest, may_be_sent_again_whatever_its_row_says) {
    EXPECT_TRUE(may_repeat(Repeat::never, false, R"({"client_id":"1"})"));
    EXPECT_TRUE(may_repeat(Repeat::never, false, R"({"text":"x", "client_id": "1"})"));
    EXPECT_TRUE(may_repeat(Repeat::with_key, true, "{}"));
    EXPECT_TRUE(may_repeat(Repeat::safe, false, ""));
}

TEST(NamedRequest, is_none_without_a_name_or_with_one_inside_of_a_text) {
    EXPECT_FALSE(may_repeat(Repeat::never, true, "{}"));
    EXPECT_FALSE(may_repeat(Repeat::with_key, false, R"({"client_id":null})"));
    EXPECT_FALSE(may_repeat(Repeat::never, false, R"({"text":"\"client_id\":\"1\""})"));
}

}  // namespace
}  // namespace loquat::contracts
