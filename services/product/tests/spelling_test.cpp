#include "services/product/search/spelling.hpp"

#include <gtest/gtest.h>

namespace loquat::product {
namespace {

TEST(SpellingDistance, counts_what_was_put_in_left_out_changed_and_swapped) {
    EXPECT_EQ(spelling_distance("player", "player", 2), 0);
    EXPECT_EQ(spelling_distance("player", "plyer", 2), 1);
    EXPECT_EQ(spelling_distance("player", "plaayer", 2), 1);
    EXPECT_EQ(spelling_distance("player", "plater", 2), 1);
    EXPECT_EQ(spelling_distance("player", "lpayer", 2), 1);
    EXPECT_EQ(spelling_distance("headphone", "haedphoen", 2), 2);
    EXPECT_EQ(spelling_distance("player", "cables", 2), 3);
    EXPECT_EQ(spelling_distance("", "ab", 2), 2);
    EXPECT_EQ(spelling_distance(std::string(80, 'a'), std::string(80, 'a'), 1), 0);
    EXPECT_EQ(spelling_distance(std::string(80, 'a'), std::string(80, 'b'), 1), 2);
}

TEST(Spelling, forgives_by_length) {
    EXPECT_EQ(mistakes_allowed(4), 0);
    EXPECT_EQ(mistakes_allowed(5), 1);
    EXPECT_EQ(mistakes_allowed(8), 1);
    EXPECT_EQ(mistakes_allowed(9), 2);
}

struct Known {
    std::vector<std::string> words;
    std::vector<std::uint64_t> worths;
    Spelling spelling;

    explicit Known(std::vector<std::string> all, std::vector<std::uint64_t> each = {})
        : words(std::move(all)), worths(std::move(each)) {
        for (std::uint32_t i = 0; i < words.size(); ++i) {
            spelling.add(i, words[i]);
        }
        worths.resize(words.size(), 1);
    }
    std::string nearest(std::string_view word) const {
        const auto near = spelling.nearest(word, [this](auto id) { return worths[id]; });
        return near ? words[near->id] : "";
    }
};

TEST(Spelling, finds_the_nearest_word) {
    const Known known{{"keyboard", "headphones", "mouse", "cable", "cabin"}};
    EXPECT_EQ(known.nearest("keybord"), "keyboard");
    EXPECT_EQ(known.nearest("haedphoens"), "headphones");
    EXPECT_EQ(known.nearest("mosue"), "mouse");
    EXPECT_EQ(known.nearest("cabel"), "cable");
    EXPECT_EQ(known.nearest("printer"), "");
}

TEST(Spelling, leaves_short_words_and_codes_alone) {
    const Known known{{"case", "mx500b", "drive"}};
    EXPECT_EQ(known.nearest("case1"), "");
    EXPECT_EQ(known.nearest("caze"), "");
    EXPECT_EQ(known.nearest("mx500c"), "");
    EXPECT_EQ(known.nearest("driv"), "drive");
    EXPECT_EQ(known.nearest(""), "");
    EXPECT_EQ(known.nearest(std::string(500, 'x')), "");
}

TEST(Spelling, takes_of_equally_near_words_what_is_worth_more) {
    EXPECT_EQ((Known{{"layer", "player"}, {3, 40}}.nearest("lpayer")), "player");
    EXPECT_EQ((Known{{"layer", "player"}, {40, 3}}.nearest("lpayer")), "layer");
    EXPECT_EQ((Known{{"layer", "player"}, {40, 0}}.nearest("lpayer")), "layer");
    EXPECT_EQ((Known{{"mouse", "house"}, {5, 5}}.nearest("hpuse")), "house");
}

}  // namespace
}  // namespace loquat::product
