#include <algorithm>

#include "services/chat/tests/world.hpp"

// Unread messages that mention somebody: counted by the store, wherever a count is sent.
namespace loquat::chat {
namespace {

using contracts::ChatRef;
using contracts::ReadRequest;

Task<std::int64_t> mentions_of(World& world, UserId user, ChatId chat) {
    const ChatRef ref{chat};
    const auto view = co_await world.chat.get_chat(world.as(user), ref);
    const auto list = co_await world.chat.list_chats(world.as(user), {});
    EXPECT_EQ(list.items.at(0).me->mentions, view.me->mentions);
    EXPECT_LE(view.me->mentions, view.me->unread);
    co_return view.me->mentions;
}

TEST(UnreadMentions, are_those_behind_the_marker) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(ana, room.id, "@bob one");
        co_await world.send(ana, room.id, "two");
        co_await world.send(ana, room.id, "three @bob @ana");
        co_await world.send(ana, room.id, "`@bob` is code");

        EXPECT_EQ(co_await mentions_of(world, bob, room.id), 2);
        EXPECT_EQ(co_await mentions_of(world, ana, room.id), 0) << "what one wrote was read";
        co_await world.chat.put_read(world.as(bob), ReadRequest{room.id, 1});
        EXPECT_EQ(co_await mentions_of(world, bob, room.id), 1);
        const auto told = world.broadcast.last_user_event(bob, "read");
        EXPECT_EQ(wire::to_json(*told.find("mentions")), "1");
        EXPECT_EQ(wire::to_json(*told.find("unread")), "3");
        co_await world.chat.put_read(world.as(bob), ReadRequest{room.id, 4});
        EXPECT_EQ(co_await mentions_of(world, bob, room.id), 0);
        EXPECT_EQ(wire::to_json(*world.broadcast.last_user_event(bob, "read").find("mentions")),
                  "0");
    };

    world.run(body());
}

TEST(UnreadMentions, follow_edits_and_deletions) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        const auto first = co_await world.send(ana, room.id, "@bob one");
        const auto second = co_await world.send(ana, room.id, "two");
        const contracts::EditMessageRequest give{room.id, second.id, "two @bob"};
        const contracts::EditMessageRequest take{room.id, first.id, "one"};
        const contracts::MessageRef ref{room.id, second.id};

        co_await world.chat.edit_message(world.as(ana), give);
        EXPECT_EQ(co_await mentions_of(world, bob, room.id), 2);
        co_await world.chat.edit_message(world.as(ana), take);
        EXPECT_EQ(co_await mentions_of(world, bob, room.id), 1);
        co_await world.chat.delete_message(world.as(ana), ref);
        EXPECT_EQ(co_await mentions_of(world, bob, room.id), 0);
    };

    world.run(body());
}

TEST(UnreadMentions, begin_where_somebody_came_in) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(ana, room.id, "@bob one");
        const contracts::MemberRef out{room.id, bob};
        co_await world.chat.remove_member(world.as(ana), out);
        const contracts::PutMemberRequest in{.id = room.id, .user_id = bob};
        co_await world.chat.put_member(world.as(ana), in);

        EXPECT_EQ(co_await mentions_of(world, bob, room.id), 0);
    };

    world.run(body());
}

TEST(UnreadMentions, are_told_to_edges_by_number) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto read = co_await world.make_group(ana, {bob});
        co_await world.send(ana, read.id, "@bob");
        co_await world.chat.put_read(world.as(bob), ReadRequest{read.id, 1});
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(ana, room.id, "@bob one");
        co_await world.send(ana, room.id, "two");
        co_await world.send(ana, room.id, "@bob three");
        co_await world.chat.put_read(world.as(bob), ReadRequest{room.id, 1});

        const auto places = co_await world.chat.list_places(world.as(bob), {});

        for (const contracts::ChatPlace& place : places.items) {
            const std::vector<std::int64_t> expected{3};
            EXPECT_EQ(place.mention_seqs, place.id == room.id ? expected : decltype(expected){});
        }
    };

    world.run(body());
}

TEST(UnreadMentions, are_told_when_a_conversation_changes) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(ana, room.id, "@bob one");
        co_await world.send(ana, room.id, "two");
        co_await world.drain();

        const contracts::UpdateChatRequest rename{.id = room.id, .title = "Another"};
        co_await world.chat.update_chat(world.as(ana), rename);
        std::vector<std::string> heard;
        while (std::ranges::find(heard, "chat_changed") == heard.end()) {
            co_await aio::yield();
            heard = world.broadcast.user_events(bob);
        }

        const std::string told =
            wire::to_json(world.broadcast.last_user_event(bob, "chat_changed"));
        EXPECT_NE(told.find(R"("unread":2,"mentions":1)"), std::string::npos) << told;
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
