#include "services/config/domain/properties.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"

namespace loquat::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> pairs(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Document& document : read_properties(text)) {
        for (const Entry& entry : document.entries) {
            all.emplace_back(entry.key, *entry.value.if_string());
        }
    }
    return all;
}

TEST(Properties, are_read_as_java_reads_them) {
    EXPECT_THAT(
        pairs("a=1\nb: 2\nc 3\n d = 4 \ne\n# no\n! no\n\\#f=\\u00e4\\t!\n"
              "g.h\\=i\\ j = k = l\r\nm=n\\\n   o\n"),
        ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3"), Pair("d", "4 "), Pair("e", ""),
                    Pair("#f", "\xc3\xa4\t!"), Pair("g.h=i j", "k = l"), Pair("m", "no")));
}

TEST(Properties, take_the_last_of_a_name) {
    EXPECT_THAT(pairs("a=1\nb=2\na=3\n"), ElementsAre(Pair("a", "3"), Pair("b", "2")));
}

TEST(Properties, know_where_each_stands) {
    const auto documents = read_properties("\n  a=1\n#---\nb=\\\n2\nc=3");

    ASSERT_EQ(documents.size(), 2u);
    EXPECT_EQ(documents[0].entries[0].line, 2u);
    EXPECT_EQ(documents[0].entries[0].column, 3u);
    EXPECT_EQ(documents[1].entries[0].line, 4u);
    EXPECT_EQ(documents[1].entries[1].line, 6u);
}

TEST(Properties, say_where_they_cannot_be_read) {
    for (const std::string_view text : {"a=1\nb=\\u12", "a=1\nb=\\uzzzz", "a=1\nb=\\ud800"}) {
        try {
            read_properties(text);
            FAIL() << text;
        } catch (const Failure& failure) {
            EXPECT_THAT(failure.message, HasSubstr("line 2")) << text;
        }
    }
    EXPECT_THROW(read_properties("a=\xff"), Failure);
    EXPECT_THAT(pairs("a=\\ud83d\\ude00"), ElementsAre(Pair("a", "\xf0\x9f\x98\x80")));
}

TEST(Properties, read_back_what_was_written) {
    const std::string value = " a\tb\\c\nd = e : f # g";
    const std::string text =
        write_properties({{.key = "x", .value = value}, {.key = "n", .value = 1.5}});

    EXPECT_THAT(pairs(text), ElementsAre(Pair("x", value), Pair("n", "1.5")));
}

}  // namespace
}  // namespace loquat::config
