#pragma once
#include <string>
#include <vector>

#include "contracts/core/operation.hpp"
#include "contracts/events/feeds.hpp"

namespace loquat::contracts {

// OpenAPI 3.1 of all operations that the outside may call; internal ones are left out.
wire::Value openapi_document(const std::vector<Operation>& operations, std::string_view version);

// The types of all requests, answers and live events for the web app.
std::string typescript_document(const std::vector<Operation>& operations,
                                const std::vector<LiveFeed>& feeds);

}  // namespace loquat::contracts
