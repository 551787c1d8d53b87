#include <gtest/gtest.h>

#include "wire/codec.hpp"
#include "wire/limits.hpp"
#include "wire/schema.hpp"

namespace loquat::wire {
namespace {

struct Entry {
    std::string text;

    static constexpr std::array fields{Field{"text", 1, 3, ""}};
};
BOOST_DESCRIBE_STRUCT(Entry, (), (text))

struct Named {
    std::map<std::string, std::vector<std::string>> choices;
    std::map<std::string, Entry> entries;

    static constexpr std::array<std::string_view, 2> defaulted{"choices", "entries"};
    static constexpr std::array fields{Field{"choices", 0, 2, "What one may choose."}};
};
BOOST_DESCRIBE_STRUCT(Named, (), (choices, entries))

std::string problem_of(std::string_view json) {
    try {
        from_json<Named>(json);
        return {};
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fields.size(), 1U);
        return failure.fields.front().field + " " + failure.fields.front().code;
    }
}

TEST(Maps, come_back_as_they_were) {
    const std::string json =
        R"({"choices":{"a \"b\"":["x","y"],"é":[]},"entries":{"one":{"text":"1"}}})";
    const auto named = from_json<Named>(json);
    EXPECT_EQ(named.choices.at("a \"b\""), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(encode(named), json);
    EXPECT_EQ(encode(Named{}), R"({"choices":{},"entries":{}})");
}

TEST(Maps, say_where_they_are_wrong) {
    EXPECT_EQ(problem_of(R"({"choices":[]})"), "choices type");
    EXPECT_EQ(problem_of(R"({"choices":{"a":[],"b":[],"c":[]}})"), "choices too_long");
    EXPECT_EQ(problem_of(R"({"choices":{"a":[1]}})"), "choices.a[0] type");
    EXPECT_EQ(problem_of(R"({"entries":{"one":{"text":"long"}}})"), "entries.one.text too_long");
}

TEST(Maps, have_limits_as_values_too) {
    Named named{.choices = {{"a", {}}, {"b", {}}}, .entries = {{"one", {.text = "1"}}}};
    EXPECT_NO_THROW(check_limits(named));
    named.choices["c"] = {};
    EXPECT_THROW(check_limits(named), Failure);
    named.choices.clear();
    named.entries["two"].text = "long";
    EXPECT_THROW(check_limits(named), Failure);
}

TEST(Maps, are_described) {
    const Schema schema = schema_of<Named>();
    EXPECT_EQ(to_json(to_openapi_definition(schema)),
              R"({"type":"object","properties":{"choices":{"type":"object","additionalProperties":)"
              R"({"type":"array","items":{"type":"string"}},"minProperties":0,"maxProperties":2,)"
              R"("description":"What one may choose."},"entries":{"type":"object",)"
              R"("additionalProperties":{"$ref":"#/components/schemas/Entry"}}}})");
    EXPECT_NE(to_typescript(schema).find("choices?: Record<string, string[]>;"), std::string::npos);
    std::map<std::string, Schema> named;
    collect_named(schema, named);
    EXPECT_TRUE(named.contains("Entry"));
}

}  // namespace
}  // namespace loquat::wire
