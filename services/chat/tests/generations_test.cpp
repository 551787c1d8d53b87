#include "aio/scope.hpp"
#include "aio/yield.hpp"
#include "services/chat/tests/assistant_world.hpp"

namespace loquat::chat {
namespace {

using Types = std::vector<std::string>;

TEST(StartGeneration, stores_the_prompt_and_then_the_answer) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "What is a loquat?");
        const auto answer = co_await world.models.next();
        answer->say("A ");
        co_await world.settle_down();
        answer->say("fruit.");
        answer->end();

        const std::string stream = co_await world.read_stream(ana, started.generationId);

        EXPECT_EQ(started.state, GenerationState::streaming);
        EXPECT_EQ(started.message->text, "What is a loquat?");
        EXPECT_EQ(types_of_stream(stream),
                  (Types{"state", "delta", "delta", "usage", "state", "done"}));
        EXPECT_EQ(text_of_stream(stream), "A fruit.");
        const auto messages = co_await world.history(ana, chat.id);
        EXPECT_EQ(messages.size(), 2U);
        EXPECT_EQ(messages.back().text, "A fruit.");
        EXPECT_EQ(messages.back().sender.kind, contracts::ParticipantKind::assistant);
        EXPECT_EQ(messages.back().sender.username, "assistant");
        EXPECT_EQ(messages.back().sender.display_name, "Small");
        EXPECT_EQ(messages.back().generationId, started.generationId);
    };

    world.run_assistants(body());
}

TEST(GetGeneration, tells_text_use_and_message_after_the_end) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("Hi");
        answer->end(12, 3);

        const auto ended = co_await world.wait_for_end(ana, started.generationId);

        EXPECT_EQ(ended.state, GenerationState::succeeded);
        EXPECT_EQ(ended.text, "Hi");
        EXPECT_EQ(ended.inputTokens, 12);
        EXPECT_EQ(ended.outputTokens, 3);
        EXPECT_EQ(ended.prompt_message_id, started.message->id);
        EXPECT_TRUE(ended.message_id.has_value());
        EXPECT_EQ(ended.context->messages, 1);
        EXPECT_EQ(ended.last_event_id, 5);
        const auto used = co_await world.usage();
        EXPECT_EQ(used.front().generation_id, started.generationId);
        EXPECT_EQ(used.front().input_tokens, 12);
    };

    world.run_assistants(body());
}

TEST(StartGeneration, answers_200_with_the_first_one_when_repeated) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        contracts::StartGenerationRequest request;
        request.id = chat.id;
        request.client_id = "g1";
        request.prompt = "Hello";
        auto first = co_await world.generations->start_generation(world.as(ana), request);

        auto again = co_await world.generations->start_generation(world.as(ana), request);
        request.prompt = "Other";
        const auto code =
            co_await code_of(world.generations->start_generation(world.as(ana), request));

        EXPECT_EQ(first.status, 201);
        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(again.body.generationId, first.body.generationId);
        EXPECT_EQ(again.body.message->id, first.body.message->id);
        EXPECT_EQ(code, "generation.client_id_conflict");
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

// Its answer was lost: the instance that had been asked first was asleep for a moment.
TEST(StartGeneration, answers_200_with_what_another_instance_began_meanwhile) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto other = co_await world.make_assistant_chat(ana);
        const auto same = co_await world.ask(ana, other.id, "Hello");
        GenerationRecord elsewhere =
            *co_await world.generations_store->find(GenerationId{*Uuid::parse(same.generationId)});
        elsewhere.id = GenerationId::make();
        elsewhere.chat = chat.id;
        elsewhere.client_id = "g1";
        const store::Partition partition{"chat.messages"};
        const store::Offset before = (co_await world.log.ends(partition)).last;
        aio::Scope scope{world.loop, "test"};
        std::optional<contracts::Reply<contracts::StartedGeneration>> answered;
        auto ask = [&]() -> Task<void> {
            contracts::StartGenerationRequest request;
            request.id = chat.id;
            request.client_id = "g1";
            request.prompt = "Hello";
            answered = co_await world.generations->start_generation(world.as(ana), request);
        };
        scope.start(ask());

        // It has looked for a repeat, and waits for its prompt to be stored.
        while ((co_await world.log.ends(partition)).last == before) {
            co_await aio::yield();
        }
        co_await world.generations_store->insert(elsewhere);
        for (int i = 0; i < 10'000 && !answered; ++i) {
            co_await aio::yield();
        }
        co_await scope.close();

        EXPECT_EQ(answered.value().status, 200);
        EXPECT_EQ(answered.value().body.generationId, elsewhere.id.to_string());
    };

    world.run_assistants(body());
}

TEST(StartGeneration, lets_four_wait_and_refuses_the_fifth) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.ask(ana, chat.id, "first");
        std::vector<std::optional<std::int64_t>> positions;
        for (int i = 0; i < 4; ++i) {
            const auto waiting = co_await world.ask(ana, chat.id, "more");
            positions.push_back(waiting.queue_position);
            EXPECT_EQ(waiting.state, GenerationState::queued);
        }

        const auto code = co_await code_of(world.ask(ana, chat.id, "too much"));

        EXPECT_EQ(code, "generation.in_flight_limit");
        EXPECT_EQ(positions, (std::vector<std::optional<std::int64_t>>{1, 2, 3, 4}));
        const auto messages = co_await world.history(ana, chat.id);
        EXPECT_EQ(messages.size(), 5U);
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

TEST(StartGeneration, runs_those_that_wait_one_after_the_other) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.ask(ana, chat.id, "one");
        const auto second = co_await world.ask(ana, chat.id, "two");
        const auto third = co_await world.ask(ana, chat.id, "three");
        const auto first_answer = co_await world.models.next();
        first_answer->say("1");
        first_answer->end();
        const auto second_answer = co_await world.models.next();
        const auto waiting = co_await world.get(ana, third.generationId);
        second_answer->say("2");
        second_answer->end();
        const auto third_answer = co_await world.models.next();
        third_answer->say("3");
        third_answer->end();

        const std::string stream = co_await world.read_stream(ana, third.generationId);

        EXPECT_EQ(waiting.queue_position, 1);
        const auto events = parse_stream(stream);
        EXPECT_EQ(types_of_stream(stream),
                  (Types{"state", "state", "state", "delta", "usage", "state", "done"}));
        EXPECT_EQ(wire::to_json(events[0].data),
                  R"({"type":"state","state":"queued","queue_position":2})");
        EXPECT_EQ(wire::to_json(events[1].data),
                  R"({"type":"state","state":"queued","queue_position":1})");
        EXPECT_EQ(wire::to_json(events[2].data), R"({"type":"state","state":"streaming"})");
        // What was answered while it waited is part of what the model is given.
        const auto& given = third_answer->request.messages;
        EXPECT_EQ(given.size(), 5U);
        EXPECT_EQ(given.back().content, "three");
        (void)second;
    };

    world.run_assistants(body());
}

TEST(StartGeneration, refuses_what_nobody_could_answer) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        auto code = [&](UserId user,
                        contracts::StartGenerationRequest request) -> Task<std::string> {
            request.id = chat.id;
            return code_of(world.generations->start_generation(world.as(user), request));
        };

        EXPECT_EQ(co_await code(ana, {}), "generation.nothing_to_answer");
        EXPECT_EQ(co_await code(ana, {.regenerate = true}), "generation.nothing_to_answer");
        EXPECT_EQ(co_await code(ana, {.prompt = ""}), "message.empty");
        EXPECT_EQ(co_await code(ana, {.prompt = std::string(16'001, 'a')}), "message.too_long");
        EXPECT_EQ(co_await code(ana, {.prompt = "a\x01"}), "message.control_character");
        EXPECT_EQ(co_await code(ana, {.prompt = "a", .model = "none"}), "model.unknown");
        EXPECT_EQ(co_await code(ana, {.prompt = "a", .temperature = 2.5}), "request.invalid");
        EXPECT_EQ(co_await code(ana, {.prompt = "a", .regenerate = true}), "request.invalid");
        EXPECT_EQ(co_await code(ana, {.client_id = "", .prompt = "a"}), "request.invalid");
        EXPECT_EQ(co_await code(bob, {.prompt = "a"}), "chat.not_found");
        EXPECT_EQ((co_await world.history(ana, chat.id)).size(), 0U);
        EXPECT_EQ(world.models.asked, 0);
    };

    world.run_assistants(body());
}

TEST(StartGeneration, answers_the_last_message_of_a_person) {
    AssistantWorld world;
    world.models.echo = "sure";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto said = co_await world.send(ana, chat.id, "Think about it");
        contracts::StartGenerationRequest request;
        request.id = chat.id;

        auto started = co_await world.generations->start_generation(world.as(ana), request);
        const auto ended = co_await world.wait_for_end(ana, started.body.generationId);
        const auto again =
            co_await code_of(world.generations->start_generation(world.as(ana), request));

        EXPECT_EQ(ended.prompt_message_id, said.id);
        EXPECT_FALSE(started.body.message.has_value());
        EXPECT_EQ(again, "generation.nothing_to_answer");
    };

    world.run_assistants(body());
}

TEST(StartGeneration, answers_the_last_prompt_again_without_its_first_answer) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto first = co_await world.ask(ana, chat.id, "Say a word");
        const auto first_answer = co_await world.models.next();
        first_answer->say("Word");
        first_answer->end();
        co_await world.wait_for_end(ana, first.generationId);
        contracts::StartGenerationRequest request;
        request.id = chat.id;
        request.regenerate = true;

        auto again = co_await world.generations->start_generation(world.as(ana), request);
        const auto answer = co_await world.models.next();
        answer->say("Another");
        answer->end();
        const auto ended = co_await world.wait_for_end(ana, again.body.generationId);

        EXPECT_EQ(ended.prompt_message_id, first.message->id);
        EXPECT_EQ(answer->request.messages.size(), 1U);
        EXPECT_EQ(answer->request.messages.front().content, "Say a word");
    };

    world.run_assistants(body());
}

TEST(StartGeneration, takes_settings_of_the_request_before_those_of_the_chat) {
    AssistantWorld world;
    world.models.echo = "sure";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        contracts::CreateChatRequest creation;
        creation.kind = ChatKind::assistant;
        creation.assistant = AssistantSettings{
            .model = "large", .system_prompt = "Be kind.", .temperature = 0.5, .max_tokens = 99};
        auto chat = co_await world.chat.create_chat(world.as(ana), creation);
        contracts::StartGenerationRequest request;
        request.id = chat.body.id;
        request.prompt = "Hello";
        request.temperature = 1.5;

        auto started = co_await world.generations->start_generation(world.as(ana), request);

        const auto made = co_await world.get(ana, started.body.generationId);
        EXPECT_EQ(made.model, "large");
        EXPECT_EQ(made.system_prompt, "Be kind.");
        EXPECT_EQ(made.temperature, 1.5);
        EXPECT_EQ(made.max_tokens, 99);
    };

    world.run_assistants(body());
}

TEST(StartGeneration, is_refused_where_the_assistant_is_off) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_group(ana, {});
        contracts::UpdateChatRequest change;
        change.id = chat.id;
        change.assistant = contracts::AssistantChange{.enabled = false};
        co_await world.chat.update_chat(world.as(ana), change);

        const auto code = co_await code_of(world.ask(ana, chat.id, "Hello"));

        EXPECT_EQ(code, "chat.assistant_off");
    };

    world.run_assistants(body());
}

TEST(StartGeneration, stops_at_the_quota_of_the_day) {
    ChatConfig config;
    config.tokens_per_day_max = 1'000;
    AssistantWorld world{config};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        world.ledger.tokens = 1'000;

        const auto code = co_await code_of(world.ask(ana, chat.id, "Hello"));
        world.ledger.tokens = 999;
        const auto below = co_await code_of(world.ask(ana, chat.id, "Hello"));

        EXPECT_EQ(code, "usage.quota_exceeded");
        EXPECT_EQ(below, "ok");
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
