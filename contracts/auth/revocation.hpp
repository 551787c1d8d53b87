#pragma once
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "wire/describe.hpp"

namespace loquat::contracts {

// Ends sessions before their tokens expire: of one session, or all of a user issued before
// `before`. Verifiers keep an entry until `until`, when the last token that it could concern has
// expired.
struct Revocation {
    std::optional<SessionId> session_id;
    std::optional<UserId> user_id;
    std::optional<Time> before;
    Time until;
};
BOOST_DESCRIBE_STRUCT(Revocation, (), (session_id, user_id, before, until))

struct RevocationList {
    std::vector<Revocation> items;
};
BOOST_DESCRIBE_STRUCT(RevocationList, (), (items))

}  // namespace loquat::contracts
