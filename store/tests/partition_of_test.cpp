#include "store/log/partition_of.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace loquat::store {
namespace {

// The answers that Kafka's own tests of its hash expect.
TEST(PartitionOf, hashes_as_the_default_partitioner_of_kafka_does) {
    struct Known {
        std::string_view key;
        std::int32_t hash;
    };
    const std::array known{Known{"21", -973'932'308},
                           Known{"foobar", -790'332'482},
                           Known{"a-little-bit-long-string", -985'981'536},
                           Known{"a-little-bit-longer-string", -1'486'304'829},
                           Known{"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58'897'971},
                           Known{"abc", 479'470'107}};

    for (const Known& one : known) {
        EXPECT_EQ(static_cast<std::int32_t>(murmur2(one.key)), one.hash) << one.key;
    }
}

TEST(PartitionOf, takes_the_hash_without_its_sign_by_the_number_of_partitions) {
    EXPECT_EQ(partition_of("21", 7), (-973'932'308 & 0x7fffffff) % 7);
    EXPECT_EQ(partition_of("abc", 7), 479'470'107 % 7);
    EXPECT_EQ(partition_of("anything", 1), 0U);
}

TEST(PartitionOf, reads_bytes_above_127_as_they_are) {
    const std::string bytes{'\xff', '\x80', '\xfe', '\x81', '\xff'};

    EXPECT_EQ(murmur2(bytes), murmur2(std::string{bytes}));
    EXPECT_NE(murmur2(bytes), murmur2(bytes.substr(0, 4)));
}

TEST(PartitionOf, spreads_keys_evenly) {
    std::array<int, 8> counts{};
    for (int i = 0; i < 8'000; ++i) {
        ++counts[partition_of("chat-" + std::to_string(i), 8)];
    }

    for (const int count : counts) {
        EXPECT_GT(count, 800);
        EXPECT_LT(count, 1'200);
    }
}

}  // namespace
}  // namespace loquat::store
