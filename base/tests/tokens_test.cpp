#include "base/tokens.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace loquat {
namespace {

struct Sample {
    const char* name;
    std::string text;
    std::int64_t o200k;  // what the two usual tokenizers make of it
    std::int64_t cl100k;
};

const std::string english =
    "The quick brown fox jumps over the lazy dog. Please explain why the server answered slowly "
    "yesterday, and what we should change before the next release.";
const std::string german =
    "Die Verarbeitung nat\xc3\xbcrlicher Sprache ist ein Teilgebiet der Informatik. Ich m\xc3\xb6"
    "chte wissen, ob wir das Ger\xc3\xa4t sp\xc3\xa4ter zur\xc3\xbc"
    "ckgeben k\xc3\xb6nnen, falls es nicht gef\xc3\xa4llt.";
const std::string code =
    "for (std::size_t i = 0; i < items.size(); ++i) {\n    total += items[i].price * 100;\n}\n"
    "def load(path):\n    with open(path) as file:\n        return json.load(file)\n";
const std::string table =
    "| item | price | qty |\n|---|---:|---:|\n| Widget A | 1299.50 | 12 |\n| Total | 15855.00 | "
    "|\n";
const std::string chinese =
    "\xe4\xba\xba\xe5\xb7\xa5\xe6\x99\xba\xe8\x83\xbd\xe6\xad\xa3\xe5\x9c\xa8\xe6\x94\xb9\xe5\x8f"
    "\x98"
    "\xe6\x88\x91\xe4\xbb\xac\xe7\x9a\x84\xe7\x94\x9f\xe6\xb4\xbb\xe6\x96\xb9\xe5\xbc\x8f\xe3\x80"
    "\x82"
    "\xe4\xbb\x8a\xe5\xa4\xa9\xe5\xa4\xa9\xe6\xb0\x94\xe5\xbe\x88\xe5\xa5\xbd\xe3\x80\x82";

const Sample samples[] = {{"English", english, 29, 29},
                          {"German", german, 31, 39},
                          {"code", code, 50, 50},
                          {"a table", table, 39, 39},
                          {"Chinese", chinese, 13, 23}};

TEST(CountTokens, is_near_what_the_usual_tokenizers_say) {
    for (const Sample& sample : samples) {
        const auto counted = static_cast<double>(count_tokens(sample.text));

        EXPECT_GE(counted, 0.8 * static_cast<double>(std::min(sample.o200k, sample.cl100k)))
            << sample.name;
        EXPECT_LE(counted, 1.2 * static_cast<double>(std::max(sample.o200k, sample.cl100k)))
            << sample.name;
    }
}

TEST(CountTokens, counts_nothing_in_nothing) {
    EXPECT_EQ(count_tokens(""), 0);
    EXPECT_EQ(count_tokens("hello"), 1);
    EXPECT_EQ(count_tokens("hello world"), 2);
}

TEST(CountTokens, cuts_words_from_the_tenth_letter_on) {
    EXPECT_EQ(count_tokens("abcdefghi"), 1);
    EXPECT_EQ(count_tokens("abcdefghij"), 2);
    EXPECT_EQ(count_tokens("abcdefghijklmn"), 2);
    EXPECT_EQ(count_tokens("abcdefghijklmno"), 3);
}

TEST(CountTokens, counts_a_character_whose_end_is_missing) {
    EXPECT_EQ(count_tokens("\xe4\xb8"), 1);
}

TEST(TokenCounter, counts_the_same_however_the_text_is_cut) {
    const std::string text = english + "\r\n\n" + german + code + table + chinese +
                             " \xf0\x9f\x98\x80 camelCase 12 3456 \xff\xc3 \xe4\xba";
    const std::int64_t whole = count_tokens(text);

    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        TokenCounter counter;
        counter.add(std::string_view{text}.substr(0, cut));
        const std::int64_t before = counter.count();
        counter.add(std::string_view{text}.substr(cut));
        EXPECT_EQ(counter.count(), whole) << "cut at " << cut;
        EXPECT_LE(before, whole);
    }
}

TEST(TokenCounter, takes_any_bytes) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all.push_back(static_cast<char>(byte));
    }

    EXPECT_GT(count_tokens(all), 0);
}

}  // namespace
}  // namespace loquat
