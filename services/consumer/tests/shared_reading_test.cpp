#include "services/consumer/shared_reading.hpp"

#include <gtest/gtest.h>

#include <set>

#include "aio/signal.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "services/consumer/adapters/sql/sql_reader_shares.hpp"
#include "services/consumer/consumer.hpp"
#include "services/consumer/tests/consumer_world.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/broadcast/subscribe.hpp"
#include "store/log/memory_log.hpp"
#include "store/log/partition_of.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/log_double.hpp"

// Instances that read one log into one database.
namespace loquat::consumer {
namespace {

using namespace std::chrono_literals;
using test::await;
using test::Keeping;

constexpr std::uint32_t partitions = 4;

// What the instances have in common.
struct Common {
    aio::Loop loop{"test"};
    SystemClock clock;
    test::DatabasePlace messages{Keeping::postgres};
    test::DatabasePlace shares{Keeping::postgres};
    std::unique_ptr<store::EventLog> log = store::make_memory_log({.partitions = partitions});
    std::unique_ptr<store::Broadcast> broadcast = store::make_local_broadcast();
};

// One instance with connections, a clock and metrics of its own.
struct Instance {
    explicit Instance(Common& on) : Instance(on, *on.log) {}
    Instance(Common& on, store::EventLog& from)
        : common(on), log(from), reading({shares, lease, on.loop}, make_loops()) {}

    std::span<const std::unique_ptr<TopicLoop>> make_loops() {
        Config config;
        config.retry_ms_min = 1ms;
        config.retry_ms_max = 2ms;
        const Consumer::Parts parts{log,      *store, *common.broadcast, common.clock, metrics,
                                    troubles, lease};
        for (std::uint32_t number = 0; number < partitions; ++number) {
            loops.push_back(std::make_unique<Consumer>(parts, config, number));
        }
        return loops;
    }
    void beat() { await(common.loop, reading.beat()); }
    // As if the others had not beaten for long.
    void take_from_all() {
        std::vector<store::Partition> all;
        for (const auto& one : loops) {
            all.push_back(one->partition());
        }
        await(common.loop, shares.beat({.all = std::move(all)}, 0ms));
        beat();
    }
    std::size_t count() const { return reading.reading().size(); }

    Common& common;
    store::EventLog& log;
    Steady now{1h};
    std::unique_ptr<store::Database> message_base = common.messages.open(message_database());
    std::unique_ptr<store::Database> share_base = common.shares.open(ledger_database());
    std::unique_ptr<MessageStore> store = make_sql_messages(*message_base);
    SqlReaderShares shares{*share_base};
    ReaderLease lease{[this] { return now; }};
    runtime::Metrics registry;
    ConsumerMetrics metrics{registry};
    store::TopicTroubles troubles;
    std::vector<std::unique_ptr<TopicLoop>> loops;
    SharedReading reading;
};

// The log as one sees it to whom a partition ends before what is stored of it.
class ShortLog final : public test::LogDouble {
  public:
    ShortLog(store::EventLog& whole, std::uint32_t number) : LogDouble(whole), number_(number) {}

    Task<store::LogPlace> append(std::string topic, std::string key, std::string payload) override {
        return inner().append(std::move(topic), std::move(key), std::move(payload));
    }
    Task<std::vector<store::LogPlace>> append_all(
        std::string topic, std::vector<store::KeyedPayload> records) override {
        return inner().append_all(std::move(topic), std::move(records));
    }
    Task<store::LogEnds> ends(store::Partition of) override {
        const bool is_short = of.number == number_;
        store::LogEnds found = co_await inner().ends(std::move(of));
        found.last -= is_short ? 1 : 0;
        co_return found;
    }
    Task<bool> wait(store::Partition in, store::Offset after, Steady deadline) override {
        if (in.number == number_) {
            co_return false;
        }
        co_return co_await inner().wait(std::move(in), after, deadline);
    }

  private:
    std::uint32_t number_;
};

class SharedReadingTest : public testing::Test {
  protected:
    SharedReadingTest() {
        common.loop.post([this] {
            subscription = store::subscribe(*common.broadcast, contracts::topics::chat_stored,
                                            [this](std::optional<contracts::StoredEvent> event) {
                                                told.insert(event->message.id);
                                                heard.set();
                                            });
        });
        common.loop.poll();
        for (int i = 0; i < 8; ++i) {
            chats.push_back(ChatId::make());
        }
    }
    ~SharedReadingTest() override {
        common.loop.post([this] { subscription = {}; });
        common.loop.poll();
    }

    // One more message in each conversation.
    void send(const std::string& text) {
        for (const ChatId& chat : chats) {
            const contracts::MessageRecord record = make.message(chat, text);
            await(common.loop, common.log->append("chat.messages", record.chat.to_string(),
                                                  contracts::encode(record)));
            ++sent;
        }
    }
    // Until all that was sent is stored and told.
    void wait_for_all() {
        auto all = [this]() -> Task<void> {
            while (told.size() < sent) {
                co_await heard.wait();
            }
        };
        await(common.loop, all());
    }
    void expect_each_once_in_order(Instance& at, const std::vector<std::string>& texts) {
        for (const ChatId& chat : chats) {
            const store::Page page = await(common.loop, at.store->page({.chat = chat}));
            ASSERT_EQ(page.items.size(), texts.size());
            for (std::size_t i = 0; i < texts.size(); ++i) {
                EXPECT_EQ(page.items[i].text, texts[i]);
                EXPECT_EQ(page.items[i].seq, static_cast<std::int64_t>(i + 1));
            }
        }
    }
    void stop(Instance& instance) { await(common.loop, instance.reading.leave()); }

    Common common;
    RecordMaker make;
    std::vector<ChatId> chats;
    std::set<MessageId> told;
    aio::Signal heard;
    std::size_t sent = 0;
    store::Subscription subscription;
};

TEST_F(SharedReadingTest, shares_the_partitions_out_and_stores_each_message_once) {
    Instance here{common};
    Instance there{common};
    here.beat();
    EXPECT_EQ(here.count(), 4U) << "alone";
    there.beat();
    here.beat();
    there.beat();

    send("one");
    send("two");
    wait_for_all();

    EXPECT_EQ(here.count(), 2U);
    EXPECT_EQ(there.count(), 2U);
    expect_each_once_in_order(here, {"one", "two"});
    EXPECT_GT(here.metrics.batches.value(), 0U);
    EXPECT_GT(there.metrics.batches.value(), 0U);
    stop(here);
    stop(there);
}

TEST_F(SharedReadingTest, leaves_everything_to_the_others_when_it_ends) {
    Instance here{common};
    Instance there{common};
    here.beat();
    send("one");
    wait_for_all();

    stop(here);
    there.beat();
    send("two");
    wait_for_all();

    EXPECT_EQ(here.count(), 0U);
    EXPECT_EQ(there.count(), 4U);
    expect_each_once_in_order(there, {"one", "two"});
    stop(there);
}

TEST_F(SharedReadingTest, takes_over_from_one_who_does_not_beat_any_more) {
    Instance gone{common};
    gone.beat();
    send("one");
    wait_for_all();
    Instance patient{common};
    patient.beat();
    EXPECT_EQ(patient.count(), 0U) << "the other one has beaten a moment ago";

    Instance there{common};
    there.take_from_all();

    EXPECT_EQ(there.count(), 4U);
    stop(gone);
    stop(there);
}

// It does not know that others have taken what it reads: the position decides.
TEST_F(SharedReadingTest, stores_each_message_once_beside_one_who_reads_on_without_a_right) {
    Instance zombie{common};
    zombie.beat();
    send("one");
    wait_for_all();
    Instance there{common};
    there.take_from_all();
    ASSERT_EQ(there.count(), 4U);
    ASSERT_EQ(zombie.count(), 4U);

    for (const char* text : {"two", "three", "four", "five"}) {
        send(text);
        wait_for_all();
    }

    expect_each_once_in_order(there, {"one", "two", "three", "four", "five"});
    stop(zombie);
    stop(there);
}

TEST_F(SharedReadingTest, reads_nothing_after_it_slept_until_it_has_asked) {
    Instance sleeper{common};
    sleeper.beat();
    send("one");
    wait_for_all();

    sleeper.now += SharedReading::age_max;
    Instance there{common};
    there.take_from_all();
    send("two");
    wait_for_all();
    const std::uint64_t batches = sleeper.metrics.batches.value();
    sleeper.beat();

    EXPECT_EQ(sleeper.count(), 0U);
    EXPECT_EQ(there.metrics.batches.value() > 0, true);
    EXPECT_EQ(sleeper.metrics.batches.value(), batches);
    expect_each_once_in_order(there, {"one", "two"});
    stop(sleeper);
    stop(there);
}

TEST_F(SharedReadingTest, leaves_what_it_will_never_be_able_to_read_to_one_who_is) {
    Instance before{common};
    before.beat();
    send("one");
    wait_for_all();
    stop(before);
    const std::uint32_t number = store::partition_of(chats.front().to_string(), partitions);
    ShortLog log{*common.log, number};

    Instance unable{common, log};
    unable.beat();
    ASSERT_TRUE(test::comes_true([&] { return unable.loops[number]->has_ended(); },
                                 [this] { common.loop.poll(); }));
    unable.beat();
    unable.beat();
    const bool is_trouble_alone = unable.troubles.find("chat.messages").has_value();
    ASSERT_EQ(unable.count(), 3U) << "it gives up the one";
    Instance able{common};
    for (int turn = 0; turn < 3; ++turn) {
        able.beat();
        unable.beat();
    }
    send("two");
    wait_for_all();

    EXPECT_TRUE(is_trouble_alone) << "nobody read it";
    EXPECT_EQ(unable.count() + able.count(), 4U);
    EXPECT_FALSE(unable.troubles.find("chat.messages"));
    EXPECT_EQ(unable.metrics.failures.value(), 1U) << "it does not try again";
    expect_each_once_in_order(able, {"one", "two"});
    stop(unable);
    stop(able);
}

TEST_F(SharedReadingTest, shows_no_lag_and_no_trouble_of_what_others_read) {
    Instance here{common};
    here.beat();
    here.troubles.set({"chat.messages", 1}, "the store is away");

    stop(here);

    EXPECT_FALSE(here.troubles.find("chat.messages"));
    const auto lags = here.registry.find("loquat_consumer_partition_lag_records");
    ASSERT_TRUE(lags);
    EXPECT_EQ(lags->readings.size(), 4U);
    for (const runtime::MetricReading& one : lags->readings) {
        EXPECT_EQ(one.value, 0);
    }
}

TEST_F(ConsumerTest, tells_nothing_when_others_may_have_gone_on_while_it_stored) {
    Steady now{1h};
    ReaderLease lease{[&now] { return now; }};
    lease.extend(now + 3s);
    Consumer sleeper{{*log, messages, *broadcast, clock, metrics, troubles, lease}, Config{}};
    append(make.message(chat, "one"));
    messages.on_apply = [&now] { now += 3s; };

    const std::string refused = test::code_of([&] { await(loop, sleeper.drain_once()); });
    loop.poll();

    EXPECT_EQ(refused, "store.position_moved");
    EXPECT_EQ(texts(), (Texts{"one"}));
    EXPECT_TRUE(room.empty());
    messages.on_apply = [] {};
    drain();
    EXPECT_EQ(room.size(), 1U) << "the successor tells it";
}

}  // namespace
}  // namespace loquat::consumer
