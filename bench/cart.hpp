#pragma once
#include <filesystem>

#include "aio/loop.hpp"
#include "wire/json.hpp"

namespace loquat::bench {

struct CartOptions {
    std::filesystem::path folder;  // of the database; made
    std::size_t outstanding =
        512;                // changes on their way at the same time, each of a cart of its own
    std::size_t lines = 5;  // of each cart
    bool keyed = false;     // each change has an Idempotency-Key, so that its answer is kept
    double seconds = 5;
};

// Changes carts in a database of their own, the catalogue in memory: how many a second become
// durable, how long one takes, and the CPU time of this process for each.
Task<wire::Value> measure_cart(aio::Loop& loop, CartOptions options);

struct CentsOptions {
    std::uint64_t carts = 1'000'000;
    std::uint32_t seed = 1;
};

// Prices random carts and reckons each cent again by long division: how many carts are wrong.
Task<wire::Value> count_wrong_cents(aio::Loop& loop, CentsOptions options);

}  // namespace loquat::bench
