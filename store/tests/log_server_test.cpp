#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <mutex>
#include <thread>

#include "store/log/rabbitmq/amqp_connection.hpp"
#include "store/log/served/topic_options.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/server_topics.hpp"

// What is a server's own; what every log promises is log_suite_test.cpp's.
namespace loquat::store {
namespace {

using test::await;
using test::code_of;

struct LogServerTest : testing::Test {
    ~LogServerTest() override {
        delete_rabbit_topics(test::rabbit_topics_of(folder, 4), {"t"});
        delete_kafka_topics(test::kafka_topics_of(folder), {"t"});
    }

    // What a log that is asked for a topic says of it.
    std::string said_of_topic(EventLog& log) {
        try {
            await(loop, log.partitions("t"));
        } catch (const Failure& failure) {
            return failure.code + ": " + failure.message;
        }
        return {};
    }

    // What six who ask for the topic at the same time are told, if anything.
    std::string said_to_many(const std::function<std::unique_ptr<EventLog>()>& open) {
        constexpr int processes = 6;
        std::latch begun{processes};
        std::mutex mutex;
        std::string said;
        const auto begin = [&] {
            aio::Loop own{"process"};
            const auto log = open();
            begun.arrive_and_wait();
            std::string mine;
            try {
                const std::uint32_t partitions = await(own, log->partitions("t"));
                mine = partitions == 4 ? "" : std::to_string(partitions) + " partitions\n";
            } catch (const Failure& failure) {
                mine = failure.code + " " + failure.detail + "\n";
            }
            const std::lock_guard lock{mutex};
            said += mine;
        };
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < processes; ++i) {
                threads.emplace_back(begin);
            }
        }
        return said;
    }

    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
};

TEST_F(LogServerTest, refuses_a_start_with_a_wrong_password_or_virtual_host_at_once) {
    RabbitOptions stranger = test::rabbit_topics_of(folder);
    stranger.url.replace(stranger.url.find("loquat:") + 7, 3, "xyz");
    RabbitOptions nowhere = test::rabbit_topics_of(folder);
    nowhere.url.insert(nowhere.url.find('?'), "/nowhere");

    EXPECT_EQ(code_of([&] { open_rabbit_log(stranger); }), "store.denied");
    EXPECT_EQ(code_of([&] { open_rabbit_log(nowhere); }), "store.denied");
}

TEST_F(LogServerTest, makes_a_topic_once_for_all_who_begin_at_the_same_time) {
    const auto rabbit = [this] { return open_rabbit_log(test::rabbit_topics_of(folder, 4)); };
    const auto kafka = [this] { return open_kafka_log(test::kafka_topics_of(folder, 4)); };

    EXPECT_EQ(said_to_many(rabbit), "");
    EXPECT_EQ(said_to_many(kafka), "");
}

TEST_F(LogServerTest, gives_up_on_a_server_that_is_not_there_when_it_is_told_to) {
    std::vector<std::string> told;
    const auto give_up = [&told](const std::string& why) {
        told.push_back(why);
        return false;
    };

    EXPECT_EQ(code_of([&] {
                  open_rabbit_log({.url = "amqp://u:p@127.0.0.1:1", .keep_waiting = give_up});
              }),
              "store.unavailable");
    EXPECT_EQ(
        code_of([&] { open_kafka_log({.url = "kafka://127.0.0.1:1", .keep_waiting = give_up}); }),
        "store.unavailable");
    EXPECT_EQ(told.size(), 2U);
}

TEST_F(LogServerTest, refuses_topics_that_have_another_number_of_partitions) {
    const auto rabbit_2 = open_rabbit_log(test::rabbit_topics_of(folder, 2));
    const auto rabbit_1 = open_rabbit_log(test::rabbit_topics_of(folder, 1));
    const auto rabbit_4 = open_rabbit_log(test::rabbit_topics_of(folder, 4));
    const auto kafka_2 = open_kafka_log(test::kafka_topics_of(folder, 2));
    const auto kafka_4 = open_kafka_log(test::kafka_topics_of(folder, 4));

    EXPECT_EQ(await(loop, rabbit_2->partitions("t")), 2U);
    EXPECT_EQ(await(loop, kafka_2->partitions("t")), 2U);

    EXPECT_TRUE(said_of_topic(*rabbit_1).starts_with("log.topic_settings: "));
    EXPECT_TRUE(said_of_topic(*rabbit_4).starts_with("log.topic_settings: "));
    EXPECT_TRUE(
        said_of_topic(*kafka_4).contains("has 2 partitions, and the setting says "
                                         "partitions=4"));
}

// As at a first start before the other brokers are up.
TEST_F(LogServerTest, makes_no_topic_with_one_copy_where_several_brokers_are_named) {
    KafkaOptions several = test::kafka_topics_of(folder);
    several.url.insert(several.url.find('?'), ",127.0.0.1:1");
    KafkaOptions wanted = several;
    wanted.url += "&replicas=1";

    const std::string said = said_of_topic(*open_kafka_log(several));
    const std::string again = said_of_topic(*open_kafka_log(several));
    const auto with_one = open_kafka_log(wanted);

    EXPECT_TRUE(said.starts_with("log.topic_settings: ")) << said;
    EXPECT_TRUE(said.contains("names 2 servers, of which one is there")) << said;
    EXPECT_EQ(again, said) << "nothing was made";
    EXPECT_EQ(said_of_topic(*with_one), "");
    EXPECT_EQ(said_of_topic(*open_kafka_log(several)), "") << "it is there now";
}

TEST_F(LogServerTest, gives_others_each_record_by_itself_in_their_form) {
    RabbitOptions options = test::rabbit_topics_of(folder);
    options.outside["t"] = {
        "outside", [](std::string_view payload) { return "<" + std::string{payload} + ">"; }};
    const auto log = open_rabbit_log(options);

    await(loop, log->append("t", "k", "one"));
    std::vector<KeyedPayload> group{{"a", "two"}, {"b", "three"}};
    await(loop, log->append_all("t", std::move(group)));
    const ServerUrl url = *parse_server_url(options.url, 5672);
    AmqpConnection reader{{url, "test"}};
    reader.open();
    reader.consume_queue(url.options.at("prefix") + "outside", "reader", 10);
    std::vector<std::string> found;
    const Steady end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (found.size() < 3) {
        const auto event = reader.next(end);
        ASSERT_TRUE(event);
        if (const auto* const delivery = std::get_if<AmqpDelivery>(&*event)) {
            found.push_back(delivery->entry.payload);
        }
    }

    EXPECT_EQ(found, (std::vector<std::string>{"<one>", "<two>", "<three>"}));
    EXPECT_EQ(await(loop, log->read({"t"}, 0, {})).size(), 3U);
    delete_rabbit_topics(options, {"t"});
}

TEST_F(LogServerTest, notices_that_a_topic_was_made_anew_and_goes_on_in_it) {
    const RabbitOptions options = test::rabbit_topics_of(folder);
    const auto log = open_rabbit_log(options);
    const LogPlace before = await(loop, log->append("t", "k", "old"));

    delete_rabbit_topics(options, {"t"});
    const auto other = open_rabbit_log(options);
    await(loop, other->append("t", "k", "new"));

    EXPECT_NE(await(loop, log->identity("t")), before.log);
    const auto found = await(loop, log->read({"t"}, 0, {}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]->payload, "new");
    EXPECT_EQ(found[0]->log, await(loop, log->identity("t")));
}

TEST_F(LogServerTest, is_not_named_by_a_mark_of_somebody_who_reads_a_former_topic) {
    const RabbitOptions options = test::rabbit_topics_of(folder);
    const ServerUrl url = *parse_server_url(options.url, 5672);
    const std::string stream = url.options.at("prefix") + "t.0";
    const Uuid former = Uuid::make();
    AmqpConnection reader{{url, "test"}};
    reader.open();
    reader.declare_stream(stream, topic_options(url.options));
    reader.publish("", stream,
                   {.id = "m", .log = former, .form = EntryForm::mark, .key = {}, .payload = {}});

    const auto log = open_rabbit_log(options);
    await(loop, log->append("t", "k", "new"));

    EXPECT_NE(await(loop, log->identity("t")), former);
    EXPECT_EQ(await(loop, log->read({"t"}, 0, {})).size(), 1U);
}

TEST_F(LogServerTest, has_one_identity_for_all_who_open_an_empty_topic_at_once) {
    const auto one = open_kafka_log(test::kafka_topics_of(folder));
    const auto other = open_kafka_log(test::kafka_topics_of(folder));

    const LogPlace first = await(loop, one->append("t", "k", "a"));
    const LogPlace second = await(loop, other->append("t", "k", "b"));

    EXPECT_EQ(first.log, second.log);
    EXPECT_GT(second.offset, first.offset);
}

}  // namespace
}  // namespace loquat::store
