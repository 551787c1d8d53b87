#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/events/topics.hpp"

namespace loquat::contracts {

// Who did what: one record of the log `audit.events`; its key is the action.  The same id again
// changes nothing but the count, which never gets smaller.
struct AuditRecord {
    Uuid id;                      // UUIDv7
    Time at{};                    // the first time, where `count` is above 1
    std::string action;           // auth.signed_in, chat.deleted ...
    std::optional<UserId> actor;  // none: nobody was signed in
    std::string actor_name;       // as they were called at that time; empty without an actor
    std::string subject;          // whom or what it concerns: an id, or empty
    std::string outcome;          // `done`, or the code of the failure
    std::string address;
    std::string user_agent;
    std::string request_id;
    std::int64_t count = 1;  // how often within a minute of `at`

    friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

std::string encode(const AuditRecord& record);
// None for anything that `encode` did not write.
template <>
std::optional<AuditRecord> decode<AuditRecord>(std::string_view bytes);

}  // namespace loquat::contracts
