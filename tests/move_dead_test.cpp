#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "base/bytes.hpp"
#include "contracts/dead/dead.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/consumer/dead_records.hpp"
#include "testing/await.hpp"
#include "tests/support/moving.hpp"
#include "wire/codec.hpp"

// Records that can never be stored, on the way of `loquat export` and `loquat import`.
namespace loquat::test {
namespace {

namespace fs = std::filesystem;

class MoveDead : public MovingTest {
  protected:
    void make_installation(const std::string& data) const {
        with_platform(data, {}, SIGTERM,
                      [](HttpCaller& caller) -> Task<void> { co_await caller.make_user("ada"); });
    }

    // Records that nobody can read, as the consumer puts them aside.
    void put_aside(const std::string& data, const std::vector<std::string>& payloads) {
        std::vector<consumer::GivenUp> given_up;
        for (const std::string& payload : payloads) {
            const store::Offset offset = given_up.size() + 1;
            const auto record = std::make_shared<store::LogRecord>(
                store::LogRecord{.offset = offset, .key = "key", .payload = payload});
            given_up.push_back({record, "record.unreadable", "it has no form", 1});
        }
        fs::create_directories(folder(data));
        store::Folder place{folder(data)};
        store::TopicTroubles troubles;
        runtime::Health health;
        runtime::Metrics metrics;
        runtime::Stores stores{
            {place, troubles, health, metrics, {}}, runtime::builtin_stores(), {}};
        store::EventLog& log = stores.log();
        place.settle();
        aio::Loop loop{"test"};
        dead_log_ = Uuid::make();
        const contracts::DeadOrigin from{.topic = "chat.messages", .log = dead_log_};
        await(loop, consumer::append_dead(log, SystemClock{}, from, std::move(given_up)));
    }
    std::vector<contracts::DeadEntry> list_dead(const std::string& data) const {
        const Said said = run({"dead", "list", "--json", "--data", folder(data)});
        EXPECT_EQ(said.code, 0) << said.errors;
        return wire::from_json<contracts::DeadPage>(said.output).items;
    }

    Uuid dead_log_;  // of what was put aside last
};

TEST_F(MoveDead, takes_along_what_was_put_aside_and_is_still_of_interest) {
    make_installation("one");
    const Said first = run({"dead", "list", "--data", folder("one")});
    put_aside("one", {"not a record", "dropped", "nor this"});
    const Said dropped = run({"dead", "drop", "chat.messages.dead/0/2", "--data", folder("one")});

    const Said out = export_from("one", "archive");
    const Said in = import_into("two", "archive");
    const Said again = import_into("two", "archive");
    const Said back = export_from("two", "other");

    EXPECT_EQ(first.output, "None.\n");
    EXPECT_EQ(dropped.code, 0) << dropped.errors;
    EXPECT_TRUE(tables_of(out)["log.dead"].starts_with("2 ")) << out.output << out.errors;
    EXPECT_EQ(tables_of(in), tables_of(out)) << in.errors;
    EXPECT_EQ(tables_of(again), tables_of(out)) << again.errors;
    EXPECT_EQ(tables_of(back), tables_of(out)) << back.errors;
    const auto listed = list_dead("two");
    ASSERT_EQ(listed.size(), 2U);
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const std::string bytes = i == 0 ? "not a record" : "nor this";
        const Said shown = run({"dead", "show", listed[i].id, "--json", "--data", folder("two")});
        const auto one = wire::from_json<contracts::DeadEntry>(shown.output);
        EXPECT_EQ(one.payload, to_base64(bytes));
        EXPECT_EQ(one.log, dead_log_.to_string());
        EXPECT_EQ(one.offset, i == 0 ? 1 : 3);
        EXPECT_EQ(one.key, "key");
        EXPECT_EQ(one.reason, "record.unreadable");
        EXPECT_EQ(one.tries, 1);
    }
}

TEST_F(MoveDead, refuses_a_log_where_something_else_was_put_aside) {
    make_installation("one");
    put_aside("one", {"of the archive"});
    put_aside("two", {"of the target"});

    const Said out = export_from("one", "archive");
    const Said in = import_into("two", "archive");

    EXPECT_EQ(out.code, 0) << out.errors;
    EXPECT_EQ(in.code, 1);
    EXPECT_TRUE(in.errors.contains("which are not of this archive")) << in.errors;
    EXPECT_EQ(list_dead("two").size(), 1U);
}

}  // namespace
}  // namespace loquat::test
