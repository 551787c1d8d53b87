#include "base/markdown/plain_text.hpp"

#include "base/cut.hpp"
#include "base/markdown/reader.hpp"
#include "base/text.hpp"

namespace loquat::markdown {
namespace {

constexpr std::string_view ellipsis = "\xE2\x80\xA6";
// How much is read for each character that is wanted: marks and addresses take room of their own.
constexpr std::size_t bytes_each_character = 16;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// Joins what is readable; stops adding when there is enough.
class Line final : public Listener {
  public:
    explicit Line(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    void on_text(std::string_view text, Origin) override { add(text); }
    void on_code(std::string_view text) override { add(text); }
    void on_line_break() override { part(" "); }
    void on_enter(Element element) override {
        if (is_member(element) && has_member_) {
            part(", ");
        } else if (is_block(element)) {
            part(" ");
        }
        has_member_ = is_member(element) ? false : has_member_;
    }
    void on_leave(Element element) override {
        has_member_ = is_member(element) || element == Element::table_row;
    }
    std::string take() { return std::move(line_); }

  private:
    static bool is_member(Element element) {
        return element == Element::list_item || element == Element::table_cell;
    }
    static bool is_block(Element element) {
        return element < Element::code_span && element != Element::table_row;
    }

    // What stands between two parts; nothing before the first.
    void part(std::string_view separator) {
        if (separator.size() > separator_.size()) {
            separator_ = separator;
        }
    }

    void add(std::string_view text) {
        for (const char c : text) {
            if (is_space(c)) {
                part(" ");
                continue;
            }
            if (line_.size() >= bytes_max_) {
                return;
            }
            if (!line_.empty()) {
                line_.append(separator_);
            }
            separator_ = {};
            line_.push_back(c);
        }
    }

    std::size_t bytes_max_;
    std::string line_;
    std::string_view separator_;
    bool has_member_ = false;  // the next item or cell is not the first one
};

// Without an element: white space alone is made one.
std::string join_words(std::string_view text) {
    Line line{text.size() * 2};
    line.on_text(text, Origin::plain);
    return line.take();
}

std::string shorten(std::string line, std::size_t characters_max, bool has_more) {
    constexpr std::size_t character_bytes_max = 4;
    if (line.size() > characters_max * character_bytes_max || has_more ||
        (line.size() > characters_max && count_characters(line) > characters_max)) {
        std::size_t end = 0;
        for (std::size_t kept = 0; end < line.size() && kept + 1 < characters_max; ++kept) {
            end += 1;
            while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) {
                ++end;
            }
        }
        line.resize(end);
        while (!line.empty() && line.back() == ' ') {
            line.pop_back();
        }
        line.append(ellipsis);
    }
    return line;
}

}  // namespace

std::string to_plain_line(std::string_view text, std::size_t characters_max) {
    constexpr std::size_t character_bytes_max = 4;
    const std::string_view head = cut_text(text, characters_max * bytes_each_character);
    Line line{(characters_max + 1) * character_bytes_max};
    read(head, line);
    std::string plain = line.take();
    if (plain.empty()) {
        plain = join_words(head);
    }
    return shorten(std::move(plain), characters_max, head.size() < text.size());
}

}  // namespace loquat::markdown
