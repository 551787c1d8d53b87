#pragma once
#include <string>
#include <string_view>

// What a text is compared as.  What is not valid UTF-8 is only folded where it is ASCII.
namespace loquat::unicode {

// For finding: without case (full case folding: ß is ss, a final sigma is a sigma), without
// compatibility forms and widths, and without the marks that people leave out when they type: Zoë
// is found as zoe, Åse as ase, Łódź as lodz.  Marks that make another letter stay: й, が, vowel
// signs.
std::string to_search_key(std::string_view text);

// For telling apart: two texts whose looks are equal can be taken for each other.  Without case and
// spacing, with letters of other scripts and digits as the Latin letters that they look like (UTS
// 39 section 4, of its data the letters of Cyrillic, Greek, Armenian and Cherokee that names are
// forged with).  Empty where nothing of the text can be seen.
std::string to_look(std::string_view text);

}  // namespace loquat::unicode
