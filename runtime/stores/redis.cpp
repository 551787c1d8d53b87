#include "runtime/stores/redis.hpp"

#include "base/failure.hpp"
#include "runtime/stores/families.hpp"

namespace loquat::runtime {
namespace {

std::string setting_of(std::string_view need) { return "store." + std::string{need} + ".url"; }

}  // namespace

store::RedisTarget redis_target(const Stores& stores, std::string_view need) {
    auto target = store::read_redis_url(stores.configured(need).url);
    if (!target) {
        throw Failure{Kind::invalid, "config.invalid", setting_of(need) + " " + target.error()};
    }
    return *std::move(target);
}

store::RedisStart redis_start(std::string_view need) {
    return {.keep_waiting = say_waiting_for("Redis", setting_of(need))};
}

void show_redis_counts(Metrics& metrics, std::string_view use, const store::RedisCounts& counts) {
    const auto show = [&](std::string_view what, std::string_view help,
                          const std::atomic<std::uint64_t>& count) {
        metrics.gauge_of(
            "loquat_redis_" + std::string{what}, help, {{"use", std::string{use}}},
            [&count] { return static_cast<double>(count.load(std::memory_order_relaxed)); });
    };
    show("sent", "Commands to Redis since the start.", counts.sent);
    show("received", "Answers and messages of Redis since the start.", counts.received);
    show("dropped", "What could not be sent to Redis since the start.", counts.dropped);
    show("refused", "What Redis answered by an error since the start.", counts.refused);
    show("connections", "Connections to Redis made since the start.", counts.connections);
}

}  // namespace loquat::runtime
