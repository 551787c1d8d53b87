#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::chat {

// `@name` in a message, folded to lower case, each once, in order, at most `mentions_max`.  Only in
// text, as CommonMark reads it: not in code, targets of links, <autolinks>, alternative texts of
// pictures, nor behind a backslash.  Not in a bare address either (see domain/addresses.hpp) and
// not after a letter, digit or one of `_.-@`.  `@ana@example.org` is somebody's address elsewhere.
// A name may carry a full stop or hyphen of the sentence at its end: see shorten_mention.
std::vector<std::string> find_mentions(std::string_view text, std::size_t mentions_max);

// `ana.` -> `ana`; false when nothing that could belong to the sentence is left to cut.
bool shorten_mention(std::string& name);

}  // namespace loquat::chat
