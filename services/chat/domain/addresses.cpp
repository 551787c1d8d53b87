#include "services/chat/domain/addresses.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::chat {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_scheme_character(char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

// Nothing before it makes it a part of something else.
bool is_start(std::string_view word, std::size_t at) {
    return at == 0 ||
           !(is_name_character(word[at - 1]) || word[at - 1] == '@' || word[at - 1] == '/');
}

std::size_t find_scheme(std::string_view word) {
    const std::size_t colon = word.find("://");
    if (colon == std::string_view::npos) {
        return word.size();
    }
    std::size_t begin = colon;
    while (begin > 0 && is_scheme_character(word[begin - 1])) {
        --begin;
    }
    while (begin < colon && !is_letter(word[begin])) {
        ++begin;
    }
    constexpr std::size_t scheme_length_min = 2;
    return colon - begin >= scheme_length_min ? begin : word.size();
}

std::size_t find_prefix(std::string_view word) {
    static constexpr std::array<std::string_view, 2> prefixes{"www.", "mailto:"};
    std::size_t first = word.size();
    for (std::size_t at = 0; at < first; ++at) {
        if (!is_start(word, at)) {
            continue;
        }
        for (const std::string_view prefix : prefixes) {
            if (equal_ignoring_case(word.substr(at, prefix.size()), prefix)) {
                first = at;
            }
        }
    }
    return first;
}

bool is_host(std::string_view host) {
    const std::size_t colon = host.find(':');
    const std::string_view port = colon == std::string_view::npos ? "" : host.substr(colon + 1);
    const std::string_view name = host.substr(0, colon);
    const bool has_port = !port.empty() && std::ranges::all_of(port, is_digit);
    const bool has_bad_label = name.empty() || name.front() == '.' || name.back() == '.' ||
                               name.find("..") != std::string_view::npos;
    return !has_bad_label && (colon == std::string_view::npos || has_port) &&
           (has_port ? is_letter(name.front()) || name.contains('.') : name.contains('.'));
}

std::size_t find_host(std::string_view word) {
    const std::size_t slash = word.find('/');
    if (slash == std::string_view::npos) {
        return word.size();
    }
    std::size_t begin = slash;
    while (begin > 0 && (is_name_character(word[begin - 1]) || word[begin - 1] == ':')) {
        --begin;
    }
    return is_start(word, begin) && is_host(word.substr(begin, slash - begin)) ? begin
                                                                               : word.size();
}

}  // namespace

std::size_t find_address(std::string_view word) {
    return std::min({find_scheme(word), find_prefix(word), find_host(word)});
}

}  // namespace loquat::chat
