#include "services/presence/tests/harness.hpp"

namespace loquat::presence {
namespace {

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
    memberships.fails = true;
    publish();
    EXPECT_TRUE(watchers.told[bob].empty());
    memberships.fails = false;

    report("n1", {{ann, 1, 1}});
    publish();

    EXPECT_TRUE(watchers.reread.contains(bob)) << "what was not told is to be asked for";

    ASSERT_FALSE(watchers.told[bob].empty());
    EXPECT_EQ(watchers.told[bob].back().state, PresenceState::away);
}

TEST_F(PresenceTest, says_read_again_only_once_chat_can_answer_who_does) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
    memberships.fails = true;
    for (int i = 0; i < 3; ++i) {
        publish();
        clock.advance(3s);
        EXPECT_TRUE(watchers.reread.empty());
    }

    memberships.fails = false;
    publish();

    EXPECT_EQ(watchers.reread, (std::set<UserId>{bob})) << "also when nothing changes any more";
}

TEST_F(PresenceTest, follows_membership_at_once_both_ways) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}, {stranger, 1, 0}}, true);
    publish();
    watchers.told.clear();

    memberships.leave(room, ann);
    memberships.join(room, stranger);
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

TEST_F(PresenceTest, counts_a_membership_that_ends_while_others_are_read) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
    memberships.after_list = [&] { memberships.leave(room, bob); };

    publish();

    EXPECT_TRUE(watchers.told[bob].empty());
}

TEST_F(PresenceTest, tells_nobody_in_a_conversation_that_is_no_more) {
    report("n1", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
    publish();
    watchers.told.clear();

    memberships.end(room);
    report("n1", {{ann, 1, 1}});
    publish();

    EXPECT_TRUE(watchers.told[bob].empty());
}

TEST_F(PresenceTest, tells_once_about_who_shares_many_conversations_and_never_about_oneself) {
    for (int i = 0; i < 5; ++i) {
        const ChatId another = ChatId::make();
        memberships.join(another, ann);
        memberships.join(another, bob);
    }
    report("n1", {{ann, 1, 0, true}, {bob, 1, 0, true}}, true);

    publish();

    ASSERT_EQ(watchers.told[bob].size(), 1U);
    EXPECT_EQ(watchers.told[bob][0].user_id, ann);
    ASSERT_EQ(watchers.told[ann].size(), 1U);
    EXPECT_EQ(watchers.told[ann][0].user_id, bob);
}

// A roster on a server that may be away.
class AwayRoster final : public RosterStore {
  public:
    explicit AwayRoster(RosterStore& inner) : inner_(inner) {}
    Task<bool> report(contracts::PresenceReport report) override {
        return inner_.report(std::move(report));
    }
    Task<std::vector<contracts::Presence>> list(std::vector<UserId> users) override {
        return inner_.list(std::move(users));
    }
    Task<Turn> take_turn() override {
        if (is_away) {
            throw Failure{Kind::unavailable, "store.unavailable", "away"};
        }
        co_return co_await inner_.take_turn();
    }
    std::size_t size() const override { return inner_.size(); }

    bool is_away = false;

  private:
    RosterStore& inner_;
};

TEST_F(PresenceTest, lets_who_listens_ask_again_after_the_roster_was_away) {
    AwayRoster away{roster};
    Presence over_server{{away, memberships, watchers}, clock};
    report("n", {{ann, 1, 0, true}}, true);
    run(over_server.publish_changes());
    watchers.reread.clear();

    away.is_away = true;
    run(over_server.publish_changes());
    away.is_away = false;
    clock.advance(5s);
    run(over_server.publish_changes());

    EXPECT_EQ(watchers.reread, std::set<UserId>{ann});
}

}  // namespace
}  // namespace loquat::presence
