#include <gtest/gtest.h>

#include "store/redis/redis_url.hpp"

namespace loquat::store {
namespace {

TEST(RedisUrl, says_where_the_server_is_and_who_asks) {
    const auto target = read_redis_url("redis://loquat:p%40ss%3a@db.example.org:6380/3");

    ASSERT_TRUE(target);
    EXPECT_EQ(target->hosts.at(0).name, "db.example.org");
    EXPECT_EQ(target->hosts.at(0).port, 6380);
    EXPECT_EQ(target->user, "loquat");
    EXPECT_EQ(target->password, "p@ss:");
    EXPECT_EQ(target->database, 3U);
    EXPECT_EQ(target->transport, RedisTransport::plain);
    EXPECT_FALSE(target->has_sentinels());
}

TEST(RedisUrl, has_defaults_for_what_is_not_said) {
    const auto target = read_redis_url("redis://db");

    ASSERT_TRUE(target);
    EXPECT_EQ(target->hosts.at(0).port, 6379);
    EXPECT_EQ(target->user, "");
    EXPECT_EQ(target->password, "");
    EXPECT_EQ(target->database, 0U);
}

TEST(RedisUrl, knows_tls_and_whom_to_trust) {
    const auto target = read_redis_url("rediss://:secret@[::1]:7000?ca=%2Fetc%2Fca.pem");

    ASSERT_TRUE(target);
    EXPECT_EQ(target->transport, RedisTransport::tls);
    EXPECT_EQ(target->hosts.at(0).name, "::1");
    EXPECT_EQ(target->hosts.at(0).port, 7000);
    EXPECT_EQ(target->authority_file, "/etc/ca.pem");
}

TEST(RedisUrl, knows_sentinels) {
    const auto target =
        read_redis_url("redis+sentinel://u:p@one,two:5000,three/main/2?sentinel_password=x");

    ASSERT_TRUE(target);
    ASSERT_EQ(target->hosts.size(), 3U);
    EXPECT_EQ(target->hosts[0].port, 26379);
    EXPECT_EQ(target->hosts[1].port, 5000);
    EXPECT_EQ(target->master, "main");
    EXPECT_EQ(target->database, 2U);
    EXPECT_EQ(target->sentinel_password, "x");
}

TEST(RedisUrl, refuses_what_it_cannot_use_and_never_repeats_a_secret) {
    for (const std::string_view url :
         {"http://x:hidden@db", "redis://", "redis://x:hidden@", "redis://x@db", "redis://:@db",
          "redis://x:hidden@db:0", "redis://x:hidden@db:70000", "redis://x:hidden@db:no",
          "redis://x:hidden@db/one", "redis://x:hidden@one,two", "redis://x:%zz@db",
          "redis://x:hidden@[::1", "redis+sentinel://x:hidden@db", "redis://x:hidden@db?ca=/ca.pem",
          "rediss://x:hidden@db?key=1", "redis://x:hidden@db/99999"}) {
        const auto target = read_redis_url(url);

        ASSERT_FALSE(target) << url;
        EXPECT_FALSE(target.error().contains("hidden")) << target.error();
    }
}

TEST(RedisUrl, tells_logs_where_it_goes_without_credentials) {
    EXPECT_EQ(read_redis_url("redis://u:hidden@db:7000/1")->to_string(), "db:7000");
    EXPECT_EQ(read_redis_url("redis+sentinel://u:hidden@a,b/main")->to_string(),
              "main of the Sentinels a:26379,b:26379");
}

}  // namespace
}  // namespace loquat::store
