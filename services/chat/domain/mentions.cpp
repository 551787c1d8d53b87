#include "services/chat/domain/mentions.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t username_length_min = 3;
constexpr std::size_t username_length_max = 32;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

std::size_t run_length(std::string_view text, std::size_t at) {
    const std::size_t end = text.find_first_not_of(text[at], at);
    return (end == std::string_view::npos ? text.size() : end) - at;
}

// The offset after the run of exactly `length` backticks that closes a code span (CommonMark 6.1).
std::optional<std::size_t> find_span_end(std::string_view text, std::size_t from,
                                         std::size_t length) {
    for (std::size_t at = text.find('`', from); at != std::string_view::npos;
         at = text.find('`', at)) {
        const std::size_t run = run_length(text, at);
        at += run;
        if (run == length) {
            return at;
        }
    }
    return std::nullopt;
}

// A line that opens or closes a fenced block (CommonMark 4.5): at least three, after at most three
// spaces.
std::size_t fence_length(std::string_view line, char mark) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent > 3 || indent == line.size() || line[indent] != mark) {
        return 0;
    }
    const std::size_t run = run_length(line, indent);
    return run >= 3 ? run : 0;
}

class Scanner {
  public:
    Scanner(std::string_view text, std::size_t mentions_max)
        : text_(text), mentions_max_(mentions_max) {}

    std::vector<std::string> scan() {
        std::size_t paragraph = 0;
        for (std::size_t line = 0; line < text_.size();) {
            const std::size_t end = end_of_line(line);
            const char mark = fence_mark(line, end);
            if (trim(text_.substr(line, end - line)).empty()) {
                // A code span ends with its paragraph.
                scan_inline(text_.substr(paragraph, line - paragraph));
                paragraph = line;
            }
            if (mark == 0) {
                line = end + 1;
                continue;
            }
            scan_inline(text_.substr(paragraph, line - paragraph));
            line = after_fence(end + 1, mark, fence_length(text_.substr(line, end - line), mark));
            paragraph = line;
        }
        if (paragraph < text_.size()) {
            scan_inline(text_.substr(paragraph));
        }
        return std::move(found_);
    }

  private:
    std::size_t end_of_line(std::size_t line) const {
        return std::min(text_.find('\n', line), text_.size());
    }

    char fence_mark(std::size_t line, std::size_t end) const {
        const std::string_view text = text_.substr(line, end - line);
        // ```a``` on one line is a span, not a fence.
        if (const std::size_t length = fence_length(text, '`'); length > 0) {
            const std::size_t after = text.find('`') + length;
            return text.find('`', after) == std::string_view::npos ? '`' : '\0';
        }
        return fence_length(text, '~') > 0 ? '~' : '\0';
    }

    std::size_t after_fence(std::size_t line, char mark, std::size_t opened) const {
        while (line < text_.size()) {
            const std::size_t end = end_of_line(line);
            const std::string_view text = text_.substr(line, end - line);
            line = end + 1;
            const std::size_t closing = fence_length(text, mark);
            if (closing >= opened && trim(text).size() == closing) {
                return line;
            }
        }
        return text_.size();
    }

    void scan_inline(std::string_view part) {
        std::size_t at = 0;
        while ((at = part.find_first_of("`@", at)) != std::string_view::npos) {
            if (part[at] == '`') {
                const std::size_t run = run_length(part, at);
                at = find_span_end(part, at + run, run).value_or(at + run);
                continue;
            }
            at = take_name(part, at);
        }
    }

    std::size_t take_name(std::string_view part, std::size_t at) {
        std::size_t end = at + 1;
        while (end < part.size() && is_name_character(part[end])) {
            ++end;
        }
        const bool is_start = at == 0 || !(is_name_character(part[at - 1]) || part[at - 1] == '@');
        const std::size_t length = end - at - 1;
        if (is_start && length >= username_length_min) {
            add(part.substr(at + 1, std::min(length, username_length_max + 3)));
        }
        return end;
    }

    void add(std::string_view name) {
        std::string folded = to_lower_ascii(name);
        if (found_.size() < mentions_max_ && std::ranges::find(found_, folded) == found_.end()) {
            found_.push_back(std::move(folded));
        }
    }

    std::string_view text_;
    std::size_t mentions_max_;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> find_mentions(std::string_view text, std::size_t mentions_max) {
    if (text.find('@') == std::string_view::npos) {
        return {};
    }
    return Scanner{text, mentions_max}.scan();
}

bool shorten_mention(std::string& name) {
    const char last = name.back();
    if (name.size() <= username_length_min || (last != '.' && last != '-' && last != '_')) {
        return false;
    }
    name.pop_back();
    return true;
}

}  // namespace loquat::chat
