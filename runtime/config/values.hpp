#pragma once
#include <string>
#include <string_view>

#include "runtime/config/findings.hpp"
#include "wire/json.hpp"
#include "wire/schema.hpp"

namespace loquat::runtime {

const wire::Schema::Property* find_property(const wire::Schema& schema, std::string_view name);

// Text of a file, a variable or a flag becomes what the schema asks for; a list may be written as
// `a,b` or as YAML writes it: `[a, b]`, `[{id: a}]`.  What does not fit stays as it is, and
// check_values says why.
wire::Value coerce(const wire::Value& value, const wire::Schema& schema);

// Says what does not fit its type or its limits and puts the default in its place, so that
// everything else can be judged.  `value` is a map of that schema.
void check_values(wire::Value& value, const wire::Value& defaults, const wire::Schema& schema,
                  const std::string& path, ConfigFindings& findings);

// What a value of that type is: "a whole number, 1 to 1000 milliseconds".
std::string kind_of_value(const wire::Schema::Property& property);

// As it may be shown: without keys and passwords, wherever they stand.
wire::Value shown_value(const std::string& name, const wire::Value& value);

}  // namespace loquat::runtime
