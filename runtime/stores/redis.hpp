#pragma once
#include <string_view>

#include "runtime/stores.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "store/redis/open.hpp"

// What every adapter that stands on Redis needs of the process.
namespace loquat::runtime {

// Of `store.NEED.url`, which was checked with the configuration.
store::RedisTarget redis_target(const Stores& stores, std::string_view need);
// A minute, with a line in the log every few seconds.
store::RedisStart redis_start(std::string_view need);
// `counts` outlives the metrics' last reading.
void show_redis_counts(Metrics& metrics, std::string_view use, const store::RedisCounts& counts);

}  // namespace loquat::runtime
