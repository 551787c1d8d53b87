#include "aio/pipe.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "aio/completion.hpp"
#include "aio/run.hpp"

namespace loquat::aio {
namespace {

using std::chrono::steady_clock;

// Runs `work` on a loop of this thread until it has ended.
template <class Work>
void run_here(Work work) {
    Loop loop{"reader"};
    run_to_end(loop, work());
}

TEST(Pipe, gives_everything_in_order_and_then_the_end) {
    run_here([]() -> Task<void> {
        auto [writer, reader] = make_pipe<int>(10);
        EXPECT_EQ(writer.push(1), Push::taken);
        EXPECT_EQ(writer.push(2), Push::taken);
        writer.close();

        const std::vector<int> items = co_await reader.next(Steady::max());
        const std::vector<int> end = co_await reader.next(Steady::max());

        EXPECT_EQ(items, (std::vector{1, 2}));
        EXPECT_TRUE(end.empty());
    });
}

TEST(Pipe, refuses_what_it_cannot_hold) {
    run_here([]() -> Task<void> {
        auto [writer, reader] = make_pipe<int>(1);
        EXPECT_EQ(writer.push(1), Push::taken);

        EXPECT_EQ(writer.push(2), Push::full);

        co_await reader.next(Steady::max());
        EXPECT_EQ(writer.push(3), Push::taken);
    });
}

TEST(Pipe, gives_what_came_before_it_tells_what_went_wrong) {
    run_here([]() -> Task<void> {
        auto [writer, reader] = make_pipe<int>(10);
        EXPECT_EQ(writer.push(1), Push::taken);
        writer.close(std::make_exception_ptr(Failure{Kind::conflict, "test.failed", "It failed."}));

        const std::vector<int> items = co_await reader.next(Steady::max());
        std::string code;
        try {
            co_await reader.next(Steady::max());
        } catch (const Failure& failure) {
            code = failure.code;
        }

        EXPECT_EQ(items.size(), 1U);
        EXPECT_EQ(code, "test.failed");
    });
}

TEST(Pipe, can_be_read_on_after_a_deadline) {
    run_here([]() -> Task<void> {
        auto [writer, reader] = make_pipe<int>(10);
        std::string code;
        try {
            co_await reader.next(steady_clock::now());
        } catch (const Failure& failure) {
            code = failure.code;
        }
        EXPECT_EQ(writer.push(7), Push::taken);

        const std::vector<int> items = co_await reader.next(Steady::max());

        EXPECT_EQ(code, "upstream.timeout");
        EXPECT_EQ(items, std::vector{7});
    });
}

TEST(Pipe, breaks_off_when_the_maker_goes_without_a_word) {
    run_here([]() -> Task<void> {
        auto ends = make_pipe<int>(10);
        {
            const PipeWriter<int> gone = std::move(ends.first);
        }

        std::string code;
        try {
            co_await ends.second.next(Steady::max());
        } catch (const Failure& failure) {
            code = failure.code;
        }

        EXPECT_EQ(code, "upstream.unavailable");
    });
}

TEST(Pipe, tells_the_maker_once_that_the_reader_has_gone) {
    run_here([]() -> Task<void> {
        int told = 0;
        auto ends = make_pipe<int>(10);
        ends.first.on_reader_gone([&] { ++told; });
        {
            PipeReader<int> reader = std::move(ends.second);
            reader.cancel();
        }
        co_await Loop::current().sleep_for(std::chrono::milliseconds{0});

        EXPECT_EQ(ends.first.push(1), Push::gone);
        EXPECT_EQ(told, 1);
    });
}

TEST(Pipe, crosses_from_one_loop_to_another_without_losing_an_item) {
    constexpr int count = 20'000;
    Loop maker{"maker"};
    std::jthread thread{[&] { maker.run(); }};
    run_here([&]() -> Task<void> {
        auto promise =
            std::make_shared<Completion<std::shared_ptr<PipeReader<int>>>>(Loop::current());
        const auto make =
            [](std::shared_ptr<Completion<std::shared_ptr<PipeReader<int>>>> done) -> Task<void> {
            auto ends = make_pipe<int>(64);
            PipeWriter<int> writer = std::move(ends.first);
            done->set(std::make_shared<PipeReader<int>>(std::move(ends.second)));
            for (int i = 0; i < count;) {
                if (writer.push(i) == Push::taken) {
                    ++i;
                } else {
                    co_await Loop::current().sleep_for(std::chrono::milliseconds{0});
                }
            }
            writer.close();
        };
        maker.spawn(make(promise));
        const auto reader = co_await promise->wait();
        int expected = 0;
        for (;;) {
            const std::vector<int> items = co_await reader->next(Steady::max());
            if (items.empty()) {
                break;
            }
            for (const int item : items) {
                EXPECT_EQ(item, expected++);
            }
        }
        EXPECT_EQ(expected, count);
    });
    maker.stop();
}

}  // namespace
}  // namespace loquat::aio
