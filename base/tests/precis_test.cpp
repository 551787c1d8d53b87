#include <gtest/gtest.h>

#include "base/unicode/fold.hpp"
#include "base/unicode/precis.hpp"

using loquat::precis::Property;
using loquat::precis::property_of;
using loquat::precis::to_nickname;
using loquat::precis::to_nickname_key;
using loquat::precis::to_opaque_string;
using loquat::precis::to_username_case_mapped;
using loquat::unicode::to_search_key;

TEST(Precis, gives_characters_the_properties_of_rfc_8264) {
    EXPECT_EQ(property_of(U'a'), Property::valid);
    EXPECT_EQ(property_of(U'~'), Property::valid);
    EXPECT_EQ(property_of(U' '), Property::free_only);
    EXPECT_EQ(property_of(U'ß'), Property::valid);
    EXPECT_EQ(property_of(U'ς'), Property::valid);
    EXPECT_EQ(property_of(U'♦'), Property::free_only);
    EXPECT_EQ(property_of(U'Ⅳ'), Property::free_only);
    EXPECT_EQ(property_of(0x00A0), Property::free_only);
    EXPECT_EQ(property_of(0x00B7), Property::context_other);
    EXPECT_EQ(property_of(0x0661), Property::context_other);
    EXPECT_EQ(property_of(0x200C), Property::context_join);
    EXPECT_EQ(property_of(0x0640), Property::disallowed);
    EXPECT_EQ(property_of(0x1100), Property::disallowed);  // old Hangul jamo
    EXPECT_EQ(property_of(0x3164), Property::disallowed);  // a filler that shows nothing
    EXPECT_EQ(property_of(0x0378), Property::unassigned);
}

TEST(Usernames, are_mapped_as_the_examples_of_rfc_8265) {
    EXPECT_EQ(to_username_case_mapped("juliet@example.com"), "juliet@example.com");
    EXPECT_EQ(to_username_case_mapped("fussball"), "fussball");
    EXPECT_EQ(to_username_case_mapped("fußball"), "fußball");
    EXPECT_EQ(to_username_case_mapped("π"), "π");
    EXPECT_EQ(to_username_case_mapped("Σ"), "σ");
    EXPECT_EQ(to_username_case_mapped("σ"), "σ");
    EXPECT_EQ(to_username_case_mapped("ς"), "ς");

    EXPECT_FALSE(to_username_case_mapped("foo bar"));
    EXPECT_FALSE(to_username_case_mapped(""));
    EXPECT_FALSE(to_username_case_mapped("henryⅣ"));
    EXPECT_FALSE(to_username_case_mapped("∞"));
}

TEST(Usernames, are_one_in_every_width_case_and_composition) {
    EXPECT_EQ(to_username_case_mapped("ＡＮＮＡ"), "anna");
    EXPECT_EQ(to_username_case_mapped("JU\u0308RGEN"), "jürgen");
    EXPECT_EQ(to_username_case_mapped("Ä"), to_username_case_mapped("a\u0308"));
    EXPECT_EQ(to_username_case_mapped("İ"), "i\u0307");
    EXPECT_FALSE(
        to_username_case_mapped("\u212Aelvin"));  // the Kelvin sign has a compatibility form
    EXPECT_FALSE(to_username_case_mapped("a\u200Bb"));
    EXPECT_FALSE(to_username_case_mapped("\xff"));
}

TEST(Usernames, keep_the_bidi_rule) {
    EXPECT_TRUE(to_username_case_mapped("שלום"));
    EXPECT_TRUE(to_username_case_mapped("שלום1"));
    EXPECT_FALSE(to_username_case_mapped("1שלום"));
    EXPECT_FALSE(to_username_case_mapped("abcשלום"));
    EXPECT_FALSE(to_username_case_mapped("שלוםabc"));
}

TEST(OpaqueStrings, are_mapped_as_the_examples_of_rfc_8265) {
    EXPECT_EQ(to_opaque_string("correct horse battery staple"), "correct horse battery staple");
    EXPECT_EQ(to_opaque_string("Correct Horse Battery Staple"), "Correct Horse Battery Staple");
    EXPECT_EQ(to_opaque_string("πßå"), "πßå");
    EXPECT_EQ(to_opaque_string("Jack of ♦s"), "Jack of ♦s");
    EXPECT_EQ(to_opaque_string("foo\u1680bar"), "foo bar");

    EXPECT_FALSE(to_opaque_string(""));
    EXPECT_FALSE(to_opaque_string("my cat is a \tby"));
}

TEST(OpaqueStrings, are_one_in_every_composition_and_keep_case_and_width) {
    EXPECT_EQ(to_opaque_string("pa\u0308ss"), "p\u00E4ss");
    EXPECT_EQ(to_opaque_string("a\u00A0b\u3000c"), "a b c");
    EXPECT_EQ(to_opaque_string(" Ａ "), " Ａ ");
    EXPECT_FALSE(to_opaque_string("a\u202Eb"));
    EXPECT_FALSE(to_opaque_string("a\u0378"));
}

TEST(Nicknames, are_compared_as_the_examples_of_rfc_8266) {
    EXPECT_EQ(to_nickname("Foo"), "Foo");
    EXPECT_EQ(to_nickname_key("Foo"), "foo");
    EXPECT_EQ(to_nickname_key("foo"), "foo");
    EXPECT_EQ(to_nickname_key("Foo Bar"), "foo bar");
    EXPECT_EQ(to_nickname_key("foo bar"), "foo bar");
    EXPECT_EQ(to_nickname_key("Σ"), "σ");
    EXPECT_EQ(to_nickname_key("σ"), "σ");
    EXPECT_EQ(to_nickname_key("ς"), "ς");
    EXPECT_EQ(to_nickname_key("♚"), "♚");
    EXPECT_EQ(to_nickname_key("Richard Ⅳ"), "richard iv");
    EXPECT_EQ(to_nickname("  Foo \u00A0 bar "), "Foo bar");
}

TEST(Nicknames, that_deceive_are_refused) {
    for (const char* bad : {"",          " ",         "\u3000",     "\u200B",     "\u200B\u200B",
                            "\u200C",    "\u200D",    "\u2060",     "\uFEFF",     "\u00AD",
                            "\u034F",    "\u115F",    "\u1160",     "\u3164",     "\uFFA0",
                            "\uFE0F",    "Ann\uFE0F", "a\u202Eb",   "\u202Aa",    "\u202Bb",
                            "c\u202C",   "\u202Dd",   "\u2066e",    "f\u2067",    "\u2068",
                            "g\u2069",   "\u200Eh",   "i\u200F",    "\u061C",     "a\u2028b",
                            "a\u2029b",  "a\tb",      "a\nb",       "a\x7F",      "\u0085",
                            "\u009B",    "\uE000",    "\U000F0000", "\U0010FFFD", "\u0378",
                            "\uFFFE",    "\uFDD0",    "\U000E0041", "\U000E0100", "\u180E",
                            "\u206A",    "\uFFF9",    "\u17B4",     "\xC0\x80",   "\xED\xA0\x80",
                            "Ann\u200D", "\u200DAnn"}) {
        EXPECT_FALSE(to_nickname(bad)) << bad;
    }
}

TEST(Nicknames, of_all_the_world_are_allowed) {
    for (const char* good : {"Anna",       "Zoë",          "O’Brien",        "Åse Łukasiewicz",
                             "Дмитрий",    "Ελένη",        "محمد",           "می\u200Cخواهم",
                             "שרה",        "小林 さくら",  "ジョン・スミス", "김민수",
                             "नरेन्द्र",      "สมชาย",        "Anna 🚀",        "👩\u200D💻",
                             "❤\uFE0F Bo", "👩🏽\u200D🚒", "🇩🇪 Max",         "l·l",
                             "A. B. (C)"}) {
        EXPECT_TRUE(to_nickname(good)) << good;
    }
}

TEST(SearchKeys, are_without_case_in_every_script) {
    EXPECT_EQ(to_search_key("ÄPFEL"), to_search_key("äpfel"));
    EXPECT_EQ(to_search_key("A\u0308pfel"), to_search_key("äpfel"));
    EXPECT_EQ(to_search_key("STRASSE"), to_search_key("straße"));
    EXPECT_EQ(to_search_key("ẞ"), "ss");
    EXPECT_EQ(to_search_key("İstanbul"), to_search_key("istanbul"));
    EXPECT_EQ(to_search_key("ısı"), to_search_key("ISI"));
    EXPECT_EQ(to_search_key("ΟΔΥΣΣΕΎΣ"), to_search_key("οδυσσεύς"));
    EXPECT_EQ(to_search_key("МОСКВА"), to_search_key("москва"));
    EXPECT_EQ(to_search_key("ＡＢＣ"), "abc");
    EXPECT_EQ(to_search_key("ﬁsh"), "fish");
}

TEST(SearchKeys, leave_out_the_marks_that_people_leave_out) {
    EXPECT_EQ(to_search_key("Zoë"), "zoe");
    EXPECT_EQ(to_search_key("Łódź"), "lodz");
    EXPECT_EQ(to_search_key("Søren Æ"), "soren ae");
    EXPECT_EQ(to_search_key("Ёлка"), to_search_key("елка"));
    EXPECT_EQ(to_search_key("Nguyễn"), "nguyen");
    EXPECT_NE(to_search_key("й"), to_search_key("и"));
    EXPECT_NE(to_search_key("が"), to_search_key("か"));
    EXPECT_NE(to_search_key("की"), to_search_key("क"));
}
