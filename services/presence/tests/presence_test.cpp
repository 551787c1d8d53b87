#include "services/presence/presence.hpp"

#include <gtest/gtest.h>

#include <map>

#include "aio/loop.hpp"

namespace loquat::presence {
namespace {

using namespace std::chrono_literals;
using contracts::PresenceState;

class FakePeers final : public PeersPort {
  public:
    Task<std::vector<UserId>> list_peers(UserId user) override {
        ++calls;
        if (fails) {
            throw Failure{Kind::unavailable, "upstream.unavailable", "down"};
        }
        co_return peers[user];
    }
    std::map<UserId, std::vector<UserId>> peers;
    int calls = 0;
    bool fails = false;
};

class FakeWatchers final : public WatchersPort {
  public:
    void tell(const UserId& watcher, const contracts::Presence& presence) override {
        told[watcher].push_back(presence);
    }
    std::map<UserId, std::vector<contracts::Presence>> told;
};

class PresenceTest : public testing::Test {
  protected:
    PresenceTest() {
        peers.peers[ann] = {bob};
        peers.peers[bob] = {ann};
    }

    // Runs what never has to wait.
    void run(Task<void> task) {
        std::exception_ptr failed;
        auto wrapped = [](Task<void> inner, std::exception_ptr& error) -> Task<void> {
            try {
                co_await std::move(inner);
            } catch (...) {
                error = std::current_exception();
            }
        };
        loop.post([&] { loop.spawn(wrapped(std::move(task), failed)); });
        loop.poll();
        if (failed) {
            std::rethrow_exception(failed);
        }
    }
    void report(const std::string& node, std::vector<contracts::PresenceReportEntry> entries,
                bool whole = false) {
        run(presence.report({}, {node, whole, std::move(entries)}));
    }
    void publish() { run(presence.publish_changes()); }
    std::vector<contracts::Presence> ask(const UserId& who, std::vector<UserId> about) {
        std::vector<contracts::Presence> items;
        auto body = [&]() -> Task<void> {
            contracts::Caller caller;
            caller.user = who;
            contracts::GetPresenceRequest request{std::move(about)};
            auto list = co_await presence.get_presence(std::move(caller), std::move(request));
            items = std::move(list.items);
        };
        run(body());
        return items;
    }

    aio::Loop loop{"test"};
    FakeClock clock;
    FakePeers peers;
    FakeWatchers watchers;
    UserId ann = UserId::make();
    UserId bob = UserId::make();
    UserId stranger = UserId::make();
    Presence presence{peers, watchers, clock, Config{}};
};

TEST_F(PresenceTest, tells_connected_people_who_share_a_conversation_and_nobody_else) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0}, {stranger, 1, 0}}, true);

    publish();

    ASSERT_EQ(watchers.told[bob].size(), 1U);
    EXPECT_EQ(watchers.told[bob][0].user_id, ann);
    EXPECT_EQ(watchers.told[bob][0].state, PresenceState::online);
    EXPECT_TRUE(watchers.told[stranger].empty());
}

TEST_F(PresenceTest, merges_devices_over_nodes) {
    report("n1", {{ann, 1, 1}}, true);
    EXPECT_EQ(ask(bob, {ann})[0].state, PresenceState::away);

    report("n2", {{ann, 2, 1}}, true);
    EXPECT_EQ(ask(bob, {ann})[0].state, PresenceState::online);

    report("n2", {{ann, 0, 0}});
    EXPECT_EQ(ask(bob, {ann})[0].state, PresenceState::away);
}

TEST_F(PresenceTest, is_silent_about_a_page_that_reloads) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0}}, true);
    publish();
    watchers.told.clear();

    report("n1", {{ann, 0, 0}});
    clock.advance(500ms);
    publish();
    report("n1", {{ann, 1, 0}});
    clock.advance(5s);
    publish();

    EXPECT_TRUE(watchers.told[bob].empty());
}

TEST_F(PresenceTest, tells_when_somebody_left_and_remembers_when) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0}}, true);
    publish();
    clock.advance(10s);
    const Time left = clock.now();

    report("n1", {{ann, 0, 0}});
    clock.advance(2s);
    publish();

    ASSERT_EQ(watchers.told[bob].size(), 2U);
    EXPECT_EQ(watchers.told[bob][1].state, PresenceState::offline);
    EXPECT_EQ(watchers.told[bob][1].last_seen_at, left);
    EXPECT_EQ(ask(bob, {ann})[0].last_seen_at, left);
}

TEST_F(PresenceTest, a_node_that_is_silent_for_its_lease_is_gone) {
    report("n1", {{ann, 1, 0}}, true);
    report("n2", {{bob, 1, 0}}, true);
    publish();

    for (int i = 0; i < 4; ++i) {
        clock.advance(10s);
        report("n2", {});
        publish();
    }
    clock.advance(2s);
    publish();

    EXPECT_EQ(ask(bob, {ann})[0].state, PresenceState::offline);
    EXPECT_EQ(ask(ann, {bob})[0].state, PresenceState::online);
}

TEST_F(PresenceTest, an_unknown_node_must_report_everything_first) {
    try {
        report("n1", {{ann, 1, 0}});
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "presence.unknown_node");
    }
    report("n1", {{ann, 1, 0}}, true);
    report("n1", {{bob, 1, 0}}, true);
    clock.advance(2s);
    publish();

    EXPECT_EQ(ask(bob, {ann})[0].state, PresenceState::offline) << "not in the whole report";
}

TEST_F(PresenceTest, answers_only_about_people_one_shares_a_conversation_with) {
    report("n1", {{ann, 1, 0}, {stranger, 1, 0}}, true);

    const auto items = ask(bob, {ann, stranger, bob});

    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].user_id, ann);
    EXPECT_EQ(items[1].user_id, bob);
    EXPECT_EQ(items[1].state, PresenceState::offline);
}

TEST_F(PresenceTest, remembers_peers_for_a_while_and_survives_chat_being_down) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0}}, true);
    peers.fails = true;
    publish();
    EXPECT_TRUE(watchers.told[bob].empty());
    peers.fails = false;
    peers.calls = 0;

    for (int i = 0; i < 10; ++i) {
        ask(bob, {ann});
    }

    EXPECT_EQ(peers.calls, 1);
}

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

}  // namespace
}  // namespace loquat::presence
