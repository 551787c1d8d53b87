#include "services/model/domain/usage_rule.hpp"

#include <gtest/gtest.h>

#include "services/model/adapters/openai_stream.hpp"
#include "services/model/tests/odd_streams.hpp"
#include "services/model/tests/support.hpp"

namespace loquat::model::test {
namespace {

using contracts::UsageSource;

struct Case {
    const char* name;
    TokenUsage figures;
    CountedTokens counted;
    bool is_whole;
    std::int64_t input;
    std::int64_t output;
    UsageSource source;
};

const Case cases[] = {
    {"a final figure counts, also when it is smaller",
     {9, 2, true},
     {12, 16},
     true,
     9,
     2,
     UsageSource::provider},
    {"nothing was said", {}, {12, 16}, true, 12, 16, UsageSource::counted},
    {"an early 0 does not beat the count",
     {9, 0, false},
     {12, 16},
     false,
     9,
     16,
     UsageSource::counted},
    {"an early 1 does not beat the count",
     {9, 1, false},
     {12, 101},
     false,
     9,
     101,
     UsageSource::counted},
    {"one below the count", {9, 15, false}, {12, 16}, false, 9, 16, UsageSource::counted},
    {"at the count", {9, 16, false}, {12, 16}, false, 9, 16, UsageSource::partial},
    {"above the count", {9, 17, false}, {12, 16}, false, 9, 17, UsageSource::partial},
    {"an early figure of a whole answer",
     {9, 17, false},
     {12, 16},
     true,
     9,
     17,
     UsageSource::provider},
    {"an early small figure of a whole answer",
     {9, 1, false},
     {12, 16},
     true,
     9,
     16,
     UsageSource::counted},
    {"a final figure of an answer that was stopped",
     {9, 2, true},
     {12, 16},
     false,
     9,
     2,
     UsageSource::provider},
    {"a final 0 for something that was there",
     {0, 0, true},
     {12, 16},
     true,
     12,
     16,
     UsageSource::counted},
    {"a final 0 for nothing", {9, 0, true}, {12, 0}, true, 9, 0, UsageSource::provider},
    {"only the prompt's", {9, {}, false}, {12, 16}, true, 9, 16, UsageSource::counted},
    {"only the answer's", {{}, 17, true}, {12, 16}, true, 12, 17, UsageSource::counted},
    {"the largest figure",
     {1'000'000'000, 1'000'000'000, true},
     {1, 1},
     true,
     1'000'000'000,
     1'000'000'000,
     UsageSource::provider},
    {"one above it",
     {1'000'000'001, 1'000'000'001, true},
     {12, 16},
     true,
     12,
     16,
     UsageSource::counted},
    {"below 0", {-1, -1, true}, {12, 16}, true, 12, 16, UsageSource::counted},
    {"a count above the largest figure",
     {},
     {2'000'000'000, 2'000'000'000},
     true,
     1'000'000'000,
     1'000'000'000,
     UsageSource::counted},
    {"not taken by the provider", {}, {0, 0}, false, 0, 0, UsageSource::counted},
};

TEST(UsageRule, lets_the_final_figure_win_and_an_early_one_only_above_the_count) {
    for (const Case& one : cases) {
        const SettledTokens settled = settle_tokens(one.figures, one.counted, one.is_whole);

        EXPECT_EQ(settled.input, one.input) << one.name;
        EXPECT_EQ(settled.output, one.output) << one.name;
        EXPECT_EQ(settled.source, one.source) << one.name;
    }
}

std::string figures(const std::string& input, const std::string& output) {
    return R"(data: {"choices":[],"usage":{"prompt_tokens":)" + input + R"(,"completion_tokens":)" +
           output + "}}\n\n";
}

TokenUsage usage_in(const std::string& body) {
    OpenAiStream stream{{}};
    std::string text;
    stream.feed(body, text);
    stream.finish(text);
    return stream.usage();
}

TEST(OpenAiStream, takes_only_whole_numbers_of_a_possible_size_for_figures) {
    const std::string bad[] = {"1000000001",          "-1",    "2.5",  "1e10", "-0.5", "1e400",
                               "9223372036854775808", "\"7\"", "null", "true", "{}",   "[7]"};
    for (const std::string& figure : bad) {
        const TokenUsage usage = usage_in(say("Hi") + stop + figures(figure, figure) + the_end);

        EXPECT_EQ(usage.input, std::nullopt) << figure;
        EXPECT_EQ(usage.output, std::nullopt) << figure;
        EXPECT_FALSE(usage.is_output_final) << figure;
    }
}

TEST(OpenAiStream, knows_which_figure_is_the_final_one) {
    const TokenUsage early = usage_in(say("Hi") + figures("5", "1") + say("you") + stop + the_end);
    const TokenUsage late = usage_in(say("Hi") + figures("5", "1") + stop + figures("5", "9"));
    const TokenUsage absurd =
        usage_in(say("Hi") + figures("5", "1") + stop + figures("5", "1000000001") + the_end);
    const TokenUsage in_one =
        usage_in(R"(data: {"usage":{"prompt_tokens":3,"completion_tokens":1},)"
                 R"("choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]})"
                 "\n\n");
    const TokenUsage plain = usage_in(R"({"choices":[{"message":{"content":"Hi"}}],)"
                                      R"("usage":{"prompt_tokens":3,"completion_tokens":1}})");

    EXPECT_FALSE(early.is_output_final);
    EXPECT_TRUE(late.is_output_final);
    EXPECT_EQ(late.output, 9);
    EXPECT_FALSE(absurd.is_output_final);
    EXPECT_EQ(absurd.output, 1);
    EXPECT_TRUE(in_one.is_output_final);
    EXPECT_TRUE(plain.is_output_final);
}

// Sixteen words, and before or beside them a figure of none or one.
TEST(Usage, of_a_broken_stream_is_not_less_than_what_came) {
    for (const int early : {0, 1}) {
        std::string body = usage(9, early);
        for (int i = 0; i < 16; ++i) {
            body += delta("word ");
        }
        Stage stage;
        stage.config.models = {{.id = "m"}};
        stage.fakes.push_back(std::make_unique<FakeProvider>(
            stage.loop, std::vector<std::string>{http_answer(body)}));
        stage.add(quick_provider(stage.fakes[0]->port()));
        Said said;

        stage.run([&]() -> Task<void> { said = co_await stage.answer(ask("hi")); });

        EXPECT_EQ(said.code, "provider.truncated");
        EXPECT_EQ(said.input, 9);
        EXPECT_GE(said.output, 16);
        EXPECT_EQ(said.source, "counted");
    }
}

// The first one took the request and broke before a token; the second one refused it.
TEST(Usage, of_a_failure_is_that_of_the_try_that_failed_with_it) {
    const std::string taken = http_answer(std::string{R"(data: {"choices":[{"delta":)"} +
                                          R"({"role":"assistant"}}]})" + "\n\n" + usage(7, 0));
    const std::string refused = http_answer("", "HTTP/1.1 401 No\r\n");
    struct Pair {
        std::vector<std::string> a;
        std::vector<std::string> b;
        std::int64_t input;
    };
    const Pair pairs[] = {{{taken, taken}, {refused}, 7}, {{refused}, {taken, taken}, 0}};
    for (const Pair& pair : pairs) {
        Stage stage;
        stage.config.models = {{.id = "first", .provider = "a", .fallbacks = {"second"}},
                               {.id = "second", .provider = "b"}};
        stage.fakes.push_back(std::make_unique<FakeProvider>(stage.loop, pair.a));
        stage.fakes.push_back(std::make_unique<FakeProvider>(stage.loop, pair.b));
        stage.add(quick_provider(stage.fakes[0]->port(), "a"));
        stage.add(quick_provider(stage.fakes[1]->port(), "b"));
        Said said;

        stage.run([&]() -> Task<void> { said = co_await stage.answer(ask("hi")); });

        EXPECT_EQ(said.model, "first");
        EXPECT_EQ(said.input, pair.input) << said.code;
        EXPECT_EQ(said.output, 0);
    }
}

TEST(Usage, counts_thoughts_that_nobody_is_shown) {
    const std::string thinking = R"(data: {"choices":[{"delta":{"reasoning_content":)"
                                 R"("one two three four five six seven eight"}}]})"
                                 "\n\n";
    Stage stage;
    stage.config.models = {{.id = "m"}};
    stage.fakes.push_back(std::make_unique<FakeProvider>(
        stage.loop, std::vector<std::string>{
                        http_answer(thinking + delta("Hi") + finish() + std::string{done})}));
    stage.add(quick_provider(stage.fakes[0]->port()));
    Said said;

    stage.run([&]() -> Task<void> { said = co_await stage.answer(ask("hi")); });

    EXPECT_EQ(said.text, "Hi");
    EXPECT_GE(said.output, 9);
    EXPECT_EQ(said.source, "counted");
}

}  // namespace
}  // namespace loquat::model::test
