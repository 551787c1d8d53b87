#include <gtest/gtest.h>

#include <cstdio>

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/config/config.hpp"
#include "testing/mongo_base.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/temporary_folder.hpp"
#include "tests/fault/load.hpp"
#include "tests/fault/loquat_process.hpp"

// The whole program, killed with SIGKILL again and again under load and started on the same data.
// LOQUAT_FAULT_KILLS and LOQUAT_FAULT_SEED choose another length and another run.
namespace loquat::test {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t rooms = 3;
constexpr int acknowledged_between_kills_max = 80;
constexpr int delay_ms_max = 40;
constexpr int waits_max = 6000;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    return parse_number(runtime::environment_value(name)).value_or(otherwise);
}

// Waits for something that must come; looks every few milliseconds, for a minute at most.
template <class Condition>
Task<void> wait_until(Condition condition, const char* what) {
    for (int i = 0; i < waits_max; ++i) {
        if (condition()) {
            co_return;
        }
        co_await pause_for(milliseconds{10});
    }
    throw Failure{Kind::internal, "test.waited", std::string{"this did not come: "} + what};
}

Task<void> kill_again_and_again(LoquatProcess& server, Load& load, std::uint64_t kills) {
    for (std::uint64_t i = 0; i < kills; ++i) {
        const std::size_t target =
            load.acknowledged() + 1 + load.random()() % acknowledged_between_kills_max;
        auto reached = [&] { return load.acknowledged() >= target; };
        co_await wait_until(reached, "acknowledgements between two kills");
        co_await pause_for(milliseconds{load.random()() % delay_ms_max});
        server.kill_now();
        server.start();
    }
}

Task<void> run_load(aio::Loop& loop, LoquatProcess& server, Load& load, std::uint64_t kills) {
    co_await load.prepare(rooms);
    aio::Scope writers{loop, "writers"};
    aio::Scope readers{loop, "readers"};
    for (int i = 0; i < 3; ++i) {
        writers.start(load.write_by_http("http" + std::to_string(i)));
        writers.start(load.write_by_stomp("stomp" + std::to_string(i)));
    }
    for (std::size_t room = 0; room < rooms; ++room) {
        readers.start(load.follow("reader" + std::to_string(room), room));
    }
    co_await kill_again_and_again(server, load, kills);
    load.finish();
    auto writers_ended = [&] { return load.running() == 0; };
    co_await wait_until(writers_ended, "the end of the writers");
    co_await load.read_rooms();
    auto all_seen = [&] { return load.all_seen(); };
    std::string late;
    try {
        co_await wait_until(all_seen, "the last messages at every reader");
    } catch (const Failure& failure) {
        late = failure.message;  // the checker says what is missing
    }
    co_await readers.close();
    co_await writers.close();
}

void expect_nothing_lost(std::uint64_t kills, const std::vector<std::string>& settings) {
    const std::uint64_t seed = setting("LOQUAT_FAULT_SEED", 1);
    const std::filesystem::path folder = make_folder();
    LoquatProcess server{folder, settings};
    server.start();
    aio::Loop loop{"client"};
    Doors doors{[&server] { return std::vector{Where{.port = server.port()}}; }};
    Load load{loop, doors, seed};

    run_to_end(loop, run_load(loop, server, load, kills));
    server.kill_now();
    const auto findings = check(load.history(), kills * 10);

    for (const Finding& finding : findings) {
        ADD_FAILURE() << name_of(finding.fault) << ": " << finding.what;
    }
    std::printf(
        "seed %llu: %llu kills, %zu acknowledged, %zu sends without an answer, %zu events, %zu "
        "findings\n",
        static_cast<unsigned long long>(seed), static_cast<unsigned long long>(kills),
        load.acknowledged(), load.unanswered(), load.history().events.size(), findings.size());
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

TEST(Kill, loses_doubles_and_reorders_nothing_that_was_acknowledged) {
    expect_nothing_lost(setting("LOQUAT_FAULT_KILLS", 50), {});
}

TEST(Kill, loses_nothing_of_messages_at_mongodb) {
    const MongoBase base;
    expect_nothing_lost(setting("LOQUAT_FAULT_KILLS", 8),
                        {"store.messages.kind=mongo", "store.messages.url=" + base.url()});
}

}  // namespace
}  // namespace loquat::test
