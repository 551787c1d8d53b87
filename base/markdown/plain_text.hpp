#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace loquat::markdown {

// A message as one line without its marks: for lists, notifications, quotes and titles.  White
// space is one space, items of a list and cells of a table are parted by commas.  At most
// `characters_max` characters (at least 1); what is longer ends with an ellipsis.  Of a text that
// has nothing but marks, the marks.
std::string to_plain_line(std::string_view text, std::size_t characters_max);

}  // namespace loquat::markdown
