#include "wire/codec.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "wire/schema.hpp"

namespace loquat::wire {
namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

enum class Reach { private_, public_ };
BOOST_DESCRIBE_ENUM(Reach, private_, public_)

struct Inner {
    std::string name;
    std::int32_t count = 3;
    static constexpr std::array<std::string_view, 1> defaulted{"count"};
    static constexpr std::array fields{
        Field{.name = "name", .min = 1, .max = 5, .doc = "What it is called."},
        Field{.name = "count", .min = 0, .max = 10}};
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name, count))

struct Outer {
    Inner inner;
    std::vector<Inner> list;
    std::optional<std::string> note;
    std::optional<std::string> shown;
    Colour colour = Colour::red;
    static constexpr std::array<std::string_view, 1> nulls{"shown"};
};
BOOST_DESCRIBE_STRUCT(Outer, (), (inner, list, note, shown, colour))

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

const std::filesystem::path corpora = std::filesystem::path{LOQUAT_SOURCE_DIR} / "tests/corpora";

bool parses(std::string_view text) {
    try {
        parse(text, {.depth_max = 600});
        return true;
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "request.malformed_json");
        return false;
    }
}

TEST(Json, accepts_and_refuses_what_the_parsing_corpus_demands) {
    int seen = 0;

    for (const auto& entry : std::filesystem::directory_iterator{corpora / "json"}) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".json")) {
            continue;
        }
        const bool accepted = parses(read_file(entry.path()));
        ++seen;
        // A member that is there twice is valid JSON; here it is refused, because readers disagree
        // about it.
        const bool twice = name.starts_with("y_object_duplicated_key");
        if (name.starts_with("y_") && !twice) {
            EXPECT_TRUE(accepted) << name;
        } else if (name.starts_with("n_") || twice) {
            EXPECT_FALSE(accepted) << name;
        }
    }

    EXPECT_EQ(seen, 318);
}

TEST(Json, carries_every_naughty_string_unchanged) {
    const Value strings = parse(read_file(corpora / "naughty-strings.json"));
    ASSERT_NE(strings.if_array(), nullptr);
    EXPECT_GT(strings.if_array()->size(), 500U);

    for (const Value& item : *strings.if_array()) {
        const std::string text = to_json(item);

        EXPECT_EQ(*parse(text).if_string(), *item.if_string());
    }
}

TEST(Json, refuses_a_member_that_is_there_twice) {
    EXPECT_FALSE(parses(R"({"a":1,"a":2})"));
    EXPECT_FALSE(parses(R"({"a":{"b":1,"\u0062":2}})"));
}

TEST(Json, refuses_deep_nesting_and_bad_utf8) {
    EXPECT_FALSE(parses(std::string(700, '[') + std::string(700, ']')));
    EXPECT_FALSE(parses("\"\xff\""));
    EXPECT_FALSE(parses("\"\xed\xa0\x80\""));
}

TEST(Json, writes_numbers_that_read_back_the_same) {
    for (const double number : {0.1, 1e300, -2.5e-7, 123456789.125}) {
        std::string text;
        append_json_number(text, number);

        EXPECT_EQ(std::get<double>(parse(text).any()), number) << text;
    }
}

TEST(Json, reads_long_numbers_to_the_last_digit) {
    const std::string once = to_json(parse(std::string(98, '2')));

    EXPECT_EQ(to_json(parse(once)), once);
    EXPECT_EQ(std::get<double>(parse("0.3").any()), 0.3);
}

TEST(Json, writes_negative_zero_as_it_would_write_it_after_reading_it_back) {
    EXPECT_EQ(to_json(parse("-0.0")), "0");
    EXPECT_EQ(to_json(parse("-0")), "0");
}

TEST(Decode, ignores_unknown_members_and_lets_optional_ones_be_absent) {
    const auto outer = from_json<Outer>(
        R"({"inner":{"name":"a","else":[1]},"list":[{"name":"b","count":7}],"colour":"green","x":null})");

    EXPECT_EQ(outer.inner.count, 3);
    EXPECT_EQ(outer.list.at(0).count, 7);
    EXPECT_EQ(outer.colour, Colour::green);
    EXPECT_FALSE(outer.note);
}

TEST(Decode, names_every_bad_field_with_its_path) {
    try {
        from_json<Outer>(
            R"({"inner":{"name":"too long"},"list":[{"name":"b"},{"name":3}],"colour":"gren"})");
        FAIL() << "must be refused";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind, Kind::invalid);
        ASSERT_EQ(failure.fields.size(), 3U);
        EXPECT_EQ(failure.fields[0].field, "inner.name");
        EXPECT_EQ(failure.fields[0].code, "too_long");
        EXPECT_EQ(failure.fields[1].field, "list[1].name");
        EXPECT_EQ(failure.fields[2].message, "must be one of red, green; did you mean green?");
    }
}

TEST(Decode, refuses_numbers_that_do_not_fit) {
    for (const char* bad : {"99", "-1", "1.5", "\"1\"", "18446744073709551615", "1e99", "null"}) {
        const std::string text = std::string{R"({"name":"a","count":)"} + bad + "}";

        EXPECT_THROW(from_json<Inner>(text), Failure) << bad;
    }
}

struct Wide {
    std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(Wide, (), (seq))

TEST(Decode, refuses_numbers_beyond_64_bits_where_no_limit_is_said) {
    EXPECT_EQ(from_json<Wide>(R"({"seq":9223372036854775807})").seq,
              std::numeric_limits<std::int64_t>::max());
    for (const char* bad : {"9223372036854775808", "18446744073709551615", "1e19", "1e400"}) {
        const std::string text = std::string{R"({"seq":)"} + bad + "}";

        EXPECT_THROW(from_json<Wide>(text), Failure) << bad;
    }
}

struct Change {
    std::optional<std::optional<std::string>> name;
    std::optional<std::optional<double>> size;
    static constexpr std::array fields{Field{"name", 1, 3, ""}};
};
BOOST_DESCRIBE_STRUCT(Change, (), (name, size))

TEST(Decode, tells_null_from_what_is_absent) {
    const auto change = from_json<Change>(R"({"name":null})");
    const auto other = from_json<Change>(R"({"name":"ab","size":1.5})");

    ASSERT_TRUE(change.name);
    EXPECT_FALSE(*change.name);
    EXPECT_FALSE(change.size);
    EXPECT_EQ(**other.name, "ab");
    EXPECT_EQ(**other.size, 1.5);
    EXPECT_THROW(from_json<Change>(R"({"name":"abcd"})"), Failure);
    EXPECT_EQ(encode(change), R"({"name":null})");
}

TEST(Encode, leaves_out_absent_members_except_those_that_are_always_shown) {
    Outer outer{.inner = {.name = "a\n\"b\""}, .list = {}, .colour = Colour::green};

    EXPECT_EQ(encode(outer),
              R"({"inner":{"name":"a\n\"b\"","count":3},"list":[],"shown":null,"colour":"green"})");
}

TEST(Schema, prints_typescript_with_limits_kept_for_openapi) {
    std::map<std::string, Schema> named;

    collect_named(schema_of<Outer>(), named);

    EXPECT_EQ(to_typescript(named.at("Colour")), "export type Colour = \"red\" | \"green\";\n");
    EXPECT_NE(to_typescript(named.at("Outer")).find("  shown: string | null;\n"),
              std::string::npos);
    EXPECT_NE(to_typescript(named.at("Outer")).find("  note?: string | null;\n"),
              std::string::npos);
    EXPECT_NE(
        to_json(to_openapi_definition(named.at("Inner"))).find(R"("minLength":1,"maxLength":5)"),
        std::string::npos);
}

TEST(Enumeration, has_no_underscore_outside_where_its_value_is_a_word_of_the_language) {
    EXPECT_EQ(enum_name(Reach::private_), "private");
    EXPECT_EQ(find_enum<Reach>("public"), Reach::public_);
    EXPECT_EQ(find_enum<Reach>("public_"), std::nullopt);
    EXPECT_EQ(detail::schema_of<Reach>().values, (std::vector<std::string>{"private", "public"}));
}

}  // namespace
}  // namespace loquat::wire
