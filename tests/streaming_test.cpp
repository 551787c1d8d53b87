#include <gtest/gtest.h>

#include "aio/offload.hpp"
#include "base/failure.hpp"
#include "testing/event_reader.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/platform/program.hpp"
#include "testing/scripted_provider.hpp"

// Answers arrive as they are said.  The provider says the next piece only when the reader has had
// the one before: what is held back anywhere between them would stop both.
namespace loquat::test {
namespace {

constexpr int pieces = 20;

class Streaming : public testing::TestWithParam<runtime::Calls> {
  protected:
    Streaming() {
        PlatformUnderTest::Options options{.calls = GetParam(),
                                           .configuration = provider_.configuration()};
        platform_ = std::make_unique<PlatformUnderTest>(std::move(options));
        caller_ = std::make_unique<HttpCaller>(loop_, platform_->port());
    }

    void run(std::function<Task<void>()> body) {
        auto whole = [this, &body]() -> Task<void> {
            std::exception_ptr failed;
            try {
                token_ = co_await caller_->make_user("ana");
                co_await body();
            } catch (...) {
                failed = std::current_exception();
            }
            co_await provider_.close();
            if (failed) {
                std::rethrow_exception(failed);
            }
        };
        run_to_end(loop_, whole());
    }

    // Asks in a new conversation; gives the generation's id.
    Task<std::string> ask(std::string question) {
        const auto chat =
            co_await caller_->call("POST", "/api/chats", token_, R"({"kind":"assistant"})");
        chat_ = chat.text("id");
        const std::string body = R"({"client_id":"1","prompt":")" + question + "\"}";
        const auto started =
            co_await caller_->call("POST", "/api/chats/" + chat_ + "/generations", token_, body);
        EXPECT_EQ(started.status, 201) << started.body;
        co_return started.text("generationId");
    }

    Task<HttpCaller::Answer> get(std::string generation) {
        co_return co_await caller_->call("GET", "/api/generations/" + generation, token_, "");
    }

    aio::Loop loop_{"client"};
    ScriptedProvider provider_{loop_};
    std::unique_ptr<PlatformUnderTest> platform_;
    std::unique_ptr<HttpCaller> caller_;
    std::string token_;
    std::string chat_;
};

TEST_P(Streaming, gives_each_piece_to_the_reader_before_the_next_one_is_said) {
    std::string said;

    run([&]() -> Task<void> {
        const std::string generation = co_await ask("What is a loquat?");
        EventReader reader{loop_,
                           {.port = platform_->port(), .target = generation, .token = token_}};
        EXPECT_EQ(co_await reader.open(), 200);
        EXPECT_EQ(reader.head().headers.get("Content-Encoding"), "");
        EXPECT_EQ(reader.head().headers.get("X-Accel-Buffering"), "no");
        const auto answer = co_await provider_.next_answer();
        EXPECT_EQ(answer->prompt(), "What is a loquat?");
        for (int i = 0; i < pieces; ++i) {
            const std::string piece = "piece " + std::to_string(i) + ", ";
            said += piece;
            answer->say(piece);
            while (reader.text() != said) {
                const auto event = co_await reader.next();
                if (!event) {
                    throw Failure{Kind::internal, "test.ended", "the stream ended early"};
                }
            }
        }
        answer->finish(7, pieces);
        co_await reader.read_to_end();
        EXPECT_EQ(reader.text(), said);
        const auto got = co_await get(generation);
        EXPECT_EQ(got.text("state"), "succeeded");
        EXPECT_EQ(got.text("text"), said);
    });
}

TEST_P(Streaming, gives_each_piece_to_curl_before_the_next_one_is_said) {
    aio::WorkerPool pool{"curl", 1, 4};

    run([&]() -> Task<void> {
        const std::string generation = co_await ask("Slowly, please.");
        const std::string url = "http://127.0.0.1:" + std::to_string(platform_->port()) +
                                "/api/generations/" + generation + "/stream";
        Program curl{{"-N", "-s", "--max-time", "60", "-H", "Authorization: Bearer " + token_, url},
                     {.program = "curl"}};
        const auto answer = co_await provider_.next_answer();
        for (int i = 0; i < pieces; ++i) {
            const std::string piece = "<" + std::to_string(i) + ">";
            answer->say(piece);
            auto read = [&curl, piece] { return curl.read_until(piece); };
            const std::string came = co_await pool.run<std::string>(read);
            EXPECT_NE(came.find(piece), std::string::npos) << came;
        }
        answer->finish(7, pieces);
        auto wait = [&curl] { return curl.wait_for_end(); };
        EXPECT_EQ(co_await pool.run<int>(wait), 0);
        EXPECT_NE(curl.output().find("event: done\n"), std::string::npos) << curl.output();
    });
}

TEST_P(Streaming, closes_the_provider_s_connection_when_the_answer_is_canceled) {
    run([&]() -> Task<void> {
        const std::string generation = co_await ask("Never mind.");
        EventReader reader{loop_,
                           {.port = platform_->port(), .target = generation, .token = token_}};
        co_await reader.open();
        const auto answer = co_await provider_.next_answer();
        answer->say("A loquat ");
        while (reader.text().empty()) {
            co_await reader.next();
        }
        const auto canceled = co_await caller_->call(
            "POST", "/api/generations/" + generation + "/cancel", token_, "");
        EXPECT_EQ(canceled.text("state"), "canceled") << canceled.body;
        EXPECT_TRUE(co_await answer->abandoned(std::chrono::steady_clock::now() +
                                               std::chrono::seconds{10}));
        co_await reader.read_to_end();
        EXPECT_TRUE(reader.last("usage"));
        const auto got = co_await get(generation);
        EXPECT_EQ(got.text("state"), "canceled");
        EXPECT_EQ(got.text("text"), "A loquat ");
    });
}

TEST_P(Streaming, goes_on_when_its_reader_leaves) {
    run([&]() -> Task<void> {
        const std::string generation = co_await ask("Go on.");
        const auto answer = co_await provider_.next_answer();
        std::int64_t seen = 0;
        {
            EventReader first{loop_,
                              {.port = platform_->port(), .target = generation, .token = token_}};
            co_await first.open();
            answer->say("one ");
            while (first.text().empty()) {
                co_await first.next();
            }
            seen = first.last_id();
        }
        answer->say("two ");
        EventReader second{loop_,
                           {.port = platform_->port(),
                            .target = generation,
                            .token = token_,
                            .last_event_id = seen}};
        co_await second.open();
        while (second.text() != "two ") {
            co_await second.next();
        }
        answer->say("three");
        answer->finish(5, 3);
        co_await second.read_to_end();
        EXPECT_EQ(second.text(), "two three");
        EventReader whole{loop_,
                          {.port = platform_->port(), .target = generation, .token = token_}};
        co_await whole.open();
        co_await whole.read_to_end();
        EXPECT_EQ(whole.text(), "one two three");
    });
}

TEST_P(Streaming, says_that_a_truncated_answer_failed_and_keeps_what_came) {
    run([&]() -> Task<void> {
        const std::string generation = co_await ask("Half of it.");
        EventReader reader{loop_,
                           {.port = platform_->port(), .target = generation, .token = token_}};
        co_await reader.open();
        const auto answer = co_await provider_.next_answer();
        answer->say("half");
        while (reader.text().empty()) {
            co_await reader.next();
        }
        answer->close();
        co_await reader.read_to_end();
        EXPECT_TRUE(reader.last("error"));
        const auto got = co_await get(generation);
        EXPECT_EQ(got.text("state"), "failed") << got.body;
        EXPECT_EQ(got.text("text"), "half");
    });
}

INSTANTIATE_TEST_SUITE_P(Modes, Streaming,
                         testing::Values(runtime::Calls::direct, runtime::Calls::loopback),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace loquat::test
