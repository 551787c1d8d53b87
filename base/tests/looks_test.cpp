#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

#include "base/unicode/fold.hpp"
#include "base/unicode/precis_context.hpp"
#include "base/unicode/tables.hpp"

using loquat::precis::fits_its_context;
using loquat::unicode::Joining;
using loquat::unicode::joining_of;
using loquat::unicode::Script;
using loquat::unicode::script_of;
using loquat::unicode::to_look;
using loquat::unicode::to_skeleton;

TEST(Tables, are_whole) {
    EXPECT_EQ(joining_of(U'a'), Joining::none);
    EXPECT_EQ(joining_of(0x0627), Joining::right);  // alef
    EXPECT_EQ(joining_of(0x0628), Joining::both);   // beh
    EXPECT_EQ(joining_of(0x0640), Joining::causing);
    EXPECT_EQ(joining_of(0x064E), Joining::transparent);
    EXPECT_EQ(joining_of(0xA872), Joining::left);          // Phags-pa
    EXPECT_EQ(joining_of(0x1E94B), Joining::transparent);  // the last one
    EXPECT_EQ(joining_of(0x10FFFF), Joining::none);
    EXPECT_EQ(script_of(0x0370), Script::greek);
    EXPECT_EQ(script_of(0x1FFE), Script::greek);
    EXPECT_EQ(script_of(0x05D0), Script::hebrew);
    EXPECT_EQ(script_of(0x3042), Script::hiragana);
    EXPECT_EQ(script_of(0x30AB), Script::katakana);
    EXPECT_EQ(script_of(0x323AF), Script::han);
    EXPECT_EQ(script_of(0x30FB), Script::other);
    EXPECT_EQ(script_of(0), Script::other);
}

// RFC 5892 appendix A.1 and A.2: after a virama, or for the non-joiner between letters that join.
TEST(Joiners, are_allowed_where_they_change_what_is_seen) {
    EXPECT_TRUE(fits_its_context(U"\u0915\u094D\u200C\u0937", 2));
    EXPECT_TRUE(fits_its_context(U"\u0915\u094D\u200D\u0937", 2));
    EXPECT_TRUE(fits_its_context(U"\u0628\u200C\u0628", 1));
    EXPECT_TRUE(fits_its_context(U"\u0628\u064E\u0651\u200C\u064E\u0628", 3));  // marks between
    EXPECT_TRUE(fits_its_context(U"\u0628\u200C\u0627", 1));
    EXPECT_TRUE(fits_its_context(U"\uA872\u200C\uA840", 1));          // Phags-pa, left joining
    EXPECT_TRUE(fits_its_context(U"\u1820\u200C\u1820", 1));          // Mongolian
    EXPECT_TRUE(fits_its_context(U"\U0001E922\u200C\U0001E922", 1));  // Adlam
    EXPECT_FALSE(fits_its_context(U"\u0627\u200C\u0628", 1));         // alef does not join
    EXPECT_FALSE(fits_its_context(U"\u0628\u200C\u0621", 1));         // nor hamza
    EXPECT_FALSE(fits_its_context(U"\u0640\u200C\u0628", 1));         // a tatweel is no letter
    EXPECT_FALSE(fits_its_context(U"\u0628\u200D\u0628", 1));         // a joiner says nothing
    EXPECT_FALSE(fits_its_context(U"a\u200Cb", 1));
    EXPECT_FALSE(fits_its_context(U"\u200C", 0));
    EXPECT_FALSE(fits_its_context(U"\u0628\u200C", 1));
    EXPECT_FALSE(fits_its_context(U"\u0628\u064E\u200C\u064E", 2));
}

// UTS 39 section 4 and its table of whole-script confusables.
TEST(Skeletons, are_equal_for_the_examples_of_unicode) {
    EXPECT_EQ(to_skeleton("paypal"), to_skeleton("p\u0430yp\u0430l"));  // Cyrillic а
    EXPECT_EQ(to_skeleton("scope"), to_skeleton("\u0455\u0441\u043E\u0440\u0435"));
    EXPECT_EQ(to_skeleton("\u01C9eto"), to_skeleton("ljeto"));  // one script
    EXPECT_EQ(to_skeleton("s\u00F8s"), to_skeleton("so\u0338s"));
    EXPECT_EQ(to_skeleton("rn"), to_skeleton("m"));
    EXPECT_EQ(to_skeleton("1"), to_skeleton("l"));
    EXPECT_EQ(to_skeleton("I"), to_skeleton("|"));
    EXPECT_EQ(to_skeleton("0"), to_skeleton("O"));
    EXPECT_EQ(to_skeleton("\u03BD"), to_skeleton("v"));      // Greek nu
    EXPECT_EQ(to_skeleton("\u13A2"), to_skeleton("T"));      // Cherokee
    EXPECT_EQ(to_skeleton("\u0585"), to_skeleton("o"));      // Armenian
    EXPECT_EQ(to_skeleton("\uA4D0"), to_skeleton("B"));      // Lisu
    EXPECT_EQ(to_skeleton("\U0001D41A"), to_skeleton("a"));  // mathematical bold
    EXPECT_EQ(to_skeleton("\u0627"), to_skeleton("l"));      // Arabic alef
    EXPECT_EQ(to_skeleton("\u0966"), to_skeleton("o"));      // Devanagari zero
    EXPECT_EQ(to_skeleton("a\u200Db"), "ab");
    EXPECT_EQ(to_skeleton("\u0439"), to_skeleton("\u0438\u0306"));
}

TEST(Skeletons, of_plain_letters_differ) {
    for (const auto& [one, other] : std::initializer_list<std::pair<const char*, const char*>>{
             {"i", "l"},
             {"i", "j"},
             {"o", "c"},
             {"u", "v"},
             {"w", "vv"},
             {"n", "h"},
             {"O", "o"},
             {"a", "\u00E4"},
             {"\u0438", "\u0439"},
             {"\u0430\u043D\u043D\u0430", "ahha"}}) {
        EXPECT_NE(to_skeleton(one), to_skeleton(other)) << one << " " << other;
    }
}

bool are_alike(const char* one, const char* other) {
    return loquat::unicode::are_alike(to_look(one), to_look(other));
}

TEST(Looks, are_alike_where_one_is_taken_for_the_other) {
    EXPECT_TRUE(are_alike("Anna", "anna"));
    EXPECT_TRUE(are_alike("Anna B", "anna  b"));
    EXPECT_TRUE(are_alike("Anna", "Аnnа"));  // Cyrillic А and а
    EXPECT_TRUE(are_alike("scope", "ѕсоре"));
    EXPECT_TRUE(are_alike("Ann\u200Ba", "Anna"));
    EXPECT_TRUE(are_alike("ＡＮＮＡ", "anna"));
    EXPECT_TRUE(are_alike("BOB", "ΒΟΒ"));    // Greek capitals
    EXPECT_TRUE(are_alike("anna", "ΑΝΝΑ"));  // whose small letters are αννα
    EXPECT_TRUE(are_alike("AHHA", "АННА"));
    EXPECT_TRUE(are_alike("Bob0", "bobo"));
    EXPECT_TRUE(are_alike("Iris", "lris"));
    EXPECT_TRUE(are_alike("Iris", "IRIS"));
    EXPECT_TRUE(are_alike("PayPaI", "paypal"));
    EXPECT_TRUE(are_alike("Tom", "Torn"));
    EXPECT_TRUE(are_alike("Straße", "STRASSE"));
    EXPECT_EQ(to_look("\u200B \u2800"), (loquat::unicode::Look{}));
    EXPECT_FALSE(are_alike("\u200B", "\u2800"));
}

TEST(Looks, of_names_of_other_plain_letters_are_not_alike) {
    EXPECT_FALSE(are_alike("Anna", "Hanna"));
    EXPECT_FALSE(are_alike("Zoë", "Zoe"));
    EXPECT_FALSE(are_alike("Ali", "All"));
    EXPECT_FALSE(are_alike("iris", "lris"));
    EXPECT_FALSE(are_alike("Bill", "Biil"));
    EXPECT_FALSE(are_alike("Ewa", "Evva"));
    EXPECT_FALSE(are_alike("Анна", "Ahha"));
    EXPECT_FALSE(are_alike("Мария", "Марина"));
    EXPECT_FALSE(are_alike("佐藤", "斎藤"));
}
