#include "services/chat/tests/assistant_world.hpp"

// Answers that a model or a disk spoils.
namespace loquat::chat {
namespace {

TEST(Answer, that_cannot_be_written_down_fails_and_stops_the_model) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("kept");
        co_await world.settle_down();
        world.journal.is_broken = true;
        answer->say(" lost");

        const auto ended = co_await world.wait_for_end(ana, started.generationId);

        EXPECT_EQ(ended.state, GenerationState::failed);
        EXPECT_EQ(ended.error->code, "store.unavailable");
        EXPECT_EQ(ended.text, "kept");
        EXPECT_TRUE(answer->is_canceled());
        co_await expect_one_truth(world, ana, started.generationId);
    };

    world.run_assistants(body());
}

TEST(Answer, that_waits_ends_when_its_place_cannot_be_written_down) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.ask(ana, chat.id, "one");
        co_await world.settle_down();
        world.journal.is_broken = true;
        const auto second = co_await world.ask(ana, chat.id, "two");

        const auto ended = co_await world.wait_for_end(ana, second.generationId);

        EXPECT_EQ(ended.state, GenerationState::failed);
        EXPECT_EQ(ended.error->code, "store.unavailable");
        co_await expect_one_truth(world, ana, second.generationId);
    };

    world.run_assistants(body());
}

TEST(Answer, fails_when_it_is_too_long_empty_cut_off_or_refused) {
    ChatConfig config;
    config.answer_bytes_max = 1'024;
    AssistantWorld world{config};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        auto code_after = [&](std::function<void(FakeAnswer&)> act) -> Task<std::string> {
            const auto started = co_await world.ask(ana, chat.id, "Hello");
            const auto answer = co_await world.models.next();
            act(*answer);
            const auto ended = co_await world.wait_for_end(ana, started.generationId);
            EXPECT_EQ(ended.state, GenerationState::failed);
            co_await expect_one_truth(world, ana, started.generationId);
            co_return ended.error->code;
        };
        std::function<void(FakeAnswer&)> too_long = [](FakeAnswer& answer) {
            answer.say(std::string(1'000, 'a'));
            answer.say(std::string(100, 'b'));
        };
        std::function<void(FakeAnswer&)> empty = [](FakeAnswer& answer) { answer.end(); };
        std::function<void(FakeAnswer&)> cut = [](FakeAnswer& answer) {
            answer.say("a");
            answer.break_off();
        };
        std::function<void(FakeAnswer&)> refused = [](FakeAnswer& answer) {
            answer.fail("provider.refused");
        };

        EXPECT_EQ(co_await code_after(too_long), "provider.too_long");
        EXPECT_EQ(co_await code_after(empty), "provider.bad_answer");
        EXPECT_EQ(co_await code_after(cut), "provider.truncated");
        EXPECT_EQ(co_await code_after(refused), "provider.refused");
        world.models.refusal = Failure{Kind::unavailable, "model.overloaded", "busy"};
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto ended = co_await world.wait_for_end(ana, started.generationId);
        EXPECT_EQ(ended.error->code, "model.overloaded");
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
