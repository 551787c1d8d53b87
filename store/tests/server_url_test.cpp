#include "store/log/served/server_url.hpp"

#include <gtest/gtest.h>

#include "store/log/kafka/admin.hpp"
#include "store/log/rabbitmq/rabbit_log.hpp"
#include "store/log/served/topic_options.hpp"

namespace loquat::store {
namespace {

TEST(ServerUrl, has_all_that_a_server_needs) {
    const auto url = parse_server_url(
        "amqps://ana:s%2Fe%40cret@one:1,[::1]:2,three/my%2Fhost?partitions=8&verify=no", 5671);

    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "amqps");
    EXPECT_EQ(url->user, "ana");
    EXPECT_EQ(url->password, "s/e@cret");
    EXPECT_EQ(url->hosts, (std::vector<ServerAddress>{{"one", 1}, {"::1", 2}, {"three", 5671}}));
    EXPECT_EQ(url->path, "my/host");
    EXPECT_EQ(url->options, (UrlOptions{{"partitions", "8"}, {"verify", "no"}}));
}

TEST(ServerUrl, tells_no_path_from_an_empty_one) {
    EXPECT_FALSE(parse_server_url("amqp://u@h", 1)->has_path);
    EXPECT_TRUE(parse_server_url("amqp://u@h/", 1)->has_path);
}

TEST(ServerUrl, refuses_what_has_another_form) {
    for (const char* const text :
         {"", "host:1", "://h", "k://", "k://h:", "k://h:0", "k://h:65536", "k://h:x", "k://h,,i",
          "k://[::1", "k://[::1]x", "k://:p@h", "k://u:%zz@h", "k://h/%f", "k://h?a", "k://h?a=%",
          "k://h?a=1&a=2"}) {
        EXPECT_FALSE(parse_server_url(text, 1)) << text;
    }
}

TEST(TopicOptions, are_refused_when_unknown_or_out_of_their_limits) {
    EXPECT_TRUE(has_only({{"partitions", "12"}, {"verify", "x"}}, {"verify"}));
    EXPECT_FALSE(has_only({{"partition", "12"}}, {}));
    EXPECT_FALSE(has_only({{"partitions", "0"}}, {}));
    EXPECT_FALSE(has_only({{"partitions", "257"}}, {}));
    EXPECT_FALSE(has_only({{"retention_days", "6"}}, {}));
    EXPECT_TRUE(has_only({{"retention_days", "7"}}, {}));
    EXPECT_TRUE(has_only({{"prefix", "chat-2."}}, {}));
    EXPECT_FALSE(has_only({{"prefix", ""}}, {}));
    EXPECT_FALSE(has_only({{"prefix", "a/b"}}, {}));
    EXPECT_FALSE(has_only({{"prefix", std::string(65, 'a')}}, {}));
    EXPECT_FALSE(is_rabbit_url("amqp://nobody/"));
    EXPECT_FALSE(is_rabbit_url("kafka://u:p@h"));
    EXPECT_TRUE(is_rabbit_url("amqp://u:p@h?partitions=3"));
}

TEST(TopicOptions, say_how_topics_are_made) {
    const ServedTopics topics = topic_options({{"partitions", "3"},
                                               {"replicas", "2"},
                                               {"retention_days", "30"},
                                               {"retention_gb", "1"},
                                               {"prefix", "chat-2."}});

    EXPECT_EQ(topics.partitions, 3U);
    EXPECT_EQ(topics.replicas, 2U);
    EXPECT_EQ(topics.retention, std::chrono::hours{720});
    EXPECT_EQ(topics.retention_bytes, std::uint64_t{1} << 30);
    EXPECT_EQ(topics.prefix, "chat-2.");
}

TEST(LosingSetting, names_the_setting_its_value_and_the_mend) {
    const std::map<std::string, std::string> good{{"cleanup.policy", "delete"},
                                                  {"retention.ms", "604800000"},
                                                  {"unclean.leader.election.enable", "false"},
                                                  {"min.insync.replicas", "2"},
                                                  {"max.message.bytes", "8388608"}};
    const auto with = [&good](const std::string& name, const std::string& value) {
        auto settings = good;
        settings[name] = value;
        return losing_setting(settings, 3).value_or("");
    };

    EXPECT_FALSE(losing_setting(good, 3));
    EXPECT_EQ(with("retention.ms", "-1"), "");
    EXPECT_EQ(with("cleanup.policy", "compact,delete"),
              "cleanup.policy=compact,delete: compaction keeps one message a conversation; set it "
              "to delete");
    EXPECT_TRUE(with("retention.ms", "604799999").starts_with("retention.ms=604799999: "));
    EXPECT_TRUE(with("unclean.leader.election.enable", "true").starts_with("unclean."));
    EXPECT_TRUE(with("min.insync.replicas", "1").starts_with("min.insync.replicas=1: "));
    EXPECT_TRUE(with("max.message.bytes", "1048576").starts_with("max.message.bytes=1048576: "));
    EXPECT_EQ(with("min.insync.replicas", "4"),
              "min.insync.replicas=4: no record would ever be acknowledged with 3 copies; set it "
              "to 2");
}

TEST(MissingCopies, are_those_that_the_setting_says_or_a_second_one_where_there_are_brokers) {
    EXPECT_FALSE(missing_copies(3, 3, 3));
    EXPECT_FALSE(missing_copies(2, 0, 3));
    EXPECT_FALSE(missing_copies(1, 0, 1));
    EXPECT_FALSE(missing_copies(1, 1, 3));
    EXPECT_TRUE(missing_copies(1, 0, 3).value_or("").starts_with(
        "it has 1 copy of a record, and there are 3 brokers: "));
    EXPECT_TRUE(missing_copies(2, 3, 3).value_or("").starts_with(
        "it has 2 copies of a record, and the setting says replicas=3: "));
}

TEST(TooFewBrokers, is_one_of_several_that_are_named_unless_the_setting_wants_one_copy) {
    EXPECT_FALSE(too_few_brokers(1, 0, 1));
    EXPECT_FALSE(too_few_brokers(3, 0, 2));
    EXPECT_FALSE(too_few_brokers(1, 0, 3));
    EXPECT_FALSE(too_few_brokers(3, 1, 1));
    EXPECT_TRUE(too_few_brokers(3, 0, 1).value_or("").contains(
        "names 3 servers, of which one is there. Start the others first; "));
}

}  // namespace
}  // namespace loquat::store
