#pragma once
#include <span>
#include <string>

#include "services/config/domain/environment.hpp"

namespace loquat::config {

// The Environment as JSON; with origins each value is `{"value":...,"origin":"line:column"}`
// (application/vnd.spring-cloud.config-server.v2+json).
std::string environment_json(const Environment& environment, bool has_origins);

// Flat settings as a tree again: lists of `a[0]`, maps of `a.b`.
wire::Value to_tree(std::span<const Entry> entries);
std::string to_yaml(const wire::Value& tree);

}  // namespace loquat::config
