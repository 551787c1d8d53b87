#include "base/http_date.hpp"

#include <gtest/gtest.h>

namespace loquat {
namespace {

TEST(HttpDate, is_read_in_each_of_its_three_forms) {
    const Time expected = *parse_rfc3339("1994-11-06T08:49:37Z");
    for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994"}) {
        EXPECT_EQ(parse_http_date(text), expected) << text;
    }
    for (const char* text : {"", "yesterday", "Sun, 32 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

TEST(HttpDate, is_written_without_parts_of_a_second) {
    EXPECT_EQ(to_http_date(*parse_rfc3339("1994-11-06T08:49:37.999Z")),
              "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace loquat
