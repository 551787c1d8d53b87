#include <gtest/gtest.h>

#include "services/consumer/adapters/mongo/mongo_move.hpp"
#include "services/consumer/tests/messages_under_test.hpp"
#include "services/consumer/tests/read_all.hpp"
#include "testing/failure_code.hpp"

// Messages between MongoDB and the form in which an archive has them.
namespace loquat::consumer {
namespace {

using test::await;
using test::code_of;
using test::Keeping;

class MongoMoveTest : public testing::Test {
  protected:
    // Messages of all kinds, edited and removed ones among them, in a database.
    void fill(int records) {
        std::vector<std::optional<contracts::MessageRecord>> batch;
        for (int i = 0; i < records; ++i) {
            batch.push_back(stream_.next());
        }
        sql_.apply(std::move(batch));
    }
    std::vector<contracts::StoredMessage> read(MessageStore& store) {
        return read_all(sql_.loop, store, stream_.chats());
    }
    // All that who reads from MongoDB sees.
    std::vector<contracts::StoredMessage> read_mongo() {
        const auto store =
            open_mongo_messages({.target = {.url = mongo_.url()}}, MongoRole::filler);
        return read(*store);
    }
    void bring_in() { await(sql_.loop, move_.bring_in(*sql_.database, nothing_)); }
    std::string code_of_compare() {
        return code_of([&] { await(sql_.loop, move_.compare(*sql_.database, nothing_)); });
    }

    test::MongoBase mongo_;
    MessagesUnderTest sql_{Keeping::sqlite};
    RecordStream stream_{20'26};
    MongoMove move_{mongo_.url()};
    const MongoMove::Told nothing_ = [](std::size_t) {};
};

TEST_F(MongoMoveTest, brings_all_messages_in_and_out_again_as_they_are) {
    fill(600);
    const auto before = read(*sql_.store);
    EXPECT_TRUE(move_.is_empty());

    bring_in();
    test::DatabasePlace other{Keeping::sqlite};
    const auto database = other.open(message_database());
    await(sql_.loop, move_.take_out(*database, nothing_));

    EXPECT_GT(before.size(), 100U);
    EXPECT_FALSE(move_.is_empty());
    EXPECT_EQ(code_of_compare(), "");
    EXPECT_EQ(read_mongo(), before);
    const auto back = make_sql_messages(*database);
    EXPECT_EQ(read(*back), before);
    for (const ChatId& chat : stream_.chats()) {
        EXPECT_EQ(await(sql_.loop, back->list_deleted({chat})),
                  await(sql_.loop, sql_.store->list_deleted({chat})));
    }
}

TEST_F(MongoMoveTest, goes_on_with_what_was_interrupted_and_doubles_nothing) {
    fill(600);
    struct Killed {};
    const MongoMove::Told kill = [](std::size_t) { throw Killed{}; };
    for (int i = 0; i < 3; ++i) {
        EXPECT_THROW(await(sql_.loop, move_.bring_in(*sql_.database, kill)), Killed);
    }

    bring_in();

    EXPECT_EQ(code_of_compare(), "");
    EXPECT_EQ(read_mongo(), read(*sql_.store));
}

TEST_F(MongoMoveTest, goes_on_storing_behind_what_was_brought_in) {
    fill(200);
    bring_in();
    const auto before = read_mongo();
    const auto store = open_mongo_messages({.target = {.url = mongo_.url()}}, MongoRole::filler);
    const store::Position at = store::take_up(sql_.loop, *store, "chat.messages");
    RecordMaker make;
    contracts::MessageRecord record = make.message(before.front().chat, "and on");
    contracts::MessageRecord edit = make.edit(record, "and on, better");

    await(sql_.loop,
          store->apply_batch(store::next_batch<contracts::MessageRecord>(at, {record, edit})));

    const auto after = read(*store);
    ASSERT_EQ(after.size(), before.size() + 1);
    const auto last = await(sql_.loop, store->find_by_id(record.message_id));
    ASSERT_TRUE(last);
    EXPECT_EQ(last->text, "and on, better");
}

TEST_F(MongoMoveTest, names_a_conversation_of_which_mongodb_has_other_messages) {
    fill(200);
    bring_in();
    const store::MongoChange other{
        .filter = {{"seq", std::int64_t{1}}},
        .change = {{"$set", store::Document{{"display_name", "Somebody"}}}}};
    store::MongoConnection connection{{.url = mongo_.url()}};
    connection.update("messages", {&other, 1});

    EXPECT_EQ(code_of_compare(), "import.differs");
}

TEST_F(MongoMoveTest, refuses_conversations_that_have_given_numbers_behind_their_last_message) {
    fill(200);
    auto work = [](store::Transaction& transaction) {
        transaction.execute("UPDATE chats SET last_seq = last_seq + 1 WHERE number = 1");
    };
    await(sql_.loop, sql_.database->transact(work));

    EXPECT_EQ(code_of([&] { bring_in(); }), "import.numbers_ahead");
    EXPECT_TRUE(move_.is_empty());
}

}  // namespace
}  // namespace loquat::consumer
