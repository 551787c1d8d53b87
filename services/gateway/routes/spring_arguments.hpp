#pragma once
#include <string>
#include <vector>

#include "services/gateway/config.hpp"
#include "wire/json.hpp"

namespace loquat::gateway {

enum class StepKind : std::uint8_t { predicate, filter };

std::string text_of(const wire::Value& value);
// The arguments of a step in the order of its short form, from a map of names, a list or one value.
// `unknown` says which of a filter nobody knows.
std::vector<std::string> read_arguments(const std::string& step, const wire::Value& args,
                                        StepKind kind, std::string& unknown);
// Of a short form: empty arguments at the end are none, and so are those that Spring's own examples
// of RewriteResponseHeader have.
void drop_empty_arguments(StepConfig& step);
// A comma in the last argument of one that takes no list belongs to it: a regular expression.
void join_extra_arguments(StepConfig& step, StepKind kind);

}  // namespace loquat::gateway
