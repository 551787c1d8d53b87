#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/auth/domain/names.hpp"
#include "services/auth/domain/password_rules.hpp"

namespace loquat::auth {
namespace {

std::string refused_field(auto call) {
    try {
        call();
    } catch (const Failure& failure) {
        EXPECT_EQ(http_status(failure.kind), 422);
        return failure.fields.empty() ? "?" : failure.fields.front().field;
    }
    return "";
}

std::string refused_for(std::string_view password, std::string_view username = "somebody",
                        const std::optional<std::string>& email = std::nullopt) {
    try {
        check_new_password("password", password, username, email);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "auth.weak_password");
        return failure.fields.at(0).code;
    }
    return "";
}

TEST(Username, is_folded_and_limited_in_length_and_alphabet) {
    EXPECT_EQ(to_username("Ann_B.c-9"), "ann_b.c-9");
    EXPECT_EQ(to_username("abc"), "abc");
    EXPECT_EQ(refused_field([] { to_username("Assistant"); }), "username");
    EXPECT_EQ(to_username(std::string(32, 'a')), std::string(32, 'a'));

    for (const std::string& bad :
         {std::string{"ab"}, std::string(33, 'a'), std::string{"a b"}, std::string{"a@b"},
          std::string{"z\u00fcri"}, std::string{}, std::string{"a\0b", 3}, std::string{"abc\n"}}) {
        EXPECT_EQ(refused_field([&] { to_username(bad); }), "username") << bad;
    }
}

TEST(Email, is_folded_and_absent_when_empty) {
    EXPECT_EQ(to_email(" Ann.B+tag@Example.COM "), "ann.b+tag@example.com");
    EXPECT_EQ(to_email(""), std::nullopt);
    EXPECT_EQ(to_email("  "), std::nullopt);
}

TEST(Email, must_look_like_one) {
    for (const std::string& bad :
         {std::string{"ann"}, std::string{"ann@"}, std::string{"@example.com"},
          std::string{"ann@example"}, std::string{"a@b@example.com"},
          std::string{"a b@example.com"}, std::string{"ann@-a.com"}, std::string{"ann@a..com"},
          std::string{".ann@example.com"}, std::string{"a..b@example.com"},
          std::string{"ann@example.com\r\nBcc: x@y.z"}, std::string(65, 'a') + "@example.com",
          "a@" + std::string(250, 'b') + ".com"}) {
        EXPECT_EQ(refused_field([&] { to_email(bad); }), "email") << bad;
    }
}

TEST(DisplayName, is_one_trimmed_line_of_up_to_64_characters) {
    std::string wide;
    for (int i = 0; i < 64; ++i) {
        wide += "\u00fc";
    }

    EXPECT_EQ(to_display_name("  Ann \u00dc. "), "Ann \u00dc.");
    EXPECT_EQ(to_display_name(wide), wide);
    for (const std::string& bad :
         {std::string{}, std::string{" "}, wide + "x", std::string{"a\nb"}, std::string{"a\tb"},
          std::string{"a\x1b[31mb"}, std::string{"\xff\xfe"}}) {
        EXPECT_EQ(refused_field([&] { to_display_name(bad); }), "display_name") << bad;
    }
}

TEST(UserAgent, is_kept_only_when_printable_and_cut) {
    EXPECT_EQ(to_user_agent("curl/8"), "curl/8");
    EXPECT_EQ(to_user_agent("a\r\nb"), "");
    EXPECT_EQ(to_user_agent(std::string(1000, 'x')).size(), 256U);
}

TEST(Password, has_10_to_128_characters_of_any_kind) {
    std::string wide;
    for (int i = 0; i < 128; ++i) {
        wide += i % 2 == 0 ? "\u00e9" : "\u6f22";
    }

    EXPECT_EQ(refused_for("blue kite9"), "");
    EXPECT_EQ(refused_for(wide), "");
    EXPECT_EQ(refused_for("blue kite"), "length");
    EXPECT_EQ(refused_for(wide + "x"), "length");
    EXPECT_EQ(refused_for("bad bytes here \xff"), "length");
}

TEST(Password, must_not_be_the_name_or_the_address) {
    EXPECT_EQ(refused_for("Somebody.Long", "somebody.long"), "is_name");
    EXPECT_EQ(refused_for("ann@example.com", "ann", "ann@example.com"), "is_name");
}

TEST(Password, must_not_be_what_everybody_tries_first) {
    for (const char* bad : {"password123", "PASSWORD123", "1234567890", "qwertyuiop", "iloveyou123",
                            "aaaaaaaaaaaa", "administrator", "changeme123"}) {
        EXPECT_EQ(refused_for(bad), "too_common") << bad;
    }
}

}  // namespace
}  // namespace loquat::auth
