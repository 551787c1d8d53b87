#include "services/model/tests/support.hpp"

namespace loquat::model::test {
namespace {

// The provider says a token and then waits; what happens to its connection is told by `closed`.
struct Hanging {
    explicit Hanging(Scene& scene)
        : fake(scene.play([this](net::Stream& stream) -> Task<void> { return hang(stream); })) {}

    Task<void> hang(net::Stream& stream) {
        co_await FakeProvider::read_request(stream);
        const std::string start = http_answer(delta("Hello"));
        co_await stream.write_all(start);
        co_await FakeProvider::wait_for_close(stream);
        closed.set();
    }

    aio::Signal closed;
    FakeProvider& fake;
};

TEST(Cancel, closes_the_providers_connection_and_gives_an_end) {
    Scene scene;
    Hanging hanging{scene};
    scene.config.models = {{.id = "m"}};
    scene.add(quick_provider(hanging.fake.port()));
    Said said;
    bool was_running = false;
    bool was_running_again = true;

    scene.run([&]() -> Task<void> {
        const auto feed = co_await scene.inference->generate({}, ask("hi"));
        const std::string text = co_await read_text(*feed, 5);
        EXPECT_EQ(text, "Hello");
        contracts::CanceledGenerate canceled =
            co_await scene.inference->cancel_generate({}, {.generationId = "g1"});
        was_running = canceled.was_running;
        co_await hanging.closed.wait();
        said = co_await read_all(*feed);
        canceled = co_await scene.inference->cancel_generate({}, {.generationId = "g1"});
        was_running_again = canceled.was_running;
    });

    EXPECT_TRUE(was_running);
    EXPECT_FALSE(was_running_again);
    EXPECT_EQ(said.order, "un");
    EXPECT_EQ(said.finish_reason, "canceled");
    EXPECT_EQ(said.source, "counted");
    EXPECT_EQ(said.output, 1);
}

TEST(Cancel, happens_when_the_reader_goes) {
    Scene scene;
    Hanging hanging{scene};
    scene.config.models = {{.id = "m"}};
    scene.add(quick_provider(hanging.fake.port()));

    scene.run([&]() -> Task<void> {
        auto feed = co_await scene.inference->generate({}, ask("hi"));
        co_await read_text(*feed, 5);
        feed.reset();
        co_await hanging.closed.wait();
    });

    EXPECT_EQ(scene.metrics
                  .counter("loquat_model_answers_total", "",
                           {{"provider", "openai"}, {"outcome", "abandoned"}})
                  .value(),
              1U);
}

TEST(Cancel, works_before_the_first_token_and_before_the_connection_stands) {
    Scene scene;
    FakeProvider& silent = scene.play(FakeProvider::wait_for_close);
    scene.config.models = {{.id = "m"}};
    scene.add(quick_provider(silent.port()));
    Said said;

    scene.run([&]() -> Task<void> {
        const auto feed = co_await scene.inference->generate({}, ask("hi"));
        co_await scene.inference->cancel_generate({}, {.generationId = "g1"});
        said = co_await read_all(*feed);
    });

    EXPECT_EQ(said.order, "un");
    EXPECT_EQ(said.finish_reason, "canceled");
    EXPECT_EQ(said.output, 0);
}

}  // namespace
}  // namespace loquat::model::test
