#include "services/auth/domain/search_words.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/unicode/fold.hpp"

namespace loquat::auth {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Letters outside ASCII belong to words.
bool is_punctuation(char c) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return !is_plain && static_cast<unsigned char>(c) < 0x80;
}

template <class Splits>
std::vector<std::string_view> split_where(std::string_view text, Splits splits) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::ranges::find_if(text, splits);
        const auto length = static_cast<std::size_t>(end - text.begin());
        if (length > 0) {
            parts.push_back(text.substr(0, length));
        }
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return parts;
}

// The offset behind the character that begins at `at`.
std::size_t next_character(std::string_view text, std::size_t at) {
    do {
        ++at;
    } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
    return at;
}

}  // namespace

SearchWords words_of_names(std::string_view username, std::string_view display_name) {
    SearchWords words;
    const std::string both =
        unicode::to_search_key(std::string{username} + ' ' + std::string{display_name});
    for (const std::string_view word : split_where(both, is_space)) {
        words.emplace(word);
        for (const std::string_view part : split_where(word, is_punctuation)) {
            words.emplace(part);
        }
    }
    return words;
}

std::vector<std::string> words_of_query(std::string_view query) {
    const std::string folded = unicode::to_search_key(query);
    std::vector<std::string> words;
    for (const std::string_view word : split_where(folded, is_space)) {
        words.emplace_back(word);
    }
    std::ranges::sort(words, [](const std::string& one, const std::string& other) {
        return one.size() != other.size() ? one.size() > other.size() : one < other;
    });
    return words;
}

bool matches(const SearchWords& words, const std::vector<std::string>& query) {
    return std::ranges::all_of(query, [&](const std::string& wanted) {
        const auto at = words.lower_bound(wanted);
        return at != words.end() && at->starts_with(wanted);
    });
}

std::string prefix_of(std::string_view word) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < prefix_length_max && end < word.size(); ++i) {
        end = next_character(word, end);
    }
    return std::string{word.substr(0, end)};
}

SearchWords prefixes_of(const SearchWords& words) {
    SearchWords prefixes;
    for (const std::string& word : words) {
        std::size_t end = 0;
        for (std::size_t i = 0; i < prefix_length_max && end < word.size(); ++i) {
            end = next_character(word, end);
            prefixes.emplace(word.substr(0, end));
        }
    }
    return prefixes;
}

}  // namespace loquat::auth
