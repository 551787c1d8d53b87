#include "services/presence/presence.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "aio/loop.hpp"
#include "wire/codec.hpp"

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
    void tell(const UserId& watcher, std::span<const std::string_view> bodies) override {
        ++publications;
        for (const std::string_view body : bodies) {
            bytes += body.size();
            if (body.find("resync") == std::string_view::npos) {
                told[watcher].push_back(wire::from_json<contracts::Presence>(body));
            } else {
                ++resyncs;
            }
        }
    }
    std::map<UserId, std::vector<contracts::Presence>> told;
    std::size_t publications = 0;
    std::size_t bytes = 0;
    std::size_t resyncs = 0;
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
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}, {stranger, 1, 0, true}}, true);

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
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
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
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
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

TEST_F(PresenceTest, survives_chat_being_down) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
    peers.fails = true;
    publish();
    EXPECT_TRUE(watchers.told[bob].empty());
    peers.fails = false;

    report("n1", {{ann, 1, 1}});
    publish();

    ASSERT_FALSE(watchers.told[bob].empty());
    EXPECT_EQ(watchers.told[bob].back().state, PresenceState::away);
}

TEST_F(PresenceTest, follows_membership_at_once_both_ways) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}, {stranger, 1, 0}}, true);
    publish();
    watchers.told.clear();

    peers.peers = {{bob, {stranger}}, {stranger, {bob}}};
    report("n1", {{ann, 1, 1}, {stranger, 1, 1}});
    publish();

    ASSERT_EQ(watchers.told[bob].size(), 1U);
    EXPECT_EQ(watchers.told[bob][0].user_id, stranger);
    EXPECT_TRUE(ask(bob, {ann}).empty());
    EXPECT_EQ(ask(bob, {stranger}).size(), 1U);
}

TEST_F(PresenceTest, tells_nothing_to_who_stopped_listening) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
    publish();
    watchers.told.clear();

    report("n1", {{bob, 1, 0, false}, {ann, 1, 1}});
    publish();

    EXPECT_TRUE(watchers.told[bob].empty());
}

TEST_F(PresenceTest, tells_who_is_known_to_listen_only_now_what_was_told_just_before) {
    report("n1", {{ann, 1, 0}}, true);
    publish();

    report("n2", {{bob, 1, 0, true}}, true);
    publish();

    ASSERT_EQ(watchers.told[bob].size(), 1U);
    EXPECT_EQ(watchers.told[bob][0].user_id, ann);
}

class BigRoom : public PresenceTest {
  protected:
    void fill(std::size_t people) {
        for (std::size_t i = 0; i < people; ++i) {
            users.push_back(UserId::make());
        }
        for (const UserId& user : users) {
            peers.peers[user] = users;
        }
    }
    std::vector<UserId> users;
};

TEST_F(BigRoom, costs_nothing_where_nobody_listens) {
    fill(300);
    std::vector<contracts::PresenceReportEntry> entries;
    for (const UserId& user : users) {
        entries.push_back({user, 1, 0});
    }

    report("n1", entries, true);
    publish();

    EXPECT_EQ(peers.calls, 0);
    EXPECT_EQ(watchers.publications, 0U);
}

TEST_F(BigRoom, is_asked_for_by_each_listener_and_told_in_one_piece) {
    for (const std::size_t people : {50, 200}) {
        users.clear();
        fill(people);
        std::vector<contracts::PresenceReportEntry> entries;
        for (const UserId& user : users) {
            entries.push_back({user, 1, 0});
        }
        entries.front().watching = true;
        peers.calls = 0;
        watchers.publications = 0;
        watchers.bytes = 0;

        report("n" + std::to_string(people), entries, true);
        publish();

        EXPECT_LE(peers.calls, 3) << "each listener, and a new one for what was told just before";
        EXPECT_EQ(watchers.publications, 1U);
        EXPECT_LE(watchers.bytes, people * 160);
    }
}

TEST_F(BigRoom, that_changed_more_than_is_kept_is_to_be_read_again_by_newcomers) {
    fill(600);
    std::vector<contracts::PresenceReportEntry> entries;
    for (const UserId& user : users) {
        entries.push_back({user, 1, 0});
    }
    report("n1", entries, true);
    publish();

    report("n2", {{bob, 1, 0, true}}, true);
    publish();

    EXPECT_EQ(watchers.resyncs, 1U);
}

// Every step of joining, leaving, coming, going and listening against what should be known.
TEST_F(PresenceTest, agrees_with_a_simple_model_over_all_orders) {
    std::vector<UserId> users;
    for (int i = 0; i < 6; ++i) {
        users.push_back(UserId::make());
    }
    std::set<std::size_t> members;
    std::map<UserId, contracts::PresenceReportEntry> here;
    report("n1", {}, true);
    std::uint32_t seed = 7;
    const auto next = [&](std::uint32_t below) {
        seed = seed * 1664525 + 1013904223;
        return (seed >> 16) % below;
    };
    for (int step = 0; step < 3000; ++step) {
        const std::size_t which = next(6);
        const UserId& user = users[which];
        if (next(2) == 0) {
            members.contains(which) ? (void)members.erase(which) : (void)members.insert(which);
            peers.peers.clear();
            for (const std::size_t one : members) {
                for (const std::size_t other : members) {
                    if (one != other) {
                        peers.peers[users[one]].push_back(users[other]);
                    }
                }
            }
        } else {
            const auto connections = static_cast<std::int32_t>(next(2));
            here[user] = {user, connections,
                          connections == 1 ? static_cast<std::int32_t>(next(2)) : 0, next(2) == 0};
            report("n1", {here[user]});
        }
        watchers.told.clear();
        clock.advance(3s);
        report("n1", {});
        publish();

        for (std::size_t i = 0; i < users.size(); ++i) {
            const auto& entry = here[users[i]];
            const bool listens = entry.watching && entry.connections > 0;
            for (const contracts::Presence& told : watchers.told[users[i]]) {
                const auto at = std::ranges::find(users, told.user_id) - users.begin();
                EXPECT_TRUE(listens && members.contains(i) &&
                            members.contains(static_cast<std::size_t>(at)));
                const auto& of = here[told.user_id];
                EXPECT_EQ(told.state, of.connections == 0 ? PresenceState::offline
                                      : of.away == 1      ? PresenceState::away
                                                          : PresenceState::online);
            }
            EXPECT_EQ(ask(users[i], users).size(), members.contains(i) ? members.size() : 1U);
        }
    }
}

}  // namespace
}  // namespace loquat::presence
