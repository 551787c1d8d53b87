#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

// How people are found: every word of a query begins some word of the user name or the display
// name, as unicode::to_search_key compares.
namespace loquat::auth {

// Words between spaces, and their parts between punctuation: "Anna-Maria B." has anna-maria, anna,
// maria, b. and b.
using SearchWords = std::set<std::string, std::less<>>;
SearchWords words_of_names(std::string_view username, std::string_view display_name);

// What a query asks for, the longest first; empty when it asks for everybody.
std::vector<std::string> words_of_query(std::string_view query);

bool matches(const SearchWords& words, const std::vector<std::string>& query);

// In characters.
inline constexpr std::size_t prefix_length_max = 12;
// The first prefix_length_max characters.
std::string prefix_of(std::string_view word);
// Every beginning of every word up to that length.
SearchWords prefixes_of(const SearchWords& words);

}  // namespace loquat::auth
