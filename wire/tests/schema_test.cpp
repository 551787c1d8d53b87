#include "wire/schema.hpp"

#include <gtest/gtest.h>

#include "wire/codec.hpp"

namespace loquat::wire {
namespace {

struct Form {
    std::string needed;
    std::string clearable;
    std::optional<std::string> optional;
    std::optional<Value> anything;

    static constexpr std::array fields{Field{"needed", 1, 254, "", "email"},
                                       Field{"clearable", 0, 254, "", "email"},
                                       Field{"optional", 1, 64, ""}};
};
BOOST_DESCRIBE_STRUCT(Form, (), (needed, clearable, optional, anything))

std::string property(std::string_view name) {
    const Value definition = to_openapi_definition(schema_of<Form>());
    return to_json(*definition.find("properties")->find(name));
}

TEST(Schema, says_the_format_that_a_text_must_have) {
    EXPECT_EQ(property("needed"),
              R"({"type":"string","minLength":1,"maxLength":254,"format":"email"})");
}

TEST(Schema, lets_a_text_of_a_format_be_empty_where_it_may) {
    EXPECT_EQ(property("clearable"),
              R"({"anyOf":[{"type":"string","minLength":1,"maxLength":254,"format":"email"},)"
              R"({"type":"string","maxLength":0}]})");
}

TEST(Schema, lets_be_null_what_may_be_absent) {
    EXPECT_EQ(property("optional"),
              R"({"anyOf":[{"type":"string","minLength":1,"maxLength":64},{"type":"null"}]})");
}

TEST(Schema, has_no_choice_beside_any_value) { EXPECT_EQ(property("anything"), "{}"); }

}  // namespace
}  // namespace loquat::wire
