#pragma once
#include <string>
#include <string_view>

#include "services/model/ports.hpp"
#include "wire/json.hpp"

namespace loquat::model {

// What an error of a provider means.  `status` is that of the answer, or 0 for an error within one.
// `body` is whatever came: JSON in any of the shapes in use, HTML, or nothing.
Setback judge_error(int status, std::string_view body);
// An error object, or a text, that stood in a stream.
Setback judge_error_value(int status, const wire::Value& error);

Setback truncated(std::string detail);
Setback bad_answer(std::string detail);
Setback too_long(std::string detail);
Setback content_filter(std::string detail);
Setback timed_out(std::string detail);
// Failures of net/http as those of a provider.
Setback from_failure(const Failure& failure, bool has_begun);

}  // namespace loquat::model
