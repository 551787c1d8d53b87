#pragma once
#include <string>

#include "contracts/registry/registry.hpp"

namespace loquat::runtime {

// Where the actuator of an application is that the registry knows: `http://host:8081/manage`,
// without a slash at the end.  By its metadata, as Spring Boot Admin reads it: `management.url`, or
// `management.scheme`, `management.address`, `management.port` and `management.context-path`; what
// it does not say, or says in a form that is none, is the instance's own and `/actuator`.
std::string management_url_of(const contracts::RegistryInstance& instance);

}  // namespace loquat::runtime
