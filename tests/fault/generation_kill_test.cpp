#include <gtest/gtest.h>

#include <cstdio>
#include <random>

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/config/config.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/temporary_folder.hpp"
#include "tests/fault/generation_load.hpp"
#include "tests/fault/load.hpp"
#include "tests/fault/loquat_process.hpp"

// The whole program, killed with SIGKILL again and again while assistants answer.
// LOQUAT_FAULT_KILLS and LOQUAT_FAULT_SEED choose another length and another run.
namespace loquat::test {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t people = 60;
constexpr std::size_t in_flight = 50;
constexpr int delay_ms_max = 400;
constexpr int waits_max = 6000;
constexpr int patience = 200;  // pauses

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    return parse_number(runtime::environment_value(name)).value_or(otherwise);
}

Task<void> wait_until(std::function<bool()> condition, const char* what) {
    for (int i = 0; i < waits_max; ++i) {
        if (condition()) {
            co_return;
        }
        co_await pause_for(milliseconds{10});
    }
    throw Failure{Kind::internal, "test.waited", std::string{"this did not come: "} + what};
}

struct Plan {
    std::uint64_t kills;
    std::uint64_t seed;
};

// Where the machine is too busy for so many at once, fewer must do.
Task<void> wait_for_answers(GenerationLoad& load) {
    for (int i = 0; i < patience && load.following() < in_flight; ++i) {
        co_await pause_for(milliseconds{10});
    }
    co_await wait_until([&] { return load.following() > 0; }, "an answer in flight");
}

Task<void> kill_again_and_again(LoquatProcess& server, GenerationLoad& load, Plan plan) {
    std::mt19937_64 random{plan.seed};
    for (std::uint64_t i = 0; i < plan.kills; ++i) {
        co_await wait_for_answers(load);
        co_await pause_for(milliseconds{random() % delay_ms_max});
        server.kill_now();
        server.start();
    }
    load.finish();
    co_await wait_until([&] { return load.running() == 0; }, "the end of the last answers");
}

Task<void> run_load(aio::Loop& loop, LoquatProcess& server, GenerationLoad& load, Plan plan) {
    co_await load.prepare(people);
    aio::Scope talks{loop, "talks"};
    for (std::size_t i = 0; i < people; ++i) {
        talks.start(load.talk(i));
    }
    std::exception_ptr failed;
    try {
        co_await kill_again_and_again(server, load, plan);
    } catch (...) {
        failed = std::current_exception();
    }
    co_await talks.close();
    if (failed) {
        std::rethrow_exception(failed);
    }
}

TEST(GenerationKill, leaves_no_answer_stuck_torn_doubled_or_uncounted) {
    const Plan plan{setting("LOQUAT_FAULT_KILLS", 30), setting("LOQUAT_FAULT_SEED", 1)};
    const std::filesystem::path folder = make_folder();
    LoquatProcess server{folder,
                         {"model.simulated.first_token_ms=20", "model.simulated.token_ms=3"}};
    server.start();
    aio::Loop loop{"client"};
    Doors doors{[&server] { return std::vector{Where{.port = server.port()}}; }};
    GenerationLoad load{loop, doors};
    std::vector<std::string> findings;

    run_to_end(loop, run_load(loop, server, load, plan));
    auto check = [&]() -> Task<void> { findings = co_await load.check(); };
    run_to_end(loop, check());
    server.kill_now();

    for (const std::string& finding : findings) {
        ADD_FAILURE() << finding;
    }
    std::size_t interrupted = 0;
    for (const auto& [code, count] : load.failures()) {
        EXPECT_EQ(code, "interrupted") << count;
        interrupted += count;
    }
    EXPECT_LT(interrupted, load.followed()) << "nothing was answered to its end";
    EXPECT_GT(interrupted, 0U) << "nothing was being answered when the program was killed";
    EXPECT_GT(load.resumed(), 0U);
    std::printf(
        "seed %llu: %llu kills, %zu answers, %zu of them interrupted, %zu streams resumed, %zu "
        "findings\n",
        static_cast<unsigned long long>(plan.seed), static_cast<unsigned long long>(plan.kills),
        load.followed(), interrupted, load.resumed(), findings.size());
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

}  // namespace
}  // namespace loquat::test
