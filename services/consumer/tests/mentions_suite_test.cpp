#include <gtest/gtest.h>

#include <random>

#include "services/consumer/tests/messages_under_test.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "testing/await.hpp"
#include "testing/temporary_folder.hpp"

// Whom messages mention, and who wrote them: the same answers of all stores.
namespace loquat::consumer {
namespace {

using test::await;

using Seqs = std::vector<std::int64_t>;

struct MentionSuite : testing::TestWithParam<test::Keeping>, MessagesUnderTest {
    ChatId chat = ChatId::make();
    UserId eve = UserId::make();
    UserId bob = UserId::make();

    MentionSuite() : MessagesUnderTest(GetParam()) {}
    void apply(std::vector<std::optional<contracts::MessageRecord>> records) {
        const MessageBatch batch = store::next_batch(at, std::move(records));
        await(loop, store->apply_batch(batch));
        at = store::moved(at, batch.through);
    }
    contracts::MessageRecord mention(std::string text, std::vector<UserId> users) {
        contracts::MessageRecord record = make.message(chat, std::move(text));
        record.mentions = std::move(users);
        return record;
    }
    Seqs mentions_of(UserId user, std::int64_t after = 0) {
        return await(loop, store->list_mentions({{chat, user, after}})).front();
    }
};

TEST_P(MentionSuite, lists_who_is_mentioned_behind_a_marker) {
    apply({mention("1", {eve}), make.message(chat, "2"), mention("3", {bob, eve}),
           mention("4", {eve})});

    EXPECT_EQ(mentions_of(eve), (Seqs{1, 3, 4}));
    EXPECT_EQ(mentions_of(eve, 1), (Seqs{3, 4}));
    EXPECT_EQ(mentions_of(eve, 4), Seqs{});
    EXPECT_EQ(mentions_of(bob), Seqs{3});
    EXPECT_EQ(mentions_of(UserId::make()), Seqs{});
    const auto all = await(loop, store->list_mentions({{ChatId::make(), eve, 0}, {chat, bob, 0}}));
    EXPECT_EQ(all, (std::vector<Seqs>{{}, {3}}));
}

TEST_P(MentionSuite, follows_edits_and_deletions) {
    const contracts::MessageRecord first = mention("1", {eve});
    const contracts::MessageRecord second = mention("2", {});
    apply({first, second});
    contracts::MessageRecord taken = make.edit(first, "nobody");
    contracts::MessageRecord given = make.edit(second, "@eve");
    given.mentions = {eve, bob};
    apply({taken, given});

    EXPECT_EQ(mentions_of(eve), Seqs{2});
    EXPECT_EQ(mentions_of(bob), Seqs{2});

    apply({make.removal(second), make.removal(second)});

    EXPECT_EQ(mentions_of(eve), Seqs{});
    EXPECT_EQ(mentions_of(bob), Seqs{});
}

TEST_P(MentionSuite, finds_what_somebody_wrote_and_has_not_deleted) {
    const ChatId other = ChatId::make();
    const contracts::MessageRecord first = make.message(chat, "1");
    const contracts::MessageRecord second = make.message(other, "2");
    contracts::MessageRecord strange = make.message(chat, "3");
    strange.sender.id = eve;
    const contracts::MessageRecord gone = make.message(chat, "4");
    apply({first, second, strange, gone, make.removal(gone)});

    const store::Scanned scanned = await(loop, store->scan_sender(first.sender.id, {}));

    std::set<MessageId> found;
    for (const auto& one : scanned.found) {
        EXPECT_EQ(one.chat, one.id == second.message_id ? other : chat);
        found.insert(one.id);
    }
    EXPECT_EQ(found, (std::set<MessageId>{first.message_id, second.message_id}));
    EXPECT_FALSE(scanned.next);
}

INSTANTIATE_TEST_SUITE_P(Stores, MentionSuite,
                         testing::Values(test::Keeping::memory, test::Keeping::sqlite,
                                         test::Keeping::postgres, test::Keeping::mongo),
                         [](const auto& suite) { return test::name_of(suite.param); });

TEST(MentionStores, agree_whatever_comes) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    const auto database =
        store::open_sqlite({.file = folder / "messages.db", .schema = message_schema()});
    const auto sql = make_sql_messages(*database);
    const auto memory = make_memory_messages();
    RecordStream stream{7};
    std::set<UserId> users;
    store::Position at = store::take_up(loop, *sql, "chat.messages", {});
    store::take_up(loop, *memory, "chat.messages", {});
    for (int round = 0; round < 60; ++round) {
        std::vector<std::optional<contracts::MessageRecord>> records;
        for (int i = 0; i < 20; ++i) {
            records.push_back(stream.next());
            if (records.back()) {
                users.insert(records.back()->sender.id);
                users.insert(records.back()->mentions.begin(), records.back()->mentions.end());
            }
        }
        const MessageBatch batch = store::next_batch(at, records);
        at = store::moved(at, batch.through);
        await(loop, sql->apply_batch(batch));
        await(loop, memory->apply_batch(batch));
    }
    std::size_t found = 0;
    for (const UserId& user : users) {
        std::vector<store::MentionQuery> queries;
        for (const ChatId& chat : stream.chats()) {
            queries.push_back({chat, user, 3});
        }
        const auto expected = await(loop, memory->list_mentions(queries));
        EXPECT_EQ(await(loop, sql->list_mentions(queries)), expected);
        for (const Seqs& seqs : expected) {
            found += seqs.size();
        }
        std::multiset<MessageId> from_sql;
        std::multiset<MessageId> from_memory;
        for (const auto& one : await(loop, sql->scan_sender(user, {})).found) {
            from_sql.insert(one.id);
        }
        for (const auto& one : await(loop, memory->scan_sender(user, {})).found) {
            from_memory.insert(one.id);
        }
        EXPECT_EQ(from_sql, from_memory);
    }
    EXPECT_GT(found, 20U);
}

TEST(MentionStores, scan_a_part_at_a_time_and_everything_once) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    const auto database =
        store::open_sqlite({.file = folder / "messages.db", .schema = message_schema()});
    const auto store = make_sql_messages(*database);
    RecordMaker make;
    const ChatId large = ChatId::make();
    const std::size_t count = MessageStore::scanned_max + 300;
    std::vector<std::optional<contracts::MessageRecord>> records;
    for (std::size_t i = 0; i < count; ++i) {
        records.push_back(make.message(large, std::to_string(i)));
    }
    records.push_back(make.message(ChatId::make(), "last"));
    const UserId sender = records.front()->sender.id;
    const store::Position at = store::take_up(loop, *store, "chat.messages");
    await(loop, store->apply_batch(store::next_batch(at, records)));

    std::set<MessageId> found;
    std::size_t parts = 0;
    std::optional<store::ScanPlace> place = store::ScanPlace{};
    while (place) {
        const store::Scanned scanned = await(loop, store->scan_sender(sender, *place));
        EXPECT_LE(scanned.found.size(), MessageStore::scanned_max);
        for (const auto& one : scanned.found) {
            EXPECT_TRUE(found.insert(one.id).second);
        }
        place = scanned.next;
        ++parts;
    }

    EXPECT_EQ(found.size(), records.size());
    EXPECT_EQ(parts, 2U);
}

TEST(MentionStores, know_the_mentions_of_a_folder_from_before) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    RecordMaker make;
    const ChatId chat = ChatId::make();
    const UserId eve = UserId::make();
    const UserId bob = UserId::make();
    contracts::MessageRecord both = make.message(chat, "2");
    both.mentions = {eve, bob};
    contracts::MessageRecord one = make.message(chat, "3");
    one.mentions = {bob};
    {
        const auto old_schema = message_schema().first(3);
        const auto database =
            store::open_sqlite({.file = folder / "messages.db", .schema = old_schema});
        auto fill = [&](store::Transaction& transaction) {
            transaction.execute("INSERT INTO chats (number, id, last_seq) VALUES (1, $1, 3)",
                                {chat});
            std::int64_t seq = 0;
            for (const contracts::MessageRecord& record : {make.message(chat, "1"), both, one}) {
                std::string bytes;
                for (const UserId& user : record.mentions) {
                    bytes.append(user.view());
                }
                const auto mentions =
                    bytes.empty() ? std::nullopt : std::optional{store::BlobView{bytes}};
                transaction.execute(
                    "INSERT INTO messages (chat, seq, id, sender, sender_kind, username, "
                    "display_name, client_id, text, mentions, created_at, sent_sum) VALUES (1, $1, "
                    "$2, $3, 0, 'a', 'A', $4, $5, $6, 0, 0)",
                    {++seq, record.message_id, record.sender.id, record.client_id, record.text,
                     mentions});
            }
        };
        await(loop, database->transact(fill));
    }

    const auto database =
        store::open_sqlite({.file = folder / "messages.db", .schema = message_schema()});
    const auto store = make_sql_messages(*database);
    const auto mentions = await(loop, store->list_mentions({{chat, eve, 0}, {chat, bob, 0}}));

    EXPECT_EQ(mentions, (std::vector<Seqs>{{2}, {2, 3}}));
}

}  // namespace
}  // namespace loquat::consumer
