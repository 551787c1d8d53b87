#include "services/presence/tests/harness.hpp"

namespace loquat::presence {
namespace {

// Every step of joining, leaving, ending, coming, going and listening, with a chat service that
// fails, forgets what changed and starts again, against what should be known.
class Model : public PresenceTest {
  protected:
    static constexpr std::size_t people = 6;

    Model() {
        memberships.rooms.clear();
        memberships.restart();
        for (std::size_t i = 0; i < people; ++i) {
            users.push_back(UserId::make());
        }
        for (std::size_t i = 0; i < 3; ++i) {
            rooms.push_back(ChatId::make());
        }
        report("n1", {}, true);
    }
    std::uint32_t next(std::uint32_t below) {
        seed = seed * 1664525 + 1013904223;
        return (seed >> 16) % below;
    }
    void change_memberships() {
        const ChatId& chat = rooms[next(3)];
        const UserId& user = users[next(people)];
        if (next(12) == 0) {
            memberships.end(chat);
        } else if (memberships.rooms[chat].contains(user)) {
            memberships.leave(chat, user);
        } else {
            memberships.join(chat, user);
        }
    }
    void come_or_go() {
        const UserId& user = users[next(people)];
        const auto connections = static_cast<std::int32_t>(next(2));
        const auto away = connections == 1 ? static_cast<std::int32_t>(next(2)) : 0;
        here[user] = {user, connections, away, next(2) == 0};
        report("n1", {here[user]});
    }
    PresenceState state_of(const UserId& user) {
        const auto& entry = here[user];
        return entry.connections == 0 ? PresenceState::offline
               : entry.away == 1      ? PresenceState::away
                                      : PresenceState::online;
    }
    bool listens(const UserId& user) { return here[user].watching && here[user].connections > 0; }
    // What each is told is exactly who changed, and shares a conversation with them now.
    void check(std::map<UserId, PresenceState> before, bool is_told, bool is_reread) {
        for (const UserId& user : users) {
            std::map<UserId, PresenceState> expected;
            for (const UserId& other : users) {
                if (is_told && listens(user) && other != user && memberships.share(user, other) &&
                    before[other] != state_of(other)) {
                    expected[other] = state_of(other);
                }
            }
            std::map<UserId, PresenceState> told;
            for (const contracts::Presence& one : watchers.told[user]) {
                told[one.user_id] = one.state;
            }
            EXPECT_EQ(told, expected);
            EXPECT_EQ(watchers.reread.contains(user), is_reread && listens(user));
        }
    }

    std::vector<UserId> users;
    std::vector<ChatId> rooms;
    std::map<UserId, contracts::PresenceReportEntry> here;
    std::uint32_t seed = 7;
};

TEST_F(Model, agrees_with_presence_over_all_orders) {
    bool owes = false;  // what was not told while chat failed
    for (int step = 0; step < 5000; ++step) {
        std::map<UserId, PresenceState> before;
        for (const UserId& user : users) {
            before[user] = state_of(user);
        }
        for (std::uint32_t i = next(4); i > 0; --i) {
            next(2) == 0 ? change_memberships() : come_or_go();
        }
        if (next(10) == 0) {
            next(2) == 0 ? memberships.forget_changes() : memberships.restart();
        }
        if (next(4) == 0) {
            memberships.after_list = [&] { change_memberships(); };
        }
        memberships.fails = next(20) == 0;
        watchers.told.clear();
        watchers.reread.clear();
        const std::size_t resyncs = watchers.resyncs;
        const bool was_asked =
            std::ranges::any_of(
                users, [&](const UserId& user) { return before[user] != state_of(user); }) &&
            std::ranges::any_of(users, [&](const UserId& user) { return listens(user); });
        clock.advance(3s);
        report("n1", {});

        publish();

        memberships.after_list = nullptr;
        owes = owes || (memberships.fails && was_asked);
        const bool is_reread = owes && !memberships.fails;
        check(before, !(memberships.fails && was_asked), is_reread);
        EXPECT_TRUE(watchers.resyncs == resyncs || is_reread);
        owes = owes && !is_reread;
        memberships.fails = false;
        for (const UserId& user : users) {
            std::vector<UserId> visible;
            for (const contracts::Presence& one : ask(user, users)) {
                visible.push_back(one.user_id);
                EXPECT_EQ(one.state, state_of(one.user_id));
            }
            std::vector<UserId> expected = users;
            std::erase_if(expected, [&](const UserId& other) {
                return other != user && !memberships.share(user, other);
            });
            EXPECT_EQ(visible, expected);
        }
        if (HasFailure()) {
            FAIL() << "at step " << step;
        }
    }
}

}  // namespace
}  // namespace loquat::presence
