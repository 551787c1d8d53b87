#pragma once
#include <optional>
#include <string_view>

#include "base/log.hpp"
#include "contracts/caller.hpp"

namespace loquat::auth {

// What happened to an account, as a log record named `audit`: who did it, to whom, from where.  Never what
// was typed: people type passwords into the wrong field.
inline void audit(const contracts::Caller& caller, std::string_view event,
                  std::optional<UserId> subject = std::nullopt) {
    const std::string actor = caller.user ? caller.user->to_string() : std::string{};
    const std::string target = subject ? subject->to_string() : std::string{};
    log_info({.service = "auth", .request_id = caller.request_id, .user_id = actor}, "audit",
             {{"event", event}, {"subject", target}, {"address", caller.address}});
}

}  // namespace loquat::auth
