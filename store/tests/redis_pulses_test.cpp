#include <gtest/gtest.h>

#include "store/redis/envelope.hpp"
#include "store/redis/pulses.hpp"

namespace loquat::store {
namespace {

using Heard = PulseBook::Heard;
using Says = Pulse::Says;
using std::chrono::seconds;

struct PulseBookTest : testing::Test {
    PulseBook book;
    Steady now{seconds{1'000}};
};

TEST_F(PulseBookTest, hears_all_while_numbers_follow_each_other) {
    for (std::uint64_t number = 1; number <= 5; ++number) {
        EXPECT_EQ(book.hear({"a", number}, now += seconds{1}), Heard::all);
        EXPECT_EQ(book.look(now), Heard::all);
    }
}

TEST_F(PulseBookTest, has_lost_something_when_a_number_is_left_out_or_comes_again) {
    book.hear({"a", 1}, now);

    EXPECT_EQ(book.hear({"a", 3}, now), Heard::lost);
    EXPECT_EQ(book.hear({"a", 3}, now), Heard::lost);
    EXPECT_EQ(book.hear({"a", 4}, now), Heard::all);
}

TEST_F(PulseBookTest, believes_a_publisher_that_says_that_something_was_lost) {
    book.hear({"a", 1}, now);

    EXPECT_EQ(book.hear({"a", 2, Says::lost}, now), Heard::lost);
    EXPECT_EQ(book.hear({"a", 3}, now), Heard::all);
    EXPECT_EQ(book.hear({"stranger", 1, Says::lost}, now), Heard::lost);
}

TEST_F(PulseBookTest, takes_strangers_as_they_are_when_a_connection_has_just_begun) {
    book.begin(now);

    EXPECT_EQ(book.hear({"old", 17}, now + seconds{1}), Heard::all);
    EXPECT_EQ(book.hear({"old", 19}, now + seconds{2}), Heard::lost);
}

TEST_F(PulseBookTest, has_lost_something_of_a_stranger_who_has_spoken_before) {
    EXPECT_EQ(book.hear({"new", 1}, now), Heard::all);
    EXPECT_EQ(book.hear({"old", 17}, now), Heard::lost);
    EXPECT_EQ(book.hear({"old", 18}, now), Heard::all);
}

TEST_F(PulseBookTest, says_once_that_a_publisher_is_late_and_again_when_it_comes_back) {
    book.hear({"a", 1}, now);
    book.hear({"b", 1}, now);
    EXPECT_EQ(book.look(now + seconds{2}), Heard::all);
    book.hear({"b", 2}, now + seconds{2});

    EXPECT_EQ(book.look(now + seconds{3}), Heard::lost);
    EXPECT_TRUE(book.has_late());
    EXPECT_EQ(book.look(now + seconds{4}), Heard::all);

    EXPECT_EQ(book.hear({"a", 2}, now + seconds{4}), Heard::lost);
    EXPECT_FALSE(book.has_late());
}

TEST_F(PulseBookTest, misses_nobody_who_has_said_farewell) {
    book.hear({"a", 1}, now);

    EXPECT_EQ(book.hear({"a", 2, Says::farewell}, now), Heard::all);

    EXPECT_EQ(book.look(now + seconds{10}), Heard::all);
    EXPECT_EQ(book.size(), 0U);
    EXPECT_EQ(book.hear({"never", 1, Says::farewell}, now), Heard::all);
    EXPECT_EQ(book.size(), 0U);
}

TEST_F(PulseBookTest, forgets_who_is_gone) {
    book.hear({"a", 1}, now);
    book.look(now + seconds{3});

    EXPECT_EQ(book.look(now + seconds{30}), Heard::all);

    EXPECT_FALSE(book.has_late());
    EXPECT_EQ(book.size(), 0U);
}

TEST_F(PulseBookTest, keeps_a_bounded_number_of_publishers) {
    for (std::size_t i = 0; i < PulseBook::publishers_max + 10; ++i) {
        const std::string name = std::to_string(i);
        book.hear({name, 1}, now);
    }

    EXPECT_EQ(book.size(), PulseBook::publishers_max);
}

TEST(Pulse, is_read_as_it_was_made) {
    for (const Says says : {Says::all, Says::lost, Says::farewell}) {
        const std::string text = Pulse{"abc", 42, says}.to_text();
        const Pulse pulse = Pulse::read(text);

        EXPECT_EQ(pulse.publisher, "abc");
        EXPECT_EQ(pulse.number, 42U);
        EXPECT_EQ(pulse.says, says);
    }
    for (const char* bad : {"", "abc", "abc x", " 5", "abc -1", "abc 99999999999999999999999"}) {
        EXPECT_EQ(Pulse::read(bad).publisher, "") << bad;
    }
}

TEST(Envelope, tells_ones_own_from_others) {
    const Envelope mine;
    const Envelope other;
    std::string own = "text" + std::string{mine.tail()};
    std::string others = "text" + std::string{other.tail()};
    std::string foreign = "a foreign program's text, longer than a tail";

    EXPECT_FALSE(mine.open(own));
    EXPECT_TRUE(mine.open(others));
    EXPECT_TRUE(mine.open(foreign));

    EXPECT_EQ(others, "text");
    EXPECT_EQ(foreign, "a foreign program's text, longer than a tail");
}

}  // namespace
}  // namespace loquat::store
