#include "base/failure.hpp"
#include "runtime/stores/families.hpp"
#include "runtime/stores/redis.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/redis/redis_broadcast.hpp"

namespace loquat::runtime {
namespace {

std::shared_ptr<store::Broadcast> open_redis(Stores& stores, const StoreGround& ground) {
    store::RedisBroadcastOptions options;
    options.target = redis_target(stores, "broadcast");
    options.start = redis_start("broadcast");
    std::shared_ptr<store::RedisBroadcast> broadcast =
        store::open_redis_broadcast(std::move(options));
    show_redis_counts(ground.metrics, "broadcast", broadcast->counts());
    const store::RedisBroadcast& shown = *broadcast;
    ground.metrics.gauge_of("loquat_broadcast_topics", "Topics that this process listens to.", {},
                            [&shown] { return static_cast<double>(shown.topics()); });
    const auto is_whole = [&shown] { return shown.reach() == store::Reach::everybody; };
    ground.metrics.gauge_of("loquat_broadcast_whole",
                            "1 while what other processes publish is heard.", {},
                            [is_whole] { return is_whole() ? 1.0 : 0.0; });
    ground.health.add_useful("platform", "broadcast", [is_whole]() -> std::optional<std::string> {
        if (is_whole()) {
            return std::nullopt;
        }
        return "Redis does not bring what other processes publish; the store is asked instead";
    });
    return broadcast;
}

}  // namespace

std::vector<StoreAdapter> broadcast_adapters() {
    return {make_adapter<store::Broadcast>(
                "broadcast", "local",
                [](Stores&, const StoreGround&) { return store::make_local_broadcast(); }),
            make_adapter<store::Broadcast>("broadcast", "redis",
                                           [](Stores& stores, const StoreGround& ground) {
                                               return open_redis(stores, ground);
                                           })};
}

}  // namespace loquat::runtime
