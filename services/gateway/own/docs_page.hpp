#pragma once
#include <string>
#include <string_view>

#include "wire/json.hpp"

namespace loquat::gateway {

// An OpenAPI document as a page to read: made here, without a script.  Its style is `docs_style`,
// at /api/docs.css.
std::string docs_page(const wire::Value& openapi);
std::string_view docs_style();

}  // namespace loquat::gateway
