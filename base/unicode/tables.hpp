#pragma once
#include <string_view>

// What Unicode's own files say that utf8proc does not know: base/unicode/data, read when it is
// first asked for.
namespace loquat::unicode {

// confusables.txt: what stands for the character in a skeleton; empty where it is itself.
std::u32string_view prototype_of(char32_t character);

// Joining_Type, how a letter of a cursive script joins its neighbours: `left` the one that follows,
// `right` the one before.
enum class Joining { none, left, right, both, causing, transparent };
Joining joining_of(char32_t character);

// The scripts that contextual rules ask for.
enum class Script { other, greek, hebrew, hiragana, katakana, han };
Script script_of(char32_t character);

}  // namespace loquat::unicode
