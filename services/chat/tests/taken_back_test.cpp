#include "services/chat/tests/assistant_world.hpp"

namespace loquat::chat {
namespace {

using Types = std::vector<std::string>;

// A question, and the answer that has begun to it.
struct Asked {
    ChatId chat;
    std::string id;
    FakeAnswerPtr answer;
};

Task<Asked> ask(AssistantWorld& world, UserId user) {
    const auto chat = co_await world.make_assistant_chat(user);
    const auto started = co_await world.ask(user, chat.id, "2+2?");
    auto answer = co_await world.models.next();
    co_return Asked{chat.id, started.generationId, std::move(answer)};
}

TEST(TakenBackText, is_neither_in_the_answer_nor_in_its_message) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto [chat, id, answer] = co_await ask(world, ana);
        answer->say("let me ");
        co_await world.settle_down();
        answer->say("think");
        co_await world.settle_down();
        answer->take_back();
        answer->say("4");
        answer->end();

        const auto ended = co_await world.wait_for_end(ana, id);

        EXPECT_EQ(ended.text, "4");
        EXPECT_EQ((co_await world.history(ana, chat)).back().text, "4");
    };

    world.run_assistants(body());
}

TEST(TakenBackText, is_told_to_readers_and_not_given_to_later_ones) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto [chat, id, answer] = co_await ask(world, ana);
        answer->say("secret");
        co_await world.settle_down();
        answer->take_back();
        co_await world.settle_down();
        const auto live = co_await world.get(ana, id);
        answer->say("4");
        answer->end();

        const std::string stream = co_await world.read_stream(ana, id);
        const std::string later = co_await world.read_stream(ana, id, 2);

        EXPECT_EQ(live.text, "");
        EXPECT_EQ(types_of_stream(stream),
                  (Types{"state", "delta", "reset", "delta", "usage", "state", "done"}));
        EXPECT_EQ(text_of_stream(stream), "4");
        EXPECT_EQ(stream.find("secret"), std::string::npos);
        EXPECT_EQ(types_of_stream(later), (Types{"reset", "delta", "usage", "state", "done"}));
    };

    world.run_assistants(body());
}

TEST(TakenBackText, needs_no_reset_that_nobody_was_shown) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto [chat, id, answer] = co_await ask(world, ana);
        answer->say("secret");
        answer->take_back();
        answer->say("4");
        answer->end();

        const std::string stream = co_await world.read_stream(ana, id);

        EXPECT_EQ(types_of_stream(stream), (Types{"state", "delta", "usage", "state", "done"}));
    };

    world.run_assistants(body());
}

TEST(TakenBackText, stays_away_after_the_process_has_ended) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto [chat, id, answer] = co_await ask(world, ana);
        answer->say("secret");
        co_await world.settle_down();
        answer->take_back();
        answer->say("4");
        co_await world.settle_down();
        co_await world.crash();

        const auto ended = co_await world.wait_for_end(ana, id);
        const std::string stream = co_await world.read_stream(ana, id);

        EXPECT_EQ(ended.text, "4");
        EXPECT_EQ(types_of_stream(stream),
                  (Types{"state", "delta", "reset", "delta", "error", "usage", "state", "done"}));
        EXPECT_EQ(stream.find("secret"), std::string::npos);
    };

    world.run_assistants(body());
}

TEST(TakenBackText, still_counts_as_tokens_of_an_answer_without_figures) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto [chat, id, answer] = co_await ask(world, ana);
        answer->say("one two three four");
        co_await world.settle_down();
        answer->take_back();
        answer->say("4");
        co_await world.settle_down();
        answer->break_off();

        const auto ended = co_await world.wait_for_end(ana, id);

        EXPECT_EQ(ended.outputTokens, 5);
    };

    world.run_assistants(body());
}

TEST(ShortenedContext, is_told_to_the_reader_and_kept_with_the_answer) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto [chat, id, answer] = co_await ask(world, ana);
        answer->leave_out(3, 12);
        answer->say("Hi");
        answer->end();

        const std::string stream = co_await world.read_stream(ana, id);
        const auto ended = co_await world.wait_for_end(ana, id);

        EXPECT_EQ(types_of_stream(stream),
                  (Types{"state", "notice", "delta", "usage", "state", "done"}));
        EXPECT_NE(stream.find(R"("code":"generation.context_shortened")"), std::string::npos);
        EXPECT_NE(stream.find(R"("dropped":12)"), std::string::npos);
        EXPECT_EQ(ended.context->messages, 3);
        EXPECT_EQ(ended.context->dropped, 12);
        EXPECT_EQ(ended.context->tokens_max, 100);
    };

    world.run_assistants(body());
}

struct Talk {
    std::int64_t messages = 0;  // in the conversation, the prompt included
    std::string id;
    FakeAnswerPtr answer;
};

// More than the model that is asked for reads, with a fallback that reads all.
Task<Talk> ask_after_long_talk(AssistantWorld& world, UserId user) {
    world.models.models[0].route_context_tokens = 100'000;
    const auto chat = co_await world.make_assistant_chat(user);
    std::string words;
    for (int i = 0; i < 200; ++i) {
        words += "word ";
    }
    constexpr int before = 30;
    for (int i = 0; i < before; ++i) {
        co_await world.send(user, chat.id, words);
    }
    co_await world.settle_down();
    const auto started = co_await world.ask(user, chat.id, "2+2?");
    auto answer = co_await world.models.next();
    co_return Talk{before + 1, started.generationId, std::move(answer)};
}

TEST(WiderFallback, may_read_more_of_the_conversation_which_the_answer_tells) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const Talk talk = co_await ask_after_long_talk(world, ana);
        const auto own = co_await world.get(ana, talk.id);
        talk.answer->leave_out(talk.messages, 0);
        talk.answer->say("4");
        talk.answer->end();

        const std::string stream = co_await world.read_stream(ana, talk.id);
        const auto ended = co_await world.wait_for_end(ana, talk.id);

        EXPECT_EQ(std::ssize(talk.answer->request.messages), talk.messages);
        EXPECT_EQ(own.context->messages + own.context->dropped, talk.messages);
        EXPECT_GT(own.context->dropped, 0);
        EXPECT_LT(own.context->tokens_max, 4'000);
        EXPECT_EQ(ended.context->messages, talk.messages);
        EXPECT_EQ(ended.context->dropped, 0);
        EXPECT_EQ(stream.find("notice"), std::string::npos);
    };

    world.run_assistants(body());
}

TEST(WiderFallback, changes_nothing_for_the_model_that_was_asked_for) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const Talk talk = co_await ask_after_long_talk(world, ana);
        const auto own = co_await world.get(ana, talk.id);
        talk.answer->leave_out(own.context->messages, own.context->dropped);
        talk.answer->say("4");
        talk.answer->end();

        const std::string stream = co_await world.read_stream(ana, talk.id);
        const auto ended = co_await world.wait_for_end(ana, talk.id);

        EXPECT_EQ(ended.context->messages, own.context->messages);
        EXPECT_EQ(ended.context->dropped, own.context->dropped);
        EXPECT_EQ(stream.find("notice"), std::string::npos);
    };

    world.run_assistants(body());
}

TEST(WiderFallback, that_is_given_less_than_the_model_that_was_asked_for_reads_is_told) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const Talk talk = co_await ask_after_long_talk(world, ana);
        talk.answer->leave_out(1, talk.messages - 1);
        talk.answer->say("4");
        talk.answer->end();

        const std::string stream = co_await world.read_stream(ana, talk.id);
        const auto ended = co_await world.wait_for_end(ana, talk.id);

        EXPECT_NE(stream.find(R"("dropped":30)"), std::string::npos) << stream;
        EXPECT_EQ(ended.context->dropped, 30);
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
