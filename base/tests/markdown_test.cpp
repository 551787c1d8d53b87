#include <gtest/gtest.h>

#include "base/markdown/entity.hpp"
#include "base/markdown/plain_text.hpp"
#include "base/markdown/reader.hpp"

namespace loquat::markdown {
namespace {

// Counts what it is told; throws when there is more than it wants.
class Counter final : public Listener {
  public:
    explicit Counter(std::size_t calls_max = 1'000'000) : calls_max_(calls_max) {}
    void on_text(std::string_view text, Origin) override { note(text); }
    void on_code(std::string_view text) override { note(text); }
    void on_line_break() override { note({}); }
    void on_enter(Element) override { note({}); }
    void on_leave(Element) override { note({}); }
    std::size_t calls() const { return calls_; }
    std::size_t bytes() const { return bytes_; }

  private:
    void note(std::string_view text) {
        bytes_ += text.size();
        if (++calls_ > calls_max_) {
            throw std::runtime_error{"enough"};
        }
    }

    std::size_t calls_max_;
    std::size_t calls_ = 0;
    std::size_t bytes_ = 0;
};

std::string repeated(std::string_view part, std::size_t bytes) {
    std::string text;
    while (text.size() + part.size() <= bytes) {
        text.append(part);
    }
    return text;
}

TEST(Reader, tells_of_no_more_than_a_few_things_for_each_byte) {
    constexpr std::size_t bytes = 64'000;
    for (const char* part :
         {"[a](",       "[",       "![",   "![l",   "> ",  "- ",   "* a\n",    "1. ",    "<!--",
          "<?",         "**a *a ", "a**b", "`a``b", "\\",  "\\\\", "[a]: b\n", "[a][b]", "|a",
          "|x|\n|-|\n", "~~a~ ",   "&",    "&amp;", "a\n", "\n",   "_",        "*",      "* * * ",
          "``` ",       "    a\n", "<h:",  "[a\n",  "\t",  "a@b."}) {
        Counter counter;

        read(repeated(part, bytes), counter);

        EXPECT_LE(counter.calls(), 4 * bytes) << part;
        EXPECT_LE(counter.bytes(), 2 * bytes) << part;
    }
}

TEST(Reader, makes_no_cells_for_rows_that_are_shorter_than_their_head) {
    const std::string text =
        repeated("|a", 600) + "\n" + repeated("|-", 600) + "\n" + repeated("x\n", 60'000);
    Counter counter;

    read(text, counter);

    EXPECT_LE(counter.calls(), 20 * text.size());
}

TEST(Reader, hands_on_what_its_listener_throws) {
    Counter counter{3};

    EXPECT_THROW(read("a\n\nb\n\nc", counter), std::runtime_error);
}

TEST(Entity, is_decoded_by_name_and_number) {
    EXPECT_EQ(decode_entity("&amp;"), "&");
    EXPECT_EQ(decode_entity("&#64;"), "@");
    EXPECT_EQ(decode_entity("&#x1F95D;"), "\U0001F95D");
    EXPECT_EQ(decode_entity("&#0;"), "\uFFFD");
    EXPECT_EQ(decode_entity("&#xD800;"), "\uFFFD");
    EXPECT_EQ(decode_entity("&ngE;"), "\u2267\u0338");
    EXPECT_EQ(decode_entity("&nosuch;"), "");
}

TEST(PlainLine, is_one_line_without_marks) {
    EXPECT_EQ(to_plain_line("# A **b**\n\n- `c`\n- [d](e)", 240), "A b c, d");
    EXPECT_EQ(to_plain_line("", 240), "");
    EXPECT_EQ(to_plain_line("***", 240), "***");
}

TEST(PlainLine, is_cut_by_characters_with_an_ellipsis) {
    EXPECT_EQ(to_plain_line("\u00e9\u00e9\u00e9", 3), "\u00e9\u00e9\u00e9");
    EXPECT_EQ(to_plain_line("\u00e9\u00e9\u00e9\u00e9", 3), "\u00e9\u00e9\u2026");
    EXPECT_EQ(to_plain_line("ab cd", 4), "ab\u2026");
    EXPECT_EQ(to_plain_line(std::string(100'000, 'x'), 1), "\u2026");
}

TEST(PlainLine, says_that_there_is_more_than_it_looked_at) {
    const std::string text = "[a](" + std::string(10'000, 'x') + ") b";

    EXPECT_TRUE(to_plain_line(text, 10).ends_with("\u2026"));
}

}  // namespace
}  // namespace loquat::markdown
