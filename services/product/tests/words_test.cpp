#include "services/product/search/words.hpp"

#include <gtest/gtest.h>

namespace loquat::product {
namespace {

using Texts = std::vector<std::string>;

Texts texts_of(std::string_view text) {
    Texts texts;
    for (Word& word : words_of(text)) {
        texts.push_back(std::move(word.text));
    }
    return texts;
}

TEST(Words, are_without_case_and_accents) {
    EXPECT_EQ(texts_of("Crème BRÛLÉE, Łódź"), (Texts{"creme", "brulee", "lodz"}));
    EXPECT_EQ(texts_of(" .,;- "), Texts{});
    EXPECT_EQ(texts_of(""), Texts{});
}

TEST(Words, are_in_the_singular) {
    EXPECT_EQ(texts_of("batteries boxes glasses cases watches brushes shoes tvs"),
              (Texts{"battery", "box", "glass", "case", "watch", "brush", "shoe", "tv"}));
    EXPECT_EQ(texts_of("glass bus lens lenses tennis is"),
              (Texts{"glass", "bus", "lens", "lens", "tennis", "is"}));
}

TEST(Words, lose_what_says_whose_something_is) {
    EXPECT_EQ(texts_of("men's women\u2019s kids'"), (Texts{"men", "women", "kid"}));
    EXPECT_EQ(texts_of("'stand' d'or"), (Texts{"stand", "d", "or"}));
}

TEST(Words, have_numbers_apart_from_their_units) {
    for (const auto* text : {"33cm", "33 cm", "33 centimetres", "33 CM", "33.0cm"}) {
        EXPECT_EQ(texts_of(text), (Texts{"33", "cm"})) << text;
    }
    for (const auto* text :
         {"13\"", "13 inch", "13-inch", "13''", "13\u2033", "13in", "13 inches"}) {
        EXPECT_EQ(texts_of(text), (Texts{"13", "inch"})) << text;
    }
    EXPECT_EQ(texts_of("2 in 1"), (Texts{"2", "in", "1"}));
    EXPECT_EQ(texts_of("\"quoted\""), Texts{"quoted"});
}

TEST(Words, keep_decimal_numbers_whole) {
    EXPECT_EQ(texts_of("43.20 cm, 2.4 GHz. 5.0 1.2.3"),
              (Texts{"43.2", "cm", "2.4", "ghz", "5", "1.2.3"}));
}

TEST(Words, keep_codes_whole) {
    EXPECT_EQ(texts_of("006R90321 5600xt dv7-1211ea"),
              (Texts{"006r90321", "5600xt", "dv7", "1211ea"}));
}

TEST(Words, of_scripts_without_spaces_are_single_characters) {
    EXPECT_EQ(texts_of("電池 AA"), (Texts{"電", "池", "aa"}));
}

TEST(Words, stand_where_they_stand_in_code_points) {
    const auto words = words_of("Crème, 13\" é");
    EXPECT_EQ(words,
              (std::vector<Word>{{"creme", 0, 5}, {"13", 7, 2}, {"inch", 9, 1}, {"e", 11, 1}}));
}

TEST(Words, say_what_a_hyphen_joins) {
    WordReader reader{"t-shirt - blue"};
    std::vector<bool> joined;
    while (reader.next()) {
        joined.push_back(reader.follows_hyphen());
    }
    EXPECT_EQ(joined, (std::vector<bool>{false, true, false}));
}

TEST(Words, have_a_plural_that_is_read_as_the_word) {
    for (const auto* word : {"battery", "box", "watch", "brush", "case", "toy", "glass", "phone"}) {
        EXPECT_EQ(texts_of(plural_of(word)), Texts{word});
    }
}

TEST(CodeKey, is_what_two_spellings_have_in_common) {
    EXPECT_EQ(code_key("MX-500/b"), "mx500b");
    EXPECT_EQ(code_key(" mx 500 B "), "mx500b");
    EXPECT_EQ(code_key("--"), "");
}

}  // namespace
}  // namespace loquat::product
