#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

#include "services/consumer/adapters/memory/memory_messages.hpp"
#include "services/consumer/adapters/mongo/mongo_messages.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "services/consumer/tests/read_all.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/mongo_base.hpp"

// Nothing is lost and nothing doubled wherever a writer ends or sleeps, without transactions.
namespace loquat::consumer {
namespace {

using contracts::MessageRecord;
using test::await;
using test::code_of;

using Records = std::vector<std::optional<MessageRecord>>;

// The end of a process, as far as the server sees it: nothing more comes.
struct Killed : std::exception {};

// Does something before the step with that number, counted from 0.
class Interruption {
  public:
    Interruption(int write, std::function<void()> act) : left_(write), act_(std::move(act)) {}

    void operator()() {
        if (left_.fetch_sub(1) == 0) {
            has_happened = true;
            act_();
        }
    }

    std::atomic<bool> has_happened = false;

  private:
    std::atomic<int> left_;
    std::function<void()> act_;
};

// A log of three batches in which all kinds of records meet, and what it comes to.
struct Story {
    RecordMaker make;
    ChatId a = ChatId::make();
    ChatId b = ChatId::make();
    std::vector<Records> batches;

    Story() {
        const MessageRecord first = make.message(a, "first");
        MessageRecord second = make.message(a, "secret");
        second.mentions = {UserId::make()};
        MessageRecord again = first;
        again.message_id = MessageId::make();
        batches.push_back({first, second, make.message(b, "other"), again});
        batches.push_back({make.edit(second, "changed secret"), make.message(a, "third"),
                           make.edit(first, "edited once"), std::nullopt});
        batches.push_back(
            {make.removal(second), make.edit(first, "edited twice"), make.message(a, "fourth")});
    }

    std::vector<contracts::StoredMessage> end(aio::Loop& loop) const {
        const auto model = make_memory_messages();
        store::Position at = store::take_up(loop, *model, "chat.messages");
        for (const Records& records : batches) {
            const MessageBatch batch = store::next_batch(at, records);
            await(loop, model->apply_batch(batch));
            at = store::moved(at, batch.through);
        }
        return read_all(loop, *model, {a, b});
    }

    // Goes on from wherever the store is, as a start does, to the end or the `last` batch.
    void fill(aio::Loop& loop, MessageStore& store, std::size_t last) const {
        store::Position at = await(loop, store.position("consumer", {"chat.messages"}));
        store::Offset begin = 0;
        for (std::size_t i = 0; i <= last; ++i) {
            const store::Offset through = begin + batches[i].size();
            if (at.applied == begin) {
                await(loop, store.apply_batch({at, through, batches[i]}));
                at = store::moved(at, through);
            }
            begin = through;
        }
        EXPECT_EQ(at.applied, begin);
    }
};

struct MongoIntents : testing::Test {
    test::MongoBase base;
    aio::Loop loop{"test"};

    std::unique_ptr<MessageStore> open(std::function<void(MongoStep)> before_step = {}) const {
        return open_mongo_messages(
            {.target = {.url = base.url()}, .reader_threads = 1, .writer_threads = 1},
            MongoRole::filler, {.before_step = std::move(before_step), .documents_max = 1});
    }
    std::size_t count(std::string_view collection) const {
        return store::MongoConnection{{.url = base.url()}}.find({.collection = collection}).size();
    }
};

// Every write of a whole story is where a process ends; another one goes on.
TEST(MongoIntentsKilled, lose_and_double_nothing_wherever_a_writer_ends) {
    bool is_over = false;
    int kills = 0;
    for (int write = 0; !is_over; ++write) {
        test::MongoBase base;
        aio::Loop loop{"test"};
        const Story story;
        auto interruption = std::make_shared<Interruption>(write, [] { throw Killed{}; });
        const auto open = [&](std::function<void(MongoStep)> before_step) {
            return open_mongo_messages(
                {.target = {.url = base.url()}, .reader_threads = 1, .writer_threads = 1},
                MongoRole::filler, {.before_step = std::move(before_step), .documents_max = 1});
        };
        try {
            const auto killed = open([interruption](MongoStep) { (*interruption)(); });
            store::take_up(loop, *killed, "chat.messages");
            story.fill(loop, *killed, 2);
        } catch (const Killed&) {
            ++kills;
        }
        is_over = !interruption->has_happened;

        const auto next = open({});
        if (await(loop, next->position("consumer", {"chat.messages"})).generation == 0) {
            store::take_up(loop, *next, "chat.messages");
        }
        story.fill(loop, *next, 2);

        ASSERT_EQ(read_all(loop, *next, {story.a, story.b}), story.end(loop)) << "write " << write;
    }
    EXPECT_GE(kills, 18) << "one for each write of the story";
}

// A writer sleeps before each of its writes, while another takes over and goes on to the end.
TEST(MongoIntentsKilled, let_a_writer_that_wakes_up_change_nothing) {
    bool is_over = false;
    for (int write = 0; !is_over; ++write) {
        test::MongoBase base;
        aio::Loop loop{"test"};
        const Story story;
        std::binary_semaphore sleeps{0};
        std::binary_semaphore may_wake{0};
        auto interruption = std::make_shared<Interruption>(write, [&] {
            sleeps.release();
            may_wake.acquire();
        });
        const auto open = [&](std::function<void(MongoStep)> before_step) {
            return open_mongo_messages(
                {.target = {.url = base.url()}, .reader_threads = 1, .writer_threads = 1},
                MongoRole::filler, {.before_step = std::move(before_step), .documents_max = 1});
        };
        const auto other = open({});
        store::take_up(loop, *other, "chat.messages");
        const auto sleeper = open([interruption](MongoStep) { (*interruption)(); });
        std::string code;
        std::jthread filling{[&] {
            aio::Loop mine{"sleeper"};
            code = code_of([&] { story.fill(mine, *sleeper, 1); });
            sleeps.release();
        }};
        sleeps.acquire();
        is_over = !interruption->has_happened;

        story.fill(loop, *other, 2);
        const auto end = read_all(loop, *other, {story.a, story.b});
        may_wake.release();
        filling.join();

        ASSERT_EQ(end, story.end(loop)) << "write " << write;
        ASSERT_EQ(read_all(loop, *other, {story.a, story.b}), end) << "write " << write;
        ASSERT_TRUE(code.empty() || code == "store.position_moved") << code;
        ASSERT_EQ(await(loop, other->position("consumer", {"chat.messages"})).applied, 11U);
    }
}

TEST_F(MongoIntents, refuse_a_writer_that_slept_until_its_place_was_forgotten) {
    const Story story;
    std::binary_semaphore sleeps{0};
    std::binary_semaphore may_wake{0};
    auto interruption = std::make_shared<Interruption>(0, [&] {
        sleeps.release();
        may_wake.acquire();
    });
    const auto other = open();
    const store::Position at = store::take_up(loop, *other, "chat.messages");
    const auto sleeper = open([interruption](MongoStep) { (*interruption)(); });
    std::string code;
    std::jthread filling{[&] {
        aio::Loop mine{"sleeper"};
        code = code_of([&] { story.fill(mine, *sleeper, 0); });
    }};
    sleeps.acquire();
    story.fill(loop, *other, 1);
    await(loop, other->secure("consumer", at.partition));
    story.fill(loop, *other, 2);
    await(loop, other->secure("consumer", at.partition));
    ASSERT_EQ(count("intents"), 2U) << "what the sleeper goes on from is forgotten";

    may_wake.release();
    filling.join();

    EXPECT_EQ(code, "store.position_moved");
    EXPECT_EQ(count("intents"), 2U);
    EXPECT_EQ(read_all(loop, *other, {story.a, story.b}), story.end(loop));
    EXPECT_EQ(await(loop, other->position("consumer", at.partition)).applied, 11U);
}

TEST_F(MongoIntents, keep_one_that_others_have_finished_when_who_began_it_wakes_up) {
    const Story story;
    std::binary_semaphore sleeps{0};
    std::binary_semaphore may_wake{0};
    // Right after it was inserted.
    auto interruption = std::make_shared<Interruption>(1, [&] {
        sleeps.release();
        may_wake.acquire();
    });
    const auto other = open();
    const store::Position at = store::take_up(loop, *other, "chat.messages");
    const auto sleeper = open([interruption](MongoStep) { (*interruption)(); });
    std::jthread filling{[&] {
        aio::Loop mine{"sleeper"};
        code_of([&] { story.fill(mine, *sleeper, 0); });
    }};
    sleeps.acquire();
    EXPECT_EQ(await(loop, other->position("consumer", at.partition)).applied, 4U);
    await(loop, other->secure("consumer", at.partition));
    await(loop, other->secure("consumer", at.partition));
    ASSERT_EQ(count("intents"), 1U) << "what it goes on from is forgotten";

    may_wake.release();
    filling.join();
    EXPECT_EQ(await(loop, other->position("consumer", at.partition)).applied, 4U);
    story.fill(loop, *other, 2);

    EXPECT_EQ(read_all(loop, *other, {story.a, story.b}), story.end(loop));
}

TEST_F(MongoIntents, refuse_a_writer_whose_place_was_lost_with_an_older_state_put_back) {
    const Story story;
    const auto store = open();
    const store::Position begin = store::take_up(loop, *store, "chat.messages");
    story.fill(loop, *store, 0);
    const store::Position at = store::moved(begin, story.batches[0].size());
    store::MongoConnection connection{{.url = base.url()}};
    for (const char* collection : {"intents", "messages"}) {
        connection.remove(collection, {});
    }
    // As it was before the first batch.
    store::take_up(loop, *open(), "chat.messages", begin.log);

    const auto batch = store::next_batch(at, story.batches[1]);
    EXPECT_EQ(code_of([&] { await(loop, store->apply_batch(batch)); }), "store.position_moved");
    EXPECT_EQ(await(loop, store->position("consumer", at.partition)), begin);
    story.fill(loop, *store, 2);

    EXPECT_EQ(read_all(loop, *store, {story.a, story.b}), story.end(loop));
}

TEST_F(MongoIntents, keep_nothing_of_a_text_that_was_edited_or_removed) {
    const Story story;
    const auto store = open();
    store::take_up(loop, *store, "chat.messages");
    story.fill(loop, *store, 2);

    store::MongoConnection connection{{.url = base.url()}};
    std::string kept;
    for (const store::Document& document : connection.find({.collection = "messages"})) {
        kept += document.text("text") + ";";
        EXPECT_TRUE(document.uuids("mentions").empty());
    }
    for (const store::Document& document : connection.find({.collection = "changes"})) {
        kept += document.text("text") + ";";
    }
    for (const store::Document& document : connection.find({.collection = "intents"})) {
        EXPECT_TRUE(document.flag("done"));
        EXPECT_TRUE(document.documents("messages").empty());
        EXPECT_TRUE(document.documents("changes").empty());
    }

    EXPECT_FALSE(kept.contains("secret")) << kept;
    EXPECT_FALSE(kept.contains("first") || kept.contains("edited once")) << kept;
    EXPECT_TRUE(kept.contains("edited twice")) << kept;
}

TEST_F(MongoIntents, come_to_the_same_when_writers_race) {
    constexpr int writers = 4;
    constexpr std::size_t batches = 15;
    constexpr std::size_t batch_size = 6;
    RecordStream stream{11};
    std::vector<Records> log(batches);
    for (Records& records : log) {
        for (std::size_t i = 0; i < batch_size; ++i) {
            records.push_back(stream.next());
        }
    }
    const auto model = make_memory_messages();
    store::Position modelled = store::take_up(loop, *model, "chat.messages");
    for (const Records& records : log) {
        await(loop, model->apply_batch(store::next_batch(modelled, records)));
        modelled = store::moved(modelled, modelled.applied + batch_size);
    }
    const auto first = open();
    store::take_up(loop, *first, "chat.messages");
    const auto race = [&] {
        const auto store = open();
        aio::Loop mine{"writer"};
        for (;;) {
            const store::Position at = await(mine, store->position("consumer", {"chat.messages"}));
            if (at.applied == batches * batch_size) {
                return;
            }
            const std::string code = code_of([&] {
                await(mine,
                      store->apply_batch(store::next_batch(at, log[at.applied / batch_size])));
            });
            EXPECT_TRUE(code.empty() || code == "store.position_moved") << code;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < writers; ++i) {
            threads.emplace_back(race);
        }
    }

    EXPECT_EQ(read_all(loop, *first, stream.chats()), read_all(loop, *model, stream.chats()));
}

TEST(MongoIntent, stays_below_four_megabytes_for_the_largest_batch) {
    RecordMaker make;
    const ChatId chat = ChatId::make();
    const store::Position at{.consumer = "consumer",
                             .partition = {"chat.messages"},
                             .generation = 1,
                             .log = Uuid::make()};
    MessageBatch batch{.from = at};
    BatchEffect effect;
    effect.know_last(chat, 0);
    std::size_t bytes = 0;
    while (bytes < mongo_records_bytes_max) {
        // The more messages there are the more is beside their texts.
        MessageRecord record = make.message(chat, "");
        record.client_id = std::to_string(batch.records.size());
        bytes += contracts::encode(record).size();
        batch.records.push_back(record);
        effect.apply(batch.records.back());
    }
    batch.through = batch.records.size();

    const store::Document intent = to_document(to_intent(batch, {at}, effect));

    EXPECT_EQ(intent.documents("messages").size(), batch.records.size());
    EXPECT_LT(intent.bytes(), std::size_t{4'000'000});
    EXPECT_GT(intent.bytes(), std::size_t{1'000'000});
}

TEST_F(MongoIntents, tell_readers_of_what_is_done_only) {
    const Story story;
    const store::Position at = store::take_up(loop, *open(), "chat.messages");
    const auto killed = open([](MongoStep step) {
        if (step == MongoStep::done) {
            throw Killed{};
        }
    });
    EXPECT_THROW(story.fill(loop, *killed, 0), Killed);

    const auto reader = open_mongo_messages({.target = {.url = base.url()}}, MongoRole::reader);
    EXPECT_EQ(await(loop, reader->stored()).applied(0, at.log), 0U);

    const auto next = open();
    EXPECT_EQ(await(loop, next->position("consumer", at.partition)).applied, 4U);
    EXPECT_EQ(await(loop, reader->stored()).applied(0, at.log), 4U);
}

}  // namespace
}  // namespace loquat::consumer
