#include <gtest/gtest.h>

#include "wire/schema.hpp"

namespace loquat::wire {
namespace {

struct Came {
    static constexpr std::string_view event_type = "came";
    std::string who;
    std::optional<std::int64_t> seat;
    std::optional<std::int64_t> after;
    static constexpr std::array<std::string_view, 1> nulls{"after"};
};
BOOST_DESCRIBE_STRUCT(Came, (), (who, seat, after))

struct Gone {
    static constexpr std::string_view event_type = "gone";
};
BOOST_DESCRIBE_STRUCT(Gone, (), ())

struct Door : OneOf<Came, Gone> {};

struct Told {
    static constexpr std::string_view event_type = "told";
    Encoded<Door> event;
};
BOOST_DESCRIBE_STRUCT(Told, (), (event))

TEST(Tagged, structs_are_written_with_their_type_first) {
    EXPECT_EQ(encode(Came{"ann", 3, {}}), R"({"type":"came","who":"ann","seat":3,"after":null})");
    EXPECT_EQ(encode(Gone{}), R"({"type":"gone"})");
}

TEST(Tagged, structs_of_another_type_are_refused) {
    EXPECT_EQ(from_json<Came>(R"({"type":"came","who":"ann"})").who, "ann");
    EXPECT_THROW(from_json<Came>(R"({"type":"gone","who":"ann"})"), Failure);
    EXPECT_THROW(from_json<Gone>("{}"), Failure);
    EXPECT_THROW(from_json<Gone>(R"({"type":7})"), Failure);
}

TEST(Tagged, what_is_encoded_is_put_in_as_it_is_and_comes_back) {
    const std::string text = encode(Told{{encode(Gone{})}});

    EXPECT_EQ(text, R"({"type":"told","event":{"type":"gone"}})");
    EXPECT_EQ(from_json<Told>(text).event.json, R"({"type":"gone"})");
}

TEST(Tagged, structs_and_unions_of_them_are_types_of_the_web_app) {
    EXPECT_EQ(to_typescript(schema_of<Came>()),
              "export interface Came {\n  type: \"came\";\n  who: string;\n  seat?: number;\n"
              "  after: number | null;\n}\n");
    EXPECT_EQ(to_typescript(schema_of<Door>()), "export type Door =\n  | Came\n  | Gone;\n");
    EXPECT_EQ(to_typescript(schema_of<Told>()),
              "export interface Told {\n  type: \"told\";\n  event: Door;\n}\n");
}

TEST(Tagged, structs_have_a_constant_in_openapi) {
    const Value definition = to_openapi_definition(schema_of<Gone>());

    EXPECT_EQ(to_json(definition),
              R"({"type":"object","properties":{"type":{"const":"gone"}},"required":["type"]})");
    EXPECT_EQ(to_json(to_openapi_definition(schema_of<Door>())),
              R"({"oneOf":[{"$ref":"#/components/schemas/Came"},)"
              R"({"$ref":"#/components/schemas/Gone"}]})");
}

}  // namespace
}  // namespace loquat::wire
