#include "services/auth/guess_limits.hpp"

#include "runtime/stores/redis.hpp"
#include "runtime/telemetry/health.hpp"
#include "services/auth/adapters/local_guesses.hpp"
#include "services/auth/adapters/redis_guesses.hpp"

namespace loquat::auth {
namespace {

using runtime::StoreGround;
using runtime::Stores;

class LocalGuessLimits final : public GuessLimits {
  public:
    std::unique_ptr<GuessLimit> open(const BackOffRules& rules, const Clock& clock) override {
        return std::make_unique<LocalGuesses>(rules, clock);
    }
};

class RedisGuessLimits final : public GuessLimits {
  public:
    explicit RedisGuessLimits(store::RedisClientOptions options) : redis_(std::move(options)) {}

    std::unique_ptr<GuessLimit> open(const BackOffRules& rules, const Clock& clock) override {
        return std::make_unique<RedisGuesses>(redis_, RedisGuesses::Options{.rules = rules}, clock);
    }
    const store::RedisClient& client() const { return redis_; }

  private:
    store::RedisClient redis_;
};

std::unique_ptr<GuessLimits> open_redis(Stores& stores, const StoreGround& ground) {
    auto limits = std::make_unique<RedisGuessLimits>(
        store::RedisClientOptions{.target = runtime::redis_target(stores, "limits"),
                                  .name = "loquat-guesses",
                                  .start = runtime::redis_start("limits")});
    runtime::show_redis_counts(ground.metrics, "guesses", limits->client().counts());
    const store::RedisClient& client = limits->client();
    ground.health.add_useful("platform", "guesses", [&client]() -> std::optional<std::string> {
        if (client.is_up()) {
            return std::nullopt;
        }
        return "Redis is away; each auth counts its share of guessed passwords";
    });
    return limits;
}

}  // namespace

std::vector<runtime::StoreAdapter> guess_limits() {
    const auto local = [](Stores&, const StoreGround&) {
        return std::make_unique<LocalGuessLimits>();
    };
    return {runtime::make_adapter<GuessLimits>("limits", "local", local),
            runtime::make_adapter<GuessLimits>("limits", "redis", &open_redis)};
}

}  // namespace loquat::auth
