#include "services/presence/tests/harness.hpp"

namespace loquat::presence {
namespace {

class BigRoom : public PresenceTest {
  protected:
    enum class Listening { nobody, first, all };

    void fill(std::size_t people) {
        for (std::size_t i = 0; i < people; ++i) {
            users.push_back(UserId::make());
            memberships.join(room, users.back());
        }
    }
    void all_come(const std::string& node, Listening listening) {
        std::vector<contracts::PresenceReportEntry> entries;
        for (const UserId& user : users) {
            entries.push_back({user, 1, 0, listening == Listening::all});
        }
        entries.front().watching = listening != Listening::nobody;
        report(node, entries, true);
    }
    std::vector<UserId> users;
};

TEST_F(BigRoom, costs_nothing_where_nobody_listens) {
    fill(300);

    all_come("n1", Listening::nobody);
    publish();

    EXPECT_EQ(memberships.calls, 0);
    EXPECT_EQ(watchers.publications, 0U);
}

TEST_F(BigRoom, is_told_to_a_listener_in_few_pieces) {
    fill(200);

    all_come("n1", Listening::first);
    publish();

    EXPECT_LE(watchers.publications, 1 + 200 / Letter::about_max);
    EXPECT_EQ(watchers.told[users.front()].size(), 199U);
    EXPECT_LE(watchers.bytes, 200U * 160);
}

TEST_F(BigRoom, where_all_listen_is_told_with_few_bytes_for_each_who_is_left_out) {
    fill(400);

    all_come("n1", Listening::all);
    publish();

    EXPECT_EQ(watchers.deliveries, 400U * 399);
    EXPECT_LE(watchers.bytes, 400U * 160 * (1 + Letter::about_max)) << "not 400 times 399 lines";
    for (const UserId& user : users) {
        EXPECT_EQ(watchers.told[user].size(), 399U);
    }
}

TEST_F(BigRoom, is_read_once_for_each_person_whoever_comes_later) {
    fill(2'000);
    all_come("n1", Listening::all);
    publish();
    memberships.people_read = 0;

    for (int i = 1; i <= 10; ++i) {
        report("n1", {{users.front(), 1, i % 2}});
        publish();
    }

    EXPECT_LE(memberships.people_read, 11U)
        << "who changed; a listener is followed, not read again";
}

TEST_F(BigRoom, that_changes_for_all_at_once_is_read_again_a_few_at_a_time) {
    fill(1'200);
    all_come("n1", Listening::all);

    publish();
    EXPECT_EQ(watchers.deliveries, Rereads::people_max) << "not 1,200 times 1,199";
    for (int i = 0; i < 3; ++i) {
        publish();
    }

    EXPECT_EQ(watchers.reread.size(), users.size()) << "everybody, and each once";
    EXPECT_EQ(watchers.resyncs, users.size());
    EXPECT_TRUE(watchers.told.empty());
}

TEST_F(BigRoom, that_is_crowded_holds_up_nobody_elsewhere) {
    fill(1'000);
    report("n2", {{ann, 1, 0}, {bob, 1, 0, true}}, true);
    publish();
    const ChatId small = ChatId::make();
    memberships.join(small, bob);
    memberships.join(small, stranger);

    all_come("n1", Listening::all);
    report("n3", {{stranger, 1, 0}}, true);
    publish();

    const auto& told = watchers.told[bob];
    EXPECT_TRUE(
        std::ranges::any_of(told, [&](const auto& one) { return one.user_id == stranger; }));
}

TEST_F(BigRoom, that_changed_more_than_is_kept_is_to_be_read_again_by_newcomers) {
    fill(600);
    all_come("n1", Listening::nobody);
    publish();

    report("n2", {{bob, 1, 0, true}}, true);
    publish();

    EXPECT_EQ(watchers.reread, (std::set<UserId>{bob}));
}

}  // namespace
}  // namespace loquat::presence
