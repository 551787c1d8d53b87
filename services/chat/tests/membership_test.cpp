#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

using contracts::ChatRef;
using contracts::MemberRef;
using contracts::PutMemberRequest;

TEST(JoinChat, lets_anyone_into_a_public_room_once) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {}, "public");
        co_await world.send(ana, room.id, "before");
        const ChatRef ref{room.id};

        co_await world.chat.join_chat(world.as(bob), ref);
        co_await world.chat.join_chat(world.as(bob), ref);
        const auto seen = co_await world.chat.get_chat(world.as(bob), ref);
        co_await aio::yield();

        EXPECT_EQ(seen.member_count, 2);
        EXPECT_EQ(seen.me->role, MemberRole::member);
        EXPECT_EQ(seen.me->unread, 0);
        EXPECT_EQ(world.broadcast.room_events(room.id), std::vector<std::string>{"member_added"});
        EXPECT_EQ(world.broadcast.user_events(bob), std::vector<std::string>{"chat_added"});
    };

    world.run(body());
}

TEST(JoinChat, stops_at_the_member_limit_when_many_come_at_once) {
    ChatConfig config;
    config.members_max = 5;
    World world{config};
    const UserId ana = world.person("ana");
    int joined = 0;
    int refused = 0;
    auto one = [&](UserId user, ChatId room) -> Task<void> {
        const ChatRef ref{room};
        const auto code = co_await code_of(world.chat.join_chat(world.as(user), ref));
        joined += code == "ok" ? 1 : 0;
        refused += code == "chat.member_limit" ? 1 : 0;
    };
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {}, "public");
        aio::Scope scope{world.loop, "test"};
        for (int i = 0; i < 20; ++i) {
            scope.start(one(world.person("user" + std::to_string(i)), room.id));
        }
        while (joined + refused < 20) {
            co_await aio::yield();
        }
        co_await scope.close();
    };

    world.run(body());

    EXPECT_EQ(joined, 4);
    EXPECT_EQ(refused, 16);
}

TEST(LeaveChat, ends_the_membership_and_the_live_subscription) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {bob});
        const ChatRef ref{room.id};

        co_await world.chat.leave_chat(world.as(bob), ref);
        co_await aio::yield();

        EXPECT_EQ(co_await code_of(world.chat.get_chat(world.as(bob), ref)), "chat.not_found");
        EXPECT_EQ(world.broadcast.room_events(room.id), std::vector<std::string>{"member_removed"});
        EXPECT_EQ(world.broadcast.user_events(bob), (std::vector<std::string>{"chat_removed"}));
    };

    world.run(body());
}

TEST(LeaveChat, is_refused_for_an_owner_until_somebody_else_owns_it) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {bob});
        const ChatRef ref{room.id};

        EXPECT_EQ(co_await code_of(world.chat.leave_chat(world.as(ana), ref)),
                  "chat.owner_cannot_leave");
        co_await world.set_role(ana, room.id, bob, MemberRole::owner);
        const auto seen = co_await world.chat.get_chat(world.as(ana), ref);
        EXPECT_EQ(seen.me->role, MemberRole::admin);
        EXPECT_EQ(co_await code_of(world.chat.leave_chat(world.as(ana), ref)), "ok");
    };

    world.run(body());
}

TEST(LeaveChat, deletes_the_conversation_with_its_last_member) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {}, "public");
        const ChatRef ref{room.id};

        co_await world.chat.leave_chat(world.as(ana), ref);
        const auto loaded = co_await world.chats->load(room.id);

        EXPECT_EQ(co_await code_of(world.chat.get_chat(world.as(ana), ref)), "chat.not_found");
        EXPECT_FALSE(loaded.has_value());
    };

    world.run(body());
}

TEST(ListMembers, pages_through_everybody_once) {
    World world;
    const UserId ana = world.person("ana");
    std::vector<UserId> others;
    for (int i = 0; i < 7; ++i) {
        others.push_back(world.person("user" + std::to_string(i)));
    }
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, others);
        contracts::ListMembersRequest request;
        request.id = room.id;
        request.limit = 3;
        std::set<std::string> names;

        for (int pages = 0; pages < 3; ++pages) {
            const auto page = co_await world.chat.list_members(world.as(ana), request);
            for (const contracts::Member& member : page.items) {
                names.insert(member.user.username);
            }
            request.cursor = page.next_cursor;
        }
        contracts::ListMembersRequest bad;
        bad.id = room.id;
        bad.cursor = "nonsense";

        EXPECT_EQ(names.size(), 8U);
        EXPECT_EQ(request.cursor, std::nullopt);
        EXPECT_EQ(co_await code_of(world.chat.list_members(world.as(ana), bad)), "request.invalid");
    };

    world.run(body());
}

TEST(PutMember, invites_by_admins_and_changes_roles_by_the_owner) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");
    const UserId kim = world.person("kim");
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {bob});
        const auto put = [&](UserId actor, UserId user, MemberRole role) {
            return code_of(
                world.chat.put_member(world.as(actor), PutMemberRequest{room.id, user, role}));
        };

        EXPECT_EQ(co_await put(bob, eve, MemberRole::member), "chat.forbidden");
        EXPECT_EQ(co_await put(ana, bob, MemberRole::admin), "ok");
        EXPECT_EQ(co_await put(bob, eve, MemberRole::admin), "chat.forbidden");
        EXPECT_EQ(co_await put(bob, eve, MemberRole::member), "ok");
        EXPECT_EQ(co_await put(bob, eve, MemberRole::member), "ok");
        EXPECT_EQ(co_await put(bob, eve, MemberRole::admin), "chat.forbidden");
        EXPECT_EQ(co_await put(bob, bob, MemberRole::member), "chat.forbidden");
        EXPECT_EQ(co_await put(ana, ana, MemberRole::member), "chat.forbidden");
        EXPECT_EQ(co_await put(ana, kim, MemberRole::owner), "chat.forbidden");
        EXPECT_EQ(co_await put(ana, UserId::make(), MemberRole::member), "auth.user_not_found");
        EXPECT_EQ(co_await put(ana, kim, MemberRole::admin), "ok");
    };

    world.run(body());
}

TEST(RemoveMember, is_for_those_above) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");
    const UserId kim = world.person("kim");
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {bob, eve, kim});
        co_await world.set_role(ana, room.id, bob, MemberRole::admin);
        const auto remove = [&](UserId actor, UserId user) {
            return code_of(world.chat.remove_member(world.as(actor), MemberRef{room.id, user}));
        };

        EXPECT_EQ(co_await remove(eve, kim), "chat.forbidden");
        EXPECT_EQ(co_await remove(bob, ana), "chat.forbidden");
        EXPECT_EQ(co_await remove(bob, kim), "ok");
        EXPECT_EQ(co_await remove(bob, kim), "chat.member_not_found");
        EXPECT_EQ(co_await remove(ana, bob), "ok");
        EXPECT_EQ(co_await remove(eve, eve), "ok");
        EXPECT_EQ(co_await remove(ana, ana), "ok");
    };

    world.run(body());
}

TEST(PutMember, is_refused_when_the_person_is_in_too_many_chats) {
    ChatConfig config;
    config.chats_per_user_max = 2;
    World world{config};
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        co_await world.make_group(bob, {});
        co_await world.make_group(bob, {});
        const auto room = co_await world.make_group(ana, {});
        const PutMemberRequest invite{room.id, bob, MemberRole::member};

        EXPECT_EQ(co_await code_of(world.chat.put_member(world.as(ana), invite)),
                  "chat.chat_limit");
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
