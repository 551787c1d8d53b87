#include "services/chat/domain/text.hpp"
#include "services/chat/tests/assistant_world.hpp"

// Titles that nobody gave: of the first question at once, of a model after its answer.
namespace loquat::chat {
namespace {

Task<std::string> title_of(AssistantWorld& world, UserId user, ChatId chat) {
    co_await world.settle_down(200);
    const contracts::ChatRef ref{chat};
    const auto view = co_await world.chat.get_chat(world.as(user), ref);
    const auto list = co_await world.chat.list_chats(world.as(user), {});
    EXPECT_EQ(list.items.at(0).title, view.title);
    co_return view.title;
}

TEST(QuestionTitle, is_whole_words_of_the_first_line_without_marks) {
    EXPECT_EQ(to_question_title("What are **plums**?\nTell me.", 120), "What are plums?");
    EXPECT_EQ(to_question_title("  Hello, world.  ", 120), "Hello, world");
    EXPECT_EQ(to_question_title("```\nint x;\n```", 120), "int x");
    EXPECT_EQ(to_question_title("one two three four five six seven eight nine ten eleven", 120),
              "one two three four five six seven eight nine\u2026");
    EXPECT_EQ(to_question_title(std::string(100, 'x'), 120), std::string(47, 'x') + "\u2026");
    EXPECT_EQ(to_question_title("one two three", 8), "one two\u2026");
    EXPECT_EQ(to_question_title("Show \u202Ecod.exe", 120), "Show cod.exe");
}

TEST(Title, is_the_question_from_its_first_moment) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);

        co_await world.ask(ana, chat.id, "What are **plums**?");

        EXPECT_EQ(co_await title_of(world, ana, chat.id), "What are plums?");
        const auto heard = world.broadcast.user_events(ana);
        EXPECT_NE(std::ranges::find(heard, "chat_changed"), heard.end());
    };

    world.run_assistants(body());
}

TEST(Title, stays_the_question_when_the_answer_is_stopped_or_fails) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto first = co_await world.ask(ana, chat.id, "First?");
        auto answer = co_await world.models.next();
        answer->say("par");
        co_await world.generations->cancel_generation(world.as(ana), {first.generationId});
        answer->end();
        co_await world.wait_for_end(ana, first.generationId);
        const auto stopped = co_await title_of(world, ana, chat.id);
        const auto second = co_await world.ask(ana, chat.id, "Second?");
        answer = co_await world.models.next();
        answer->fail("provider.unavailable");
        co_await world.wait_for_end(ana, second.generationId);

        EXPECT_EQ(stopped, "First?");
        EXPECT_EQ(co_await title_of(world, ana, chat.id), "First?");
    };

    world.run_assistants(body());
}

TEST(Title, stays_the_question_when_the_model_gives_none) {
    AssistantWorld world;
    world.models.echo = "an answer";
    world.models.title_failure = "provider.unavailable";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto first = co_await world.ask(ana, chat.id, "First?");
        co_await world.wait_for_end(ana, first.generationId);

        EXPECT_EQ(co_await title_of(world, ana, chat.id), "First?");
        EXPECT_EQ(world.models.titles_asked, 1);
    };

    world.run_assistants(body());
}

TEST(Title, is_asked_for_within_the_trace_of_the_question) {
    AssistantWorld world;
    world.models.echo = "an answer";
    world.models.title = "About plums";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        contracts::StartGenerationRequest request;
        request.id = chat.id;
        request.client_id = "one";
        request.prompt = "First?";
        contracts::Caller asker = world.as(ana);
        asker.trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        const auto trace = asker.trace_parent;
        const auto started =
            co_await world.generations->start_generation(std::move(asker), std::move(request));
        co_await world.wait_for_end(ana, started.body.generationId);

        EXPECT_EQ(co_await title_of(world, ana, chat.id), "About plums");
        EXPECT_EQ(world.models.traces, (std::vector{trace, trace}));
    };

    world.run_assistants(body());
}

TEST(Title, that_a_person_gave_stays) {
    AssistantWorld world;
    world.models.echo = "an answer";
    world.models.title = "About plums";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        contracts::UpdateChatRequest request;
        request.id = chat.id;
        request.title = "Mine";
        co_await world.chat.update_chat(world.as(ana), request);
        const auto first = co_await world.ask(ana, chat.id, "First?");
        co_await world.wait_for_end(ana, first.generationId);

        EXPECT_EQ(co_await title_of(world, ana, chat.id), "Mine");
        EXPECT_EQ(world.models.titles_asked, 0);
    };

    world.run_assistants(body());
}

TEST(Title, that_a_person_gave_while_a_model_thought_of_one_stays) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.send(ana, chat.id, "First?");
        const auto asked = co_await title_of(world, ana, chat.id);
        const bool is_wanted = co_await world.wants_title(chat.id);
        contracts::UpdateChatRequest request;
        request.id = chat.id;
        request.title = "Mine";
        co_await world.chat.update_chat(world.as(ana), request);

        co_await world.name_chat(chat.id, "About plums");

        EXPECT_EQ(asked, "First?");
        EXPECT_TRUE(is_wanted);
        EXPECT_EQ(co_await title_of(world, ana, chat.id), "Mine");
        EXPECT_FALSE(co_await world.wants_title(chat.id));
    };

    world.run_assistants(body());
}

TEST(Title, of_a_question_goes_with_the_question) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto secret = co_await world.send(ana, chat.id, "My password is plum");
        const auto titled = co_await title_of(world, ana, chat.id);

        const contracts::MessageRef ref{chat.id, secret.id};
        co_await world.chat.delete_message(world.as(ana), ref);

        EXPECT_EQ(titled, "My password is plum");
        EXPECT_EQ(co_await title_of(world, ana, chat.id), "");
        co_await world.send(ana, chat.id, "Next");
        EXPECT_EQ(co_await title_of(world, ana, chat.id), "Next");
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
