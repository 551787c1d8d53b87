#include "services/model/tests/support.hpp"

namespace loquat::model::test {
namespace {

const std::string whole = delta("Hello") + finish() + usage(9, 2) + std::string{done};
const std::string busy = http_answer("", "HTTP/1.1 503 Busy\r\n");

// Two providers, `a` whose model falls back to that of `b`.
struct Pair : Stage {
    Pair(std::vector<std::string> of_a, std::vector<std::string> of_b) {
        config.models = {{.id = "first", .provider = "a", .fallbacks = {"second"}},
                         {.id = "second", .provider = "b"}};
        fakes.push_back(std::make_unique<FakeProvider>(loop, std::move(of_a)));
        fakes.push_back(std::make_unique<FakeProvider>(loop, std::move(of_b)));
    }
    Said ask_first() {
        add(quick_provider(fakes[0]->port(), "a"));
        add(quick_provider(fakes[1]->port(), "b"));
        Said said;
        run([&]() -> Task<void> { said = co_await answer(ask("hi")); });
        return said;
    }
};

TEST(Fallback, answers_before_the_first_token_and_says_who_it_was) {
    Pair pair{{busy}, {http_answer(whole)}};

    const Said said = pair.ask_first();

    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.code, "");
    EXPECT_EQ(said.model, "second");
    EXPECT_EQ(said.provider, "b");
}

TEST(Fallback, does_not_follow_a_token) {
    Pair pair{{http_answer(delta("Hel"))}, {http_answer(whole)}};

    const Said said = pair.ask_first();

    EXPECT_EQ(said.text, "Hel");
    EXPECT_EQ(said.code, "provider.truncated");
    EXPECT_EQ(pair.fakes[1]->connections(), 0U);
}

TEST(Fallback, does_not_follow_a_refused_request) {
    Pair pair{{http_answer("{}", "HTTP/1.1 400 Bad\r\n")}, {http_answer(whole)}};

    EXPECT_EQ(pair.ask_first().code, "provider.refused");
    EXPECT_EQ(pair.fakes[1]->connections(), 0U);
}

TEST(Fallback, leaves_the_word_to_the_model_that_was_asked_for) {
    Pair pair{{http_answer("", "HTTP/1.1 401 No\r\n")}, {busy}};

    const Said said = pair.ask_first();

    EXPECT_EQ(said.code, "provider.refused");
    EXPECT_EQ(said.model, "first");
}

// A conversation of so many messages of ten words each.
contracts::GenerateRequest long_talk(int messages, std::string id = "g1") {
    contracts::GenerateRequest request = ask("", std::move(id));
    request.messages.clear();
    for (int i = 0; i < messages; ++i) {
        request.messages.push_back(
            {i % 2 == 0 ? contracts::PromptRole::user : contracts::PromptRole::assistant,
             "one two three four five six seven eight nine w" + std::to_string(i)});
    }
    return request;
}

const std::string too_long = http_answer(
    R"({"error":{"message":"This model's maximum context length is 600 tokens.","code":"context_length_exceeded"}})",
    "HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\n");

TEST(Fallback, is_given_what_its_own_window_holds) {
    Pair pair{{busy}, {http_answer(whole)}};
    pair.config.models[1].context_tokens = 512;
    pair.add(quick_provider(pair.fakes[0]->port(), "a"));
    pair.add(quick_provider(pair.fakes[1]->port(), "b"));
    Said said;

    pair.run([&]() -> Task<void> { said = co_await pair.answer(long_talk(241)); });

    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.order, "sdun");
    EXPECT_EQ(said.given + said.dropped, 241);
    const std::string& request = pair.fakes[1]->requests().front();
    EXPECT_LT(request.size(), 3'000U);
    EXPECT_NE(request.find("w240"), std::string::npos);
    EXPECT_NE(pair.fakes[0]->requests().front().find("w0"), std::string::npos);
}

TEST(Fallback, with_a_wider_window_is_given_more_than_the_model_that_was_asked_for) {
    Pair pair{{busy}, {http_answer(whole)}};
    pair.config.models[0].context_tokens = 1'024;
    pair.add(quick_provider(pair.fakes[0]->port(), "a"));
    pair.add(quick_provider(pair.fakes[1]->port(), "b"));
    contracts::Models models;
    Said said;

    pair.run([&]() -> Task<void> {
        models = co_await pair.inference->list_models({}, {});
        said = co_await pair.answer(long_talk(241));
    });

    EXPECT_EQ(models.items[0].route_context_tokens, models.items[1].context_tokens);
    EXPECT_FALSE(models.items[1].route_context_tokens);
    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.order, "sdun") << "how much it was is told";
    EXPECT_EQ(said.given, 241);
    EXPECT_EQ(said.dropped, 0);
    const std::string& narrow = pair.fakes[0]->requests().front();
    const std::string& wide = pair.fakes[1]->requests().front();
    EXPECT_EQ(narrow.find("w0\""), std::string::npos);
    EXPECT_NE(narrow.find("w240\""), std::string::npos);
    EXPECT_NE(wide.find("w0\""), std::string::npos);
}

TEST(Fallback, with_a_wider_window_answers_what_is_too_much_for_the_model_that_was_asked_for) {
    Pair pair{{http_answer(whole)}, {http_answer(whole)}};
    pair.config.models[0].context_tokens = 256;
    pair.add(quick_provider(pair.fakes[0]->port(), "a"));
    pair.add(quick_provider(pair.fakes[1]->port(), "b"));
    Said said;

    pair.run([&]() -> Task<void> {
        std::string words;
        for (int i = 0; i < 500; ++i) {
            words += "word ";
        }
        said = co_await pair.answer(ask(words));
    });

    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.model, "second");
    EXPECT_EQ(pair.fakes[0]->connections(), 0U);
}

TEST(Fallback, leaves_as_much_room_for_the_answer_as_the_request_says) {
    Pair pair{{busy, busy}, {http_answer(whole), http_answer(whole)}};
    pair.config.models[0].context_tokens = 1'024;
    pair.config.models[1].context_tokens = 4'096;
    pair.add(quick_provider(pair.fakes[0]->port(), "a"));
    pair.add(quick_provider(pair.fakes[1]->port(), "b"));
    contracts::GenerateRequest much = long_talk(241, "much");
    contracts::GenerateRequest little = much;
    much.reserved_tokens = 2'000;
    little.generationId = "little";
    little.reserved_tokens = 10;
    Said given_less;
    Said given_more;

    pair.run([&]() -> Task<void> {
        given_less = co_await pair.answer(std::move(much));
        given_more = co_await pair.answer(std::move(little));
    });

    EXPECT_LT(given_less.given, given_more.given);
}

TEST(Fallback, is_not_asked_when_even_the_last_message_is_too_much_for_it) {
    Pair pair{{busy}, {http_answer(whole)}};
    pair.config.models[1].context_tokens = 256;
    pair.add(quick_provider(pair.fakes[0]->port(), "a"));
    pair.add(quick_provider(pair.fakes[1]->port(), "b"));
    Said said;

    pair.run([&]() -> Task<void> {
        std::string words;
        for (int i = 0; i < 500; ++i) {
            words += "word ";
        }
        said = co_await pair.answer(ask(words));
    });

    EXPECT_EQ(said.code, "provider.unavailable");
    EXPECT_EQ(pair.fakes[1]->connections(), 0U);
}

TEST(Fallback, follows_an_empty_answer) {
    for (const std::string& empty :
         {finish() + std::string{done}, delta("<think>hm</think>") + finish() + std::string{done},
          delta(" ") + delta("hm</think>") + finish("length") + std::string{done}}) {
        Pair pair{{http_answer(empty)}, {http_answer(whole)}};

        const Said said = pair.ask_first();

        EXPECT_EQ(said.text, "Hello") << empty;
        EXPECT_EQ(said.model, "second") << empty;
        EXPECT_EQ(said.output, 2) << empty;
    }
}

TEST(Fallback, does_not_follow_a_content_filter) {
    Pair pair{{http_answer(finish("content_filter") + std::string{done})}, {http_answer(whole)}};

    EXPECT_EQ(pair.ask_first().code, "provider.content_filter");
    EXPECT_EQ(pair.fakes[1]->connections(), 0U);
}

TEST(TooLongPrompt, is_sent_again_with_less_and_the_reader_is_told) {
    Scene scene;
    FakeProvider& fake = scene.serve({too_long, http_answer(whole), http_answer(whole)});
    scene.config.models = {{.id = "m"}};
    scene.add(quick_provider(fake.port()));
    Said first;
    Said second;

    scene.run([&]() -> Task<void> {
        first = co_await scene.answer(long_talk(201, "1"));
        second = co_await scene.answer(long_talk(203, "2"));
    });

    EXPECT_EQ(first.text, "Hello");
    EXPECT_EQ(first.order, "sdun");
    EXPECT_GT(first.dropped, 100);
    EXPECT_EQ(first.input, 9);
    EXPECT_EQ(second.text, "Hello") << "it is known by then";
    EXPECT_EQ(fake.connections(), 3U);
}

TEST(TooLongPrompt, is_shortened_only_so_often) {
    Scene scene;
    FakeProvider& fake = scene.serve(std::vector<std::string>(9, too_long));

    const Said said = scene.ask_once(quick_provider(fake.port()), long_talk(201));

    EXPECT_EQ(said.code, "provider.prompt_too_long");
    EXPECT_EQ(fake.connections(), 5U);
}

TEST(TooLongPrompt, goes_to_a_fallback_when_it_cannot_be_shortened) {
    Pair pair{{too_long}, {http_answer(whole)}};

    const Said said = pair.ask_first();

    EXPECT_EQ(said.text, "Hello");
    EXPECT_EQ(said.model, "second");
}

}  // namespace
}  // namespace loquat::model::test
