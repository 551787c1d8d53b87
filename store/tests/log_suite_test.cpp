#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "store/log/memory_log.hpp"
#include "store/log/segment_log.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/server_topics.hpp"
#include "testing/temporary_folder.hpp"

// What every EventLog promises, run over all of them.
namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::TemporaryFolder;

using namespace std::chrono_literals;

const std::vector<std::string> served_topics{"t",      "other",  "unknown", "topic0",
                                             "topic1", "topic2", "topic3"};

struct Adapter {
    const char* name;
    std::unique_ptr<EventLog> (*open)(const TemporaryFolder& folder);
    std::size_t topics_max = EventLog::topics_max;
    // What it has left outside the folder.
    void (*remove)(const TemporaryFolder& folder) = [](const TemporaryFolder&) {};
};

std::unique_ptr<EventLog> open_memory(const TemporaryFolder&) { return make_memory_log(); }
std::unique_ptr<EventLog> open_file(const TemporaryFolder& folder) {
    return open_segment_log({.folder = folder / "log"});
}
// Keeps next to nothing in memory, so that reads go to the file.
std::unique_ptr<EventLog> open_cold_file(const TemporaryFolder& folder) {
    return open_segment_log({.folder = folder / "log", .tail_bytes_max = 1});
}
// Begins another file every few records.
std::unique_ptr<EventLog> open_small_files(const TemporaryFolder& folder) {
    return open_segment_log({.folder = folder / "log", .tail_bytes_max = 1, .segment_bytes = 4096});
}

std::unique_ptr<EventLog> open_rabbit(const TemporaryFolder& folder) {
    return open_rabbit_log(test::rabbit_topics_of(folder));
}
// Keeps next to nothing in memory, so that reads go to the server.
std::unique_ptr<EventLog> open_cold_rabbit(const TemporaryFolder& folder) {
    RabbitOptions options = test::rabbit_topics_of(folder);
    options.limits.tail_bytes_max = 1;
    return open_rabbit_log(options);
}
void remove_rabbit(const TemporaryFolder& folder) {
    delete_rabbit_topics(test::rabbit_topics_of(folder), served_topics);
}

std::unique_ptr<EventLog> open_kafka(const TemporaryFolder& folder) {
    return open_kafka_log(test::kafka_topics_of(folder));
}
std::unique_ptr<EventLog> open_cold_kafka(const TemporaryFolder& folder) {
    KafkaOptions options = test::kafka_topics_of(folder);
    options.limits.tail_bytes_max = 1;
    return open_kafka_log(options);
}
void remove_kafka(const TemporaryFolder& folder) {
    delete_kafka_topics(test::kafka_topics_of(folder), served_topics);
}

struct EventLogSuite : testing::TestWithParam<Adapter> {
    ~EventLogSuite() override {
        log.reset();
        GetParam().remove(folder);
    }

    TemporaryFolder folder;
    aio::Loop loop{"test"};
    std::unique_ptr<EventLog> log = GetParam().open(folder);

    Offset append(std::string payload, std::string topic = "t") {
        return await(loop, log->append(std::move(topic), "key", std::move(payload))).offset;
    }
    std::vector<std::string> read(Offset after, ReadLimit limit = {}, std::string topic = "t") {
        std::vector<std::string> payloads;
        Offset last = after;
        for (const LogRecordPtr& record :
             await(loop, log->read({std::move(topic)}, after, limit))) {
            EXPECT_GT(record->offset, std::exchange(last, record->offset));
            payloads.push_back(record->payload);
        }
        return payloads;
    }
};

// Those that are ours alone leave no holes.
struct OwnLogSuite : EventLogSuite {};

TEST_P(OwnLogSuite, numbers_records_from_one_without_a_hole_in_each_topic) {
    EXPECT_EQ(append("a"), 1U);
    EXPECT_EQ(append("b"), 2U);
    EXPECT_EQ(append("x", "other"), 1U);
    EXPECT_EQ(append("c"), 3U);

    EXPECT_EQ(read(0), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(read(0, {}, "other"), (std::vector<std::string>{"x"}));
}

TEST_P(EventLogSuite, gives_back_bytes_and_keys_unchanged) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes.push_back(static_cast<char>(i));
    }

    await(loop, log->append("t", bytes, bytes + bytes));
    append("");
    const auto records = await(loop, log->read({"t"}, 0, {}));

    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0]->key, bytes);
    EXPECT_EQ(records[0]->payload, bytes + bytes);
    EXPECT_EQ(records[1]->payload, "");
}

TEST_P(EventLogSuite, reads_after_an_offset_up_to_the_limits) {
    std::vector<Offset> at{0};
    for (int i = 1; i <= 5; ++i) {
        at.push_back(append(std::to_string(i) + std::string(1000, '.')));
    }

    EXPECT_EQ(read(at[3]).size(), 2U);
    EXPECT_EQ(read(at[5]).size(), 0U);
    EXPECT_EQ(read(at[5] + 99'999).size(), 0U);
    EXPECT_EQ(read(at[1], {.records_max = 2}).size(), 2U);
    EXPECT_EQ(read(0, {.records_max = 10, .bytes_max = 1}).size(), 1U);
    EXPECT_EQ(read(0, {}, "unknown").size(), 0U);
}

TEST_P(EventLogSuite, keeps_the_order_of_appends_that_wait_together) {
    constexpr int count = 500;
    int done = 0;
    std::vector<Offset> offsets(count);
    auto one = [&](int i) -> Task<void> {
        const LogPlace place = co_await log->append("t", "k", std::to_string(i));
        offsets[static_cast<std::size_t>(i)] = place.offset;
        if (++done == count) {
            loop.stop();
        }
    };

    for (int i = 0; i < count; ++i) {
        loop.spawn(one(i));
    }
    loop.run();
    const std::vector<std::string> payloads = read(0);

    ASSERT_EQ(payloads.size(), static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        if (i > 0) {
            EXPECT_GT(offsets[static_cast<std::size_t>(i)],
                      offsets[static_cast<std::size_t>(i) - 1]);
        }
        EXPECT_EQ(payloads[static_cast<std::size_t>(i)], std::to_string(i));
    }
}

TEST_P(EventLogSuite, appends_several_at_once_in_their_order) {
    auto body = [&]() -> Task<void> {
        std::vector<KeyedPayload> records;
        for (int i = 0; i < 100; ++i) {
            records.push_back({"k", std::to_string(i)});
        }
        co_await log->append_all("t", std::move(records));
        loop.stop();
    };

    loop.spawn(body());
    loop.run();
    const std::vector<std::string> payloads = read(0);

    ASSERT_EQ(payloads.size(), 100U);
    for (std::size_t i = 0; i < payloads.size(); ++i) {
        EXPECT_EQ(payloads[i], std::to_string(i));
    }
}

TEST_P(EventLogSuite, refuses_a_group_whole) {
    std::string code;
    auto body = [&]() -> Task<void> {
        std::vector<KeyedPayload> records;
        records.push_back({"k", "good"});
        records.push_back({"k", std::string(EventLog::record_bytes_max + 1, 'x')});
        try {
            co_await log->append_all("t", std::move(records));
        } catch (const Failure& failure) {
            code = failure.code;
        }
        loop.stop();
    };

    loop.spawn(body());
    loop.run();

    EXPECT_EQ(code, "log.too_large");
    EXPECT_TRUE(read(0).empty());
}

TEST_P(EventLogSuite, refuses_a_group_with_one_record_too_many) {
    std::vector<std::string> codes;
    auto append = [&](std::size_t count) -> Task<void> {
        std::string code;
        try {
            co_await log->append_all("t", std::vector<KeyedPayload>(count, {"k", "p"}));
        } catch (const Failure& failure) {
            code = failure.code;
        }
        codes.push_back(code);
    };
    auto body = [&]() -> Task<void> {
        co_await append(0);
        co_await append(EventLog::group_records_max + 1);
        co_await append(EventLog::group_records_max);
        loop.stop();
    };

    loop.spawn(body());
    loop.run();

    EXPECT_EQ(codes, (std::vector<std::string>{"", "log.too_large", ""}));
    EXPECT_EQ(read(0, {.records_max = 5000}).size(), EventLog::group_records_max);
}

TEST_P(EventLogSuite, puts_nothing_between_the_records_of_a_group) {
    constexpr int groups = 20;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            aio::Loop mine{"mine"};
            auto all = [&]() -> Task<void> {
                for (int i = 0; i < groups; ++i) {
                    const std::string name = std::to_string(t) + "." + std::to_string(i);
                    co_await log->append_all("t", std::vector<KeyedPayload>(5, {"k", name}));
                }
                mine.stop();
            };
            mine.spawn(all());
            mine.run();
        });
    }
    threads.clear();

    const std::vector<std::string> payloads = read(0);

    ASSERT_EQ(payloads.size(), 4U * groups * 5);
    for (std::size_t i = 0; i < payloads.size(); ++i) {
        EXPECT_EQ(payloads[i], payloads[i - i % 5]);
    }
}

TEST_P(EventLogSuite, takes_appends_from_many_loops) {
    constexpr int each = 200;
    std::vector<std::jthread> threads;

    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            aio::Loop mine{"mine"};
            auto all = [&]() -> Task<void> {
                for (int i = 0; i < each; ++i) {
                    const std::string payload = std::to_string(t) + "." + std::to_string(i);
                    co_await log->append("t", "k", payload);
                }
            };
            await(mine, all());
        });
    }
    threads.clear();
    const std::vector<std::string> payloads = read(0);

    EXPECT_EQ(std::set<std::string>(payloads.begin(), payloads.end()).size(), 4U * each);
}

TEST_P(EventLogSuite, wakes_who_waits_for_the_next_record) {
    bool arrived = false;
    int left = 2;
    auto waiter = [&]() -> Task<void> {
        arrived = co_await log->wait({"t"}, 0, Steady::max());
        --left == 0 ? loop.stop() : void();
    };
    auto writer = [&]() -> Task<void> {
        co_await log->append("t", "k", "x");
        --left == 0 ? loop.stop() : void();
    };

    loop.spawn(waiter());
    loop.spawn(writer());
    loop.run();

    EXPECT_TRUE(arrived);
}

// A reader that slept hears of what others have read long ago one record after the other.
TEST_P(EventLogSuite, wakes_nobody_who_waits_for_what_comes_further_on) {
    const Offset at = append("a");
    bool arrived = true;
    int left = 2;
    auto waiter = [&]() -> Task<void> {
        const Steady deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{300};
        arrived = co_await log->wait({"t"}, at + 1'000'000, deadline);
        --left == 0 ? loop.stop() : void();
    };
    auto writer = [&]() -> Task<void> {
        co_await log->append("t", "k", "b");
        --left == 0 ? loop.stop() : void();
    };

    loop.spawn(waiter());
    loop.spawn(writer());
    loop.run();

    EXPECT_FALSE(arrived);
    EXPECT_TRUE(await(loop, log->wait({"t"}, at, Steady::max())));
}

TEST_P(EventLogSuite, does_not_wait_for_what_is_there_and_gives_up_at_the_deadline) {
    const Offset at = append("a");

    EXPECT_TRUE(await(loop, log->wait({"t"}, 0, Steady::max())));
    EXPECT_FALSE(await(loop, log->wait({"t"}, at, std::chrono::steady_clock::now())));
}

TEST_P(EventLogSuite, forgets_what_was_trimmed_and_never_uses_its_offsets_again) {
    std::vector<Offset> at{0};
    for (int i = 1; i <= 5; ++i) {
        at.push_back(append(std::to_string(i)));
    }

    await(loop, log->trim({"t"}, at[4]));
    const LogEnds some = await(loop, log->ends({"t"}));
    const std::string gone = code_of([&] { read(at[2]); });
    const std::vector<std::string> left = read(at[4] - 1);
    await(loop, log->trim({"t"}, at[5] + 99'999));
    const LogEnds none = await(loop, log->ends({"t"}));
    await(loop, log->trim({"t"}, at[2]));

    EXPECT_EQ(some.first, at[4]);
    EXPECT_EQ(some.last, at[5]);
    EXPECT_EQ(gone, "log.trimmed");
    EXPECT_EQ(left, (std::vector<std::string>{"4", "5"}));
    EXPECT_EQ(none.first, at[5] + 1);
    EXPECT_EQ(none.last, at[5]);
    EXPECT_GT(append("6"), at[5]);
    EXPECT_EQ(read(at[5]), (std::vector<std::string>{"6"}));
}

TEST_P(EventLogSuite, refuses_records_and_topics_beyond_its_limits) {
    const std::string large(EventLog::record_bytes_max + 1, 'x');

    EXPECT_EQ(code_of([&] { append(large); }), "log.too_large");
    EXPECT_EQ(code_of([&] { append("x", ""); }), "request.invalid");
    EXPECT_EQ(code_of([&] { append("x", std::string(EventLog::topic_length_max + 1, 't')); }),
              "request.invalid");
    const std::size_t topics_max = GetParam().topics_max;
    std::size_t made = 0;
    auto one = [&](std::size_t i) -> Task<void> {
        co_await log->append("topic" + std::to_string(i), "k", "x");
        if (++made == topics_max) {
            loop.stop();
        }
    };
    for (std::size_t i = 0; i < topics_max; ++i) {
        loop.spawn(one(i));
    }
    loop.run();
    EXPECT_EQ(code_of([&] { append("x", "one more"); }), "log.topics");
}

constexpr auto name_of_adapter = [](const auto& suite) { return std::string{suite.param.name}; };

INSTANTIATE_TEST_SUITE_P(Adapters, OwnLogSuite,
                         testing::Values(Adapter{"memory", open_memory},
                                         Adapter{"segments", open_file},
                                         Adapter{"segments_cold", open_cold_file},
                                         Adapter{"segments_small", open_small_files}),
                         name_of_adapter);
INSTANTIATE_TEST_SUITE_P(
    Adapters, EventLogSuite,
    testing::Values(Adapter{"memory", open_memory}, Adapter{"segments", open_file},
                    Adapter{"segments_cold", open_cold_file},
                    Adapter{"segments_small", open_small_files},
                    Adapter{"rabbitmq", open_rabbit, 4, remove_rabbit},
                    Adapter{"rabbitmq_cold", open_cold_rabbit, 4, remove_rabbit},
                    Adapter{"kafka", open_kafka, 4, remove_kafka},
                    Adapter{"kafka_cold", open_cold_kafka, 4, remove_kafka}),
    name_of_adapter);

}  // namespace
}  // namespace loquat::store
