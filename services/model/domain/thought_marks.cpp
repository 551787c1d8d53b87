#include "services/model/domain/thought_marks.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::model {
namespace {

using Found = MarkMatch::Found;

struct Literal {
    std::string_view text;
    MarkKind kind;
};

// Tokens of models, which servers leave in the text when they do not know them.
constexpr std::array literals{
    Literal{"<|begin_of_thought|>", MarkKind::open},
    Literal{"<|end_of_thought|>", MarkKind::close},
    Literal{"<|begin_of_solution|>", MarkKind::noise},
    Literal{"<|end_of_solution|>", MarkKind::noise},
    Literal{"<|start_thinking|>", MarkKind::open},
    Literal{"<|end_thinking|>", MarkKind::close},
    Literal{"<|start_response|>", MarkKind::noise},
    Literal{"<|end_response|>", MarkKind::noise},
    Literal{"<|think|>", MarkKind::open},
    Literal{"<|/think|>", MarkKind::close},
    Literal{"<|inner_prefix|>", MarkKind::open},
    Literal{"<|inner_suffix|>", MarkKind::close},
    Literal{"<unused94>", MarkKind::open},
    Literal{"<unused95>", MarkKind::close},
    Literal{"<|channel>", MarkKind::open},
    Literal{"<channel|>", MarkKind::close},
    Literal{"<|channel|>", MarkKind::channel},
    Literal{"<|start|>", MarkKind::start},
    Literal{"<|message|>", MarkKind::message},
    Literal{"<|end|>", MarkKind::stop},
    Literal{"<|return|>", MarkKind::stop},
    Literal{"<|call|>", MarkKind::stop},
    Literal{"\xe2\x97\x81think\xe2\x96\xb7", MarkKind::open},
    Literal{"\xe2\x97\x81/think\xe2\x96\xb7", MarkKind::close},
};
// In small letters these are words of people.
constexpr std::array exact_literals{Literal{"[THINK]", MarkKind::open},
                                    Literal{"[/THINK]", MarkKind::close}};

constexpr std::array thought_names{"think",  "thinking",  "thought",       "thoughts",
                                   "reason", "reasoning", "longcat_think", "antthinking"};
constexpr std::array answer_names{"answer", "response"};

constexpr std::size_t name_bytes_max = 32;
constexpr std::size_t tag_bytes_max = 128;

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '_' || c == '-';
}

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n'; }

template <std::size_t N>
bool is_one_of(const std::array<const char*, N>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](const char* one) { return name == one; });
}

// In any case, and behind a name space: <seed:think>.
MarkMatch judge_name(std::string_view raw, bool closes) {
    const std::string name = to_lower_ascii(raw);
    const std::size_t colon = name.rfind(':');
    const std::string_view base = colon == std::string::npos
                                      ? std::string_view{name}
                                      : std::string_view{name}.substr(colon + 1);
    if (is_one_of(thought_names, base)) {
        return {Found::yes, closes ? MarkKind::close : MarkKind::open, 0};
    }
    if (is_one_of(answer_names, base)) {
        return {Found::yes, closes ? MarkKind::answer_close : MarkKind::answer_open, 0};
    }
    return {};
}

// <name>, </name>, <name attributes>, <name/>.
MarkMatch match_tag(std::string_view text) {
    std::size_t at = 1;
    const bool closes = at < text.size() && text[at] == '/';
    at += closes ? 1 : 0;
    while (at < text.size() && closes && is_white(text[at]) && at < 4) {
        ++at;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_name_byte(text[at]) && at - begin <= name_bytes_max) {
        ++at;
    }
    if (at == text.size()) {
        return at - begin > name_bytes_max ? MarkMatch{} : MarkMatch{.found = Found::perhaps};
    }
    MarkMatch match = judge_name(text.substr(begin, at - begin), closes);
    if (match.found == Found::no || !(is_white(text[at]) || text[at] == '/' || text[at] == '>')) {
        return {};
    }
    const std::size_t end = text.find_first_of("<>", at);
    if (end == std::string_view::npos) {
        return text.size() > tag_bytes_max ? MarkMatch{} : MarkMatch{.found = Found::perhaps};
    }
    if (text[end] == '<' || end > tag_bytes_max) {
        return {};
    }
    if (text[end - 1] == '/' && !closes) {
        match.kind = match.kind == MarkKind::open ? MarkKind::empty : MarkKind::noise;
    }
    match.size = end + 1;
    return match;
}

// Compares as far as both go.
Found compare(std::string_view text, std::string_view literal, bool ignores_case) {
    const std::size_t size = std::min(text.size(), literal.size());
    for (std::size_t i = 0; i < size; ++i) {
        const char c = text[i];
        const bool is_upper = ignores_case && c >= 'A' && c <= 'Z';
        if ((is_upper ? static_cast<char>(c + ('a' - 'A')) : c) != literal[i]) {
            return Found::no;
        }
    }
    return size == literal.size() ? Found::yes : Found::perhaps;
}

template <std::size_t N>
MarkMatch match_literals(std::string_view text, const std::array<Literal, N>& table,
                         bool ignores_case) {
    MarkMatch match;
    for (const Literal& literal : table) {
        const Found found = compare(text, literal.text, ignores_case);
        if (found == Found::yes) {
            return {found, literal.kind, literal.text.size()};
        }
        match.found = std::max(match.found, found);
    }
    return match;
}

}  // namespace

MarkMatch match_mark(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    if (text.front() == '[') {
        return match_literals(text, exact_literals, false);
    }
    const MarkMatch literal = match_literals(text, literals, true);
    if (literal.found == Found::yes || text.front() != '<') {
        return literal;
    }
    const MarkMatch tag = match_tag(text);
    return tag.found == Found::no ? literal : tag;
}

std::size_t find_mark_start(std::string_view text, std::size_t from) {
    return text.find_first_of("<[\xe2", from);
}

}  // namespace loquat::model
