#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/config/domain/entry.hpp"

namespace loquat::config {

// A YAML file as settings under whole names, as Spring flattens it: `a.b`, `list[0].c`; an empty
// list and nothing are an empty text; plain words have the types of YAML 1.1.  Aliases count each
// time they are used.  Throws Failure `config.malformed` (invalid) with line and column, also for
// more than 10,000 settings or 64 levels.
std::vector<Document> read_yaml(std::string_view text);

}  // namespace loquat::config
