#include <gtest/gtest.h>

#include <set>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"

namespace loquat {
namespace {

TEST(Uuid, of_one_thread_are_strictly_increasing_and_carry_their_time) {
    Uuid last = Uuid::make_at(1'700'000'000'000);

    for (int i = 0; i < 10'000; ++i) {
        const Uuid next = Uuid::make_at(1'700'000'000'000);
        ASSERT_LT(last, next);
        last = next;
    }

    EXPECT_NEAR(static_cast<double>(last.unix_ms()), 1'700'000'000'000.0, 5.0);
}

TEST(Uuid, reads_what_it_writes_and_nothing_else) {
    const Uuid made = Uuid::make();

    EXPECT_EQ(Uuid::parse(made.to_string()), made);
    EXPECT_EQ(made.to_string()[14], '7');
    for (const char* bad :
         {"", "0190", "0190a5f0-7b1c-7d3e-8f4a-5b6c7d8e9f0g",
          "{190a5f0-7b1c-7d3e-8f4a-5b6c7d8e9f0}", "0190a5f07b1c-7d3e-8f4a-5b6c7d8e9f0a1"}) {
        EXPECT_FALSE(Uuid::parse(bad)) << bad;
    }
}

TEST(Rfc3339, reads_what_it_writes) {
    const Time time = from_unix_ms(1'767'225'600'123);

    EXPECT_EQ(to_rfc3339(time), "2026-01-01T00:00:00.123Z");
    EXPECT_EQ(parse_rfc3339("2026-01-01T00:00:00.123Z"), time);
    EXPECT_EQ(parse_rfc3339("2026-01-01T02:30:00.1239+02:30"), time);
}

TEST(Rfc3339, refuses_what_is_no_time) {
    for (const char* bad :
         {"", "2026-01-01", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
          "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+2:00"}) {
        EXPECT_FALSE(parse_rfc3339(bad)) << bad;
    }
}

TEST(Base64Url, is_one_to_one) {
    for (const std::string& bytes :
         {std::string{}, std::string{"\0", 1}, std::string{"ab"}, std::string{"\xff\xfe\xfd"}}) {
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    }
    for (const char* bad : {"A", "AB=", "A+", "AB ", "AB"}) {
        const bool unused_bits_set = std::string_view{bad} == "AB";
        EXPECT_FALSE(from_base64url(bad)) << bad << unused_bits_set;
    }
}

TEST(Failure, kinds_and_statuses_match_both_ways) {
    for (const Kind kind :
         {Kind::invalid, Kind::malformed, Kind::unauthenticated, Kind::conflict, Kind::timed_out}) {
        EXPECT_EQ(kind_of_status(http_status(kind)), kind);
    }
}

}  // namespace
}  // namespace loquat
