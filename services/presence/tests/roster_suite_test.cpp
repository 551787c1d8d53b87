#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "services/presence/adapters/memory_roster.hpp"
#include "services/presence/adapters/redis_roster.hpp"
#include "testing/await.hpp"
#include "testing/redis_server.hpp"

// What every RosterStore promises, run over all of them.
namespace loquat::presence {
namespace {

using namespace std::chrono_literals;
using contracts::PresenceState;
using test::await;

constexpr Roster::Rules rules{.lease = 30s, .offline_after = 1s, .remembered_max = 10};

enum class Kind { memory, redis };

// A server of Redis, whose clock goes on and is moved besides.
struct RedisPlace {
    test::RedisServer server;
    store::RedisClient client{{.target = server.target(), .name = "test"}};

    std::unique_ptr<RosterStore> open(const FakeClock& clock) {
        const Steady begun = clock.steady();
        auto ahead = [&clock, begun] {
            return std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady() - begun);
        };
        return std::make_unique<RedisRoster>(
            client, RedisRoster::Options{.rules = rules, .answer_max = 20s, .ahead = ahead});
    }
};

struct RosterSuite : testing::TestWithParam<Kind> {
    aio::Loop loop{"test"};
    FakeClock clock;
    std::unique_ptr<RedisPlace> redis =
        GetParam() == Kind::redis ? std::make_unique<RedisPlace>() : nullptr;
    std::unique_ptr<RosterStore> store =
        redis ? redis->open(clock) : std::make_unique<MemoryRoster>(rules, clock);

    bool report(contracts::PresenceReport report) { return await(loop, store->report(report)); }
    RosterStore::Turn take_turn() { return await(loop, store->take_turn()); }
    contracts::Presence get(UserId user) { return await(loop, store->list({user})).front(); }
};

TEST_P(RosterSuite, refuses_a_node_that_has_not_told_everything) {
    const UserId ann = UserId::make();

    EXPECT_FALSE(report({"n", false, {{ann, 1, 0}}}));
    EXPECT_EQ(get(ann).state, PresenceState::offline);
    EXPECT_TRUE(report({"n", true, {{ann, 1, 0}}}));
    EXPECT_TRUE(report({"n", false, {}}));
    EXPECT_EQ(get(ann).state, PresenceState::online);
}

TEST_P(RosterSuite, merges_what_several_nodes_say_of_a_person) {
    const UserId ann = UserId::make();
    report({"one", true, {{ann, 1, 1}}});
    report({"two", true, {{ann, 1, 0}}});

    const PresenceState both = get(ann).state;
    report({"two", false, {{ann, 0, 0}}});
    const PresenceState one = get(ann).state;

    EXPECT_EQ(both, PresenceState::online);
    EXPECT_EQ(one, PresenceState::away);
}

TEST_P(RosterSuite, ends_what_a_node_said_that_is_silent_and_keeps_what_another_says) {
    const UserId ann = UserId::make();
    const UserId bob = UserId::make();
    report({"silent", true, {{ann, 1, 0, true}, {bob, 1, 0}}});
    report({"other", true, {{bob, 1, 0}}});
    take_turn();

    clock.advance(20s);
    report({"other", false, {}});
    clock.advance(15s);
    const RosterStore::Turn ends = take_turn();
    clock.advance(2s);
    const RosterStore::Turn left = take_turn();

    EXPECT_EQ(ends.gone_watchers, std::vector<UserId>{ann});
    ASSERT_EQ(left.changes.size(), 1U);
    EXPECT_EQ(left.changes[0].user_id, ann);
    EXPECT_EQ(left.changes[0].state, PresenceState::offline);
    EXPECT_EQ(get(bob).state, PresenceState::online);
    EXPECT_FALSE(report({"silent", false, {}})) << "it must tell everything again";
}

TEST_P(RosterSuite, gives_in_each_turn_what_is_another_since_the_one_before) {
    const UserId ann = UserId::make();
    report({"n", true, {{ann, 1, 0, true}}});

    const RosterStore::Turn first = take_turn();
    const RosterStore::Turn nothing = take_turn();
    report({"n", false, {{ann, 1, 1, false}}});
    report({"n", false, {{ann, 1, 0, false}}});
    const RosterStore::Turn back = take_turn();

    ASSERT_EQ(first.changes.size(), 1U);
    EXPECT_EQ(first.new_watchers, std::vector<UserId>{ann});
    EXPECT_TRUE(nothing.changes.empty());
    EXPECT_TRUE(nothing.new_watchers.empty());
    EXPECT_TRUE(back.changes.empty()) << "it is as it was told";
    EXPECT_EQ(back.gone_watchers, std::vector<UserId>{ann});
}

TEST_P(RosterSuite, flapping_ends_in_the_true_state) {
    std::vector<UserId> users;
    for (int i = 0; i < 50; ++i) {
        users.push_back(UserId::make());
    }
    std::uint32_t seed = 1;
    std::map<UserId, std::int32_t> truth;
    EXPECT_TRUE(report({"n", true, {}}));

    for (int i = 0; i < 2000; ++i) {
        seed = seed * 1664525 + 1013904223;
        const UserId& user = users[(seed >> 16) % users.size()];
        const auto connections = static_cast<std::int32_t>((seed >> 8) % 3);
        truth[user] = connections;
        EXPECT_TRUE(report({"n", false, {{user, connections, 0}}}));
        clock.advance(100ms);
        take_turn();
    }
    clock.advance(2s);
    EXPECT_TRUE(report({"n", false, {}}));
    take_turn();

    std::size_t offline = 0;
    for (const UserId& user : users) {
        const bool here = truth[user] > 0;
        EXPECT_EQ(get(user).state == PresenceState::online, here);
        offline += here ? 0 : 1;
    }
    EXPECT_LE(store->size(), users.size() - offline + 30);
}

// All at once, so that all of them are still to be told when the first would be forgotten.
TEST_P(RosterSuite, remembers_only_the_last_of_many_who_left) {
    contracts::PresenceReport here{"n", true, {}};
    for (int i = 0; i < 100; ++i) {
        here.entries.push_back({UserId::make(), 1, 0});
    }
    EXPECT_TRUE(report(here));
    take_turn();

    EXPECT_TRUE(report({"n", true, {}}));
    clock.advance(2s);

    EXPECT_EQ(take_turn().changes.size(), 100U);
    EXPECT_EQ(store->size(), 10U);
    EXPECT_EQ(std::ranges::count_if(
                  here.entries,
                  [&](const auto& entry) { return get(entry.user_id).last_seen_at.has_value(); }),
              10);
}

INSTANTIATE_TEST_SUITE_P(Adapters, RosterSuite, testing::Values(Kind::memory, Kind::redis),
                         [](const auto& suite) {
                             return std::string{suite.param == Kind::memory ? "memory" : "redis"};
                         });

struct RedisRosterTest : testing::Test {
    aio::Loop loop{"test"};
    FakeClock clock;
    RedisPlace redis;
    std::unique_ptr<RosterStore> one = redis.open(clock);
    std::unique_ptr<RosterStore> two = redis.open(clock);
    const UserId ann = UserId::make();
    const UserId bob = UserId::make();

    bool report(RosterStore& store, contracts::PresenceReport report) {
        return await(loop, store.report(std::move(report)));
    }
    RosterStore::Turn turn(RosterStore& store) { return await(loop, store.take_turn()); }
    PresenceState state(RosterStore& store, UserId user) {
        return await(loop, store.list({user})).front().state;
    }
};

TEST_F(RedisRosterTest, is_one_roster_for_all_instances) {
    EXPECT_TRUE(report(*one, {"n", true, {{ann, 1, 0}}}));
    EXPECT_TRUE(report(*two, {"n", false, {{bob, 1, 1}}}));

    EXPECT_EQ(state(*two, ann), PresenceState::online);
    EXPECT_EQ(state(*one, bob), PresenceState::away);
}

TEST_F(RedisRosterTest, gives_each_change_to_one_instance) {
    report(*one, {"n", true, {{ann, 1, 0, true}}});

    const RosterStore::Turn first = turn(*one);
    const RosterStore::Turn second = turn(*two);

    EXPECT_EQ(first.changes.size(), 1U);
    EXPECT_EQ(first.new_watchers.size(), 1U);
    EXPECT_TRUE(second.changes.empty());
    EXPECT_TRUE(second.new_watchers.empty());
}

TEST_F(RedisRosterTest, goes_on_with_another_teller_who_knows_everybody_who_listens) {
    report(*one, {"n", true, {{ann, 1, 0, true}, {bob, 1, 0, true}}});
    turn(*one);
    report(*one, {"n", false, {{bob, 1, 1, false}}});

    redis.server.ask({"DEL", "presence.teller"});  // it has not taken a turn for three seconds
    const RosterStore::Turn next = turn(*two);
    redis.server.ask({"DEL", "presence.teller"});
    const RosterStore::Turn back = turn(*one);

    EXPECT_EQ(next.new_watchers, std::vector<UserId>{ann});
    ASSERT_EQ(next.changes.size(), 1U);
    EXPECT_EQ(next.changes[0].user_id, bob);
    EXPECT_EQ(next.changes[0].state, PresenceState::away);
    EXPECT_TRUE(back.new_watchers.empty()) << "it knew of her before";
    EXPECT_EQ(back.gone_watchers, std::vector<UserId>{bob});
}

TEST_F(RedisRosterTest, wants_everything_again_after_the_server_has_lost_it) {
    report(*one, {"n", true, {{ann, 1, 0, true}}});
    turn(*one);

    redis.server.ask({"FLUSHALL"});

    EXPECT_FALSE(report(*one, {"n", false, {}}));
    EXPECT_EQ(state(*one, ann), PresenceState::offline);
    EXPECT_TRUE(report(*one, {"n", true, {{ann, 1, 0, true}}}));
    EXPECT_EQ(turn(*one).changes.size(), 1U);
}

}  // namespace
}  // namespace loquat::presence
