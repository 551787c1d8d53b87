#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "net/tls/context.hpp"
#include "store/mongo/mongo_server.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/ferret_server.hpp"
#include "testing/free_port.hpp"
#include "testing/listening_socket.hpp"
#include "testing/mongo_base.hpp"
#include "testing/temporary_folder.hpp"

// Documents, and a server that speaks MongoDB: how it is reached, what it says, and what happens
// when it is away.
namespace loquat::store {
namespace {

using namespace std::chrono_literals;
using test::await;
using test::code_of;

Steady in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// `CODE: MESSAGE` of what a start fails with; empty when it succeeds.
std::string refused(const std::string& url, std::chrono::milliseconds patience = 500ms) {
    const MongoTarget target{.url = url, .connect_max = patience, .answer_max = patience};
    try {
        MongoServer{{.target = target, .collection = "test", .keep_waiting = [](const auto&) {
                         return false;
                     }}};
    } catch (const Failure& failure) {
        return failure.code + ": " + failure.message;
    }
    return {};
}

TEST(MongoDocument, gives_what_was_put_into_it) {
    const Uuid id = Uuid::make();
    const std::vector<Uuid> ids{Uuid::make(), Uuid::make()};
    const Time time{std::chrono::milliseconds{1'767'225'600'123}};
    const std::string text{"a\0b \xf0\x9f\x91\x8b", 8};
    const std::vector<Document> inner{{{"n", 1}}, {{"n", 2}}};

    const Document document{{"text", text},
                            {"empty", std::string_view{}},
                            {"number", std::int64_t{1} << 60},
                            {"small", -7},
                            {"yes", true},
                            {"no", false},
                            {"id", id},
                            {"ids", Document::Value::Uuids{ids}},
                            {"time", time},
                            {"all", Document::Value::Array{inner}},
                            {"one", inner.back()}};
    const Document copy{document};

    EXPECT_EQ(copy.text("text"), text);
    EXPECT_EQ(copy.text("empty"), "");
    EXPECT_EQ(copy.integer("number"), std::int64_t{1} << 60);
    EXPECT_EQ(copy.integer("small"), -7);
    EXPECT_TRUE(copy.flag("yes"));
    EXPECT_FALSE(copy.flag("no"));
    EXPECT_EQ(copy.uuid("id"), id);
    EXPECT_EQ(copy.uuids("ids"), ids);
    EXPECT_EQ(copy.time("time"), time);
    ASSERT_EQ(copy.documents("all").size(), 2U);
    EXPECT_EQ(copy.documents("all")[1].integer("n"), 2);
    EXPECT_EQ(copy.document("one").integer("n"), 2);
}

TEST(MongoDocument, tells_what_is_missing_from_what_is_wrong) {
    const Document document{{"text", "a"}, {"list", Document::Value::Uuids{}}};

    EXPECT_EQ(document.find_integer("n"), std::nullopt);
    EXPECT_EQ(document.find_uuid("n"), std::nullopt);
    EXPECT_FALSE(document.flag("n"));
    EXPECT_TRUE(document.uuids("n").empty());
    EXPECT_EQ(code_of([&] { document.integer("n"); }), "store.damaged");
    EXPECT_EQ(code_of([&] { document.integer("text"); }), "store.damaged");
    EXPECT_EQ(code_of([&] { document.uuid("text"); }), "store.damaged");
    EXPECT_EQ(code_of([&] { document.time("text"); }), "store.damaged");
    EXPECT_EQ(code_of([&] { document.flag("text"); }), "store.damaged");
    EXPECT_EQ(code_of([&] { document.text("list"); }), "store.damaged");
    EXPECT_EQ(code_of([&] { document.documents("text"); }), "store.damaged");
    EXPECT_EQ(code_of([&] { document.document("text"); }), "store.damaged");
}

TEST(MongoLibrary, leaves_no_shared_memory_behind) {
    const Document loads_it;

    EXPECT_TRUE(loads_it.is_empty());
    EXPECT_FALSE(std::filesystem::exists("/dev/shm/mongoc-" + std::to_string(::getpid())));
}

TEST(MongoUrl, is_told_from_what_is_none) {
    EXPECT_TRUE(is_mongo_url("mongodb://localhost"));
    EXPECT_TRUE(is_mongo_url("mongodb://u:p%40@a:1,b:2/chat?authSource=admin&replicaSet=rs"));
    EXPECT_TRUE(is_mongo_url("mongodb+srv://u:p@cluster.example.org/chat"));
    EXPECT_FALSE(is_mongo_url("mongodb://"));
    EXPECT_FALSE(is_mongo_url("mongodb://u:p@/chat"));
    EXPECT_FALSE(is_mongo_url("mongodb:// /"));
    EXPECT_FALSE(is_mongo_url("postgresql://localhost"));
    EXPECT_EQ(code_of([] { MongoConnection{{.url = "mongodb://localhost:none"}}; }),
              "config.invalid");
}

struct MongoConnectionTest : testing::Test {
    test::MongoBase base;
    MongoConnection connection{{.url = base.url()}};

    std::vector<std::int64_t> numbers(const Document& filter) {
        std::vector<std::int64_t> found;
        for (const Document& one :
             connection.find({.collection = "c", .filter = filter, .order = {{"_id", 1}}})) {
            found.push_back(one.integer("_id"));
        }
        return found;
    }
};

TEST_F(MongoConnectionTest, inserts_in_order_up_to_the_first_that_is_there) {
    const std::vector<Document> documents{{{"_id", 1}}, {{"_id", 2}}, {{"_id", 1}}, {{"_id", 3}}};

    EXPECT_EQ(connection.insert("c", documents), 2U);
    EXPECT_EQ(numbers({}), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(connection.insert("c", std::span{documents}.first(1)), 0U);
    EXPECT_EQ(connection.insert("c", std::span{documents}.last(1)), 1U);
}

TEST_F(MongoConnectionTest, lets_one_of_many_insert_under_a_unique_key) {
    connection.make_indexes("c",
                            {{.name = "once", .key = {{"a", 1}, {"b", 1}}, .is_unique = true}});
    constexpr int writers = 8;
    std::atomic<std::size_t> inserted{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < writers; ++i) {
            threads.emplace_back([&, i] {
                MongoConnection own{{.url = base.url()}};
                const std::vector<Document> mine{{{"_id", i}, {"a", 1}, {"b", "x"}}};
                inserted += own.insert("c", mine);
            });
        }
    }

    EXPECT_EQ(inserted.load(), 1U);
    EXPECT_EQ(numbers({}).size(), 1U);
}

TEST_F(MongoConnectionTest, updates_and_removes_all_that_fit) {
    const std::vector<Document> documents{
        {{"_id", 1}, {"a", 1}}, {{"_id", 2}, {"a", 1}}, {{"_id", 3}, {"a", 2}}};
    connection.insert("c", documents);
    const MongoChange change{.filter = {{"a", 1}}, .change = {{"$set", Document{{"b", true}}}}};

    connection.update("c", {&change, 1}, MongoSafety::journal);
    EXPECT_EQ(numbers({{"b", true}}), (std::vector<std::int64_t>{1, 2}));
    connection.remove("c", {{"a", 1}});

    EXPECT_EQ(numbers({}), (std::vector<std::int64_t>{3}));
    EXPECT_FALSE(connection.find_one({.collection = "c", .filter = {{"a", 1}}}));
}

TEST_F(MongoConnectionTest, makes_indexes_once_and_refuses_one_that_should_be_unique) {
    const std::vector<MongoIndex> indexes{{.name = "a", .key = {{"a", 1}}},
                                          {.name = "b", .key = {{"b", 1}}}};
    connection.make_indexes("c", indexes);
    connection.make_indexes("c", indexes);

    EXPECT_EQ(code_of([&] {
                  connection.make_indexes("c",
                                          {{.name = "a", .key = {{"a", 1}}, .is_unique = true}});
              }),
              "store.unfit");
}

TEST_F(MongoConnectionTest, reads_more_than_comes_in_one_answer) {
    std::vector<Document> documents;
    for (int i = 0; i < 450; ++i) {
        documents.push_back({{"_id", i}});
    }
    connection.insert("c", documents);

    EXPECT_EQ(numbers({}).size(), 450U);
}

struct MongoServerTest : testing::Test {
    test::FerretServer ferret;
    aio::Loop loop{"test"};

    MongoOptions options() const {
        return {.target = {.url = ferret.url(), .connect_max = 500ms, .answer_max = 500ms},
                .collection = "c",
                .reader_threads = 1,
                .writer_threads = 1};
    }
    std::size_t add(MongoServer& server, int number) {
        auto work = [number](MongoConnection& connection) {
            const std::vector<Document> one{{{"_id", number}}};
            return connection.insert("c", one);
        };
        return await(loop, server.write(work));
    }
    std::size_t count(MongoServer& server) {
        auto work = [](MongoConnection& connection) {
            return connection.find({.collection = "c"}).size();
        };
        return await(loop, server.read(work));
    }
    template <class Condition>
    void until(Condition condition) {
        EXPECT_TRUE(test::comes_true(condition, [] {}));
    }
};

TEST_F(MongoServerTest, finds_a_server_that_was_killed_and_started_again) {
    MongoServer server{options()};
    add(server, 1);
    ferret.kill();

    const std::string first = code_of([&] { count(server); });
    EXPECT_TRUE(first == "store.unavailable" || first == "upstream.timeout") << first;
    EXPECT_EQ(code_of([&] { count(server); }), "store.unavailable");

    ferret.start();
    until([&] { return code_of([&] { count(server); }).empty(); });
    EXPECT_EQ(count(server), 1U);
    EXPECT_EQ(add(server, 2), 1U);
}

TEST_F(MongoServerTest, gives_up_on_one_that_sleeps_and_goes_on_when_it_wakes) {
    MongoServer server{options()};
    add(server, 1);
    ferret.pause();

    EXPECT_EQ(code_of([&] { add(server, 2); }), "upstream.timeout") << "it may have been done";
    EXPECT_EQ(code_of([&] { count(server); }), "store.unavailable") << "at once";
    ferret.resume();

    until([&] { return code_of([&] { count(server); }).empty(); });
    EXPECT_LE(add(server, 2), 1U);
    EXPECT_EQ(count(server), 2U);
}

TEST_F(MongoServerTest, refuses_a_wrong_password_at_once_and_in_one_line) {
    const std::string wrong = refused(ferret.url_as("loquat", "wrong"), 10s);
    const std::string stranger = refused(ferret.url_as("nobody", "wrong"), 10s);
    const std::string nobody =
        refused("mongodb://127.0.0.1:" + std::to_string(ferret.port()) + "/test", 10s);

    for (const std::string& said : {wrong, stranger, nobody}) {
        EXPECT_TRUE(said.starts_with("store.denied: MongoDB cannot be used: ")) << said;
        EXPECT_FALSE(said.contains('\n')) << said;
    }
    EXPECT_TRUE(wrong.contains("uthentication failed")) << wrong;
    EXPECT_FALSE(wrong.contains("wrong")) << wrong;
}

TEST_F(MongoServerTest, says_that_nobody_is_there_or_answers) {
    const test::ListeningSocket silent;
    const std::string sleeps =
        refused("mongodb://127.0.0.1:" + std::to_string(silent.port()) + "/test");
    const std::string away = refused("mongodb://127.0.0.1:1/test");

    EXPECT_TRUE(sleeps.starts_with("store.unavailable: MongoDB cannot be used: ")) << sleeps;
    EXPECT_TRUE(sleeps.contains("timeout")) << sleeps;
    EXPECT_TRUE(away.starts_with("store.unavailable: MongoDB cannot be used: ")) << away;
    EXPECT_TRUE(away.contains("127.0.0.1:1")) << away;
}

TEST(MongoReplicaSet, is_found_by_its_name) {
    const test::FerretServer member{{"--repl-set-name=rs0"}};

    EXPECT_EQ(refused(member.url("replicaSet=rs0"), 10s), "");
    EXPECT_TRUE(refused(member.url("replicaSet=other")).starts_with("store.unavailable: "))
        << refused(member.url("replicaSet=other"));
}

struct MongoTlsTest : testing::Test {
    test::TemporaryFolder folder;
    net::tls::KeyPair pair = net::tls::make_self_signed();
    std::uint16_t port = test::free_port();
    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream{folder / name} << text;
        return (folder / name).string();
    }
    std::string certificate = file("certificate.pem", pair.certificates);
    test::FerretServer ferret{{"--listen-tls=127.0.0.1:" + std::to_string(port),
                               "--listen-tls-cert-file=" + certificate,
                               "--listen-tls-key-file=" + file("key.pem", pair.private_key)}};

    std::string encrypted(const std::string& options) const {
        std::string url = ferret.url(options);
        const std::string plain = ":" + std::to_string(ferret.port()) + "/";
        return url.replace(url.find(plain), plain.size(), ":" + std::to_string(port) + "/");
    }
};

TEST_F(MongoTlsTest, trusts_whom_the_url_names_and_nobody_else) {
    EXPECT_EQ(refused(encrypted("tls=true&tlsCAFile=" + certificate), 10s), "");

    const std::string untrusted = refused(encrypted("tls=true"), 10s);
    EXPECT_TRUE(untrusted.starts_with("store.denied: MongoDB cannot be used: ")) << untrusted;
    const std::string plain = refused(encrypted(""));
    EXPECT_TRUE(plain.starts_with("store.unavailable: MongoDB cannot be used: ")) << plain;
}

}  // namespace
}  // namespace loquat::store
