#include "base/text.hpp"
#include "services/model/adapters/script.hpp"
#include "services/model/adapters/simulated_text.hpp"
#include "services/model/tests/support.hpp"

namespace loquat::model::test {
namespace {

Config quick_config() {
    Config config;
    config.simulated.first_token_ms = std::chrono::milliseconds{0};
    config.simulated.token_ms = std::chrono::milliseconds{0};
    config.simulated.scripts = true;
    config.openai.next_token_ms_max = std::chrono::milliseconds{20};
    return config;
}

Said say(contracts::GenerateRequest request, Config config = quick_config()) {
    Stage stage{std::move(config)};
    Said said;
    stage.run([&]() -> Task<void> { said = co_await stage.answer(std::move(request)); });
    return said;
}

TEST(Simulated, says_that_it_is_a_simulation_and_ends_well) {
    const Said said = say(ask("How do boats float?"));

    EXPECT_EQ(said.order, "dun");
    EXPECT_NE(said.text.find("simulated"), std::string::npos);
    EXPECT_NE(said.text.find("How do boats float?"), std::string::npos);
    EXPECT_EQ(said.finish_reason, "stop");
    EXPECT_EQ(said.source, "provider");
    EXPECT_EQ(said.model, "simulated");
    EXPECT_GT(said.input, 0);
    EXPECT_GT(said.output, 10);
}

TEST(Simulated, gives_what_it_is_asked_for) {
    EXPECT_NE(say(ask("Write a function in C++ that adds prices")).text.find("```cpp\n"),
              std::string::npos);
    EXPECT_NE(say(ask("Compare boats and trains in a table")).text.find("|---|"),
              std::string::npos);
    EXPECT_NE(say(ask("A list of ideas for boats")).text.find("What could be done"),
              std::string::npos);
    EXPECT_GT(say(ask("A long essay about boats")).text.size(),
              3 * say(ask("A short note about boats")).text.size());
}

TEST(Simulated, knows_whom_the_conversation_names) {
    contracts::GenerateRequest request = ask("alice: what do you think, @bob?");
    request.messages.insert(request.messages.begin(),
                            {contracts::PromptRole::system, "The user is called Carol."});

    const Said said = say(request);

    for (const char* name : {"alice", "bob", "Carol"}) {
        EXPECT_NE(said.text.find(name), std::string::npos) << name;
    }
}

TEST(Simulated, repeats_itself_at_temperature_zero_only) {
    contracts::GenerateRequest first = ask("Tell me about boats", "g1");
    contracts::GenerateRequest second = ask("Tell me about boats", "g2");
    EXPECT_NE(say(first).text, say(second).text);
    Config other_seed = quick_config();
    other_seed.simulated.seed = 2;

    first.temperature = second.temperature = 0;

    EXPECT_EQ(say(first).text, say(second).text);
    EXPECT_NE(say(first).text, say(first, other_seed).text);
}

TEST(Simulated, goes_on_in_paragraphs_and_ends_in_a_word_or_a_mark) {
    for (int tokens = 200; tokens < 400; ++tokens) {
        const std::string text = say(ask("[[tokens " + std::to_string(tokens) + "]] hello")).text;
        EXPECT_EQ(text, trim(text)) << tokens;
        EXPECT_EQ(text.find("\n\n\n"), std::string::npos) << tokens;
    }
}

TEST(Simulated, stops_at_max_tokens) {
    contracts::GenerateRequest request = ask("Tell me about boats");
    request.max_tokens = 7;

    const Said said = say(request);

    EXPECT_EQ(said.finish_reason, "length");
    EXPECT_EQ(said.output, 7);
}

TEST(Simulated, obeys_scripts_where_they_are_allowed) {
    const Said failed = say(ask("[[fail start]] hi"));
    EXPECT_EQ(failed.code, "provider.unavailable");
    EXPECT_EQ(failed.order, "eun");
    EXPECT_EQ(failed.finish_reason, "error");
    EXPECT_EQ(failed.output, 0);

    const Said broken = say(ask("[[break 10]] hi"));
    EXPECT_EQ(broken.code, "provider.truncated");
    EXPECT_EQ(broken.order, "deun");
    EXPECT_EQ(broken.source, "counted");

    EXPECT_EQ(say(ask("[[stall 10]] hi")).code, "provider.timeout");
    EXPECT_EQ(say(ask("[[tokens 640]]")).output, 640);

    contracts::GenerateRequest endless = ask("[[endless]] hi");
    endless.max_tokens = 2'000;
    EXPECT_EQ(say(endless).finish_reason, "length");

    Config forbidden = quick_config();
    forbidden.simulated.scripts = false;
    EXPECT_EQ(say(ask("[[fail start]] hi"), forbidden).code, "");
}

TEST(Simulated, takes_any_prompt) {
    for (const std::string& prompt :
         {std::string{" "},
          std::string{"\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c\xe4\xb8\x96\xe7\x95\x8c"},
          std::string(100'000, 'x'), std::string{"a\x01\x7f\xc2\x85 b"}, std::string{"[[[[]]"},
          std::string{"```\n|---|\n`%1 %2`"}}) {
        EXPECT_EQ(say(ask(prompt)).finish_reason, "stop") << prompt.substr(0, 20);
    }
}

TEST(Simulated, gives_a_clean_title_of_any_prompt) {
    contracts::GenerateRequest request =
        ask("Question: a\x01"
            "b\r \x7f boats\nAnswer: x");
    request.purpose = contracts::GeneratePurpose::title;

    const Said said = say(request);

    EXPECT_EQ(said.order, "dun");
    EXPECT_NE(said.text.find("boats"), std::string::npos);
}

TEST(Script, takes_instructions_from_the_beginning_only) {
    const Script script = Script::parse(" [[slow 200]][[tokens 64]] go [[endless]]");

    EXPECT_EQ(script.pace, 200ms);
    EXPECT_EQ(script.tokens, 64);
    EXPECT_FALSE(script.is_endless);
    EXPECT_EQ(script.rest, "go [[endless]]");
    EXPECT_EQ(Script::parse("[[link]] x").rest, "[[link]] x");
    EXPECT_EQ(Script::parse("[[tokens]] x").rest, "[[tokens]] x");
    EXPECT_EQ(Script::parse("[[tokens 64").rest, "[[tokens 64");
}

TEST(Script, takes_instructions_behind_the_name_that_rooms_put_before_a_message) {
    const Script script = Script::parse("ana.b: [[endless]] [[slow 5]] Tell us.");

    EXPECT_TRUE(script.is_endless);
    EXPECT_EQ(script.pace, 5ms);
    EXPECT_EQ(script.rest, "ana.b: Tell us.");
    EXPECT_FALSE(Script::parse("ana: go on: [[endless]]").is_endless);
    EXPECT_EQ(Script::parse("ana: [[link]] x").rest, "ana: [[link]] x");
}

TEST(NextToken, gives_the_whole_text_in_whole_characters) {
    const std::string text = "Hello, \n\nincomprehensibly gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80 ";
    std::string joined;

    for (std::size_t at = 0; at < text.size();) {
        const std::string_view token = next_token(text, at);
        ASSERT_FALSE(token.empty());
        joined += token;
        at += token.size();
    }

    EXPECT_EQ(joined, text);
    EXPECT_TRUE(next_token(text, text.size()).empty());
}

}  // namespace
}  // namespace loquat::model::test
