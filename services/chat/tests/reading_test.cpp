#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

using contracts::ChatRef;
using contracts::Empty;
using contracts::ReadRequest;

TEST(ListMessages, pages_by_number) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {});
        for (int i = 0; i < 5; ++i) {
            co_await world.send(ana, room.id, "text");
        }
        contracts::ListMessagesRequest newest;
        newest.id = room.id;
        newest.limit = 2;
        contracts::ListMessagesRequest after = newest;
        after.after_seq = 1;

        const auto last = co_await world.chat.list_messages(world.as(ana), newest);
        const auto next = co_await world.chat.list_messages(world.as(ana), after);

        EXPECT_EQ(last.first_seq, 4);
        EXPECT_EQ(last.last_seq, 5);
        EXPECT_EQ(last.head_seq, 5);
        EXPECT_EQ(next.first_seq, 2);
        EXPECT_EQ(next.items.size(), 2U);
    };

    world.run(body());
}

TEST(PutRead, moves_forward_only_and_not_beyond_the_last_message) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        for (int i = 0; i < 3; ++i) {
            co_await world.send(ana, room.id, "text");
        }
        const ChatRef ref{room.id};
        const auto mark = [&](std::int64_t seq) {
            return world.chat.put_read(world.as(bob), ReadRequest{room.id, seq});
        };

        co_await mark(2);
        co_await mark(1);
        const auto two = co_await world.chat.get_chat(world.as(bob), ref);
        co_await mark(99);
        const auto all = co_await world.chat.get_chat(world.as(bob), ref);

        EXPECT_EQ(two.me->read_seq, 2);
        EXPECT_EQ(two.me->unread, 1);
        EXPECT_EQ(all.me->read_seq, 3);
        EXPECT_EQ(world.broadcast.room_events(room.id), (std::vector<std::string>{"read", "read"}));
        EXPECT_EQ(wire::to_json(*world.broadcast.last_user_event(bob, "read").find("unread")), "0");
    };

    world.run(body());
}

TEST(PutRead, of_many_devices_at_once_ends_at_the_highest) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    int done = 0;
    auto one = [&](ChatId room, std::int64_t seq) -> Task<void> {
        const ReadRequest request{room, seq};
        co_await world.chat.put_read(world.as(bob), request);
        ++done;
    };
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        for (int i = 0; i < 20; ++i) {
            co_await world.send(ana, room.id, "text");
        }
        aio::Scope scope{world.loop, "test"};
        for (std::int64_t seq = 20; seq > 0; --seq) {
            scope.start(one(room.id, (seq * 7) % 20 + 1));
        }
        while (done < 20) {
            co_await aio::yield();
        }
        co_await scope.close();
        const auto loaded = co_await world.chats->load(room.id);
        const ChatRef ref{room.id};
        const auto seen = co_await world.chat.get_chat(world.as(bob), ref);
        EXPECT_EQ(seen.me->read_seq, 20);
        for (const MemberRecord& member : loaded->members) {
            EXPECT_TRUE(member.user != bob || member.read_seq == 20);
        }
    };

    world.run(body());
}

TEST(PutRead, tells_nobody_else_in_a_large_room) {
    ChatConfig config;
    config.receipts_members_max = 1;
    World world{config};
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(ana, room.id, "text");
        const ReadRequest request{room.id, 1};

        co_await world.chat.put_read(world.as(bob), request);

        EXPECT_TRUE(world.broadcast.room_events(room.id).empty());
        EXPECT_EQ(world.broadcast.user_events(bob).back(), "read");
    };

    world.run(body());
}

TEST(PostTyping, is_shown_once_in_its_interval) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {});
        const ChatRef ref{room.id};

        co_await world.chat.post_typing(world.as(ana), ref);
        co_await world.chat.post_typing(world.as(ana), ref);
        world.clock.advance(std::chrono::seconds{2});
        co_await world.chat.post_typing(world.as(ana), ref);

        EXPECT_EQ(world.broadcast.room_events(room.id),
                  (std::vector<std::string>{"typing", "typing"}));
    };

    world.run(body());
}

TEST(CheckSubscription, gives_the_head_of_the_store_to_members_only) {
    World world;
    const UserId ana = world.person("ana");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        const auto hidden = co_await world.make_group(ana, {});
        const auto open = co_await world.make_group(ana, {}, "public");
        const auto request = text_of(hidden.id, "c1", "x");
        co_await world.chat.accept_message(world.as(ana), request);
        world.broadcast.is_losing = true;
        co_await world.drain();
        const ChatRef hidden_ref{hidden.id};
        const ChatRef open_ref{open.id};

        const auto mine = co_await world.chat.check_subscription(world.as(ana), hidden_ref);

        EXPECT_EQ(mine.head_seq, 1);
        EXPECT_EQ(mine.role, MemberRole::owner);
        EXPECT_EQ(co_await code_of(world.chat.check_subscription(world.as(eve), hidden_ref)),
                  "chat.not_found");
        EXPECT_EQ(co_await code_of(world.chat.check_subscription(world.as(eve), open_ref)),
                  "chat.not_a_member");
    };

    world.run(body());
}

TEST(ListPlaces, gives_every_conversation_with_its_marker) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        const auto direct = co_await world.make_direct(ana, bob);
        co_await world.send(ana, room.id, "one");
        co_await world.send(bob, room.id, "two");
        const Empty nothing;

        const auto places = co_await world.chat.list_places(world.as(ana), nothing);

        EXPECT_EQ(places.items.size(), 2U);
        for (const contracts::ChatPlace& place : places.items) {
            EXPECT_EQ(place.last_seq, place.id == room.id ? 2 : 0);
            EXPECT_EQ(place.read_seq, place.id == room.id ? 1 : 0);
            EXPECT_TRUE(place.id == room.id || place.id == direct.id);
        }
    };

    world.run(body());
}

TEST(Unread, counts_what_others_wrote_since_ones_own_last_message) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(ana, room.id, "one");
        co_await world.send(bob, room.id, "two");
        co_await world.send(ana, room.id, "three");
        const ChatRef ref{room.id};

        const auto of_ana = co_await world.chat.get_chat(world.as(ana), ref);
        const auto of_bob = co_await world.chat.get_chat(world.as(bob), ref);

        EXPECT_EQ(of_ana.me->unread, 0);
        EXPECT_EQ(of_bob.me->unread, 1);
        EXPECT_EQ(of_bob.me->read_seq, 2);
    };

    world.run(body());
}

TEST(LastMessages, are_read_again_after_a_loss) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {});
        const ChatRef ref{room.id};
        co_await world.chat.get_chat(world.as(ana), ref);
        co_await world.chat.accept_message(world.as(ana), text_of(room.id, "c1", "x"));
        world.broadcast.is_losing = true;
        co_await world.drain();
        const auto old = co_await world.chat.get_chat(world.as(ana), ref);
        world.broadcast.announce_loss();
        co_await aio::yield();
        co_await aio::yield();

        const auto now = co_await world.chat.get_chat(world.as(ana), ref);

        EXPECT_EQ(old.last_seq, 0);
        EXPECT_EQ(now.last_seq, 1);
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
