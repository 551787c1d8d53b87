#include <gtest/gtest.h>
#include <signal.h>

#include "contracts/dead/dead.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/consumer/dead_records.hpp"
#include "testing/await.hpp"
#include "testing/platform/program.hpp"
#include "testing/server_topics.hpp"
#include "testing/temporary_folder.hpp"
#include "wire/codec.hpp"

// `loquat dead`: beside a running program, without one, and with the log at a server.
namespace loquat::test {
namespace {

struct DeadCommand : testing::Test {
    std::string dead(std::vector<std::string> words, int expected = 0) {
        words.insert(words.begin(), "dead");
        words.insert(words.end(), {"--data", folder.string()});
        words.insert(words.end(), more.begin(), more.end());
        Program program{words};
        const int code = program.wait_for_end();
        EXPECT_EQ(code, expected) << words[1] << "\n" << program.errors();
        errors = program.errors();
        return program.output();
    }
    contracts::DeadPage list() {
        return wire::from_json<contracts::DeadPage>(dead({"list", "--json"}));
    }

    // A record that nobody can read, as the consumer puts it aside.
    void put_aside(store::EventLog& log, const std::string& payload) {
        const auto record = std::make_shared<store::LogRecord>(
            store::LogRecord{.offset = 1, .key = "key", .payload = payload});
        const contracts::DeadOrigin from{.topic = "chat.messages", .log = Uuid::make()};
        await(loop, consumer::append_dead(log, SystemClock{}, from,
                                          {{record, "record.unreadable", "", 1}}));
    }
    void put_aside_in_folder(const std::string& payload) {
        store::Folder data{folder.path()};
        store::TopicTroubles troubles;
        runtime::Health health;
        runtime::Metrics metrics;
        runtime::Stores stores{
            {data, troubles, health, metrics, {}}, runtime::builtin_stores(), {}};
        store::EventLog& log = stores.log();
        data.settle();
        put_aside(log, payload);
    }

    TemporaryFolder folder;
    std::vector<std::string> more;
    std::string errors;
    aio::Loop loop{"test"};
};

TEST_F(DeadCommand, says_that_there_are_none_and_which_folder_it_misses) {
    std::filesystem::remove_all(folder.path());

    dead({"list"}, 1);
    const std::string missing = errors;
    std::filesystem::create_directories(folder.path());
    const std::string none = dead({"list"});

    EXPECT_TRUE(missing.contains("There is no data folder")) << missing;
    EXPECT_EQ(none, "None.\n");
}

TEST_F(DeadCommand, wants_ids_or_all_and_ids_that_are_there) {
    dead({"retry"}, 2);
    dead({"drop", "chat.messages.dead/0/1"}, 1);

    EXPECT_TRUE(errors.contains("There is no record chat.messages.dead/0/1")) << errors;
}

TEST_F(DeadCommand, shows_and_drops_what_is_in_a_folder_that_nobody_uses) {
    put_aside_in_folder("not a record");

    const std::string listed = dead({"list"});
    const std::string id = listed.substr(0, listed.find(' '));
    const std::string shown = dead({"show", id});
    const std::string dropped = dead({"drop", id});

    EXPECT_TRUE(listed.contains("record.unreadable  12 bytes")) << listed;
    EXPECT_TRUE(shown.contains("was       chat.messages/0/1")) << shown;
    EXPECT_TRUE(shown.contains("|not a record") || shown.contains(" not a record")) << shown;
    EXPECT_EQ(dropped, "1 dropped\n");
    EXPECT_TRUE(list().items.empty());
}

TEST_F(DeadCommand, brings_records_back_beside_a_running_program) {
    put_aside_in_folder("not a record");
    Program program{{"up", "--port", "0", "--data", folder.string()}};
    ASSERT_NE(program.wait_until_ready(), 0) << program.errors();

    const std::string first = list().items.at(0).id;
    dead({"retry", "--all"});
    // Nobody can read it: the consumer puts it aside again.
    program.read_until("records can never be stored");
    const auto again = list();

    ASSERT_EQ(again.items.size(), 1U);
    EXPECT_NE(again.items[0].id, first);
    EXPECT_EQ(again.items[0].key, "key");
}

TEST_F(DeadCommand, works_on_a_log_at_a_server_without_a_data_folder) {
    const store::RabbitOptions options = rabbit_topics_of(folder);
    {
        const auto log = store::open_rabbit_log(options);
        put_aside(*log, "not a record");
    }
    more = {"--set", "store.log.kind=rabbitmq", "--set", "store.log.url=" + options.url};
    std::filesystem::remove_all(folder.path());

    const auto listed = list();
    const std::string said = dead({"retry", listed.items.at(0).id});
    const auto left = list();
    const auto log = store::open_rabbit_log(options);
    const auto back = await(loop, log->read({"chat.messages"}, 0, {}));
    store::delete_rabbit_topics(
        options, {"chat.messages", "chat.messages.dead", "usage.events.dead", "audit.events.dead"});

    EXPECT_TRUE(said.starts_with("1 brought back")) << said;
    EXPECT_TRUE(left.items.empty());
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0]->payload, "not a record");
    EXPECT_FALSE(std::filesystem::exists(folder.path()));
}

}  // namespace
}  // namespace loquat::test
