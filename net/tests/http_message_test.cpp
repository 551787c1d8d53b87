#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "net/http/codec.hpp"

namespace loquat::net::http {
namespace {

// What equal_names promises, said a character at a time.
bool are_equal(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

ParseState parse_value(const std::string& value) {
    RequestParser parser;
    RequestHead head;
    return parser.parse("GET / HTTP/1.1\r\nHost: a\r\nX: ." + value + ".\r\n\r\n", head);
}

TEST(FieldNames, are_equal_without_case_and_only_then) {
    for (std::size_t size = 0; size <= 20; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (int c = 0; c < 256; ++c) {
                for (const int other : {c ^ 0x20, c ^ 0x80, c + 1}) {
                    std::string a(size, 'x');
                    std::string b(size, 'X');
                    a[place] = static_cast<char>(c);
                    b[place] = static_cast<char>(other);
                    ASSERT_EQ(equal_names(a, b), are_equal(a, b))
                        << size << ' ' << place << ' ' << c;
                    b[place] = a[place];
                    ASSERT_TRUE(equal_names(a, b)) << size << ' ' << place << ' ' << c;
                }
            }
        }
    }
    EXPECT_FALSE(equal_names("content-length", "content-lengt"));
}

TEST(FieldValues, hold_no_control_character_at_any_place) {
    for (std::size_t size = 1; size <= 20; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (int c = 0; c < 256; ++c) {
                std::string value(size, 'v');
                value[place] = static_cast<char>(c);

                const bool is_good = (c >= 0x20 && c != 0x7f) || c == '\t';

                ASSERT_EQ(parse_value(value) == ParseState::done, is_good)
                    << size << ' ' << place << ' ' << c;
            }
        }
    }
}

TEST(ConnectionField, means_what_each_of_its_words_says) {
    RequestParser parser;
    RequestHead head;

    const ParseState state = parser.parse(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
        "Connection: x-other ,\tUpGrade, ,keep-alive\r\nConnection: CLOSE\r\n\r\n",
        head);

    EXPECT_EQ(state, ParseState::done);
    EXPECT_TRUE(head.upgrades);
    EXPECT_FALSE(head.keep_alive);
}

}  // namespace
}  // namespace loquat::net::http
