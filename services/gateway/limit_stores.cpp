#include "services/gateway/limit_stores.hpp"

#include "runtime/stores/redis.hpp"
#include "runtime/telemetry/health.hpp"
#include "services/gateway/limits/local_limits.hpp"
#include "services/gateway/limits/redis_limits.hpp"

namespace loquat::gateway {
namespace {

using runtime::StoreGround;
using runtime::Stores;

std::unique_ptr<LimitStores> open_redis(Stores& stores, const StoreGround& ground) {
    auto limits = std::make_unique<RedisLimitStores>(
        store::RedisClientOptions{.target = runtime::redis_target(stores, "limits"),
                                  .name = "loquat-limits",
                                  .start = runtime::redis_start("limits")});
    runtime::show_redis_counts(ground.metrics, "limits", limits->client().counts());
    const store::RedisClient& client = limits->client();
    ground.health.add_useful("platform", "limits", [&client]() -> std::optional<std::string> {
        if (client.is_up()) {
            return std::nullopt;
        }
        return "Redis is away; each edge counts its share of the limits";
    });
    return limits;
}

}  // namespace

std::vector<runtime::StoreAdapter> limit_stores() {
    const auto local = [](Stores&, const StoreGround&) { return std::make_unique<LocalLimits>(); };
    return {runtime::make_adapter<LimitStores>("limits", "local", local),
            runtime::make_adapter<LimitStores>("limits", "redis", &open_redis)};
}

}  // namespace loquat::gateway
