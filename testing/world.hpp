#pragma once
#include "aio/loop.hpp"
#include "base/clock.hpp"
#include "contracts/core/caller.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "testing/fake_broadcast.hpp"
#include "testing/fake_log.hpp"

namespace loquat::test {

// What the test of any service needs: a loop that the test runs, a clock that stands, stores in
// memory that fail when they are told to.  A service's own world is made of it.
struct WorldBase {
    aio::Loop loop{"test"};
    FakeClock clock;
    FakeLog log;
    runtime::Metrics registry;
    runtime::StandingRights rights{clock};
};

// Somebody signed in.
inline contracts::Caller caller_as(UserId user, contracts::Role role = contracts::Role::user) {
    contracts::Caller caller;
    caller.user = user;
    caller.role = role;
    caller.username = "token-name";
    return caller;
}

}  // namespace loquat::test
