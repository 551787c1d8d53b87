#include <gtest/gtest.h>

#include <array>

#include "store/redis/reply.hpp"
#include "testing/failure_code.hpp"

namespace loquat::store {
namespace {

using Type = RedisReply::Type;

constexpr std::string_view all_kinds =
    "*7\r\n+OK\r\n-ERR no\r\n:-12\r\n$5\r\na\r\nbc\r\n$-1\r\n*0\r\n*2\r\n$0\r\n\r\n*-1\r\n";

void expect_all_kinds(const RedisReply& reply) {
    ASSERT_EQ(reply.type, Type::array);
    ASSERT_EQ(reply.items.size(), 7U);
    EXPECT_EQ(reply.items[0].type, Type::status);
    EXPECT_EQ(reply.items[0].text, "OK");
    EXPECT_TRUE(reply.items[1].is_error());
    EXPECT_EQ(reply.items[1].text, "ERR no");
    EXPECT_EQ(reply.items[2].integer, -12);
    EXPECT_EQ(reply.items[3].text, "a\r\nbc");
    EXPECT_EQ(reply.items[4].type, Type::nil);
    EXPECT_TRUE(reply.items[5].items.empty());
    ASSERT_EQ(reply.items[6].items.size(), 2U);
    EXPECT_EQ(reply.items[6].items[0].type, Type::text);
    EXPECT_EQ(reply.items[6].items[1].type, Type::nil);
}

TEST(RedisReplies, are_the_same_wherever_the_bytes_are_cut) {
    for (std::size_t cut = 0; cut <= all_kinds.size(); ++cut) {
        RedisReplies replies;

        replies.feed(all_kinds.substr(0, cut));
        std::optional<RedisReply> reply = replies.next();
        EXPECT_EQ(reply.has_value(), cut == all_kinds.size());
        replies.feed(all_kinds.substr(cut));
        if (!reply) {
            reply = replies.next();
        }

        ASSERT_TRUE(reply) << cut;
        expect_all_kinds(*reply);
        EXPECT_FALSE(replies.next());
    }
}

TEST(RedisReplies, come_one_after_the_other) {
    RedisReplies replies;

    replies.feed("+one\r\n:2\r\n+thr");

    EXPECT_EQ(replies.next()->text, "one");
    EXPECT_EQ(replies.next()->integer, 2);
    EXPECT_FALSE(replies.next());
}

TEST(RedisReplies, fail_for_what_is_not_redis) {
    for (const std::string_view bytes :
         {"HTTP/1.1 400 Bad Request\r\n", "\x15\x03\x01\x00\x02\x02\x28", "*2000000000\r\n",
          "$-5\r\n", ":\r\n*9999999\r\n",
          "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"}) {
        const std::string code = test::code_of([&] {
            RedisReplies replies;
            replies.feed(bytes);
            while (replies.next()) {
            }
        });

        EXPECT_EQ(code, "store.unavailable") << bytes;
    }
}

TEST(RedisReplies, have_a_limit_for_all_items_together) {
    std::string bytes = "*2\r\n";
    for (int i = 0; i < 2; ++i) {
        bytes += "*600000\r\n";
        for (int item = 0; item < 600'000; ++item) {
            bytes += "*0\r\n";
        }
    }
    RedisReplies replies;
    replies.feed(bytes);

    EXPECT_EQ(test::code_of([&] { (void)replies.next(); }), "store.unavailable");
}

TEST(RedisReplies, have_a_limit) {
    RedisReplies replies;
    const std::string much(1 << 20, 'x');
    replies.feed("$536870912\r\n");

    const std::string code = test::code_of([&] {
        for (int i = 0; i < 65; ++i) {
            replies.feed(much);
            (void)replies.next();
        }
    });

    EXPECT_EQ(code, "store.unavailable");
}

TEST(RedisCommand, is_an_array_of_texts_with_their_sizes) {
    std::string bytes;

    append_command(bytes, std::array<std::string_view, 2>{"GET", "a\r\n"});
    append_command(bytes, std::array<std::string_view, 2>{"P", "x"}, "-tail");

    EXPECT_EQ(bytes,
              "*2\r\n$3\r\nGET\r\n$3\r\na\r\n\r\n"
              "*2\r\n$1\r\nP\r\n$6\r\nx-tail\r\n");
}

}  // namespace
}  // namespace loquat::store
