#include "services/model/tests/odd_streams.hpp"
#include "services/model/tests/support.hpp"

namespace loquat::model::test {
namespace {

const std::string whole = delta("Hello") + finish() + usage(9, 2) + std::string{done};
const std::string busy = http_answer("", "HTTP/1.1 503 Busy\r\n");

TEST(Inference, leave_a_failing_provider_alone) {
    Stage stage;
    stage.config.models = {{.id = "m"}};
    stage.config.breaker_failures = 2;
    stage.fakes.push_back(
        std::make_unique<FakeProvider>(stage.loop, std::vector<std::string>(9, busy)));
    Backend& backend = stage.add(quick_provider(stage.fakes[0]->port()));

    stage.run([&]() -> Task<void> {
        for (int i = 0; i < 5; ++i) {
            contracts::GenerateRequest request = ask("hi", std::to_string(i));
            const Said said = co_await stage.answer(std::move(request));
            EXPECT_EQ(said.code, "provider.unavailable");
        }
        EXPECT_EQ(backend.metrics.breaker.value(), 1);
    });

    EXPECT_EQ(stage.fakes[0]->connections(), 2U);
}

TEST(Inference, hold_requests_back_that_would_only_be_refused) {
    Stage stage;
    stage.config.models = {{.id = "m"}};
    const std::string limited = http_answer(
        whole,
        "HTTP/1.1 200 OK\r\nx-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 1m\r\n");
    stage.fakes.push_back(
        std::make_unique<FakeProvider>(stage.loop, std::vector<std::string>{limited, limited}));
    stage.add(quick_provider(stage.fakes[0]->port()));
    Said first;
    Said second;

    stage.run([&]() -> Task<void> {
        first = co_await stage.answer(ask("hi", "1"));
        second = co_await stage.answer(ask("hi", "2"));
    });

    EXPECT_EQ(first.code, "");
    EXPECT_EQ(second.code, "provider.rate_limited");
    EXPECT_EQ(stage.fakes[0]->connections(), 1U);
}

TEST(Inference, wait_in_a_short_queue_for_a_provider) {
    Stage stage;
    stage.config.models = {{.id = "m"}};
    aio::Signal arrived;
    aio::Signal go_on;
    const std::string reply = http_answer(whole);
    stage.fakes.push_back(
        std::make_unique<FakeProvider>(stage.loop, [&](net::Stream& stream) -> Task<void> {
            co_await FakeProvider::read_request(stream);
            arrived.set();
            co_await go_on.wait();
            go_on.set();
            co_await stream.write_all(reply);
        }));
    ProviderConfig provider = quick_provider(stage.fakes[0]->port());
    provider.concurrent_max = 1;
    provider.waiting_max = 1;
    stage.add(provider);

    stage.run([&]() -> Task<void> {
        auto one = co_await stage.inference->generate({}, ask("hi", "1"));
        co_await arrived.wait();
        auto two = co_await stage.inference->generate({}, ask("hi", "2"));
        const Said third = co_await stage.answer(ask("hi", "3"));
        EXPECT_EQ(third.code, "model.overloaded");
        go_on.set();
        const Said first = co_await read_all(*one);
        const Said second = co_await read_all(*two);
        EXPECT_EQ(first.text, "Hello");
        EXPECT_EQ(second.text, "Hello");
    });
}

TEST(Inference, refuse_what_nobody_could_answer) {
    Stage stage;
    stage.config.simulated.scripts = true;
    stage.config.answers_max = 1;

    stage.run([&]() -> Task<void> {
        contracts::GenerateRequest unknown = ask("hi");
        unknown.model = "nobody";
        std::string code = co_await stage.code_of(std::move(unknown));
        EXPECT_EQ(code, "model.unknown");
        contracts::GenerateRequest empty = ask("hi");
        empty.messages.clear();
        code = co_await stage.code_of(std::move(empty));
        EXPECT_EQ(code, "request.invalid");
        const auto feed = co_await stage.inference->generate({}, ask("[[endless]]", "1"));
        code = co_await stage.code_of(ask("hi", "2"));
        EXPECT_EQ(code, "model.overloaded");
    });
}

TEST(Inference, have_one_answer_of_an_id) {
    Stage stage;
    stage.config.simulated.scripts = true;

    stage.run([&]() -> Task<void> {
        const auto feed = co_await stage.inference->generate({}, ask("[[endless]]", "1"));
        const std::string code = co_await stage.code_of(ask("hi", "1"));
        EXPECT_EQ(code, "model.id_in_use");
    });
}

TEST(Inference, end_with_usage_and_done_when_the_service_stops) {
    Stage stage;
    stage.config.simulated.scripts = true;
    contracts::FeedPtr<contracts::ModelEvent> feed;
    Said said;

    stage.run([&]() -> Task<void> {
        feed = co_await stage.inference->generate({}, ask("[[endless]]", "1"));
        co_await read_text(*feed, 1);
    });
    auto rest = [&]() -> Task<void> { said = co_await read_all(*feed); };
    run_to_end(stage.loop, rest());

    EXPECT_TRUE(said.order == "dun" || said.order == "un") << said.order;
    EXPECT_EQ(said.finish_reason, "canceled");
}

TEST(Inference, lose_nothing_when_their_reader_is_slow) {
    Stage stage;
    stage.config.models = {{.id = "m"}};
    constexpr int tokens = 3'000;
    const std::string head = http_answer("");
    stage.fakes.push_back(
        std::make_unique<FakeProvider>(stage.loop, [&](net::Stream& stream) -> Task<void> {
            co_await FakeProvider::read_request(stream);
            co_await stream.write_all(head);
            for (int i = 0; i < tokens; ++i) {
                const std::string one = delta(std::to_string(i) + " ");
                co_await stream.write_all(one);
            }
            co_await stream.write_all(whole);
        }));
    stage.add(quick_provider(stage.fakes[0]->port()));
    std::string expected;
    for (int i = 0; i < tokens; ++i) {
        expected += std::to_string(i) + " ";
    }

    stage.run([&]() -> Task<void> {
        const auto feed = co_await stage.inference->generate({}, ask("hi"));
        aio::Signal never;
        co_await never.wait_until(in(100ms));  // the pipe fills up
        const Said said = co_await read_all(*feed);
        EXPECT_EQ(said.text, expected + "Hello");
        EXPECT_EQ(said.finish_reason, "stop");
    });
}

TEST(Inference, do_not_keep_the_service_from_stopping) {
    Stage stage;
    stage.stop_time = 0ms;
    stage.config.models = {{.id = "m"}};
    const std::string head = http_answer("");
    aio::Signal flooded;
    stage.fakes.push_back(
        std::make_unique<FakeProvider>(stage.loop, [&](net::Stream& stream) -> Task<void> {
            co_await FakeProvider::read_request(stream);
            co_await stream.write_all(head);
            for (int i = 0; i < 5'000; ++i) {
                const std::string one = delta("x");
                co_await stream.write_all(one);
                if (i == 3'000) {
                    flooded.set();
                }
            }
        }));
    stage.add(quick_provider(stage.fakes[0]->port()));
    contracts::FeedPtr<contracts::ModelEvent> unread;

    stage.run([&]() -> Task<void> {
        unread = co_await stage.inference->generate({}, ask("hi"));
        co_await flooded.wait_until(in(500ms));
    });

    EXPECT_EQ(stage.inference, nullptr);
}

TEST(Models, are_the_configured_the_listed_and_the_simulated_one) {
    Stage stage;
    stage.config.models = {{.id = "fine",
                            .provider = "a",
                            .label = "Fine",
                            .context_tokens = 8'000,
                            .input_price_micros = 150'000,
                            .output_price_micros = 600'000}};
    const std::string list = http_answer(
        R"({"data":[{"id":"fine"},{"id":"big","context_length":99000},{"id":"text-embedding-3"}]})",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
    stage.fakes.push_back(
        std::make_unique<FakeProvider>(stage.loop, std::vector<std::string>{busy}));
    stage.fakes.push_back(std::make_unique<FakeProvider>(
        stage.loop, std::vector<std::string>{list, http_answer(whole)}));
    stage.add(quick_provider(stage.fakes[0]->port(), "a"));
    Backend& lister = stage.add(quick_provider(stage.fakes[1]->port(), "b"));

    stage.run([&]() -> Task<void> {
        stage.inference->keep_listing(lister);
        contracts::GenerateRequest request = ask("hi");
        request.model = "big";  // known once the list has come
        const Said said = co_await stage.answer(std::move(request));
        EXPECT_EQ(said.text, "Hello");
        const contracts::Models models = co_await stage.inference->list_models({}, {});
        EXPECT_EQ(models.items.size(), 4U);
        if (models.items.size() != 4) {
            co_return;
        }
        EXPECT_EQ(models.items[0].id, "fine");
        EXPECT_TRUE(models.items[0].default_);
        EXPECT_EQ(models.items[0].input_price_micros, 150'000);
        EXPECT_EQ(models.items[0].currency, "USD");
        EXPECT_EQ(models.items[1].id, "b/fine");
        EXPECT_EQ(models.items[2].context_tokens, 99'000);
        EXPECT_EQ(models.items[3].id, "simulated");
        EXPECT_FALSE(models.items[3].default_);
        EXPECT_EQ(models.items[3].currency, std::nullopt);
    });
}

TEST(Catalogue, refuses_models_that_hang_in_the_air) {
    Stage stage;
    stage.config.models = {{.id = "m", .provider = "nobody"}};
    stage.fakes.push_back(std::make_unique<FakeProvider>(stage.loop, std::vector<std::string>{}));
    stage.add(quick_provider(stage.fakes[0]->port(), "a"));

    EXPECT_THROW(stage.run([]() -> Task<void> { co_return; }), Failure);
}

}  // namespace
}  // namespace loquat::model::test
