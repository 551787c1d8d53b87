#include "base/time_zone.hpp"

#include <gtest/gtest.h>

namespace loquat {
namespace {

using namespace std::chrono;

std::string start_in(const char* zone, const char* day) {
    return to_rfc3339(TimeZone::find(zone).value().start_of(parse_day(day).value()));
}

std::string day_in(const char* zone, const char* time) {
    return to_day_text(TimeZone::find(zone).value().day_of(parse_rfc3339(time).value()));
}

TEST(TimeZone, knows_where_days_begin_in_summer_and_in_winter) {
    EXPECT_EQ(start_in("UTC", "2026-11-21"), "2026-11-21T00:00:00.000Z");
    EXPECT_EQ(start_in("Europe/Vienna", "2026-11-21"), "2026-11-20T23:00:00.000Z");
    EXPECT_EQ(start_in("Europe/Vienna", "2026-07-01"), "2026-06-30T22:00:00.000Z");
    EXPECT_EQ(start_in("Asia/Kathmandu", "2026-07-01"), "2026-06-30T18:15:00.000Z");
    EXPECT_EQ(start_in("America/Argentina/Buenos_Aires", "2026-07-01"), "2026-07-01T03:00:00.000Z");
    EXPECT_EQ(start_in("Etc/GMT+12", "2026-07-01"), "2026-07-01T12:00:00.000Z");
}

TEST(TimeZone,
     begins_a_day_after_the_leap_where_midnight_is_left_out_and_at_the_first_where_it_comes_twice) {
    EXPECT_EQ(start_in("America/Sao_Paulo", "2018-11-04"), "2018-11-04T03:00:00.000Z");
    // Half past eleven became half past midnight.
    EXPECT_EQ(start_in("America/Toronto", "1919-03-31"), "1919-03-31T04:30:00.000Z");
    EXPECT_EQ(start_in("America/Havana", "2018-11-04"), "2018-11-04T04:00:00.000Z");
    EXPECT_EQ(start_in("Pacific/Apia", "2011-12-30"), start_in("Pacific/Apia", "2011-12-31"));
}

TEST(TimeZone, knows_which_day_it_is) {
    EXPECT_EQ(day_in("UTC", "2026-11-20T23:30:00Z"), "2026-11-20");
    EXPECT_EQ(day_in("Europe/Vienna", "2026-11-20T23:30:00Z"), "2026-11-21");
    EXPECT_EQ(day_in("America/New_York", "2026-11-21T04:59:59.999Z"), "2026-11-20");
    EXPECT_EQ(day_in("UTC", "1969-12-31T23:59:59.999Z"), "1969-12-31");
}

TEST(TimeZone, refuses_names_that_are_not_in_the_database) {
    for (const char* name :
         {"", "Europe/Nowhere", "europe/vienna", "Europe", "/etc/localtime", "../zoneinfo/UTC",
          "Europe/../UTC", "file:/etc/passwd", "Fixed/UTC+01:00:00", "libc:localtime", "zone.tab",
          "Europe/Vienna\n", "leapseconds"}) {
        EXPECT_FALSE(TimeZone::find(name)) << name;
    }
    EXPECT_FALSE(TimeZone::find(std::string(100'000, 'a')));
    EXPECT_FALSE(TimeZone::find(std::string_view{"UTC\0x", 5}));
}

TEST(Day, is_read_and_written_in_one_form_only) {
    for (const char* day : {"2026-11-21", "2024-02-29", "1969-12-31", "0001-01-01", "9999-12-31"}) {
        EXPECT_EQ(to_day_text(parse_day(day).value()), day);
    }
    for (const char* text :
         {"", "2026-1-01", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-32", "2026/01/01",
          "+026-01-01", "2026-01-01T00:00:00Z", " 2026-01-1", "2026-01-0a"}) {
        EXPECT_FALSE(parse_day(text)) << text;
    }
}

}  // namespace
}  // namespace loquat
