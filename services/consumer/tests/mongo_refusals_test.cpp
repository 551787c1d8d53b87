#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <set>
#include <thread>

#include "contracts/chat/broadcasts.hpp"
#include "services/consumer/adapters/mongo/mongo_messages.hpp"
#include "services/consumer/consumer.hpp"
#include "services/consumer/domain/refusals.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "services/consumer/tests/read_all.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/broadcast/subscribe.hpp"
#include "store/log/memory_log.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/mongo_base.hpp"

// What MongoDB refuses after the intent of its batch is there: that intent is cut off.
namespace loquat::consumer {
namespace {

using contracts::MessageRecord;
using test::await;
using test::code_of;

using Records = std::vector<std::optional<MessageRecord>>;
using BeforeStep = std::function<void(MongoStep)>;

struct Killed : std::exception {};

// A rule that somebody has added to the collection: no text twice.  One has the text "bad" already.
class Rule {
  public:
    explicit Rule(const std::string& url) : connection_({.url = url}) {
        connection_.make_indexes("messages",
                                 {{.name = "told", .key = {{"text", 1}}, .is_unique = true}});
        const std::vector<store::Document> first{{{"_id", id_},
                                                  {"chat", ChatId::make()},
                                                  {"seq", 1},
                                                  {"sender", UserId::make()},
                                                  {"client_id", "first"},
                                                  {"text", "bad"}}};
        connection_.insert("messages", first);
    }
    // "bad" is refused no longer.
    void drop() { connection_.remove("messages", {{"_id", id_}}); }

  private:
    store::MongoConnection connection_;
    MessageId id_ = MessageId::make();
};

std::unique_ptr<MessageStore> open_at(const std::string& url, std::size_t documents_max,
                                      BeforeStep before_step = {}) {
    return open_mongo_messages(
        {.target = {.url = url}, .reader_threads = 1, .writer_threads = 1}, MongoRole::filler,
        {.before_step = std::move(before_step), .documents_max = documents_max});
}

// Two conversations; "bad" is between others, and edited in vain.
struct Story {
    RecordMaker make;
    ChatId a = ChatId::make();
    ChatId b = ChatId::make();
    Records records;

    Story() {
        const MessageRecord first = make.message(a, "one");
        const MessageRecord bad = make.message(b, "bad");
        records = {first,
                   make.message(b, "two"),
                   bad,
                   make.message(b, "three"),
                   make.edit(first, "uno"),
                   make.edit(bad, "worse"),
                   make.message(a, "four")};
    }
};

struct MongoRefusals : testing::Test {
    test::MongoBase base;
    aio::Loop loop{"test"};
    FakeClock clock;
    runtime::Metrics registry;
    ConsumerMetrics metrics{registry};
    store::TopicTroubles troubles;
    std::unique_ptr<store::EventLog> log = store::make_memory_log();
    std::unique_ptr<store::Broadcast> broadcast = store::make_local_broadcast();
    Story story;
    Rule rule{base.url()};

    // So many of the story's records.
    explicit MongoRefusals(std::size_t count = 7) {
        story.records.resize(count);
        for (const auto& record : story.records) {
            await(loop, log->append("chat.messages", "one partition", contracts::encode(*record)));
        }
    }

    // To the end of the log; `Killed` when the store throws it.
    void drain(MessageStore& store) {
        Config config;
        config.refused_tries_max = 1;
        Consumer reader{{*log, store, *broadcast, clock, metrics, troubles}, config};
        for (int i = 0; i < 200 && !await(loop, reader.is_caught_up()); ++i) {
            try {
                await(loop, reader.drain_once());
            } catch (const Failure& failure) {
                EXPECT_TRUE(is_refusal(failure.code)) << failure.code << failure.detail;
            }
        }
        EXPECT_TRUE(await(loop, reader.is_caught_up()));
    }
    std::vector<contracts::DeadEntry> dead() {
        DeadRecords records{*log, clock};
        return await(loop, records.list_dead({}, {})).items;
    }
    std::string texts(MessageStore& store) {
        std::string all;
        for (const auto& message : read_all(loop, store, {story.a, story.b})) {
            all += message.text + " ";
        }
        return all;
    }
};

TEST_F(MongoRefusals, hold_up_no_other_message_and_everybody_is_told_once_of_those) {
    std::multiset<std::string> told;
    std::vector<store::Subscription> subscriptions;
    loop.post([&] {
        subscriptions.push_back(
            store::subscribe(*broadcast, contracts::topics::chat_stored,
                             [&told](std::optional<contracts::StoredEvent> event) {
                                 told.insert(event->message.text);
                             }));
    });
    const auto store = open_at(base.url(), 1'000);

    drain(*store);

    EXPECT_EQ(texts(*store), "uno four two three ");
    EXPECT_EQ(told, (std::multiset<std::string>{"four", "one", "three", "two", "uno"}));
    ASSERT_EQ(dead().size(), 1U);
    EXPECT_EQ(dead()[0].offset, 3);
    EXPECT_EQ(dead()[0].reason, "store.conflict");
    loop.post([&] { subscriptions.clear(); });
    loop.poll();
}

TEST_F(MongoRefusals, are_brought_back_when_the_rule_is_gone) {
    const auto store = open_at(base.url(), 1'000);
    drain(*store);
    rule.drop();
    DeadRecords records{*log, clock};

    await(loop, records.retry_dead({}, {.id = dead()[0].id}));
    drain(*store);

    EXPECT_EQ(texts(*store), "uno four two three bad ");
    EXPECT_TRUE(dead().empty());
}

// Every write, also of the cuts, is where a process ends; another one goes on.
TEST(MongoRefusalsKilled, lose_and_double_nothing_wherever_a_writer_ends) {
    int kills = 0;
    for (int write = 0, is_over = 0; is_over == 0; ++write) {
        struct World : MongoRefusals {
            World() : MongoRefusals(4) {}
            void TestBody() override {}
        } world;
        int left = write;
        const auto killed = open_at(world.base.url(), 1, [&left](MongoStep) {
            if (left-- == 0) {
                throw Killed{};
            }
        });
        try {
            world.drain(*killed);
            is_over = 1;
        } catch (const Killed&) {
            ++kills;
        }

        const auto next = open_at(world.base.url(), 1);
        world.drain(*next);

        ASSERT_EQ(world.texts(*next), "one two three ") << "write " << write;
        ASSERT_EQ(world.dead().size(), 1U) << "write " << write;
    }
    EXPECT_GE(kills, 15) << "one for each write";
}

// Goes on from wherever the store is: what is refused in smaller steps, alone a few times.
void fill(aio::Loop& loop, MessageStore& store, const Records& records) {
    store::Position at = await(loop, store.position("consumer", {"chat.messages"}));
    std::size_t count = records.size();
    int tries = 0;
    while (at.applied < records.size()) {
        count = std::min<std::size_t>(count, records.size() - at.applied);
        const auto first = records.begin() + static_cast<std::ptrdiff_t>(at.applied);
        Records some{first, first + static_cast<std::ptrdiff_t>(count)};
        if (tries == 3) {
            some = {std::nullopt};
        }
        const std::string code = code_of(
            [&] { await(loop, store.apply_batch(store::next_batch(at, std::move(some)))); });
        ASSERT_TRUE(code.empty() || is_refusal(code)) << code;
        tries = code.empty() ? 0 : tries + (count == 1 ? 1 : 0);
        count = std::max<std::size_t>(code.empty() ? records.size() : count / 2, 1);
        at = await(loop, store.position("consumer", {"chat.messages"}));
    }
}

// A writer sleeps before each of its writes, until another one has gone on and the rule is gone:
// what it does then is what was put aside, or nothing.
TEST(MongoRefusalsKilled, leave_a_writer_that_wakes_up_later_nothing_that_stops_the_others) {
    bool is_over = false;
    for (int write = 0; !is_over; ++write) {
        test::MongoBase base;
        aio::Loop loop{"test"};
        Story story;
        Rule rule{base.url()};
        std::binary_semaphore sleeps{0};
        std::binary_semaphore may_wake{0};
        std::atomic<int> left = write;
        const auto other = open_at(base.url(), 1);
        const store::Position begin = store::take_up(loop, *other, "chat.messages");
        const auto sleeper = open_at(base.url(), 1, [&](MongoStep) {
            if (left.fetch_sub(1) == 0) {
                sleeps.release();
                may_wake.acquire();
            }
        });
        std::string code;
        std::jthread filling{[&] {
            aio::Loop mine{"sleeper"};
            code = code_of([&] {
                await(mine, sleeper->apply_batch(store::next_batch(begin, story.records)));
            });
            sleeps.release();
        }};
        sleeps.acquire();
        is_over = left.load() >= 0;

        fill(loop, *other, story.records);
        rule.drop();
        may_wake.release();
        filling.join();
        story.records.push_back(story.make.message(story.a, "last of a"));
        story.records.push_back(story.make.message(story.b, "last of b"));
        fill(loop, *other, story.records);

        std::multiset<std::string> texts;
        for (const auto& message : read_all(loop, *other, {story.a, story.b})) {
            texts.insert(message.text);
        }
        for (const char* text : {"uno", "two", "three", "four", "last of a", "last of b"}) {
            ASSERT_EQ(texts.count(text), 1U) << text << ", write " << write;
        }
        ASSERT_LE(texts.size(), 7U) << "write " << write;
        ASSERT_TRUE(code.empty() || code == "store.position_moved" || is_refusal(code)) << code;
    }
}

}  // namespace
}  // namespace loquat::consumer
