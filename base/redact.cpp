#include "base/redact.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace loquat {
namespace {

constexpr std::string_view hidden = "***";
constexpr std::size_t part_min = sizeof(std::uint64_t);

// A way to read a text: its letters in lower case, and where each of them stands in it.
struct Reading {
    std::string letters;
    std::vector<std::size_t> begins;
    std::vector<std::size_t> ends;

    void add(char letter, std::size_t begin, std::size_t end) {
        letters.push_back(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a')
                                                         : letter);
        begins.push_back(begin);
        ends.push_back(end);
    }
};

Reading as_it_is(std::string_view text) {
    Reading out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out.add(text[i], i, i + 1);
    }
    return out;
}

// What stands for one letter at the front of a text; size 0: nothing does.
struct Escape {
    char letter = 0;
    std::size_t size = 0;
};

// `size` counts what is around the digits.
Escape read_digits(std::string_view digits, int base, std::size_t size) {
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
        return {};
    }
    return {value < 0x80 ? static_cast<char>(value) : '\x80', digits.size() + size};
}

Escape read_entity(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> named{
        {{"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&lt;", '<'}, {"&gt;", '>'}}};
    for (const auto& [name, letter] : named) {
        if (text.starts_with(name)) {
            return {letter, name.size()};
        }
    }
    const std::size_t end = text.substr(0, 12).find(';');
    if (!text.starts_with("&#") || end == std::string_view::npos) {
        return {};
    }
    return text.starts_with("&#x") ? read_digits(text.substr(3, end - 3), 16, 4)
                                   : read_digits(text.substr(2, end - 2), 10, 3);
}

// Of addresses, JSON and other source, and pages.  In lower case.
Escape read_escape(std::string_view text) {
    switch (text.front()) {
        case '%':
            return text.size() < 3 ? Escape{} : read_digits(text.substr(1, 2), 16, 1);
        case '&':
            return read_entity(text);
        case '\\':
            if (text.size() >= 6 && text[1] == 'u') {
                return read_digits(text.substr(2, 4), 16, 2);
            }
            if (text.size() >= 4 && text[1] == 'x') {
                return read_digits(text.substr(2, 2), 16, 2);
            }
            return text.size() < 2 ? Escape{} : Escape{text[1], 2};
        default:
            return {};
    }
}

Reading without_escapes(const Reading& in) {
    Reading out;
    for (std::size_t i = 0; i < in.letters.size();) {
        const Escape escape = read_escape(std::string_view{in.letters}.substr(i));
        const std::size_t size = std::max<std::size_t>(escape.size, 1);
        out.add(escape.size == 0 ? in.letters[i] : escape.letter, in.begins[i],
                in.ends[i + size - 1]);
        i += size;
    }
    return out;
}

bool is_gap(char c) { return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')); }

// Words that were split, by whatever: line ends, blanks, colons.
Reading without_gaps(const Reading& in) {
    Reading out;
    for (std::size_t i = 0; i < in.letters.size(); ++i) {
        if (!is_gap(in.letters[i])) {
            out.add(in.letters[i], in.begins[i], in.ends[i]);
        }
    }
    return out;
}

// Parts of the least length, to be looked up at each letter of a text.
class Parts {
  public:
    void add_all_of(std::string_view letters) {
        for (std::size_t i = 0; i + part_min <= letters.size(); ++i) {
            const std::uint64_t part = pack(letters.substr(i));
            parts_.push_back(part);
            filter_.set(slot(part));
        }
    }
    void sort() { std::ranges::sort(parts_); }
    bool has(std::string_view letters) const {
        const std::uint64_t part = pack(letters);
        return filter_.test(slot(part)) && std::ranges::binary_search(parts_, part);
    }

  private:
    static std::uint64_t pack(std::string_view letters) {
        std::uint64_t part = 0;
        std::memcpy(&part, letters.data(), part_min);
        return part;
    }
    static std::size_t slot(std::uint64_t part) {
        return static_cast<std::size_t>((part * 0x9E3779B97F4A7C15U) >> 48);
    }

    std::vector<std::uint64_t> parts_;
    std::bitset<65536> filter_;  // most letters of a text are nothing
};

// Marks where `reading` has one of `parts`.  Longer ones are several of them.
void mark_parts(std::vector<bool>& marks, const Reading& reading, const Parts& parts) {
    std::size_t marked = 0;
    for (std::size_t i = 0; i + part_min <= reading.letters.size(); ++i) {
        if (parts.has(std::string_view{reading.letters}.substr(i))) {
            const std::size_t end = reading.ends[i + part_min - 1];
            for (marked = std::max(marked, reading.begins[i]); marked < end; ++marked) {
                marks[marked] = true;
            }
        }
    }
}

// A secret that is shorter than a part.
void mark_whole(std::vector<bool>& marks, const Reading& reading, std::string_view secret) {
    for (std::size_t i = reading.letters.find(secret); i != std::string::npos;
         i = reading.letters.find(secret, i + secret.size())) {
        std::fill(marks.begin() + static_cast<std::ptrdiff_t>(reading.begins[i]),
                  marks.begin() + static_cast<std::ptrdiff_t>(reading.ends[i + secret.size() - 1]),
                  true);
    }
}

// What base64 has of `secret` wherever it begins in what is encoded: without the characters that
// also hold bits of its neighbours.
std::string base64_within(std::string_view secret, std::size_t offset) {
    const std::string padded = std::string(offset, 'x') + std::string{secret};
    std::string text = to_base64(padded);
    text.erase(std::min(text.find('='), text.size()));
    const std::size_t front = offset == 0 ? 0 : offset + 1;
    const std::size_t back = padded.size() % 3 == 0 ? 0 : 1;
    return text.size() > front + back ? text.substr(front, text.size() - front - back)
                                      : std::string{};
}

std::string replaced(std::string text, char from, std::string_view to) {
    for (std::size_t i = text.find(from); i != std::string::npos; i = text.find(from, i)) {
        text.replace(i, 1, to);
        i += to.size();
    }
    return text;
}

// How others write it, but for escapes and gaps.  Not all in lower case.
std::vector<std::string> forms_of(std::string_view secret) {
    std::vector<std::string> forms{std::string{secret}, to_hex(secret)};
    for (const std::size_t offset : {0U, 1U, 2U}) {
        const std::string text = base64_within(secret, offset);
        forms.push_back(text);
        forms.push_back(replaced(replaced(text, '+', "-"), '/', "_"));
    }
    return forms;
}

std::string without_marked(std::string_view text, const std::vector<bool>& marks) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!marks[i]) {
            out.push_back(text[i]);
        } else if (i == 0 || !marks[i - 1]) {
            out.append(hidden);
        }
    }
    return out;
}

bool ends_address(char c) {
    return c == ' ' || c == '"' || c == '\'' || c == '\n' || c == '\t' || c == '<' || c == '>' ||
           c == ',' || c == '|';
}

bool is_number(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Where user and password end in an address that begins at `begin`: its last '@' before the path,
// or after a slash that can only be part of a password; npos when it has none.
std::size_t find_end_of_user(std::string_view word, std::size_t begin, bool has_scheme) {
    const std::size_t path = std::min(word.find_first_of("/?#", begin), word.size());
    const std::size_t colon = word.find(':', begin);
    const std::size_t in_host = word.substr(0, path).rfind('@');
    if (in_host != std::string_view::npos && in_host >= begin) {
        return has_scheme || colon < in_host ? in_host : std::string_view::npos;
    }
    const bool has_password = colon < path && path < word.size() && word[path] == '/' &&
                              !is_number(word.substr(colon + 1, path - colon - 1)) &&
                              word[begin] != '[';
    return has_password ? word.find('@', path) : std::string_view::npos;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && is_blank(text[at])) {
        ++at;
    }
    return at;
}

// Where the value ends that begins at `at`: with its quote, or before a blank.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    const bool is_quoted = at < text.size() && text[at] == '\'';
    for (std::size_t i = at + (is_quoted ? 1 : 0); i < text.size(); ++i) {
        if (is_quoted && text[i] == '\\') {
            ++i;
        } else if (is_quoted ? text[i] == '\'' : is_blank(text[i])) {
            return i + (is_quoted ? 1 : 0);
        }
    }
    return text.size();
}

// Words instead of an address, as libpq takes them: `host=h password = 'a b'`.
std::string hide_passwords(std::string_view text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    std::string out;
    std::size_t from = 0;
    for (std::size_t equals = text.find('='); equals != std::string_view::npos;
         equals = text.find('=', std::max(equals + 1, from))) {
        const std::size_t name_end = text.find_last_not_of(" \t\n", equals - (equals > 0 ? 1 : 0));
        if (equals == 0 || name_end == std::string_view::npos) {
            continue;
        }
        const std::size_t before = text.find_last_not_of(letters, name_end);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const std::string name = to_lower_ascii(text.substr(begin, name_end + 1 - begin));
        const bool is_word = begin == 0 || is_blank(text[begin - 1]) || text[begin - 1] == '"';
        if (begin < from || !is_word || !name.ends_with("password")) {
            continue;
        }
        const std::size_t value = skip_blanks(text, equals + 1);
        const std::size_t end = end_of_value(text, value);
        if (end > value) {
            out.append(text.substr(from, value - from)).append(hidden);
            from = end;
        }
    }
    return out.append(text.substr(from));
}

// One address, or any other word.
std::string hide_in_word(std::string_view word) {
    const std::size_t scheme = word.find("://");
    const bool has_scheme = scheme != std::string_view::npos;
    const std::size_t begin = has_scheme ? scheme + 3 : 0;
    const std::size_t user_end = find_end_of_user(word, begin, has_scheme);
    const bool has_user = user_end != std::string_view::npos;
    std::string out{word.substr(0, begin)};
    out.append(has_user ? hidden : std::string_view{});
    const std::size_t from = has_user ? user_end : begin;
    std::string_view rest = word.substr(from);
    while (!rest.empty()) {
        const std::size_t equals = rest.find('=');
        if (equals == std::string_view::npos) {
            break;
        }
        const std::size_t name = rest.find_last_of("?&;#/", equals);
        const std::size_t stop = std::min(rest.find_first_of("&;#", equals), rest.size());
        const bool is_parameter = name != std::string_view::npos;
        out.append(rest.substr(0, equals + 1));
        const bool is_secret =
            is_parameter && sounds_secret(rest.substr(name + 1, equals - name - 1));
        out.append(is_secret ? hidden : rest.substr(equals + 1, stop - equals - 1));
        rest.remove_prefix(stop);
    }
    return out.append(rest);
}

}  // namespace

std::string hide_secret(std::string_view text, std::string_view secret) {
    if (text.empty() || secret.empty()) {
        return std::string{text};
    }
    std::vector<bool> marks(text.size());
    const Reading plain = as_it_is(text);
    const Reading once = without_escapes(plain);
    const Reading twice = without_escapes(once);
    if (secret.size() < part_min) {
        for (const Reading* reading : {&plain, &once, &twice}) {
            mark_whole(marks, *reading, to_lower_ascii(secret));
        }
        return without_marked(text, marks);
    }
    const auto parts = std::make_unique<Parts>();
    const auto closed_up = std::make_unique<Parts>();
    for (const std::string& form : forms_of(secret)) {
        const Reading letters = as_it_is(form);
        parts->add_all_of(letters.letters);
        closed_up->add_all_of(without_gaps(letters).letters);
    }
    parts->sort();
    closed_up->sort();
    for (const Reading* reading : {&plain, &once, &twice}) {
        mark_parts(marks, *reading, *parts);
        mark_parts(marks, without_gaps(*reading), *closed_up);
    }
    return without_marked(text, marks);
}

std::string hide_credentials(std::string_view said) {
    const std::string without_words = hide_passwords(said);
    std::string_view text = without_words;
    std::string out;
    while (!text.empty()) {
        std::size_t size = 0;
        while (size < text.size() && !ends_address(text[size])) {
            ++size;
        }
        out.append(hide_in_word(text.substr(0, size)));
        const std::size_t next = std::min(size + 1, text.size());
        out.append(text.substr(size, next - size));
        text.remove_prefix(next);
    }
    return out;
}

bool sounds_secret(std::string_view name) {
    static constexpr std::array<std::string_view, 10> ends{
        "key",  "token",     "secret",        "password", "passwd",
        "pass", "signature", "authorization", "cookie",   "credential"};
    static constexpr std::array<std::string_view, 5> whole{"sig", "pwd", "auth", "code", "jwt"};
    const std::string lower = to_lower_ascii(name);
    return std::ranges::any_of(ends, [&](auto end) { return lower.ends_with(end); }) ||
           std::ranges::find(whole, lower) != whole.end();
}

}  // namespace loquat
