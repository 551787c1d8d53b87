#include "base/redact.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace loquat {
namespace {

constexpr std::string_view hidden = "***";
constexpr std::size_t part_min = 8;

// Length of the longest part of `secret` at the front of `text`; both in lower case.
std::size_t longest_part(std::string_view text, std::string_view secret) {
    std::size_t longest = 0;
    for (std::size_t begin = secret.find(text.front()); begin != std::string_view::npos;
         begin = secret.find(text.front(), begin + 1)) {
        const std::string_view rest = secret.substr(begin);
        const std::size_t most = std::min(text.size(), rest.size());
        std::size_t same = 0;
        while (same < most && text[same] == rest[same]) {
            ++same;
        }
        longest = std::max(longest, same);
    }
    return longest;
}

// All letters in lower case: providers write keys in any case, also inside base64.
std::string hide_form(const std::string& text, std::string_view form) {
    const std::string lower_text = to_lower_ascii(text);
    const std::string lower_form = to_lower_ascii(form);
    const std::size_t enough = std::min(part_min, lower_form.size());
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t part =
            enough == 0 ? 0 : longest_part(std::string_view{lower_text}.substr(i), lower_form);
        if (part >= enough && part > 0) {
            out.append(hidden);
            i += part;
        } else {
            out.push_back(text[i++]);
        }
    }
    return out;
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

std::vector<std::string> forms_of(std::string_view secret) {
    std::vector<std::string> forms{std::string{secret}, percent_encode(secret),
                                   replaced(std::string{secret}, '/', "\\/")};
    for (const std::size_t offset : {0U, 1U, 2U}) {
        const std::string text = base64_within(secret, offset);
        if (text.size() >= part_min) {
            forms.push_back(text);
            forms.push_back(replaced(replaced(text, '+', "-"), '/', "_"));
        }
    }
    return forms;
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
    std::string out{text};
    for (const std::string& form : forms_of(secret)) {
        out = hide_form(out, form);
    }
    return out;
}

std::string hide_credentials(std::string_view text) {
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
