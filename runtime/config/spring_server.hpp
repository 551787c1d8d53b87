#pragma once
#include <string>

#include "contracts/config/follow.hpp"
#include "runtime/config/server.hpp"
#include "wire/json.hpp"

// Servers of Spring Cloud Config itself, which know nothing of states and followers.
namespace loquat::runtime {

// Where such a server has what `server` is asked for: /loquat,gateway/default/main.
std::string environment_target(const ConfigServer& server);
inline constexpr std::string_view environment_type =
    "application/vnd.spring-cloud.config-server.v2+json, application/json";

// An Environment, with or without origins, as a state: of each key, and of each list as a whole,
// what the first source has.  Throws Failure `config.server_away` for what is none.
contracts::ConfigState state_of_environment(const wire::Value& environment);

}  // namespace loquat::runtime
