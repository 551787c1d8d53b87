#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/auth/domain/names.hpp"
#include "services/auth/domain/password_rules.hpp"
#include "services/auth/domain/reserved_names.hpp"

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

TEST(Username, is_one_in_every_width) {
    EXPECT_EQ(to_username("ＡＮＮ＿９"), "ann_9");
    EXPECT_EQ(to_login(" ＡＮＮ "), "ann");
    EXPECT_EQ(to_login("Ann@Example.com"), "ann@example.com");
    EXPECT_EQ(refused_field([] { to_username("a\u200Bnn"); }), "username");
    EXPECT_EQ(refused_field([] { to_username("\u0430nna"); }), "username");  // Cyrillic
    EXPECT_EQ(refused_field([] { to_username("\u212Aelvin"); }), "username");
}

TEST(Username, that_speaks_for_the_house_or_everybody_is_reserved) {
    for (const char* name : {"admin",         "ADMIN",
                             "Administrator", "ad.min",
                             "adm1n",         "_admin_",
                             "r00t",          "root",
                             "system",        "sy5tem",
                             "support",       "assistant",
                             "Assistant",     "here",
                             "all",           "a11",
                             "channel",       "everyone",
                             "loquat",        "Loquat",
                             "ＡＤＭＩＮ",    "removed-0123456789ab"}) {
        EXPECT_EQ(refused_field([&] { to_username(name); }), "username") << name;
    }
    for (const char* name : {"ann", "adminton", "rooted", "ally", "hereford", "systemat1c"}) {
        EXPECT_EQ(refused_field([&] { to_username(name); }), "") << name;
    }
    EXPECT_EQ(to_username("support", NameChoice::administrators), "support");
    EXPECT_EQ(refused_field([] { to_username("Assistant", NameChoice::administrators); }),
              "username");
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

TEST(DisplayName, that_deceives_is_refused) {
    for (const char* bad : {"\u200B\u200C\u200D", "a\u202Eb", "\u2067a", "a\u2028b", "a\u2029b",
                            "\u3164", "\u2800", "\u200F", "\uE000", "\u0378", "\u0301",
                            "a\u0301\u0302\u0303\u0304\u0305\u0306", "\uFFFC"}) {
        EXPECT_EQ(refused_field([&] { to_display_name(bad); }), "display_name") << bad;
    }
}

TEST(DisplayName, is_stored_in_one_form) {
    EXPECT_EQ(to_display_name("Zoe\u0308"), "Zo\u00EB");
    EXPECT_EQ(to_display_name("\u3000Ann\u00A0\u00A0B "), "Ann B");
    EXPECT_EQ(to_shown_name("a\u202Eb", "ann"), "ann");
    EXPECT_EQ(to_shown_name("Ann", "ann"), "Ann");
}

TEST(NewPassword, has_one_form_whatever_typed_it) {
    EXPECT_EQ(to_new_password("password", "pa\u0308sswort lang"), "p\u00E4sswort lang");
    EXPECT_EQ(to_new_password("password", "a\u00A0long password"), "a long password");
    EXPECT_EQ(refused_field([] { to_new_password("new_password", "a\u200Blong password"); }),
              "new_password");
    EXPECT_EQ(refused_field([] { to_new_password("password", "a\tlong password"); }), "password");
    EXPECT_EQ(list_password_forms("plain"), std::vector<std::string>{"plain"});
    EXPECT_EQ(list_password_forms("a\u0308"), (std::vector<std::string>{"\u00E4", "a\u0308"}));
    EXPECT_EQ(list_password_forms("a\tb"), std::vector<std::string>{"a\tb"});
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
