#include "contracts/auth/broadcasts.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "services/chat/tests/assistant_world.hpp"
#include "wire/codec.hpp"

// Somebody is called as they are now wherever a message leaves the service: in answers, events and
// what a model reads.
namespace loquat::chat {
namespace {

// Told by the directory, as after a change of the name.
Task<void> rename(World& world, const UserId& user, std::string name) {
    world.directory.users[user].display_name = std::move(name);
    contracts::UserList told{{world.directory.users[user]}};
    world.broadcast.publish(contracts::topics::auth_users.name(), wire::encode(told));
    for (int i = 0; i < 20; ++i) {
        co_await aio::yield();
    }
}

// What rooms and lists are told of the last deletion.
contracts::Sender author_of_last_deletion(const World& world) {
    contracts::Sender author;
    for (const auto& [topic, payload] : world.broadcast.published) {
        const auto event = topic == contracts::topics::chat_stored.name()
                               ? contracts::decode<contracts::StoredEvent>(*payload)
                               : std::optional<contracts::StoredEvent>{};
        if (event && event->kind == contracts::OutcomeKind::deleted) {
            author = event->message.sender;
        }
    }
    return author;
}

TEST(PresentNames, are_told_live_when_a_moderator_deletes) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        const auto sent = co_await world.send(bob, room.id, "hello");
        co_await rename(world, bob, "Robert");

        const contracts::MessageRef ref{room.id, sent.id};
        const auto deleted = co_await world.chat.delete_message(world.as(ana), ref);

        EXPECT_EQ(deleted.sender.display_name, "Robert");
        EXPECT_EQ(author_of_last_deletion(world).display_name, "Robert");
    };

    world.run(body());
}

TEST(PresentNames, stand_in_what_lists_are_told) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(bob, room.id, "hello");
        co_await world.drain();
        world.directory.users[bob].display_name = "Robert";
        world.clock.advance(std::chrono::hours{1});

        co_await world.chat.put_member(world.as(ana), {room.id, eve});
        while (world.broadcast.user_events(eve).empty()) {
            co_await aio::yield();
        }

        const std::string told = wire::to_json(world.broadcast.last_user_event(eve, "chat_added"));
        EXPECT_NE(told.find("Robert"), std::string::npos) << told;
    };

    world.run(body());
}

TEST(PresentNames, stand_in_the_answer_to_a_repeated_question) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        contracts::StartGenerationRequest request;
        request.id = chat.id;
        request.client_id = "once";
        request.prompt = "What are plums?";
        const auto first = co_await world.generations->start_generation(world.as(ana), request);
        co_await rename(world, ana, "Anabel");

        const auto running = co_await world.generations->start_generation(world.as(ana), request);
        const auto answer = co_await world.models.next();
        answer->say("Fruit.");
        answer->end();
        co_await world.wait_for_end(ana, first.body.generationId);
        co_await world.settle_down();
        co_await rename(world, ana, "Anastasia");
        const auto ended = co_await world.generations->start_generation(world.as(ana), request);

        EXPECT_EQ(running.status, 200);
        EXPECT_EQ(running.body.message->sender.display_name, "Anabel");
        EXPECT_EQ(ended.body.message->sender.display_name, "Anastasia");
    };

    world.run_assistants(body());
}

TEST(PresentNames, stand_in_the_reply_that_was_waited_for) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    world.models.echo = "Fruit.";
    auto body = [&]() -> Task<void> {
        contracts::SendChatRequest request;
        request.client_id = "once";
        request.message = "What are plums?";
        const auto first = co_await world.generations->send_chat(world.as(ana), request);
        co_await rename(world, ana, "Anabel");

        const auto again = co_await world.generations->send_chat(world.as(ana), request);

        EXPECT_EQ(first.message.sender.display_name, "Display ana");
        EXPECT_EQ(again.message.sender.display_name, "Anabel");
    };

    world.run_assistants(body());
}

TEST(PresentNames, are_what_a_model_reads) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    world.group_assistant = AssistantSettings{};
    auto body = [&]() -> Task<void> {
        const auto room = co_await world.make_group(ana, {bob});
        co_await world.send(bob, room.id, "I like plums");
        co_await world.settle_down();
        co_await rename(world, bob, "Robert");

        co_await world.ask(ana, room.id, "What does he like?");
        const auto answer = co_await world.models.next();

        bool is_found = false;
        for (const contracts::PromptMessage& message : answer->request.messages) {
            is_found |= message.content == "Robert: I like plums";
            EXPECT_EQ(message.content.find("Display bob"), std::string::npos) << message.content;
        }
        EXPECT_TRUE(is_found);
        answer->end();
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
