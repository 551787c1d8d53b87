#pragma once
#include <string_view>
#include <vector>

#include "services/config/domain/entry.hpp"

namespace loquat::config {

// A `.properties` file as java.util.Properties reads it, with Spring's `#---` between documents:
// values are texts, the last of a name counts.  Throws Failure `config.malformed` (invalid) with
// the line, also for more than 10,000 settings.
std::vector<Document> read_properties(std::string_view text);

// `key: value` lines, as the server of Spring Cloud Config writes them, the last one without an
// end; what would make other lines of it is escaped.
std::string write_properties(const std::vector<Entry>& entries);

}  // namespace loquat::config
