#include "services/chat/cache/deleted_messages.hpp"
#include "services/chat/tests/world.hpp"

// What is unread: messages behind one's marker that are still there, wherever a count is sent.
namespace loquat::chat {
namespace {

using contracts::ChatRef;
using contracts::ReadRequest;

Task<std::vector<contracts::Message>> send_all(World& world, UserId sender, ChatId chat,
                                               int count) {
    std::vector<contracts::Message> sent;
    for (int i = 0; i < count; ++i) {
        sent.push_back(co_await world.send(sender, chat, "text"));
    }
    co_return sent;
}

Task<void> remove(World& world, UserId sender, const contracts::Message& message) {
    const contracts::MessageRef ref{message.chat_id, message.id};
    co_await world.chat.delete_message(world.as(sender), ref);
}

Task<std::int64_t> unread_of(World& world, UserId user, ChatId chat) {
    const ChatRef ref{chat};
    const auto view = co_await world.chat.get_chat(world.as(user), ref);
    const auto list = co_await world.chat.list_chats(world.as(user), {});
    EXPECT_EQ(list.items.at(0).me->unread, view.me->unread);
    co_return view.me->unread;
}

TEST(Unread, is_none_once_everything_unread_was_deleted) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto direct = co_await world.make_direct(ana, bob);
        const auto sent = co_await send_all(world, ana, direct.id, 2);
        const auto before = co_await unread_of(world, bob, direct.id);

        co_await remove(world, ana, sent[0]);
        const auto one = co_await unread_of(world, bob, direct.id);
        co_await remove(world, ana, sent[1]);
        const auto none = co_await unread_of(world, bob, direct.id);

        EXPECT_EQ(before, 2);
        EXPECT_EQ(one, 1);
        EXPECT_EQ(none, 0);
    };

    world.run(body());
}

TEST(Unread, counts_neither_what_was_read_nor_what_was_deleted_twice) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        const auto sent = co_await send_all(world, ana, room.id, 6);
        co_await world.chat.put_read(world.as(bob), ReadRequest{room.id, 2});

        co_await remove(world, ana, sent[0]);
        co_await remove(world, ana, sent[3]);
        co_await remove(world, ana, sent[3]);
        const auto left = co_await unread_of(world, bob, room.id);
        co_await world.chat.put_read(world.as(bob), ReadRequest{room.id, 3});

        EXPECT_EQ(left, 3);
        EXPECT_EQ(wire::to_json(*world.broadcast.last_user_event(bob, "read").find("unread")), "2");
        EXPECT_EQ(co_await unread_of(world, bob, room.id), 2);
    };

    world.run(body());
}

TEST(Unread, is_what_is_behind_the_marker_after_reading_a_part) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        co_await send_all(world, ana, room.id, 86);

        co_await world.chat.put_read(world.as(bob), ReadRequest{room.id, 60});

        EXPECT_EQ(co_await unread_of(world, bob, room.id), 26);
    };

    world.run(body());
}

TEST(Unread, tells_edges_which_of_the_unread_ones_are_gone) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        const auto sent = co_await send_all(world, ana, room.id, 4);
        co_await world.chat.put_read(world.as(bob), ReadRequest{room.id, 2});
        co_await remove(world, ana, sent[1]);
        co_await remove(world, ana, sent[2]);

        const auto places = co_await world.chat.list_places(world.as(bob), {});

        EXPECT_EQ(places.items.at(0).deleted_seqs, (std::vector<std::int64_t>{3}));
    };

    world.run(body());
}

TEST(Unread, is_right_again_after_events_were_lost) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        const auto sent = co_await send_all(world, ana, room.id, 2);
        EXPECT_EQ(co_await unread_of(world, bob, room.id), 2);
        co_await world.drain();

        co_await remove(world, ana, sent[0]);
        world.broadcast.announce_loss();
        co_await world.drain();

        EXPECT_EQ(co_await unread_of(world, bob, room.id), 1);
    };

    world.run(body());
}

// The list has read what is deleted and which message is the last one, and looks up names.
TEST(Unread, counts_no_message_that_is_deleted_while_the_list_is_read) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto direct = co_await world.make_direct(ana, bob);
        const auto sent = co_await send_all(world, ana, direct.id, 1);
        const auto gone = co_await world.send(ana, direct.id, "@bob to be deleted");
        world.clock.advance(std::chrono::hours{1});  // names are asked for again
        world.directory.meanwhile = [&]() -> Task<void> {
            co_await remove(world, ana, gone);
            co_await world.drain();
        };

        const auto list = co_await world.chat.list_chats(world.as(bob), {});

        EXPECT_FALSE(world.directory.meanwhile) << "it happened while the list was read";
        EXPECT_EQ(list.items.at(0).me->unread, 1);
        EXPECT_EQ(list.items.at(0).me->mentions, 0);
        EXPECT_EQ(list.items.at(0).last_message->text, "") << "nor is its text shown";
    };

    world.run(body());
}

TEST(Unread, counts_numbers_between_the_marker_and_the_last_message) {
    const std::vector<std::int64_t> deleted{1, 4, 5, 9};

    EXPECT_EQ(count_unread(8, 0, deleted), 5);
    EXPECT_EQ(count_unread(8, 4, deleted), 3);
    EXPECT_EQ(count_unread(5, 3, deleted), 0);
    EXPECT_EQ(count_unread(3, 3, deleted), 0);
    EXPECT_EQ(count_unread(3, 7, deleted), 0);
    EXPECT_EQ(count_unread(3, 0, {}), 3);
}

}  // namespace
}  // namespace loquat::chat
