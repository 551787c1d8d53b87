#pragma once
#include <span>
#include <string>
#include <string_view>

namespace loquat::config {

// Whether `rule` (`spring.config.activate.on-profile`) holds for these profiles: names with `!`,
// `&`, `|` and parentheses; several between commas: one of them.  `&` and `|` are not mixed without
// parentheses.  Throws Failure `config.malformed` (invalid).
bool holds(std::string_view rule, std::span<const std::string> profiles);

}  // namespace loquat::config
