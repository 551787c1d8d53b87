#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "base/markdown/entity.hpp"
#include "base/markdown/reader.hpp"
#include "wire/codec.hpp"

// The examples of the CommonMark specification, reduced to what is text, what is code and what is a
// link: `{code}`, `[link]`, `!(alternative text)`, `*emphasis*`, a line for each block.
namespace loquat::markdown {
namespace {

struct Example {
    std::int64_t number = 0;
    std::string section;
    std::string markdown;
    std::string html;
};
BOOST_DESCRIBE_STRUCT(Example, (), (number, section, markdown, html))

std::vector<Example> read_examples() {
    std::ifstream in{LOQUAT_SOURCE_DIR "/tests/corpora/commonmark.json", std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return wire::from_json<std::vector<Example>>(text.str());
}

// Joins text; white space is one space, or one line end where a block begins or ends.
class Outline {
  public:
    void text(std::string_view text) {
        for (const char c : text) {
            if (c == ' ' || c == '\n' || c == '\t') {
                gap_ = gap_ == 0 ? ' ' : gap_;
            } else {
                exact({&c, 1});
            }
        }
    }
    void exact(std::string_view text) {
        if (gap_ != 0 && !line_.empty()) {
            line_.push_back(gap_);
        }
        gap_ = 0;
        line_.append(text);
    }
    void block() { gap_ = '\n'; }
    std::string take() { return std::move(line_); }

  private:
    std::string line_;
    char gap_ = 0;
};

class FromReader final : public Listener {
  public:
    void on_text(std::string_view text, Origin) override { outline_.text(text); }
    // The line end of a span and the spaces before it are one space.
    void on_code(std::string_view text) override {
        if (in_block_) {
            outline_.exact(text);
        } else {
            outline_.text(text);
        }
    }
    void on_line_break() override { outline_.text(" "); }
    void on_enter(Element element) override {
        in_block_ = in_block_ || element == Element::code_block;
        mark(element, {"{", "[", "!(", "*"});
    }
    void on_leave(Element element) override {
        in_block_ = in_block_ && element != Element::code_block;
        mark(element, {"}", "]", ")", "*"});
    }
    std::string take() { return outline_.take(); }

  private:
    void mark(Element element, std::array<std::string_view, 4> marks) {
        switch (element) {
            case Element::code_span:
                return outline_.exact(marks[0]);
            case Element::code_block:
                outline_.block();
                outline_.exact(marks[0]);
                return outline_.block();
            case Element::link:
            case Element::autolink:
                return outline_.exact(marks[1]);
            case Element::image:
                return outline_.exact(marks[2]);
            case Element::emphasis:
                return outline_.exact(marks[3]);
            default:
                return outline_.block();
        }
    }

    Outline outline_;
    bool in_block_ = false;
};

// The specification's HTML, whose tags are its own: HTML of writers is a part that is off.
class FromHtml {
  public:
    explicit FromHtml(std::string_view html) : html_(html) {}

    std::string take() {
        while (!html_.empty()) {
            if (html_.front() == '<') {
                tag(cut(html_.find('>') + 1));
            } else if (html_.front() == '&') {
                add(decode_entity(cut(html_.find(';') + 1)));
            } else {
                add(cut(std::min(html_.find_first_of("<&"), html_.size())));
            }
        }
        return outline_.take();
    }

  private:
    std::string_view cut(std::size_t end) {
        const std::string_view part = html_.substr(0, end);
        html_.remove_prefix(part.size());
        return part;
    }

    void add(std::string_view text) {
        if (is_code_ && in_block_) {
            outline_.exact(text);
        } else {
            outline_.text(text);
        }
    }

    void tag(std::string_view tag) {
        const bool is_end = tag.starts_with("</");
        if (tag.starts_with("<code") || tag == "</code>") {
            if (in_block_) {
                outline_.block();
            }
            outline_.exact(is_end ? "}" : "{");
            is_code_ = !is_end;
            if (in_block_) {
                outline_.block();
            }
        } else if (tag.starts_with("<a ") || tag == "</a>") {
            outline_.exact(is_end ? "]" : "[");
        } else if (tag == "<em>" || tag == "<strong>" || tag == "</em>" || tag == "</strong>") {
            outline_.exact("*");
        } else if (tag.starts_with("<img ")) {
            image(tag);
        } else if (tag.starts_with("<br")) {
            outline_.text(" ");
        } else {
            in_block_ = tag == "<pre>" || (in_block_ && tag != "</pre>");
            outline_.block();
        }
    }

    void image(std::string_view tag) {
        constexpr std::string_view name = "alt=\"";
        std::string_view alt = tag.substr(tag.find(name) + name.size());
        alt = alt.substr(0, alt.find('"'));
        outline_.exact("!(");
        for (FromHtml inner{alt}; !inner.html_.empty();) {
            outline_.text(inner.take());
        }
        outline_.exact(")");
    }

    std::string_view html_;
    Outline outline_;
    bool is_code_ = false;
    bool in_block_ = false;
};

// Marks of emphasis and links say nothing in an alternative text.
std::string without_inner_marks(std::string_view outline) {
    std::string out;
    std::vector<bool> closes_image;
    std::size_t images = 0;
    for (std::size_t i = 0; i < outline.size(); ++i) {
        const char c = outline[i];
        if (outline.substr(i).starts_with("!(")) {
            out.append(images++ == 0 ? "!(" : "");
            ++i;
        } else if (c == ')' && images > 0) {
            out.append(--images == 0 ? ")" : "");
        } else if (images == 0 || (c != '*' && c != '[' && c != ']')) {
            out.push_back(c);
        }
    }
    return out;
}

std::string outline_of(std::string_view markdown) {
    FromReader reader;
    read(markdown, reader);
    return reader.take();
}

// Examples of other sections that have writers' HTML in them.
constexpr std::array html_elsewhere{21,  31,  201, 308, 309, 344, 475, 476,
                                    477, 491, 494, 524, 536, 642, 643};

bool is_of_html(const Example& example) {
    return example.section == "HTML blocks" || example.section == "Raw HTML" ||
           std::ranges::find(html_elsewhere, example.number) != html_elsewhere.end();
}

TEST(CommonMark, reads_the_examples_of_its_specification) {
    const auto examples = read_examples();
    ASSERT_EQ(examples.size(), 652U);
    int tried = 0;

    for (const Example& example : examples) {
        if (is_of_html(example)) {
            continue;
        }
        ++tried;
        EXPECT_EQ(without_inner_marks(outline_of(example.markdown)),
                  without_inner_marks(FromHtml{example.html}.take()))
            << example.section << ' ' << example.number << ":\n"
            << example.markdown;
    }

    EXPECT_GT(tried, 570);
}

}  // namespace
}  // namespace loquat::markdown
