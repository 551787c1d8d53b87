#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "services/auth/adapters/sql_schema.hpp"
#include "services/chat/adapters/sql_chats.hpp"
#include "services/consumer/adapters/ledger_database.hpp"
#include "services/consumer/adapters/sql_audit.hpp"
#include "services/consumer/adapters/sql_messages.hpp"
#include "services/consumer/adapters/sql_usage.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "store/sql/dialect.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/position_support.hpp"
#include "store/tests/recording_database.hpp"
#include "testing/temporary_folder.hpp"

// Schemas and statements, read by PostgreSQL itself where it is installed; nothing is skipped over
// silently: the tests say so.
namespace loquat {
namespace {

namespace fs = std::filesystem;
using test::await;

std::optional<fs::path> find_postgres() {
    std::error_code missing;
    for (const auto& version : fs::directory_iterator{"/usr/lib/postgresql", missing}) {
        if (fs::exists(version.path() / "bin/initdb") &&
            fs::exists(version.path() / "bin/postgres")) {
            return version.path() / "bin";
        }
    }
    return std::nullopt;
}

// A server without a socket: it reads statements from a file and says what it does not like.
class Postgres {
  public:
    explicit Postgres(fs::path programs) : programs_(std::move(programs)) {
        if (::geteuid() == 0) {
            // It refuses to be root.
            as_server_ = "runuser -u postgres -- ";
            execute("chown postgres " + folder_.path().string());
        }
        run("initdb -A trust -E UTF8 --locale=C --no-sync -D " + data());
    }

    void add(const std::string& statement) { statements_ += statement + "\n\n"; }

    // What it found wrong, line by line.
    std::string problems() {
        std::ofstream{folder_ / "statements.sql"} << statements_;
        const std::string output = run("postgres --single -j -F -D " + data() + " template1");
        std::string found;
        std::string line;
        std::istringstream lines{output};
        bool has_ended = false;
        while (std::getline(lines, line)) {
            has_ended = has_ended || line.find("all was read") != std::string::npos;
            const bool is_wrong = line.find("ERROR:") != std::string::npos ||
                                  line.find("FATAL:") != std::string::npos ||
                                  line.find("STATEMENT:") != std::string::npos;
            found += is_wrong ? line + "\n" : "";
        }
        return has_ended ? found : found + "it did not read to the end:\n" + output;
    }

  private:
    std::string data() const { return (folder_ / "data").string(); }

    // What a program says is looked at, not how it ends.
    static void execute(const std::string& line) {
        [[maybe_unused]] const int status = std::system(line.c_str());
    }

    std::string run(const std::string& command) {
        const std::string output = (folder_ / "output").string();
        const std::string input = (folder_ / "statements.sql").string();
        std::ofstream{input, std::ios::app};
        execute(as_server_ + programs_.string() + "/" + command + " < " + input + " > " + output +
                " 2>&1");
        std::ifstream in{output};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    test::TemporaryFolder folder_;
    fs::path programs_;
    std::string as_server_;
    std::string statements_;
};

// Every step of a schema, in a namespace of its own.
void add_schema(Postgres& postgres, const std::string& name,
                std::span<const store::Migration> schema) {
    postgres.add("CREATE SCHEMA " + name + ";");
    postgres.add("SET search_path TO " + name + ";");
    for (const store::Migration& step : schema) {
        std::string_view left = step.sql;
        while (!trim(left).empty()) {
            const std::size_t end = left.find(";\n");
            const std::string_view statement = trim(left.substr(0, end));
            postgres.add(store::in_dialect(store::Dialect::postgres, statement) + ";");
            left = end == std::string_view::npos ? "" : left.substr(end + 2);
        }
    }
}

void add_statements(Postgres& postgres, const store::RecordingDatabase& database) {
    int number = 0;
    for (const std::string& statement : database.statements()) {
        postgres.add("PREPARE s" + std::to_string(++number) + " AS " +
                     store::in_dialect(store::Dialect::postgres, statement) + ";");
    }
    EXPECT_GT(number, 5);
    postgres.add("DEALLOCATE ALL;");
}

struct PostgresTest : testing::Test {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    std::unique_ptr<Postgres> postgres;

    void SetUp() override {
        const auto programs = find_postgres();
        if (!programs) {
            GTEST_SKIP() << "PostgreSQL is not installed: its reading of our SQL is not checked";
        }
        postgres = std::make_unique<Postgres>(*programs);
    }
    void expect_no_problems() {
        postgres->add("SELECT 'all was read';");
        EXPECT_EQ(postgres->problems(), "");
    }
};

TEST_F(PostgresTest, reads_the_schemas_of_all_services) {
    add_schema(*postgres, "messages", consumer::message_database().schema);
    add_schema(*postgres, "usage", consumer::ledger_database().schema);
    add_schema(*postgres, "chat", chat::chat_schema());
    add_schema(*postgres, "auth", auth::sql_schema());

    expect_no_problems();
}

TEST_F(PostgresTest, reads_the_statements_of_the_message_store) {
    const auto database =
        store::open_sqlite(store::in_file(folder / "messages.db", consumer::message_database()));
    store::RecordingDatabase recording{*database};
    const auto messages = consumer::make_sql_messages(recording);
    consumer::RecordMaker make;
    const ChatId chat = ChatId::make();
    const contracts::MessageRecord record = make.message(chat, "text");
    contracts::MessageRecord mention = make.message(chat, "@somebody");
    mention.mentions = {UserId::make()};
    store::Position at = store::take_up(loop, *messages, "chat.messages");
    await(loop,
          messages->apply_batch(store::next_batch<contracts::MessageRecord>(
              at, {record, mention, record, make.edit(mention, "other"), make.removal(record)})));
    await(loop, messages->adopt(store::moved(at, 5), Uuid::make(), 0));
    await(loop, messages->stored());
    await(loop, messages->claim_partitions("chat.messages", 1));
    await(loop, messages->find_by_id(record.message_id));
    await(loop, messages->find_by_client_id(chat, record.sender.id, record.client_id));
    await(loop, messages->find_repeat(chat, record.sender.id, record.client_id, 0));
    await(loop, messages->page({.chat = chat}));
    await(loop, messages->page({.chat = chat, .after_seq = 1}));
    await(loop, messages->heads({chat}));
    await(loop, messages->list_deleted({chat}));
    await(loop, messages->list_mentions({{chat, UserId::make(), 0}}));
    await(loop, messages->scan_sender(record.sender.id, {}));

    add_schema(*postgres, "messages", consumer::message_database().schema);
    add_statements(*postgres, recording);

    expect_no_problems();
}

TEST_F(PostgresTest, reads_the_statements_of_the_ledgers) {
    const auto database =
        store::open_sqlite(store::in_file(folder / "usage.db", consumer::ledger_database()));
    store::RecordingDatabase recording{*database};
    const auto usage = consumer::make_sql_usage(recording);
    const auto audit = consumer::make_sql_audit(recording);
    const Time begin = from_unix_ms(consumer::ledger_begin_ms);
    const UserId ann = UserId::make();
    contracts::AuditRecord record = consumer::audit_of("auth.signed_in", begin);
    record.actor = ann;
    const store::Position of_usage = store::take_up(loop, *usage, "usage.events");
    const store::Position of_audit = store::take_up(loop, *audit, "audit.events");
    await(loop, usage->apply_batch(store::next_batch<contracts::UsageRecord>(
                    of_usage, {consumer::usage_of(ann, begin)})));
    await(loop, audit->apply_batch(
                    store::next_batch<contracts::AuditRecord>(of_audit, {record, record})));
    await(loop, usage->used_of(ann, std::chrono::floor<std::chrono::days>(begin)));
    const std::chrono::hours day{24};
    for (const auto shift :
         {std::chrono::minutes{0}, std::chrono::minutes{60}, std::chrono::minutes{7}}) {
        await(loop, usage->sums({ann, {begin + shift, begin + shift + day}}));
    }
    for (const char* action : {"", "auth.signed_in", "auth."}) {
        await(loop, audit->list({.action = action}));
        await(loop, audit->list({.actor = ann, .action = action}));
    }

    add_schema(*postgres, "usage", consumer::ledger_database().schema);
    add_statements(*postgres, recording);

    expect_no_problems();
}

}  // namespace
}  // namespace loquat
