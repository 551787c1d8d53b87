#pragma once
#include <string>
#include <vector>

#include "contracts/core/operation.hpp"

namespace loquat::contracts {

// OpenAPI 3.1 of all operations that the outside may call; internal ones are left out.
wire::Value openapi_document(const std::vector<Operation>& operations, std::string_view version);

// The types of all requests and answers for the web app.
std::string typescript_document(const std::vector<Operation>& operations);

}  // namespace loquat::contracts
