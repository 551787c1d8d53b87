#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "services/consumer/tests/read_all.hpp"
#include "store/folder/folder.hpp"
#include "store/folder/repair.hpp"
#include "store/log/memory_log.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::consumer {
namespace {

using test::await;
using test::code_of;

namespace fs = std::filesystem;
using Records = std::vector<std::optional<contracts::MessageRecord>>;

store::SqliteOptions options_for(const fs::path& file) {
    return {.file = file, .schema = message_schema(), .durability = store::Durability::crash};
}

TEST(SqlMessages, gives_no_number_twice_after_they_were_lost_and_a_repair) {
    test::TemporaryFolder place;
    const fs::path data = place / "data";
    aio::Loop loop{"test"};
    const ChatId chat = ChatId::make();
    // Opens the folder as a start does and stores a message; gives its number.
    const auto send = [&] {
        store::Folder folder{data};
        store::SqliteOptions options = store::in_file(data / "messages.db", message_database());
        options.stamp = folder.stamp("messages.db");
        const auto database = store::open_sqlite(options);
        const auto store = make_sql_messages(*database, folder.seq_marks());
        folder.settle();
        store::Position position = await(loop, store->position("consumer", {"chat.messages"}));
        if (position.generation == 0) {
            position = store::take_up(loop, *store, "chat.messages");
        }
        contracts::MessageRecord record;
        record.sender.id = UserId::make();
        record.text = "text";
        record.chat = chat;
        record.message_id = MessageId::make();
        record.client_id = record.message_id.to_string();
        const MessageBatch batch{position, position.applied + 1, {record}};
        return await(loop, store->apply_batch(batch)).front().message.seq;
    };
    EXPECT_EQ(send(), 1);
    EXPECT_EQ(send(), 2);
    fs::remove(data / "messages.db");
    EXPECT_EQ(code_of(send), "folder.missing_file");

    EXPECT_EQ(repair_folder(data, store::LogRepair::if_missing, [](const auto&) { return true; }),
              1);

    EXPECT_EQ(send(), 3);
    EXPECT_EQ(send(), 4);
    fs::rename(data / "messages.db", place / "older.db");
    fs::copy_file(place / "older.db", data / "messages.db");
    EXPECT_EQ(send(), 5);
    fs::rename(place / "older.db", data / "messages.db");
    EXPECT_EQ(code_of(send), "folder.older_file");
    EXPECT_EQ(repair_folder(data, store::LogRepair::if_missing, [](const auto&) { return true; }),
              1);
    EXPECT_EQ(send(), 6);
}

TEST(SqlMessages, goes_on_without_a_hole_after_a_batch_that_failed) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    store::SqliteOptions options = options_for(folder / "messages.db");
    options.file_bytes_max = 512 * 1024;
    const auto database = store::open_sqlite(options);
    const auto store = make_sql_messages(*database);
    RecordMaker make;
    const ChatId chat = ChatId::make();
    const std::string large(15'000, 'x');
    Records many;
    for (int i = 0; i < 100; ++i) {
        many.push_back(make.message(chat, large));
    }

    const store::Position at = store::take_up(loop, *store, "chat.messages");
    const MessageBatch too_large = store::next_batch(at, many);
    const std::string code = code_of([&] { await(loop, store->apply_batch(too_large)); });
    const MessageBatch small{at, 1, {make.message(chat, "first")}};
    const auto outcomes = await(loop, store->apply_batch(small));

    EXPECT_EQ(code, "store.full");
    EXPECT_EQ(outcomes[0].message.seq, 1);
}

TEST(SqlMessages, overwrites_the_text_of_a_deleted_message_in_the_file) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    RecordMaker make;
    {
        const auto database = store::open_sqlite(options_for(folder / "messages.db"));
        const auto store = make_sql_messages(*database);
        const contracts::MessageRecord record =
            make.message(ChatId::make(), "the-secret-of-the-house");
        const store::Position at = store::take_up(loop, *store, "chat.messages");
        const MessageBatch first{at, 1, {record}};
        await(loop, store->apply_batch(first));
        await(loop, store->secure("consumer", at.partition));
        const MessageBatch second{store::moved(at, 1), 2, {make.removal(record)}};
        await(loop, store->apply_batch(second));
    }

    std::ifstream stream{folder / "messages.db", std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{stream}, {}};

    EXPECT_FALSE(content.empty());
    EXPECT_EQ(content.find("the-secret-of-the-house"), std::string::npos);
}

// The files as they may be found after the power was lost: the write-ahead log holds any part of
// what was written since it was last folded into the file.
fs::path lose_power(const test::TemporaryFolder& folder, int round, std::mt19937_64& random) {
    const fs::path copy = folder / ("after-" + std::to_string(round) + ".db");
    fs::copy_file(folder / "messages.db", copy);
    const fs::path wal = folder / "messages.db-wal";
    const fs::path copied_wal = copy.string() + "-wal";
    fs::copy_file(wal, copied_wal);
    fs::resize_file(copied_wal, random() % (fs::file_size(wal) + 1));
    return copy;
}

TEST(SqlMessages, is_restored_from_the_log_after_a_loss_of_power_when_the_rule_is_kept) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    std::mt19937_64 random{7};
    RecordStream stream{7};
    const auto database = store::open_sqlite(options_for(folder / "messages.db"));
    const auto store = make_sql_messages(*database);
    Records log;  // what the log would still hold, from its first record on
    store::Position at = store::take_up(loop, *store, "chat.messages");
    store::Offset trimmed = 0;
    int losses_of_rows = 0;

    for (int round = 0; round < 30; ++round) {
        Records records(1 + random() % 40);
        for (auto& record : records) {
            record = stream.next();
            log.push_back(record);
        }
        const MessageBatch batch = store::next_batch(at, records);
        await(loop, store->apply_batch(batch));
        at = store::moved(at, batch.through);
        if (round % 4 == 3) {
            const auto safe = await(loop, store->secure("consumer", at.partition));
            trimmed = safe ? safe->applied : trimmed;
        }

        const fs::path file = lose_power(folder, round, random);
        const auto restored_database = store::open_sqlite(options_for(file));
        const auto restored = make_sql_messages(*restored_database);
        store::Position found = await(loop, restored->position("consumer", at.partition));
        losses_of_rows += found.applied < at.applied ? 1 : 0;
        ASSERT_GE(found.applied, trimmed);
        if (found.generation == 0) {
            found = store::take_up(loop, *restored, "chat.messages");
        }
        const auto from = log.begin() + static_cast<std::ptrdiff_t>(found.applied);
        await(loop, restored->apply_batch(store::next_batch(found, Records(from, log.end()))));

        ASSERT_EQ(read_all(loop, *restored, stream.chats()),
                  read_all(loop, *store, stream.chats()));
    }

    EXPECT_GT(losses_of_rows, 10);
    EXPECT_GT(trimmed, 0U);
}

}  // namespace
}  // namespace loquat::consumer
