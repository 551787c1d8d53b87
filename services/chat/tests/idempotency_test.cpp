#include "services/chat/tests/assistant_world.hpp"

// An Idempotency-Key on requests that start an answer.
namespace loquat::chat {
namespace {

using contracts::Caller;
using contracts::SendChatRequest;
using contracts::StartGenerationRequest;

Caller keyed(AssistantWorld& world, const UserId& user, std::string key) {
    Caller caller = world.as(user);
    caller.idempotency_key = std::move(key);
    return caller;
}

TEST(IdempotencyKey, runs_one_answer_for_the_same_call_sent_twice) {
    AssistantWorld world;
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        SendChatRequest request;
        request.message = "Hello";
        const Caller caller = keyed(world, ana, "k1");

        const auto first = co_await world.generations->send_chat(caller, request);
        const auto again = co_await world.generations->send_chat(caller, request);

        EXPECT_EQ(again.chat_id, first.chat_id);
        EXPECT_EQ(again.message.id, first.message.id);
        EXPECT_EQ(again.reply.id, first.reply.id);
        EXPECT_EQ(again.generationId, first.generationId);
        EXPECT_EQ(world.models.asked, 1);
        const auto chats = co_await world.chat.list_chats(world.as(ana), {});
        EXPECT_EQ(chats.items.size(), 1U);
    };

    world.run_assistants(body());
}

TEST(IdempotencyKey, gives_two_calls_at_once_the_one_result) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    std::vector<contracts::SentChat> sent;
    const auto send = [&](Caller caller) -> Task<void> {
        SendChatRequest request;
        request.message = "Hello";
        sent.push_back(co_await world.generations->send_chat(std::move(caller), request));
    };
    auto body = [&]() -> Task<void> {
        aio::Scope scope{world.loop, "test"};
        for (int i = 0; i < 5; ++i) {
            scope.start(send(keyed(world, ana, "k1")));
        }
        const auto answer = co_await world.models.next();
        co_await world.settle_down();
        answer->say("good day");
        answer->end();
        while (sent.size() < 5) {
            co_await aio::yield();
        }
        co_await scope.close();

        EXPECT_EQ(world.models.asked, 1);
        for (const auto& one : sent) {
            EXPECT_EQ(one.chat_id, sent.front().chat_id);
            EXPECT_EQ(one.reply.id, sent.front().reply.id);
        }
    };

    world.run_assistants(body());
}

TEST(IdempotencyKey, is_refused_for_another_body_whatever_differs) {
    AssistantWorld world;
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto elsewhere = co_await world.make_assistant_chat(ana);
        StartGenerationRequest request;
        request.id = chat.id;
        request.prompt = "Hello";
        const Caller caller = keyed(world, ana, "k1");
        const auto first = co_await world.generations->start_generation(caller, request);
        co_await world.wait_for_end(ana, first.body.generationId);
        StartGenerationRequest other_chat = request;
        other_chat.id = elsewhere.id;
        StartGenerationRequest other_prompt = request;
        other_prompt.prompt = "Other";
        StartGenerationRequest other_setting = request;
        other_setting.temperature = 0.5;

        for (const auto& other : {other_chat, other_prompt, other_setting}) {
            const auto code = co_await code_of(world.generations->start_generation(caller, other));
            EXPECT_EQ(code, "request.idempotency_conflict");
        }
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

TEST(IdempotencyKey, belongs_to_one_person_and_one_operation) {
    AssistantWorld world;
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        SendChatRequest request;
        request.message = "Hello";
        StartGenerationRequest start;
        start.prompt = "Hello";

        const auto of_ana = co_await world.generations->send_chat(keyed(world, ana, "k"), request);
        const auto of_bob = co_await world.generations->send_chat(keyed(world, bob, "k"), request);
        start.id = of_ana.chat_id;
        const auto started =
            co_await world.generations->start_generation(keyed(world, ana, "k"), start);
        contracts::CreateChatRequest creation;
        creation.kind = ChatKind::assistant;
        const auto made = co_await world.chat.create_chat(keyed(world, ana, "k"), creation);

        EXPECT_NE(of_bob.chat_id, of_ana.chat_id);
        EXPECT_NE(started.body.generationId, of_ana.generationId);
        EXPECT_NE(made.body.id, of_ana.chat_id);
        EXPECT_EQ(made.status, 201);
    };

    world.run_assistants(body());
}

TEST(IdempotencyKey, is_apart_from_what_the_product_names_itself) {
    AssistantWorld world;
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        contracts::CreateChatRequest creation;
        creation.kind = ChatKind::assistant;
        const auto made = co_await world.chat.create_chat(keyed(world, ana, "send:s1"), creation);
        SendChatRequest request;
        request.message = "Hello";
        request.client_id = "s1";

        const auto sent = co_await world.generations->send_chat(world.as(ana), request);

        EXPECT_NE(sent.chat_id, made.body.id);
    };

    world.run_assistants(body());
}

TEST(IdempotencyKey, survives_a_restart) {
    AssistantWorld world;
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        StartGenerationRequest request;
        request.id = chat.id;
        request.prompt = "Hello";
        const Caller caller = keyed(world, ana, "k1");
        const auto first = co_await world.generations->start_generation(caller, request);
        co_await world.wait_for_end(ana, first.body.generationId);
        co_await world.crash();

        const auto again = co_await world.generations->start_generation(caller, request);

        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(again.body.generationId, first.body.generationId);
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

TEST(IdempotencyKey, recognises_a_repeat_before_all_limits) {
    ChatConfig config;
    config.generations_waiting_max = 0;
    config.tokens_per_day_max = 10;
    AssistantWorld world{config};
    const UserId ana = world.person("ana");
    std::optional<contracts::SentChat> first;
    std::optional<contracts::SentChat> second;
    const auto send = [&](std::optional<contracts::SentChat>& into) -> Task<void> {
        SendChatRequest request;
        request.message = "Hello";
        into = co_await world.generations->send_chat(keyed(world, ana, "k1"), request);
    };
    auto body = [&]() -> Task<void> {
        aio::Scope scope{world.loop, "test"};
        scope.start(send(first));
        const auto answer = co_await world.models.next();
        world.ledger.tokens = 1'000;
        scope.start(send(second));
        co_await world.settle_down();
        answer->say("good day");
        answer->end();
        while (!first || !second) {
            co_await aio::yield();
        }
        co_await scope.close();

        EXPECT_EQ(second->generationId, first->generationId);
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

TEST(IdempotencyKey, lets_the_same_call_try_again_after_it_was_refused) {
    ChatConfig config;
    config.tokens_per_day_max = 10;
    AssistantWorld world{config};
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        SendChatRequest request;
        request.message = "Hello";
        world.ledger.tokens = 10;

        const auto code =
            co_await code_of(world.generations->send_chat(keyed(world, ana, "k1"), request));
        world.ledger.tokens = 0;
        const auto sent = co_await world.generations->send_chat(keyed(world, ana, "k1"), request);

        EXPECT_EQ(code, "usage.quota_exceeded");
        EXPECT_EQ(sent.reply.text, "good day ");
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
