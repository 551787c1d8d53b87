#pragma once
#include <string>
#include <string_view>

namespace loquat {

// `text` as it may stand in HTML between tags and in attributes with double quotes.
std::string escape_html(std::string_view text);

}  // namespace loquat
