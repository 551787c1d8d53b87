#include "services/presence/roster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace loquat::presence {
namespace {

using namespace std::chrono_literals;
using contracts::PresenceState;

TEST(Roster, flapping_ends_in_the_true_state) {
    FakeClock clock;
    Roster roster{{.lease = 30s, .offline_after = 1s, .remembered_max = 10}};
    std::vector<UserId> users;
    for (int i = 0; i < 50; ++i) {
        users.push_back(UserId::make());
    }
    std::uint32_t seed = 1;
    std::map<UserId, std::int32_t> truth;
    EXPECT_TRUE(roster.apply({"n", true, {}}, clock.now(), clock.steady()));

    for (int i = 0; i < 2000; ++i) {
        seed = seed * 1664525 + 1013904223;
        const UserId& user = users[(seed >> 16) % users.size()];
        const auto connections = static_cast<std::int32_t>((seed >> 8) % 3);
        truth[user] = connections;
        EXPECT_TRUE(
            roster.apply({"n", false, {{user, connections, 0}}}, clock.now(), clock.steady()));
        clock.advance(100ms);
        roster.expire(clock.now(), clock.steady());
        (void)roster.take_changes();
    }
    clock.advance(2s);
    EXPECT_TRUE(roster.apply({"n", false, {}}, clock.now(), clock.steady()));
    roster.expire(clock.now(), clock.steady());

    std::size_t offline = 0;
    for (const UserId& user : users) {
        const bool here = truth[user] > 0;
        EXPECT_EQ(roster.get(user).state == PresenceState::online, here);
        offline += here ? 0 : 1;
    }
    EXPECT_LE(roster.size(), users.size() - offline + 30);
}

// All at once, so that all of them are still to be told when the first would be forgotten.
TEST(Roster, remembers_only_the_last_of_many_who_left) {
    FakeClock clock;
    Roster roster{{.lease = 30s, .offline_after = 1s, .remembered_max = 10}};
    contracts::PresenceReport here{"n", true, {}};
    for (int i = 0; i < 100; ++i) {
        here.entries.push_back({UserId::make(), 1, 0});
    }
    EXPECT_TRUE(roster.apply(here, clock.now(), clock.steady()));
    (void)roster.take_changes();

    EXPECT_TRUE(roster.apply({"n", true, {}}, clock.now(), clock.steady()));
    clock.advance(2s);
    roster.expire(clock.now(), clock.steady());

    EXPECT_EQ(roster.take_changes().size(), 100U);
    EXPECT_EQ(roster.size(), 10U);
    EXPECT_EQ(std::ranges::count_if(here.entries,
                                    [&](const auto& entry) {
                                        return roster.get(entry.user_id).last_seen_at.has_value();
                                    }),
              10);
}

}  // namespace
}  // namespace loquat::presence
