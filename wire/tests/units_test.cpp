#include "wire/units.hpp"

#include <gtest/gtest.h>

#include "wire/limits.hpp"
#include "wire/schema.hpp"

namespace loquat::wire {
namespace {

struct Pauses {
    std::chrono::milliseconds retry_ms_max{50};
    std::chrono::hours kept_hours{24};
    std::size_t entries_max = 10;
    Mebibytes cache_mib{64};

    static constexpr std::array<std::string_view, 4> defaulted{"retry_ms_max", "kept_hours",
                                                               "entries_max", "cache_mib"};
    static constexpr std::array fields{Field{"retry_ms_max", 1, 1'000, ""},
                                       Field{"cache_mib", 1, 100, ""}};
};
BOOST_DESCRIBE_STRUCT(Pauses, (), (retry_ms_max, kept_hours, entries_max, cache_mib))

struct Lying {
    std::chrono::seconds pause_ms{1};
};
BOOST_DESCRIBE_STRUCT(Lying, (), (pause_ms))

std::string message_of(std::string_view text) {
    try {
        from_json<Pauses>(text);
    } catch (const Failure& failure) {
        return failure.message;
    }
    return {};
}

TEST(Units, are_whole_numbers_of_what_the_name_says) {
    const auto pauses =
        from_json<Pauses>(R"({"retry_ms_max":7,"kept_hours":2,"entries_max":3,"cache_mib":5})");

    EXPECT_EQ(pauses.retry_ms_max, std::chrono::milliseconds{7});
    EXPECT_EQ(pauses.kept_hours, std::chrono::minutes{120});
    EXPECT_EQ(pauses.cache_mib.bytes(), std::size_t{5} << 20);
    EXPECT_EQ(encode(pauses), R"({"retry_ms_max":7,"kept_hours":2,"entries_max":3,"cache_mib":5})");
}

TEST(Units, have_the_limits_and_refusals_of_numbers) {
    EXPECT_EQ(message_of(R"({"retry_ms_max":0})"), "retry_ms_max must be 1 to 1000.");
    EXPECT_EQ(message_of(R"({"retry_ms_max":1001})"), "retry_ms_max must be 1 to 1000.");
    EXPECT_EQ(message_of(R"({"retry_ms_max":1.5})"), "retry_ms_max must be a whole number.");
    EXPECT_EQ(message_of(R"({"retry_ms_max":"5"})"), "retry_ms_max must be a whole number.");
    EXPECT_EQ(message_of(R"({"kept_hours":9223372036854775808})"),
              "kept_hours must be at most 9223372036854775807.");
    EXPECT_EQ(message_of(R"({"entries_max":-1})"), "entries_max must be at least 0.");
    EXPECT_EQ(message_of(R"({"cache_mib":101})"), "cache_mib must be 1 to 100.");
}

TEST(Units, are_limited_in_structs_that_were_never_text) {
    EXPECT_NO_THROW(check_limits(Pauses{}));
    EXPECT_THROW(check_limits(Pauses{.retry_ms_max = std::chrono::milliseconds{0}}), Failure);
    EXPECT_THROW(check_limits(Pauses{.cache_mib = Mebibytes{101}}), Failure);
}

TEST(Units, are_integers_in_documents) {
    const Schema schema = schema_of<Pauses>();

    for (const Schema::Property& property : schema.properties) {
        EXPECT_EQ(property.type.front().kind, Schema::Kind::integer) << property.name;
    }
    EXPECT_EQ(schema.properties.front().max, 1'000);
}

TEST(Units, must_be_named_as_a_word_of_the_members_name) {
    EXPECT_TRUE(names_say_units<Pauses>());
    EXPECT_FALSE(names_say_units<Lying>());
    EXPECT_TRUE(has_word("a_ms", "ms"));
    EXPECT_FALSE(has_word("items_max", "ms"));
    EXPECT_FALSE(has_word("", "ms"));
}

}  // namespace
}  // namespace loquat::wire
