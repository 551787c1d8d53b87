#include "tests/fault/edits.hpp"

#include <gtest/gtest.h>

// What of an edited message may be read.
namespace loquat::test {
namespace {

TEST(EditedText, may_be_read_as_acknowledged_or_newer) {
    EditedText text;
    text.on_asked(1);
    EXPECT_EQ(text.first(), 0);
    EXPECT_EQ(text.last(), 1);

    text.on_acknowledged(1);
    text.on_asked(2);

    EXPECT_EQ(text.first(), 1);
    EXPECT_EQ(text.last(), 2);
}

// A request whose answer was lost may still be under way.
TEST(EditedText, may_be_read_as_an_edit_without_an_answer_for_ever) {
    EditedText text;
    text.on_asked(1);
    text.on_unknown(1);
    EXPECT_EQ(text.first(), 0);

    text.on_acknowledged(1);
    text.on_acknowledged(3);

    EXPECT_EQ(text.first(), 1);
}

}  // namespace
}  // namespace loquat::test
