#include "services/model/adapters/json_cursor.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace loquat::model {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.';
}

bool is_literal(std::string_view word) {
    return word == "true" || word == "false" || word == "null" || word == "NaN" ||
           word == "Infinity" || word == "-Infinity";
}

bool is_number(std::string_view word) {
    const std::string_view digits = word.substr(word.starts_with('-') ? 1 : 0);
    return !digits.empty() && digits.front() >= '0' && digits.front() <= '9' &&
           word.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

// As UTF-8 writes it; surrogates are written like any other.
void append_utf8(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out.push_back(static_cast<char>(c));
        return;
    }
    if (c < 0x800) {
        out.push_back(static_cast<char>(0xC0 | (c >> 6)));
    } else {
        out.push_back(static_cast<char>(0xE0 | (c >> 12)));
        out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    }
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
}

}  // namespace

bool JsonCursor::fail() {
    failed_ = true;
    at_ = text_.size();
    return false;
}

char JsonCursor::peek() {
    while (at_ < text_.size() && is_white(text_[at_])) {
        ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonCursor::take(char c) {
    if (peek() != c || at_ >= text_.size()) {
        return false;
    }
    ++at_;
    return true;
}

bool JsonCursor::is_at_end() {
    peek();
    return !failed_ && at_ == text_.size();
}

bool JsonCursor::enter(char begin) {
    if (!take(begin)) {
        skip();
        return false;
    }
    fresh_ = true;
    return ++depth_ <= depth_max || fail();
}

bool JsonCursor::begin_object() { return enter('{'); }
bool JsonCursor::begin_array() { return enter('['); }

// True when another member or item follows.
bool JsonCursor::next_of(char end) {
    if (failed_) {
        return false;
    }
    const bool was_fresh = std::exchange(fresh_, false);
    if (take(end)) {
        --depth_;
        return false;
    }
    return was_fresh || take(',') || fail();
}

std::optional<std::string_view> JsonCursor::next_member() {
    if (!next_of('}')) {
        return std::nullopt;
    }
    const auto name = take_string();
    if (!name || !take(':')) {
        fail();
        return std::nullopt;
    }
    return name;
}

bool JsonCursor::next_item() { return next_of(']'); }

// The characters between the quotes, escapes as they are.
std::optional<std::string_view> JsonCursor::take_string() {
    if (!take('"')) {
        return std::nullopt;
    }
    const std::size_t begin = at_;
    for (;;) {
        const char* const end = text_.data() + text_.size();
        const char* at = text_.data() + std::min(at_, text_.size());
        while (at != end && *at != '"' && *at != '\\') {
            ++at;
        }
        at_ = static_cast<std::size_t>(at - text_.data());
        if (at == end) {
            fail();
            return std::nullopt;
        }
        if (text_[at_] == '"') {
            return text_.substr(begin, at_++ - begin);
        }
        at_ += 2;
    }
}

bool JsonCursor::read_string(std::string& out) {
    if (peek() != '"') {
        skip();
        return false;
    }
    const std::string_view raw = take_string().value_or(std::string_view{});
    std::size_t at = 0;
    while (at < raw.size() && !failed_) {
        const std::size_t escape = raw.find('\\', at);
        out += raw.substr(at, escape - at);
        if (escape == std::string_view::npos) {
            break;
        }
        at = escape + 1;
        append_escaped(out, raw, at);
    }
    return !failed_;
}

void JsonCursor::append_escaped(std::string& out, std::string_view raw, std::size_t& at) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = raw[at++];
    if (letter == 'u') {
        std::uint32_t value = 0;
        const std::string_view digits = raw.substr(at, 4);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() < 4 || error != std::errc{} || end != digits.data() + 4) {
            fail();
            return;
        }
        append_utf8(out, value);
        at += 4;
        return;
    }
    const std::size_t known = letters.find(letter);
    if (known == std::string_view::npos) {
        fail();
        return;
    }
    out.push_back(meanings[known]);
}

std::optional<std::int64_t> JsonCursor::read_integer() {
    const std::string_view word = skip();
    const char* const last = word.data() + word.size();
    std::int64_t value = 0;
    if (const auto [end, error] = std::from_chars(word.data(), last, value);
        error == std::errc{} && end == last && !word.empty()) {
        return value;
    }
    constexpr double exact_max = 9007199254740992;
    double number = 0;
    const auto [end, error] = std::from_chars(word.data(), last, number);
    const bool is_whole = is_number(word) && error == std::errc{} && end == last &&
                          std::abs(number) <= exact_max && std::trunc(number) == number;
    return is_whole ? std::optional{static_cast<std::int64_t>(number)} : std::nullopt;
}

void JsonCursor::skip_word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) {
        ++at_;
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (!is_literal(word) && !is_number(word)) {
        fail();
    }
}

std::string_view JsonCursor::skip() {
    const char first = peek();
    const std::size_t begin = at_;
    if (first == '{') {
        begin_object();
        while (next_member()) {
            skip();
        }
    } else if (first == '[') {
        begin_array();
        while (next_item()) {
            skip();
        }
    } else if (first == '"') {
        take_string();
    } else {
        skip_word();
    }
    return failed_ ? std::string_view{} : text_.substr(begin, at_ - begin);
}

}  // namespace loquat::model
