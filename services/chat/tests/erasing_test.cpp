#include <algorithm>

#include "contracts/auth/broadcasts.hpp"
#include "services/chat/chat.hpp"
#include "services/chat/tests/assistant_world.hpp"
#include "wire/codec.hpp"

// What a removed person wrote goes with them, where that was asked for.
namespace loquat::chat {
namespace {

Task<void> tell(World& world, UserId user) {
    const contracts::UserList list{{world.directory.users.at(user)}};
    world.broadcast.publish(contracts::topics::auth_users.name(), wire::encode(list));
    co_await aio::yield();
}

void set_removed(World& world, UserId user) {
    world.directory.users.at(user).state = contracts::AccountState::removed;
    world.directory.users.at(user).display_name = "Removed account";
    world.directory.leaving.push_back(user);
    world.directory.erased.insert(user);
}

Task<void> remove_and_erase(World& world, UserId user) {
    set_removed(world, user);
    co_await tell(world, user);
    while (!world.directory.leaving.empty()) {
        co_await aio::yield();
    }
}

TEST(Erasing, deletes_all_that_the_person_wrote_and_nothing_of_others) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        const auto direct = co_await world.make_direct(ana, bob);
        const auto left = co_await world.make_group(ana, {bob});
        co_await world.send(ana, room.id, "of ana");
        co_await world.send(bob, room.id, "of bob @ana");
        co_await world.send(bob, direct.id, "secret");
        co_await world.send(bob, left.id, "before leaving");
        const contracts::ChatRef ref{left.id};
        co_await world.chat.leave_chat(world.as(bob), ref);
        const auto before = co_await world.chat.get_chat(world.as(ana), {room.id});

        co_await remove_and_erase(world, bob);

        for (const ChatId& chat : {room.id, direct.id, left.id}) {
            const auto page = co_await world.chat.list_messages(world.as(ana), {.id = chat});
            for (const contracts::Message& message : page.items) {
                const bool is_gone = message.sender.id == bob;
                EXPECT_EQ(message.deleted_at.has_value(), is_gone);
                EXPECT_EQ(message.text.empty(), is_gone);
                EXPECT_TRUE(message.mentions.empty());
            }
        }
        const auto after = co_await world.chat.get_chat(world.as(ana), {room.id});
        EXPECT_EQ(before.me->unread, 1);
        EXPECT_EQ(before.me->mentions, 1);
        EXPECT_EQ(after.me->unread, 0);
        EXPECT_EQ(after.me->mentions, 0);
        EXPECT_EQ(after.last_message->text, "");
    };

    world.run(body());
}

TEST(Erasing, waits_for_a_log_that_was_made_anew_with_lower_numbers) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        // The store stands far behind in a log that is gone.
        store::Position before = co_await world.messages->position(
            std::string{store::log_reader}, {std::string{contracts::records::messages.topic}});
        co_await world.messages->adopt(std::move(before), Uuid::make(), 1'000);
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.chat.accept_message(world.as(bob), text_of(room.id, "c", "not stored yet"));
        set_removed(world, bob);
        co_await tell(world, bob);
        for (int i = 0; i < 100; ++i) {
            co_await aio::yield();
        }
        EXPECT_FALSE(world.directory.leaving.empty());

        world.start_consumer();
        while (!world.directory.leaving.empty()) {
            co_await aio::yield();
        }

        const auto page = co_await world.chat.list_messages(world.as(ana), {.id = room.id});
        EXPECT_EQ(page.items.size(), 1U);
        for (const contracts::Message& message : page.items) {
            EXPECT_TRUE(message.deleted_at.has_value());
        }
    };

    world.run(body());
}

TEST(Erasing, goes_on_where_a_process_before_was_stopped) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        for (int i = 0; i < 450; ++i) {
            const auto text = text_of(room.id, std::to_string(i), "text");
            co_await world.chat.accept_message(world.as(bob), text);
        }
        co_await world.drain();
        set_removed(world, bob);
        world.log.groups_left = 1;
        co_await tell(world, bob);
        while (world.log.refused == 0) {
            co_await aio::yield();
        }
        const auto half = co_await world.messages->scan_sender(bob, {});
        EXPECT_FALSE(world.directory.leaving.empty());
        EXPECT_EQ(half.found.size(), 250U);

        world.log.groups_left = -1;
        Chat next{world.ports(), {}};
        next.start();
        while (!world.directory.leaving.empty()) {
            co_await aio::yield();
        }

        const auto left = co_await world.messages->scan_sender(bob, {});
        EXPECT_TRUE(left.found.empty());
        co_await next.stop(std::chrono::steady_clock::now());
    };

    world.run(body());
}

TEST(Erasing, takes_the_answers_of_assistants_that_were_the_persons_alone) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    world.models.echo = "An answer about plums.";
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto asked = co_await world.ask(ana, chat.id, "What are plums?");
        co_await world.wait_for_end(ana, asked.generationId);
        co_await world.settle_down();

        co_await remove_and_erase(world, ana);

        const auto page = co_await world.messages->page({.chat = chat.id, .after_seq = 0});
        EXPECT_EQ(page.items.size(), 2U);
        for (const contracts::StoredMessage& message : page.items) {
            EXPECT_TRUE(message.deleted_at);
            EXPECT_EQ(message.text, "");
        }
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
