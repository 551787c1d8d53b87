#include <gtest/gtest.h>

#include "tests/fault/turns.hpp"

namespace loquat::test {
namespace {

// Answers of one person that follow each other, the third at the moment in which the second ended.
std::vector<Turn> one_after_the_other() {
    return {{"b", "2026-01-01T10:00:02.000Z", "2026-01-01T10:00:03.500Z"},
            {"a", "2026-01-01T10:00:00.000Z", "2026-01-01T10:00:01.900Z"},
            {"c", "2026-01-01T10:00:03.500Z", "2026-01-01T10:00:09.000Z"}};
}

TEST(Turns, of_a_person_who_has_one_at_a_time_do_not_overlap) {
    EXPECT_TRUE(overlaps(one_after_the_other()).empty());
    EXPECT_TRUE(overlaps({}).empty());
}

TEST(Turns, tell_of_two_in_flight) {
    auto turns = one_after_the_other();
    turns[2].started = "2026-01-01T10:00:03.499Z";

    ASSERT_EQ(overlaps(turns).size(), 1U);
    EXPECT_NE(overlaps(turns)[0].find("c began"), std::string::npos);
}

TEST(Turns, tell_of_one_within_a_longer_one_that_began_before_others) {
    auto turns = one_after_the_other();
    turns[1].finished = "2026-01-01T10:00:20.000Z";

    EXPECT_EQ(overlaps(turns).size(), 2U);
}

TEST(Turns, tell_of_one_that_never_ended) {
    auto turns = one_after_the_other();
    turns[0].finished.clear();

    EXPECT_EQ(overlaps(turns).size(), 1U);
}

}  // namespace
}  // namespace loquat::test
