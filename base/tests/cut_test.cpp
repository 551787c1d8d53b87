#include "base/cut.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/text.hpp"

namespace loquat {
namespace {

TEST(CutText, leaves_whole_characters_and_no_more_bytes_than_asked) {
    const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";

    for (std::size_t max = 0; max <= text.size() + 1; ++max) {
        const std::string_view cut = cut_text(text, max);

        EXPECT_LE(cut.size(), max);
        EXPECT_TRUE(is_utf8(cut)) << max;
        EXPECT_GT(cut.size() + 4, std::min(max, text.size()));
        EXPECT_TRUE(text.starts_with(cut));
    }
}

TEST(CutText, cuts_what_is_no_text_at_the_limit) {
    const std::string bytes(10, '\x80');

    EXPECT_EQ(cut_text(bytes, 7).size(), 7U);
    EXPECT_EQ(cut_text(bytes, 2).size(), 2U);
}

}  // namespace
}  // namespace loquat
