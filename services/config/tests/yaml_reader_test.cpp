#include "services/config/adapters/yaml_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.hpp"

namespace loquat::config {
namespace {

using testing::HasSubstr;

std::string flat(std::string_view text) {
    std::string out;
    for (const Document& document : read_yaml(text)) {
        for (const Entry& entry : document.entries) {
            out += entry.key + "=" + wire::to_json(entry.value) + " ";
        }
        out += "; ";
    }
    return out;
}

std::string refusal(std::string_view text) {
    try {
        read_yaml(text);
    } catch (const Failure& failure) {
        return failure.message;
    }
    return {};
}

TEST(YamlReader, flattens_as_spring_does) {
    EXPECT_EQ(flat("a:\n  b: x\n  l: [1, {c: d}]\ne: []\nn:\nm: {}\n'q.r': s\n1: one\n"),
              R"(a.b="x" a.l[0]=1 a.l[1].c="d" e="" n="" q.r="s" [1]="one" ; )");
    EXPECT_EQ(flat("a: 1\n---\na: 2\n"), "a=1 ; a=2 ; ");
    EXPECT_EQ(flat("[x, y]"), R"(document[0]="x" document[1]="y" ; )");
    EXPECT_EQ(flat(""), "");
}

TEST(YamlReader, gives_plain_words_the_types_of_yaml_1_1) {
    EXPECT_EQ(
        flat("[true, Yes, OFF, 'yes', 12, -0x1F, 0b101, 017, 1_000, 1.5, 1e3, 08, yEs, ~, 1.2.3]"),
        R"(document[0]=true document[1]=true document[2]=false document[3]="yes" )"
        R"(document[4]=12 document[5]=-31 document[6]=5 document[7]=15 document[8]=1000 )"
        R"(document[9]=1.5 document[10]="1e3" document[11]="08" document[12]="yEs" )"
        R"(document[13]="" document[14]="1.2.3" ; )");
}

TEST(YamlReader, knows_where_each_value_stands) {
    const auto documents = read_yaml("a:\n  b: x\n  c:\n    - y\n");

    EXPECT_EQ(documents[0].entries[0].line, 2u);
    EXPECT_EQ(documents[0].entries[0].column, 6u);
    EXPECT_EQ(documents[0].entries[1].line, 4u);
    EXPECT_EQ(documents[0].entries[1].column, 7u);
}

TEST(YamlReader, says_where_it_cannot_read) {
    EXPECT_THAT(refusal("a: 1\nb: [1\n"), HasSubstr("line 3"));
    EXPECT_THAT(refusal("a: 1\na: 2\n"), HasSubstr("line 2, column 4: \"a\" stands there twice"));
    EXPECT_THAT(refusal("? [a]\n: 1\n"), HasSubstr("a name must be a word"));
}

TEST(YamlReader, is_not_blown_up_by_aliases_or_depth) {
    std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 9; ++j) {
            laughs += "," + before;
        }
        laughs += "]\n";
    }
    EXPECT_THAT(refusal(laughs), HasSubstr("more than 10,000"));
    std::string deep = "a: ";
    for (int i = 0; i < 100; ++i) {
        deep += "{a: ";
    }
    EXPECT_THAT(refusal(deep + "1" + std::string(100, '}')), HasSubstr("deeper than 64"));
    EXPECT_NE(refusal(std::string(100'000, '[')), "");
}

}  // namespace
}  // namespace loquat::config
