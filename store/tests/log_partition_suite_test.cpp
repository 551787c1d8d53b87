#include <gtest/gtest.h>

#include <map>

#include "store/log/memory_log.hpp"
#include "store/log/partition_of.hpp"
#include "store/log/segment_log.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/server_topics.hpp"
#include "testing/temporary_folder.hpp"

// What every EventLog promises whatever its partitions and holes are: those of other servers have
// both.
namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::TemporaryFolder;

struct Adapter {
    const char* name;
    std::unique_ptr<EventLog> (*open)(const TemporaryFolder& folder);
    // What it has left outside the folder.
    void (*remove)(const TemporaryFolder& folder) = [](const TemporaryFolder&) {};
};

void remove_rabbit(const TemporaryFolder& folder) {
    delete_rabbit_topics(test::rabbit_topics_of(folder, 3), {"t"});
}
void remove_kafka(const TemporaryFolder& folder) {
    delete_kafka_topics(test::kafka_topics_of(folder, 3), {"t"});
}

struct PartitionedLogSuite : testing::TestWithParam<Adapter> {
    ~PartitionedLogSuite() override {
        log.reset();
        GetParam().remove(folder);
    }

    TemporaryFolder folder;
    aio::Loop loop{"test"};
    std::unique_ptr<EventLog> log = GetParam().open(folder);

    LogPlace append(const std::string& key, const std::string& payload) {
        return await(loop, log->append("t", key, payload));
    }
    std::uint32_t partitions() { return await(loop, log->partitions("t")); }
    std::vector<LogRecordPtr> read(std::uint32_t partition, Offset after, ReadLimit limit = {}) {
        return await(loop, log->read({"t", partition}, after, limit));
    }
    LogEnds ends(std::uint32_t partition) { return await(loop, log->ends({"t", partition})); }
};

TEST_P(PartitionedLogSuite, puts_each_key_into_one_partition_in_its_order) {
    std::map<std::string, std::vector<std::string>> sent;
    for (int i = 0; i < 60; ++i) {
        const std::string key = "key" + std::to_string(i % 13);
        const LogPlace place = append(key, std::to_string(i));
        EXPECT_EQ(place.partition, partition_of(key, partitions()));
        sent[key].push_back(std::to_string(i));
    }

    std::map<std::string, std::vector<std::string>> found;
    for (std::uint32_t partition = 0; partition < partitions(); ++partition) {
        Offset last = 0;
        for (const LogRecordPtr& record : read(partition, 0)) {
            EXPECT_GT(record->offset, last);
            last = record->offset;
            found[record->key].push_back(record->payload);
        }
    }
    EXPECT_EQ(found, sent);
}

TEST_P(PartitionedLogSuite, is_read_to_its_end_from_record_to_record_in_parts_of_any_size) {
    for (int i = 0; i < 40; ++i) {
        append("key", std::to_string(i));
    }
    const std::uint32_t partition = partition_of("key", partitions());

    for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
        std::vector<std::string> found;
        Offset after = 0;
        for (;;) {
            const auto part = read(partition, after, {.records_max = size});
            if (part.empty()) {
                break;
            }
            for (const LogRecordPtr& record : part) {
                EXPECT_GT(record->offset, std::exchange(after, record->offset));
                found.push_back(record->payload);
            }
        }
        ASSERT_EQ(found.size(), 40U);
        EXPECT_EQ(found.front(), "0");
        EXPECT_EQ(found.back(), "39");
        EXPECT_LE(after, ends(partition).last);
    }
}

TEST_P(PartitionedLogSuite, gives_the_places_of_a_group_in_its_order) {
    std::vector<KeyedPayload> group;
    for (int i = 0; i < 20; ++i) {
        group.push_back({"key" + std::to_string(i % 5), std::to_string(i)});
    }

    const auto places = await(loop, log->append_all("t", group));

    ASSERT_EQ(places.size(), group.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto found = read(places[i].partition, places[i].offset - 1, {.records_max = 1});
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0]->offset, places[i].offset);
        EXPECT_EQ(found[0]->payload, group[i].payload);
    }
}

TEST_P(PartitionedLogSuite, waits_for_a_record_and_not_for_a_hole) {
    const LogPlace first = append("key", "first");
    const Partition partition{"t", first.partition};

    const Steady now = std::chrono::steady_clock::now();
    const bool before = await(loop, log->wait(partition, first.offset - 1, now));
    const bool behind = await(loop, log->wait(partition, first.offset, now));
    const Offset last = ends(first.partition).last;

    EXPECT_TRUE(before);
    EXPECT_FALSE(behind);
    EXPECT_TRUE(read(first.partition, first.offset).empty());
    EXPECT_TRUE(await(loop, is_all_before(*log, partition, first.offset, last)));
    EXPECT_FALSE(await(loop, is_all_before(*log, partition, first.offset - 1, last)));
}

TEST_P(PartitionedLogSuite, trims_one_partition_up_to_a_record) {
    std::vector<LogPlace> places;
    for (int i = 0; i < 4; ++i) {
        places.push_back(append("key", std::to_string(i)));
    }
    const Partition partition{"t", places[0].partition};

    await(loop, log->trim(partition, places[1].offset + 1));

    EXPECT_EQ(code_of([&] { read(partition.number, places[0].offset); }), "log.trimmed");
    const auto left = read(partition.number, places[1].offset);
    ASSERT_EQ(left.size(), 2U);
    EXPECT_EQ(left[0]->payload, "2");
    EXPECT_EQ(ends(partition.number).first, places[1].offset + 1);
}

TEST_P(PartitionedLogSuite, refuses_a_partition_that_it_does_not_have) {
    const std::uint32_t beyond = partitions();

    EXPECT_EQ(code_of([&] { read(beyond, 0); }), "log.partition");
    EXPECT_EQ(code_of([&] { ends(beyond); }), "log.partition");
    EXPECT_EQ(code_of([&] { await(loop, log->trim({"t", beyond}, 1)); }), "log.partition");
    EXPECT_EQ(code_of([&] { await(loop, log->wait({"t", beyond}, 0, Steady::max())); }),
              "log.partition");
}

TEST_P(PartitionedLogSuite, is_another_log_once_it_was_made_anew) {
    const Uuid first = await(loop, log->identity("t"));
    append("key", "x");
    TemporaryFolder other;

    EXPECT_EQ(await(loop, log->identity("t")), first);
    {
        const auto anew = GetParam().open(other);
        EXPECT_NE(await(loop, anew->identity("t")), first);
    }
    GetParam().remove(other);
}

INSTANTIATE_TEST_SUITE_P(
    Adapters, PartitionedLogSuite,
    testing::Values(
        Adapter{"memory", [](const auto&) { return make_memory_log(); }},
        Adapter{"holes", [](const auto&) { return make_memory_log({.holes = 1}); }},
        Adapter{"partitions",
                [](const auto&) { return make_memory_log({.partitions = 8, .holes = 3}); }},
        Adapter{"segments",
                [](const auto& folder) -> std::unique_ptr<EventLog> {
                    return open_segment_log({.folder = folder / "log"});
                }},
        Adapter{"segments_cold",
                [](const auto& folder) -> std::unique_ptr<EventLog> {
                    return open_segment_log({.folder = folder / "log", .tail_bytes_max = 1});
                }},
        Adapter{
            "rabbitmq",
            [](const auto& folder) { return open_rabbit_log(test::rabbit_topics_of(folder, 3)); },
            remove_rabbit},
        Adapter{"kafka",
                [](const auto& folder) { return open_kafka_log(test::kafka_topics_of(folder, 3)); },
                remove_kafka}),
    [](const auto& suite) { return std::string{suite.param.name}; });

}  // namespace
}  // namespace loquat::store
