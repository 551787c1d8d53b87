#include <gtest/gtest.h>

#include <set>

#include "base/bytes.hpp"
#include "services/consumer/dead_move.hpp"
#include "services/consumer/dead_records.hpp"
#include "store/log/memory_log.hpp"
#include "store/log/segment_log.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/server_topics.hpp"
#include "testing/temporary_folder.hpp"

// What is put aside, looked at and brought back, over every kind of log.
namespace loquat::consumer {
namespace {

using contracts::DeadEntry;
using test::await;
using test::code_of;
using test::TemporaryFolder;

const std::vector<std::string> topics{"chat.messages", "chat.messages.dead", "usage.events.dead",
                                      "audit.events.dead"};

struct Adapter {
    const char* name;
    std::unique_ptr<store::EventLog> (*open)(const TemporaryFolder& folder);
    void (*remove)(const TemporaryFolder& folder) = [](const TemporaryFolder&) {};
};

struct DeadLogSuite : testing::TestWithParam<Adapter> {
    ~DeadLogSuite() override {
        log.reset();
        GetParam().remove(folder);
    }

    void put_aside(store::Offset offset, std::string key, std::string payload) {
        put_aside_in(*log, offset, std::move(key), std::move(payload));
    }
    void put_aside_in(store::EventLog& to, store::Offset offset, std::string key,
                      std::string payload) {
        const auto record = std::make_shared<store::LogRecord>(
            store::LogRecord{.offset = offset, .key = std::move(key), .payload = payload});
        const contracts::DeadOrigin from{.topic = "chat.messages", .partition = 0, .log = origin};
        await(loop, append_dead(to, clock, from, {{record, "store.constraint", "why", 5}}));
    }
    std::vector<DeadEntry> list(std::optional<std::string> after = {}, std::int32_t limit = 50) {
        const contracts::ListDeadRequest request{{}, std::move(after), limit};
        return await(loop, dead().list_dead({}, request)).items;
    }
    DeadRecords dead() { return {*log, clock}; }
    std::vector<std::string> payloads_of(const std::string& topic) {
        std::vector<std::string> found;
        const std::uint32_t partitions = await(loop, log->partitions(topic));
        for (std::uint32_t number = 0; number < partitions; ++number) {
            for (const auto& record : await(loop, log->read({topic, number}, 0, {}))) {
                EXPECT_EQ(record->key, "key");
                found.push_back(record->payload);
            }
        }
        return found;
    }

    TemporaryFolder folder;
    aio::Loop loop{"test"};
    FakeClock clock;
    Uuid origin = Uuid::make();
    std::unique_ptr<store::EventLog> log = GetParam().open(folder);
};

TEST_P(DeadLogSuite, shows_what_was_put_aside_once_and_brings_it_back_as_it_was) {
    const std::string payload{"\0not a record\xff", 15};
    put_aside(7, "key", payload);
    put_aside(7, "key", payload);  // as after a crash

    const auto listed = list();
    ASSERT_EQ(listed.size(), 1U);
    const DeadEntry shown = await(loop, dead().get_dead({}, {listed[0].id}));
    await(loop, dead().retry_dead({}, {listed[0].id}));

    EXPECT_EQ(listed[0].topic, "chat.messages");
    EXPECT_EQ(listed[0].offset, 7);
    EXPECT_EQ(listed[0].key, "key");
    EXPECT_EQ(listed[0].reason, "store.constraint");
    EXPECT_EQ(listed[0].tries, 5);
    EXPECT_FALSE(listed[0].payload);
    EXPECT_EQ(shown.payload, to_base64(payload));
    EXPECT_EQ(payloads_of("chat.messages"), std::vector{payload});
    EXPECT_TRUE(list().empty());
    EXPECT_EQ(code_of([&] { await(loop, dead().retry_dead({}, {listed[0].id})); }),
              "dead.not_found");
}

TEST_P(DeadLogSuite, gives_pages_of_what_is_there_and_forgets_what_was_dropped) {
    for (int i = 1; i <= 5; ++i) {
        put_aside(static_cast<store::Offset>(i), "key", "payload " + std::to_string(i));
    }

    const auto first = list({}, 2);
    const auto rest = list(first.back().id);
    await(loop, dead().drop_dead({}, {first[0].id}));
    await(loop, dead().drop_dead({}, {rest[1].id}));

    EXPECT_EQ(first.size(), 2U);
    EXPECT_EQ(rest.size(), 3U);
    std::vector<std::int64_t> left;
    for (const DeadEntry& entry : list()) {
        left.push_back(entry.offset);
    }
    EXPECT_EQ(left, (std::vector<std::int64_t>{2, 3, 5}));
}

// Of logs that outlive their process.
struct KeptDeadLogSuite : DeadLogSuite {};

TEST_P(KeptDeadLogSuite, finds_it_all_again_when_the_log_is_opened_anew) {
    put_aside(1, "key", "one");
    put_aside(2, "key", "two");
    await(loop, dead().drop_dead({}, {list().front().id}));

    log.reset();
    log = GetParam().open(folder);

    const auto left = list();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].offset, 2);
}

TEST_P(DeadLogSuite, keeps_the_beginning_of_what_is_too_large_and_says_so) {
    put_aside(1, "key", std::string(store::EventLog::record_bytes_max - 3, 'x'));

    const auto listed = list();

    ASSERT_EQ(listed.size(), 1U);
    EXPECT_FALSE(listed[0].whole);
    EXPECT_EQ(listed[0].bytes, store::EventLog::record_bytes_max - 3);
    EXPECT_EQ(code_of([&] { await(loop, dead().retry_dead({}, {listed[0].id})); }), "dead.cut");
}

TEST_P(DeadLogSuite, takes_in_what_another_log_has_and_gives_it_out_in_the_same_order) {
    const auto other = store::make_memory_log({.partitions = 3});
    for (store::Offset offset = 1; offset <= 6; ++offset) {
        put_aside_in(*other, offset, "key " + std::to_string(offset), "payload");
        put_aside_in(*other, offset, "key " + std::to_string(offset), "again");
    }
    DeadRecords of_other{*other, clock};
    const auto first = await(loop, of_other.list_dead({}, {{}, {}, 50})).items.front();
    await(loop, of_other.drop_dead({}, {first.id}));
    std::vector<MovedDead> moved;
    await(loop, DeadMove{*other}.take_out([&](const MovedDead& one) { moved.push_back(one); }));
    DeadMove target{*log};

    await(loop, target.bring_in({moved[3], moved[0]}));
    const auto half = await(loop, target.origins());
    await(loop, target.bring_in({moved[4], moved[2], moved[1]}));

    ASSERT_EQ(moved.size(), 5U);
    EXPECT_EQ(half, (std::set{moved[0].record.origin, moved[3].record.origin}));
    std::size_t at = 0;
    await(loop, target.take_out([&](const MovedDead& one) {
        EXPECT_EQ(one.key, moved.at(at).key);
        EXPECT_EQ(one.record, moved[at].record);
        EXPECT_NE(one.record.origin.offset, static_cast<store::Offset>(first.offset));
        const MovedDead read = moved_dead(values_of(one));
        EXPECT_EQ(read.key, one.key);
        EXPECT_EQ(read.record, one.record);
        ++at;
    }));
    EXPECT_EQ(at, moved.size());
}

TEST(MovedDead, is_refused_when_a_line_is_of_something_else) {
    const MovedDead good{"key", {.origin = {.topic = "chat.messages", .log = Uuid::make()}}};
    const auto with = [&good](std::size_t at, store::Value value) {
        auto values = values_of(good);
        values[at] = std::move(value);
        return code_of([&] { moved_dead(values); });
    };

    EXPECT_EQ(with(6, "another reason"), "");
    EXPECT_EQ(with(0, "no.topic"), "archive.damaged");
    EXPECT_EQ(with(1, "no log"), "archive.damaged");
    EXPECT_EQ(with(2, std::int64_t{-1}), "archive.damaged");
    EXPECT_EQ(with(3, {}), "archive.damaged");
    EXPECT_EQ(with(10, {}), "archive.damaged");
}

TEST_P(DeadLogSuite, refuses_ids_that_it_never_gave) {
    for (const char* id : {"", "x", "chat.messages/0/1", "chat.messages.dead/0/0",
                           "chat.messages.dead/99/1", "chat.messages.dead/0/1/2",
                           "chat.messages.dead/0/99999999999999999999", "chat.messages.dead/0/1"}) {
        EXPECT_EQ(code_of([&] { await(loop, dead().get_dead({}, {id})); }), "dead.not_found") << id;
    }
}

std::unique_ptr<store::EventLog> open_memory(const TemporaryFolder&) {
    return store::make_memory_log();
}
std::unique_ptr<store::EventLog> open_with_holes(const TemporaryFolder&) {
    return store::make_memory_log({.partitions = 4, .holes = 2});
}
std::unique_ptr<store::EventLog> open_segments(const TemporaryFolder& folder) {
    return store::open_segment_log({.folder = folder / "log"});
}
std::unique_ptr<store::EventLog> open_rabbit(const TemporaryFolder& folder) {
    return store::open_rabbit_log(test::rabbit_topics_of(folder, 2));
}
void remove_rabbit(const TemporaryFolder& folder) {
    store::delete_rabbit_topics(test::rabbit_topics_of(folder, 2), topics);
}
std::unique_ptr<store::EventLog> open_kafka(const TemporaryFolder& folder) {
    return store::open_kafka_log(test::kafka_topics_of(folder, 2));
}
void remove_kafka(const TemporaryFolder& folder) {
    store::delete_kafka_topics(test::kafka_topics_of(folder, 2), topics);
}

constexpr auto name_of_adapter = [](const auto& suite) { return std::string{suite.param.name}; };

INSTANTIATE_TEST_SUITE_P(Adapters, DeadLogSuite,
                         testing::Values(Adapter{"memory", open_memory},
                                         Adapter{"memory_with_holes", open_with_holes},
                                         Adapter{"segments", open_segments},
                                         Adapter{"rabbitmq", open_rabbit, remove_rabbit},
                                         Adapter{"kafka", open_kafka, remove_kafka}),
                         name_of_adapter);
INSTANTIATE_TEST_SUITE_P(Adapters, KeptDeadLogSuite,
                         testing::Values(Adapter{"segments", open_segments},
                                         Adapter{"rabbitmq", open_rabbit, remove_rabbit},
                                         Adapter{"kafka", open_kafka, remove_kafka}),
                         name_of_adapter);

}  // namespace
}  // namespace loquat::consumer
