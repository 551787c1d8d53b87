#include "services/chat/tests/assistant_world.hpp"

// Whatever happens at once: one terminal state, and stream, stored text and message say the same.
namespace loquat::chat {
namespace {

using namespace std::chrono_literals;
using Types = std::vector<std::string>;

Task<contracts::CanceledGeneration> cancel(AssistantWorld& world, UserId user, std::string id) {
    contracts::GenerationRef request{std::move(id)};
    return world.generations->cancel_generation(world.as(user), std::move(request));
}

TEST(Cancel, ends_a_running_answer_with_what_it_had) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("Half an ");
        co_await world.settle_down();

        const auto canceled = co_await cancel(world, ana, started.generationId);

        EXPECT_EQ(canceled.state, GenerationState::canceled);
        EXPECT_TRUE(answer->is_canceled());
        const auto ended = co_await world.wait_for_end(ana, started.generationId);
        EXPECT_EQ(ended.text, "Half an ");
        EXPECT_EQ(ended.outputTokens, 2);
        EXPECT_FALSE(ended.error.has_value());
        co_await expect_one_truth(world, ana, started.generationId);
        EXPECT_EQ((co_await world.usage()).size(), 1U);
    };

    world.run_assistants(body());
}

TEST(Cancel, of_one_that_waits_never_asks_a_model_and_moves_the_others_up) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.ask(ana, chat.id, "one");
        const auto second = co_await world.ask(ana, chat.id, "two");
        const auto third = co_await world.ask(ana, chat.id, "three");

        const auto canceled = co_await cancel(world, ana, second.generationId);
        co_await world.settle_down();

        EXPECT_EQ(canceled.state, GenerationState::canceled);
        EXPECT_EQ((co_await world.get(ana, third.generationId)).queue_position, 1);
        EXPECT_EQ(world.models.asked, 1);
        co_await expect_one_truth(world, ana, second.generationId);
        EXPECT_TRUE((co_await world.usage()).empty());
    };

    world.run_assistants(body());
}

TEST(Cancel, twice_at_once_gives_one_end) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("a");
        aio::Scope scope{world.loop, "test"};
        int answered = 0;
        auto once = [&]() -> Task<void> {
            const auto done = co_await cancel(world, ana, started.generationId);
            EXPECT_EQ(done.state, GenerationState::canceled);
            ++answered;
        };
        scope.start(once());
        scope.start(once());

        co_await once();
        co_await world.settle_down();

        EXPECT_EQ(answered, 3);
        co_await expect_one_truth(world, ana, started.generationId);
        co_await scope.close();
    };

    world.run_assistants(body());
}

TEST(Cancel, after_the_end_answers_with_the_state_it_has) {
    AssistantWorld world;
    world.models.echo = "done already";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        co_await world.wait_for_end(ana, started.generationId);

        const auto canceled = co_await cancel(world, ana, started.generationId);

        EXPECT_EQ(canceled.state, GenerationState::succeeded);
        co_await expect_one_truth(world, ana, started.generationId);
    };

    world.run_assistants(body());
}

TEST(Cancel, does_not_wait_for_a_model_that_does_not_listen) {
    AssistantWorld world;
    world.models.is_deaf = true;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("some words");
        co_await world.settle_down();

        const auto canceled = co_await cancel(world, ana, started.generationId);
        answer->say("too late");

        EXPECT_EQ(canceled.state, GenerationState::canceled);
        const auto ended = co_await world.wait_for_end(ana, started.generationId);
        EXPECT_EQ(ended.text, "some words");
        EXPECT_GT(ended.outputTokens, 0);
        EXPECT_EQ((co_await world.usage()).front().source, contracts::UsageSource::counted);
        co_await expect_one_truth(world, ana, started.generationId);
    };

    world.run_assistants(body());
}

// The cancellation meets the answer at each of its steps.
TEST(Cancel, at_any_moment_gives_one_end) {
    for (int moment = 0; moment < 40; ++moment) {
        AssistantWorld world;
        const UserId ana = world.person("ana");
        auto body = [&]() -> Task<void> {
            const auto chat = co_await world.make_assistant_chat(ana);
            world.models.echo = "four words of answer";
            const auto started = co_await world.ask(ana, chat.id, "Hello");
            co_await world.settle_down(moment);

            const auto canceled = co_await cancel(world, ana, started.generationId);

            const auto ended = co_await world.wait_for_end(ana, started.generationId);
            EXPECT_EQ(canceled.state, ended.state) << moment;
            co_await expect_one_truth(world, ana, started.generationId);
        };

        world.run_assistants(body());
    }
}

// The process ends at each step of the answer.
TEST(Crash, at_any_moment_keeps_what_readers_saw) {
    for (int moment = 0; moment < 40; ++moment) {
        AssistantWorld world;
        const UserId ana = world.person("ana");
        auto body = [&]() -> Task<void> {
            const auto chat = co_await world.make_assistant_chat(ana);
            world.models.echo = "four words of answer";
            const auto started = co_await world.ask(ana, chat.id, "Hello");
            contracts::StreamGenerationRequest request{started.generationId, std::nullopt};
            auto feed = co_await world.generations->stream_generation(world.as(ana), request);
            co_await world.settle_down(moment);
            std::string seen;
            try {
                for (const auto& piece : co_await feed->next(std::chrono::steady_clock::now())) {
                    seen += piece.text;
                }
            } catch (const Failure&) {
                EXPECT_TRUE(seen.empty());
            }

            co_await world.crash();
            co_await world.settle_down();

            const std::string whole = co_await world.read_stream(ana, started.generationId);
            EXPECT_TRUE(whole.starts_with(seen)) << moment;
            co_await expect_one_truth(world, ana, started.generationId);
            const auto ended = co_await world.get(ana, started.generationId);
            const bool is_whole = ended.state == GenerationState::succeeded;
            EXPECT_EQ(ended.error.has_value() ? ended.error->code : "none",
                      is_whole ? "none" : "interrupted");
            EXPECT_LE((co_await world.usage()).size(), 3U);
        };

        world.run_assistants(body());
    }
}

TEST(Crash, interrupts_what_waits_and_frees_the_line) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto first = co_await world.ask(ana, chat.id, "one");
        const auto second = co_await world.ask(ana, chat.id, "two");
        const auto answer = co_await world.models.next();
        answer->say("The beginning");
        co_await world.settle_down();

        co_await world.crash();
        const auto third = co_await world.ask(ana, chat.id, "three");
        co_await world.settle_down();

        const auto ended = co_await world.get(ana, first.generationId);
        EXPECT_EQ(ended.state, GenerationState::failed);
        EXPECT_EQ(ended.error->code, "interrupted");
        EXPECT_EQ(ended.text, "The beginning");
        EXPECT_GT(ended.inputTokens, 0);
        EXPECT_EQ((co_await world.get(ana, second.generationId)).error->code, "interrupted");
        EXPECT_EQ(third.state, GenerationState::streaming);
        co_await expect_one_truth(world, ana, first.generationId);
        co_await expect_one_truth(world, ana, second.generationId);
        EXPECT_EQ((co_await world.usage()).size(), 1U);
    };

    world.run_assistants(body());
}

TEST(Stream, is_rebuilt_exactly_when_it_is_no_longer_in_memory) {
    ChatConfig config;
    config.stream_cache_mib = Mebibytes{0};
    AssistantWorld world{config};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        contracts::StreamGenerationRequest request{started.generationId, std::nullopt};
        auto feed = co_await world.generations->stream_generation(world.as(ana), request);
        const auto answer = co_await world.models.next();
        for (const char* word : {"a ", "\xC3\xA9\n", "\"quoted\" ", "end"}) {
            answer->say(word);
            co_await world.settle_down();
        }
        answer->fail("provider.unavailable");
        std::string live;
        for (;;) {
            auto pieces = co_await feed->next(std::chrono::steady_clock::now() + 10s);
            if (pieces.empty()) {
                break;
            }
            live += pieces.front().text;
        }

        const std::string rebuilt = co_await world.read_stream(ana, started.generationId);

        EXPECT_EQ(rebuilt, live);
        EXPECT_EQ(types_of_stream(live), (Types{"state", "delta", "delta", "delta", "delta",
                                                "error", "usage", "state", "done"}));
        co_await expect_one_truth(world, ana, started.generationId);
    };

    world.run_assistants(body());
}

TEST(Stream, refuses_events_that_are_not_there) {
    AssistantWorld world;
    world.models.echo = "short";
    const UserId ana = world.person("ana");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        co_await world.wait_for_end(ana, started.generationId);

        const std::string& id = started.generationId;
        EXPECT_EQ(co_await code_of(world.read_stream(ana, id, 6)), "generation.no_such_event");
        EXPECT_EQ(co_await code_of(world.read_stream(ana, id, 5)), "ok");
        EXPECT_EQ(co_await code_of(world.read_stream(ana, id, -1)), "request.invalid");
        EXPECT_EQ(co_await code_of(world.read_stream(eve, id)), "generation.not_found");
        EXPECT_EQ(co_await code_of(world.read_stream(ana, "x")), "generation.not_found");
        EXPECT_EQ(co_await code_of(world.get(eve, id)), "generation.not_found");
        EXPECT_EQ(co_await code_of(cancel(world, eve, id)), "generation.not_found");
    };

    world.run_assistants(body());
}

TEST(Journal, takes_what_comes_in_one_tick_as_one_row_and_is_empty_after_the_end) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        co_await world.settle_down();
        const int before = world.journal.appends;

        for (int i = 0; i < 100; ++i) {
            answer->say("word ");
        }
        co_await world.settle_down();

        EXPECT_EQ(world.journal.appends, before + 1);
        answer->end();
        const std::string stream = co_await world.read_stream(ana, started.generationId);
        EXPECT_EQ(types_of_stream(stream), (Types{"state", "delta", "usage", "state", "done"}));
        co_await world.settle_down();
        EXPECT_TRUE((co_await world.journal.read(0)).empty());
    };

    world.run_assistants(body());
}

TEST(DeleteChat, stops_what_is_written_there) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto waiting = co_await world.ask(ana, chat.id, "More");
        const auto answer = co_await world.models.next();

        co_await world.chat.delete_chat(world.as(ana), {chat.id});
        co_await world.settle_down();

        EXPECT_TRUE(answer->is_canceled());
        EXPECT_EQ(co_await code_of(world.get(ana, started.generationId)), "generation.not_found");
        for (const std::string& id : {started.generationId, waiting.generationId}) {
            const auto stored = co_await world.generations_store->find(*GenerationId::parse(id));
            EXPECT_EQ(stored->state, GenerationState::canceled);
        }
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
