#include "services/chat/generations/cost.hpp"
#include "services/chat/tests/assistant_world.hpp"

// What answers and titles use, and what that costs: to the token and to the millionth.
namespace loquat::chat {
namespace {

using contracts::ModelEvent;
using contracts::ModelEventType;

ModelEvent figures(std::int64_t input, std::int64_t output, std::string model = "small") {
    return {.type = ModelEventType::usage,
            .inputTokens = input,
            .outputTokens = output,
            .source = contracts::UsageSource::provider,
            .model = std::move(model),
            .provider = "fake"};
}

contracts::Model priced(std::optional<std::int64_t> input, std::optional<std::int64_t> output) {
    contracts::Model model;
    model.input_price_micros = input;
    model.output_price_micros = output;
    return model;
}

TEST(Cost, is_rounded_to_the_nearest_millionth_and_a_half_upwards) {
    EXPECT_EQ(cost_of(priced(1, 0), {499'999, 0}), 0);
    EXPECT_EQ(cost_of(priced(1, 0), {500'000, 0}), 1);
    EXPECT_EQ(cost_of(priced(1, 0), {1'499'999, 0}), 1);
    EXPECT_EQ(cost_of(priced(1, 0), {1'500'000, 0}), 2);
    EXPECT_EQ(cost_of(priced(150'000, 600'000), {12, 6}), 5);       // 1.8 and 3.6
    EXPECT_EQ(cost_of(priced(2'500'000, 10'000'000), {1, 1}), 13);  // 2.5 and 10
    EXPECT_EQ(cost_of(priced(250'000, 250'000), {1, 1}), 1);        // halves together, not each
    EXPECT_EQ(cost_of(priced(3'000'000, 15'000'000), {1'000'000, 1'000'000}), 18'000'000);
}

TEST(Cost, knows_no_price_from_a_price_of_nothing) {
    EXPECT_EQ(cost_of(priced({}, {}), {5, 5}), std::nullopt);
    EXPECT_EQ(cost_of(priced(0, {}), {5, 5}), 0);
    EXPECT_EQ(cost_of(priced({}, 1'000'000), {5, 5}), 5);
    EXPECT_EQ(cost_of(priced(1'000'000, {}), {5, 5}), 5);
    EXPECT_EQ(cost_of(priced(1'000'000, 1'000'000), {0, 0}), 0);
}

TEST(Cost, stays_within_what_the_ledger_takes) {
    const std::int64_t tokens = contracts::token_figure_max;

    EXPECT_EQ(cost_of(priced(1'000'000'000'000, 1'000'000'000'000), {tokens, tokens}),
              contracts::usage_cost_max);
    EXPECT_EQ(cost_of(priced(1'000'000'000, 0), {tokens, 0}), contracts::usage_cost_max);
    EXPECT_EQ(cost_of(priced(999'999'999, 0), {tokens, 0}), 999'999'999'000);
}

TEST(Counting, gives_an_impossible_figure_neither_to_the_answer_nor_to_the_ledger) {
    for (const std::int64_t absurd : {contracts::token_figure_max + 1, std::int64_t{-1},
                                      std::numeric_limits<std::int64_t>::max()}) {
        AssistantWorld world;
        const UserId ana = world.person("ana");
        auto body = [&]() -> Task<void> {
            const auto chat = co_await world.make_assistant_chat(ana);
            co_await world.name_chat(chat.id, "Has one");
            const auto started = co_await world.ask(ana, chat.id, "Hello");
            const auto answer = co_await world.models.next();
            answer->say("one two three");
            answer->end_with(figures(absurd, absurd));

            const auto ended = co_await world.wait_for_end(ana, started.generationId);

            const auto used = co_await world.usage();
            EXPECT_EQ(used.size(), 1U);
            EXPECT_EQ(ended.outputTokens, 3);
            EXPECT_EQ(used.at(0).output_tokens, ended.outputTokens);
            EXPECT_EQ(used.at(0).input_tokens, ended.inputTokens);
            EXPECT_GT(ended.inputTokens, 0);
        };

        world.run_assistants(body());
    }
}

TEST(Counting, takes_the_largest_figure_everywhere) {
    AssistantWorld world;
    world.models.models[0].input_price_micros = 1'000'000'000'000;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.name_chat(chat.id, "Has one");
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("x");
        answer->end_with(figures(contracts::token_figure_max, contracts::token_figure_max));

        const auto ended = co_await world.wait_for_end(ana, started.generationId);

        const auto used = co_await world.usage();
        EXPECT_EQ(ended.inputTokens, contracts::token_figure_max);
        EXPECT_EQ(used.at(0).input_tokens, contracts::token_figure_max);
        EXPECT_EQ(used.at(0).cost_micros, contracts::usage_cost_max);
    };

    world.run_assistants(body());
}

TEST(Counting, prices_an_answer_by_the_model_that_has_written_it) {
    AssistantWorld world;
    world.models.models[0].output_price_micros = 1'000'000;
    world.models.models[1].output_price_micros = 50'000'000;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.name_chat(chat.id, "Has one");
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("x");
        answer->end_with(figures(5, 7, "large"));

        co_await world.wait_for_end(ana, started.generationId);

        const auto used = co_await world.usage();
        EXPECT_EQ(used.at(0).model, "large");
        EXPECT_EQ(used.at(0).cost_micros, 350);
    };

    world.run_assistants(body());
}

TEST(Counting, prices_an_answer_that_was_cut_off_by_the_end_of_the_process) {
    AssistantWorld world;
    world.models.models[0].output_price_micros = 1'000'000;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.name_chat(chat.id, "Has one");
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("one two three");
        co_await world.settle_down();

        co_await world.crash();
        const auto ended = co_await world.wait_for_end(ana, started.generationId);
        co_await world.settle_down();

        const auto used = co_await world.usage();
        EXPECT_EQ(ended.outputTokens, 3);
        EXPECT_EQ(used.at(0).cost_micros, 3);
    };

    world.run_assistants(body());
}

TEST(Counting, takes_what_a_model_says_of_its_use_after_it_was_cut) {
    ChatConfig config;
    config.answer_bytes_max = 1'024;
    AssistantWorld world{config};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.name_chat(chat.id, "Has one");
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say(std::string(2'000, 'x'));

        const auto ended = co_await world.wait_for_end(ana, started.generationId);

        EXPECT_EQ(ended.error->code, "provider.too_long");
        EXPECT_EQ(ended.inputTokens, 10);
        EXPECT_EQ(ended.outputTokens, 2);
        EXPECT_TRUE(answer->is_canceled());
    };

    world.run_assistants(body());
}

TEST(Counting, bills_nobody_for_a_title_that_failed) {
    AssistantWorld world;
    world.models.echo = "plums are fruit";
    world.models.title_failure = "provider.unavailable";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "What are plums?");
        co_await world.wait_for_end(ana, started.generationId);
        co_await world.settle_down();

        const auto used = co_await world.usage();

        EXPECT_EQ(world.models.titles_asked, 1);
        EXPECT_EQ(used.size(), 1U);
        EXPECT_EQ(used.at(0).purpose, contracts::UsagePurpose::answer);
    };

    world.run_assistants(body());
}

TEST(Quota, is_asked_again_when_a_waiting_answer_has_its_turn) {
    ChatConfig config;
    config.tokens_per_day_max = 300;
    AssistantWorld world{config};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.name_chat(chat.id, "Has one");
        std::vector<std::string> ids;
        for (int i = 0; i < 5; ++i) {
            const auto started = co_await world.ask(ana, chat.id, "more");
            ids.push_back(started.generationId);
        }
        for (int i = 0; i < 2; ++i) {
            const auto answer = co_await world.models.next();
            answer->say("x");
            answer->end_with(figures(100, i == 0 ? 199 : 1));
        }

        std::vector<std::string> ends;
        for (const std::string& id : ids) {
            const auto ended = co_await world.wait_for_end(ana, id);
            ends.push_back(ended.error ? ended.error->code : "ok");
            co_await expect_one_truth(world, ana, id);
        }

        // 299 is below: the second one runs; 400 is not.
        EXPECT_EQ(ends, (std::vector<std::string>{"ok", "ok", "usage.quota_exceeded",
                                                  "usage.quota_exceeded", "usage.quota_exceeded"}));
        EXPECT_EQ(world.models.asked, 2);
        const auto used = co_await world.usage();
        EXPECT_EQ(used.size(), 2U);
        EXPECT_EQ(co_await code_of(world.ask(ana, chat.id, "more")), "usage.quota_exceeded");
    };

    world.run_assistants(body());
}

// The ledger comes later, in whatever order and after a restart too.
TEST(Quota, counts_each_answer_once_while_the_ledger_lags_behind) {
    ChatConfig config;
    config.tokens_per_day_max = 300;
    AssistantWorld world{config};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        co_await world.name_chat(chat.id, "Has one");
        const auto use = [&](std::int64_t tokens) -> Task<std::string> {
            const auto started = co_await world.ask(ana, chat.id, "more");
            const auto answer = co_await world.models.next();
            answer->say("x");
            answer->end_with(figures(tokens, 0 + 1));
            co_await world.wait_for_end(ana, started.generationId);
            co_return started.generationId;
        };
        co_await use(99);
        co_await use(98);  // 199
        world.ledger.tokens = 100;
        world.ledger.applied = 1;
        co_await use(99);  // 299
        co_await world.crash();
        co_await use(0);  // 300
        world.ledger.tokens = 299;
        world.ledger.applied = 3;

        const auto code = co_await code_of(world.ask(ana, chat.id, "more"));

        EXPECT_EQ(code, "usage.quota_exceeded");
        const auto used = co_await world.usage();
        EXPECT_EQ(used.size(), 4U);
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
