#include "services/chat/domain/membership_feed.hpp"
#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

using contracts::MembershipChange;
using contracts::MembershipMark;

TEST(Peers, are_those_of_whom_one_asks_who_share_a_conversation_now) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob, eve});
        co_await world.make_group(eve, {});
        contracts::PeopleRequest request{{bob, eve, UserId::make()}};
        const auto before = co_await world.chat.filter_peers(world.as(ana), request);

        contracts::MemberRef gone{group.id, eve};
        co_await world.chat.remove_member(world.as(ana), gone);
        const auto after = co_await world.chat.filter_peers(world.as(ana), request);

        EXPECT_EQ(before.ids, (std::vector<UserId>{bob, eve}));
        EXPECT_EQ(after.ids, (std::vector<UserId>{bob}));
    };

    world.run(body());
}

TEST(MembershipChanges, tell_all_that_came_and_went_since_a_mark) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const MembershipMark nothing;
        const auto start = co_await world.chat.list_membership_changes({}, nothing);
        EXPECT_FALSE(start.complete) << "nothing was read before";

        const auto room = co_await world.make_group(ana, {bob});
        contracts::MemberRef place{room.id, bob};
        co_await world.chat.remove_member(world.as(ana), place);
        contracts::PutMemberRequest again{room.id, bob};
        co_await world.chat.put_member(world.as(ana), again);
        contracts::ChatRef ref{room.id};
        co_await world.chat.delete_chat(world.as(ana), ref);
        const auto changes = co_await world.chat.list_membership_changes({}, start.mark);
        const auto none = co_await world.chat.list_membership_changes({}, changes.mark);

        EXPECT_TRUE(changes.complete);
        std::vector<std::string> told;
        for (const MembershipChange& change : changes.items) {
            EXPECT_EQ(change.chat_id, room.id);
            told.push_back((change.is_member ? "+" : "-") + std::string{!change.user_id ? "all"
                                                                        : change.user_id == ana
                                                                            ? "ana"
                                                                            : "bob"});
        }
        std::sort(told.begin(), told.begin() + 2);
        EXPECT_EQ(told, (std::vector<std::string>{"+ana", "+bob", "-bob", "+bob", "-all"}));
        EXPECT_TRUE(none.complete);
        EXPECT_TRUE(none.items.empty());
    };

    world.run(body());
}

TEST(MembershipChanges, say_when_more_is_missing_than_they_remember) {
    MembershipFeed feed;
    const ChatId chat = ChatId::make();
    MembershipMark begin = feed.list_after({}).mark;
    feed.note({chat, UserId::make(), true});
    const MembershipMark second = feed.list_after(begin).mark;

    for (std::int64_t i = 0; i < MembershipFeed::changes_max; ++i) {
        feed.note({chat, UserId::make(), true});
    }

    EXPECT_FALSE(feed.list_after(begin).complete);
    EXPECT_TRUE(feed.list_after(second).complete);
    EXPECT_EQ(std::ssize(feed.list_after(second).items), MembershipFeed::changes_max);
    EXPECT_FALSE(MembershipFeed{}.list_after(second).complete) << "the feed of another start";
}

}  // namespace
}  // namespace loquat::chat
