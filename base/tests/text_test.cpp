#include "base/text.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/html.hpp"

namespace loquat {
namespace {

std::string encoded(char32_t c) {
    const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
    if (c < 0x80) {
        return {byte(c)};
    }
    if (c < 0x800) {
        return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
    }
    if (c < 0x10000) {
        return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
    }
    return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)),
            byte(0x80 | (c & 0x3F))};
}

// Every form of three bytes, and of four with the last one fixed, is text exactly when it is how
// its code point is written.
TEST(Utf8, takes_each_code_point_in_its_one_form) {
    for (char32_t c = 0; c < 0x120000; c += c < 0x11000 ? 1 : 0x40) {
        const bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
        EXPECT_EQ(is_utf8(encoded(c)), !is_surrogate && c <= 0x10FFFF) << static_cast<int>(c);
    }
    for (int second = 0x80; second < 0xC0; ++second) {
        const char byte = static_cast<char>(second);
        EXPECT_EQ(is_utf8(std::string{'\xe0', byte, '\x80'}), second >= 0xA0) << second;
        EXPECT_EQ(is_utf8(std::string{'\xed', byte, '\x80'}), second < 0xA0) << second;
        EXPECT_EQ(is_utf8(std::string{'\xf0', byte, '\x80', '\x80'}), second >= 0x90) << second;
        EXPECT_EQ(is_utf8(std::string{'\xf4', byte, '\x80', '\x80'}), second < 0x90) << second;
    }
}

TEST(Utf8, refuses_overlong_forms_surrogates_and_cut_sequences) {
    EXPECT_TRUE(is_utf8("a\u00e9\u4e2d\U0001F95D"));
    for (const char* bad :
         {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe4\xb8", "\x80"}) {
        EXPECT_FALSE(is_utf8(bad));
    }
    EXPECT_EQ(count_characters("\u4e2d\U0001F95D"), 2U);
}

TEST(Text, finds_control_characters_but_lets_tab_and_newline_pass) {
    EXPECT_FALSE(find_control_character("a\tb\n\u00e9"));
    EXPECT_EQ(find_control_character("ab\x01"), 2U);
    EXPECT_EQ(find_control_character("\x7f"), 0U);
    EXPECT_EQ(find_control_character("x\u0085"), 1U);
    EXPECT_EQ(find_control_character("\u0080"), 0U);
    EXPECT_EQ(find_control_character("\u009f"), 0U);
    EXPECT_FALSE(find_control_character("\u00a0"));
}

TEST(Text, normalises_line_ends) { EXPECT_EQ(normalise_line_ends("a\r\nb\rc\n\r"), "a\nb\nc\n\n"); }

TEST(Text, percent_decoding_refuses_bad_escapes) {
    EXPECT_EQ(percent_decode("a%20b%2F"), "a b/");
    EXPECT_EQ(percent_decode("%41"), "A");
    EXPECT_FALSE(percent_decode("%"));
    EXPECT_FALSE(percent_decode("%2"));
    EXPECT_FALSE(percent_decode(std::string_view{"%20", 2}));
    EXPECT_FALSE(percent_decode("%zz"));
    EXPECT_EQ(percent_decode(percent_encode("\u00e9 /?")), "\u00e9 /?");
}

TEST(Number, is_digits_only_and_fits) {
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
    for (const char* bad : {"", "18446744073709551616", "12x", "12 ", " 12", "+12", "-1", "0x10"}) {
        EXPECT_FALSE(parse_number(bad)) << bad;
    }
}

TEST(Suggest, finds_a_typing_error_but_not_another_word) {
    const std::vector<std::string> known{"message_bytes_max", "port"};

    EXPECT_EQ(suggest("mesage_bytes_max", known), "message_bytes_max");
    EXPECT_EQ(suggest("prot", known), "port");
    EXPECT_FALSE(suggest("address", known));
}

TEST(Html, holds_text_that_says_no_tags) {
    EXPECT_EQ(escape_html(R"(<a href="x">R&D's</a>)"),
              "&lt;a href=&quot;x&quot;&gt;R&amp;D's&lt;/a&gt;");
}

}  // namespace
}  // namespace loquat
