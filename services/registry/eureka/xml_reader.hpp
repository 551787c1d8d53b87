#pragma once
#include <string>
#include <string_view>

#include "services/registry/domain/instance.hpp"

namespace loquat::registry {

// `<instance>...</instance>` of a registration.  A document type, and with it every entity but the
// five of XML itself, is refused.  Throws Failure `registry.malformed` (malformed) with the line.
Instance read_instance_xml(std::string_view xml, Time now);

// What `element_name` made a name of.
std::string key_of_element(std::string_view name);

}  // namespace loquat::registry
