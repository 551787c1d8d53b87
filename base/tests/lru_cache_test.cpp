#include "base/lru_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace loquat {
namespace {

TEST(LruCache, lets_go_of_what_was_used_least_lately) {
    LruCache<int, std::string> cache{3};
    cache.put(1, "a");
    cache.put(2, "b");
    cache.put(3, "c");

    EXPECT_NE(cache.find(1), nullptr);
    cache.put(4, "d");

    EXPECT_EQ(cache.find(2), nullptr);
    EXPECT_EQ(*cache.find(1), "a");
    EXPECT_EQ(cache.size(), 3U);
}

TEST(LruCache, counts_weights_and_refuses_what_is_too_heavy_alone) {
    LruCache<int, int> cache{10};
    cache.put(1, 1, 4);
    cache.put(2, 2, 4);
    cache.put(1, 3, 6);

    EXPECT_EQ(cache.weight(), 10U);
    cache.put(3, 3, 11);

    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.weight(), 0U);
}

struct Positive {
    bool operator()(int value) const { return value > 0; }
};

TEST(LruCache, keeps_what_is_held) {
    LruCache<int, int, Positive> cache{1};
    cache.put(1, 1);
    cache.put(2, 2);
    cache.put(3, -3);

    EXPECT_NE(cache.find(1), nullptr);
    EXPECT_NE(cache.find(2), nullptr);
    EXPECT_EQ(cache.find(3), nullptr);
}

TEST(LruCache, agrees_with_a_simple_model) {
    LruCache<int, int> cache{8};
    std::vector<std::pair<int, int>> model;  // newest last
    std::uint32_t seed = 7;
    for (int step = 0; step < 5000; ++step) {
        seed = seed * 1664525 + 1013904223;
        const int key = static_cast<int>(seed >> 8) % 16;
        const auto at = std::ranges::find(model, key, &std::pair<int, int>::first);
        if (seed >> 31 == 0) {
            if (at != model.end()) {
                model.erase(at);
            }
            model.emplace_back(key, step);
            cache.put(key, step);
            if (model.size() > 8) {
                model.erase(model.begin());
            }
        } else if (at == model.end()) {
            ASSERT_EQ(cache.find(key), nullptr);
        } else {
            ASSERT_NE(cache.find(key), nullptr);
            ASSERT_EQ(*cache.find(key), at->second);
            std::rotate(at, at + 1, model.end());
        }
    }
}

}  // namespace
}  // namespace loquat
