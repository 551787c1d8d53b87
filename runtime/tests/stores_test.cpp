#include "runtime/stores.hpp"

#include <gtest/gtest.h>

#include "runtime/config/config.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/stores/section.hpp"
#include "runtime/stores/servers_file.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "testing/failure_code.hpp"
#include "testing/redis_server.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::runtime {
namespace {

constexpr std::array<store::Migration, 1> schema{
    {{1, "things", "CREATE TABLE things (id BIGINT PRIMARY KEY);\n"}}};

// A store that one service fills and others read.
struct Reading {
    virtual ~Reading() = default;
    virtual int read() const = 0;
};
struct Writing final : Reading {
    Writing() { ++made; }
    int read() const override { return value; }
    int value = 0;
    static inline int made = 0;
};

std::vector<StoreAdapter> known() {
    const auto open = [](Stores&, const StoreGround&) { return std::make_unique<Writing>(); };
    return {make_adapter<Writing>("messages", "sql", open),
            make_view<Reading, Writing>("messages", "sql"),
            make_adapter<Writing>("usage", "sql", open),
            make_adapter<Writing>("audit", "sql", open)};
}

struct StoresTest : testing::Test {
    test::TemporaryFolder place;
    store::Folder folder{place / "data"};
    store::TopicTroubles troubles;
    Health health;
    Metrics metrics;
    StoreConfig config;
    StoreGround ground{folder, troubles, health, metrics};

    bool is_there(const char* name) const { return std::filesystem::exists(folder.path() / name); }
    // The message that a start fails with; empty when the configuration is good.
    static std::string problems(std::vector<std::string> settings) {
        try {
            Config::load({store_section(known())}, {.settings = std::move(settings)});
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.code, "config.invalid");
            return failure.message + failure.detail;
        }
        return {};
    }
};

TEST_F(StoresTest, opens_nothing_that_nobody_asks_for) {
    Stores stores{ground, builtin_stores(), config};

    stores.broadcast();
    EXPECT_FALSE(is_there("log"));

    stores.log();
    EXPECT_TRUE(is_there("log"));
    EXPECT_FALSE(is_there("messages.db"));
    EXPECT_FALSE(is_there("usage.db"));

    stores.database({.name = "presence", .schema = schema});
    EXPECT_TRUE(is_there("presence.db"));
    EXPECT_FALSE(is_there("messages.db"));
}

TEST_F(StoresTest, gives_the_same_store_at_each_call) {
    Stores stores{ground, builtin_stores(), config};
    const store::DatabaseNeed one{.name = "one", .schema = schema};
    const store::DatabaseNeed two{.name = "two", .schema = schema};

    EXPECT_EQ(&stores.log(), &stores.log());
    EXPECT_EQ(&stores.broadcast(), &stores.broadcast());
    EXPECT_EQ(&stores.database(one), &stores.database(one));
    EXPECT_NE(&stores.database(one), &stores.database(two));
}

TEST_F(StoresTest, shows_one_store_by_each_of_its_ports) {
    Stores stores{ground, with_builtin(known()), config};

    const Reading& seen = stores.get<Reading>("messages");
    Writing& filled = stores.get<Writing>("messages");
    filled.value = 7;

    EXPECT_EQ(seen.read(), 7);
    EXPECT_EQ(&stores.get<Reading>("messages"), &seen);
    EXPECT_EQ(Writing::made, 1);
}

TEST_F(StoresTest, names_the_setting_once_for_a_port_that_is_seen_through_another) {
    const auto refuse = [](Stores&, const StoreGround&) -> std::unique_ptr<Writing> {
        throw Failure{Kind::unavailable, "store.denied", "The server says no."};
    };
    std::vector<StoreAdapter> adapters{make_adapter<Writing>("messages", "mongo", refuse),
                                       make_view<Reading, Writing>("messages", "mongo")};
    config.messages = {"mongo", "mongodb://127.0.0.1:1/loquat"};
    Stores stores{ground, std::move(adapters), config};

    std::string said;
    try {
        stores.get<Reading>("messages");
    } catch (const Failure& failure) {
        said = failure.message;
    }

    EXPECT_EQ(said, "store.messages.url: The server says no.");
}

TEST_F(StoresTest, takes_the_adapter_that_the_configuration_names) {
    int opened = 0;
    std::vector<StoreAdapter> adapters = builtin_stores();
    adapters.push_back(make_adapter<store::Broadcast>(
        "broadcast", "other",
        [&opened](Stores& stores, const StoreGround&) -> std::unique_ptr<store::Broadcast> {
            ++opened;
            // What an adapter stands on it asks for.
            stores.log();
            return store::make_local_broadcast();
        }));
    config.broadcast.kind = "other";
    Stores stores{ground, std::move(adapters), config};

    stores.get<store::Broadcast>("broadcast");

    EXPECT_EQ(opened, 1);
    EXPECT_TRUE(is_there("log"));
}

TEST_F(StoresTest, names_the_setting_and_the_known_kinds_of_a_kind_that_it_does_not_have) {
    const std::string log = problems({"store.log.kind=pulsar"});
    const std::string messages = problems({"store.messages.kind=mongo"});
    const std::string sql = problems({"store.sql.kind=oracle", "store.broadcast.kind=nats"});

    EXPECT_EQ(problems({}), "");
    EXPECT_NE(log.find("store.log.kind"), std::string::npos) << log;
    EXPECT_NE(log.find("must be one of files, rabbitmq, kafka, not pulsar"), std::string::npos)
        << log;
    EXPECT_NE(messages.find("must be one of sql, not mongo"), std::string::npos) << messages;
    EXPECT_NE(sql.find("must be one of sqlite, postgres, not oracle"), std::string::npos) << sql;
    EXPECT_NE(sql.find("must be one of local, redis, not nats"), std::string::npos) << sql;

    const std::string misspelt =
        problems({"store.log.kind=kafka", "store.log.url=kafka://localhost?partition=2"});
    EXPECT_NE(misspelt.find("store.log.url must be kafka://HOST:PORT"), std::string::npos)
        << misspelt;
    EXPECT_EQ(problems({"store.log.kind=rabbitmq", "store.log.url=amqp://u:p@localhost/chat"}), "");

    const std::string nowhere = problems({"store.sql.kind=postgres"});
    const std::string useless = problems({"store.sql.url=postgresql://localhost/loquat"});
    EXPECT_NE(nowhere.find("store.sql.url must say where the server of postgres is"),
              std::string::npos)
        << nowhere;
    EXPECT_NE(useless.find("sqlite has no server"), std::string::npos) << useless;

    const std::string other =
        problems({"store.sql.kind=postgres", "store.sql.url=mysql://me:secret@x"});
    EXPECT_NE(other.find("store.sql.url must be postgresql://"), std::string::npos) << other;
    EXPECT_EQ(other.find("secret"), std::string::npos) << other;
    EXPECT_EQ(problems({"store.sql.kind=postgres", "store.sql.url=host=x dbname=y"}), "");

    config.log.kind = "pulsar";
    Stores stores{ground, builtin_stores(), config};
    EXPECT_EQ(test::code_of([&] { stores.log(); }), "config.invalid");
}

TEST_F(StoresTest, judges_the_url_of_redis_and_does_not_repeat_its_password) {
    const std::string wrong =
        problems({"store.broadcast.kind=redis", "store.broadcast.url=redis://me:secret@a,b"});

    EXPECT_TRUE(wrong.contains("store.broadcast.url must be redis://")) << wrong;
    EXPECT_FALSE(wrong.contains("secret")) << wrong;
    EXPECT_EQ(problems({"store.broadcast.kind=redis", "store.broadcast.url=rediss://:x@a"}), "");
}

TEST_F(StoresTest, opens_a_broadcast_at_redis_and_shows_how_it_is) {
    test::RedisServer server;
    config.broadcast = {"redis", server.url()};
    Stores stores{ground, builtin_stores(), config};

    stores.broadcast().publish("topic", std::string{"text"});

    EXPECT_TRUE(metrics.to_text().contains("loquat_redis_connections{use=\"broadcast\"} "));
    const auto findings = health.list();
    EXPECT_TRUE(std::ranges::any_of(
        findings, [](const Health::Finding& one) { return one.name == "broadcast"; }));
    server.kill();
    EXPECT_TRUE(health.is_up()) << "nothing is out of service without it";
}

TEST_F(StoresTest, needs_no_memory_of_servers_that_keep_nothing) {
    test::TemporaryFolder folder;
    StoreConfig at_server;
    at_server.broadcast = {"redis", "redis://x"};

    hold_to_servers(folder.path(), at_server);

    EXPECT_TRUE(needs_at_servers(folder.path()).empty());
    hold_to_servers(folder.path(), StoreConfig{});
}

TEST_F(StoresTest, remembers_in_the_folder_that_its_databases_are_at_a_server) {
    StoreConfig at_server;
    at_server.sql.kind = "postgres";

    hold_to_servers(folder.path(), config);
    EXPECT_TRUE(needs_at_servers(folder.path()).empty());
    hold_to_servers(folder.path(), at_server);
    hold_to_servers(folder.path(), at_server);

    EXPECT_EQ(needs_at_servers(folder.path()), std::vector<std::string>{"sql=postgres"});
    EXPECT_EQ(test::code_of([&] { hold_to_servers(folder.path(), config); }), "store.other_place");
}

TEST_F(StoresTest, does_not_begin_at_a_server_beside_databases_of_the_folder) {
    StoreConfig at_server;
    at_server.sql.kind = "postgres";
    {
        Stores stores{ground, builtin_stores(), config};
        stores.database({.name = "one", .schema = schema});
    }

    EXPECT_EQ(test::code_of([&] { hold_to_servers(folder.path(), at_server); }),
              "store.other_place");
    EXPECT_TRUE(needs_at_servers(folder.path()).empty());
}

}  // namespace
}  // namespace loquat::runtime
