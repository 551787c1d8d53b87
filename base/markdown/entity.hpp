#pragma once
#include <string>
#include <string_view>

namespace loquat::markdown {

// `&amp;`, `&#38;`, `&#x26;` as UTF-8; empty when there is no such entity.
std::string decode_entity(std::string_view entity);

}  // namespace loquat::markdown
