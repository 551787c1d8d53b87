#pragma once
#include <compare>
#include <string>
#include <string_view>

// What a text is compared as.  What is not valid UTF-8 is only folded where it is ASCII.
namespace loquat::unicode {

// For finding: without case (full case folding: ß is ss, a final sigma is a sigma), without
// compatibility forms and widths, and without the marks that people leave out when they type: Zoë
// is found as zoe, Åse as ase, Łódź as lodz.  Marks that make another letter stay: й, が, vowel
// signs.
std::string to_search_key(std::string_view text);

// UTS 39 section 4: two texts of equal skeletons can be taken for each other as they are written.
// Of valid UTF-8 only.  Never shown: a skeleton is no name.
std::string to_skeleton(std::string_view text);

// For telling apart, whatever the case and the spacing.  Two texts are alike where one of these is
// equal and not empty.
struct Look {
    std::string drawn;   // of the skeleton, without case: Iris is lris, but ALI is not ali
    std::string folded;  // of the text without case, its skeleton: ALI is ali, but Iris is not lris

    auto operator<=>(const Look&) const = default;
};
Look to_look(std::string_view text);
// Without what turns the text around it or begins a line in it.
std::string to_one_way_line(std::string_view text);
bool are_alike(const Look& one, const Look& other);

}  // namespace loquat::unicode
