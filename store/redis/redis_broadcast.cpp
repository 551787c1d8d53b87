#include "store/redis/redis_broadcast.hpp"

#include <mutex>
#include <vector>

#include "aio/scope.hpp"
#include "store/broadcast/hub.hpp"
#include "store/redis/host.hpp"
#include "store/redis/publisher.hpp"
#include "store/redis/subscriber.hpp"

namespace loquat::store {
namespace {

constexpr std::chrono::seconds settle_max{1};

// Which topics are wanted, as the hub says it from any thread.  Outlives the connections: a
// subscription may end after them.
struct Wishes {
    struct Wish {
        std::string topic;
        BroadcastHub::Use use;
    };
    std::mutex mutex;
    std::vector<Wish> wishes;
    std::function<void()> wake;  // none: nobody grants them any more
};

BroadcastHub::OnUse keep_in(const std::shared_ptr<Wishes>& wishes) {
    return [wishes](std::string_view topic, BroadcastHub::Use use) {
        const std::lock_guard lock{wishes->mutex};
        if (!wishes->wake) {
            return;
        }
        wishes->wishes.push_back({std::string{topic}, use});
        if (wishes->wishes.size() == 1) {
            wishes->wake();
        }
    };
}

class Broadcasting final : public RedisBroadcast {
  public:
    explicit Broadcasting(const RedisBroadcastOptions& options);
    ~Broadcasting() override;
    Broadcasting(const Broadcasting&) = delete;
    Broadcasting& operator=(const Broadcasting&) = delete;

    Subscription subscribe(std::string topic, OnNotice on_notice) override {
        return hub_->subscribe(std::move(topic), std::move(on_notice));
    }
    Task<void> settle() override;
    void publish(std::string_view topic, Payload payload) override {
        hub_->publish(topic, payload);
        publisher_.publish(topic, *payload);
    }
    Reach reach() const override {
        return subscriber_.is_whole() ? Reach::everybody : Reach::this_process;
    }
    const RedisCounts& counts() const override { return counts_; }
    std::size_t topics() const override { return subscriber_.topics(); }

  private:
    void grant();
    Task<void> beat();

    const RedisBroadcastOptions options_;
    RedisCounts counts_;
    FirstConnections first_{2};
    std::shared_ptr<Wishes> wishes_ = std::make_shared<Wishes>();
    std::shared_ptr<BroadcastHub> hub_;
    RedisHost host_{"redis-broadcast"};
    RedisPublisher publisher_;
    RedisSubscriber subscriber_;
    aio::Scope tasks_;
};

Broadcasting::Broadcasting(const RedisBroadcastOptions& options)
    : options_(options),
      hub_(std::make_shared<BroadcastHub>(options.local, keep_in(wishes_))),
      publisher_(host_.loop(), {.target = options.target, .name = "loquat-publish"},
                 {options.unsent_bytes_max, options.answer_max}, counts_, first_),
      subscriber_(host_.loop(), {.target = options.target, .name = "loquat-subscribe"},
                  {options.answer_max, options.lost_spread},
                  {counts_, first_, *hub_, publisher_.envelope()}),
      tasks_(host_.loop(), "redis-broadcast") {
    wishes_->wake = [this] { host_.loop().post([this] { grant(); }); };
    host_.loop().post([this] {
        publisher_.start();
        subscriber_.start();
        tasks_.start(beat());
    });
    first_.wait_for(options_.answer_max);
}

Broadcasting::~Broadcasting() {
    {
        const std::lock_guard lock{wishes_->mutex};
        wishes_->wake = nullptr;
    }
    host_.stop([this]() -> Task<void> {
        co_await tasks_.close();
        co_await publisher_.stop();
        co_await subscriber_.stop();
    });
}

Task<void> Broadcasting::settle() {
    const auto done = std::make_shared<aio::Completion<void>>(aio::Loop::current());
    host_.loop().post([this, done] {
        grant();
        subscriber_.settle(done);
    });
    try {
        co_await done->wait_until(std::chrono::steady_clock::now() + settle_max);
    } catch (const Failure&) {
        co_return;  // what is confirmed later is told then
    }
}

void Broadcasting::grant() {
    std::vector<Wishes::Wish> wishes;
    {
        const std::lock_guard lock{wishes_->mutex};
        wishes.swap(wishes_->wishes);
    }
    for (Wishes::Wish& wish : wishes) {
        if (wish.use == BroadcastHub::Use::begun) {
            subscriber_.begin(std::move(wish.topic));
        } else {
            subscriber_.end(wish.topic);
        }
    }
}

Task<void> Broadcasting::beat() {
    while (true) {
        co_await host_.loop().sleep_for(options_.pulse_every);
        publisher_.pulse();
        // Sentinels know by now who is the master; without them there is but one.
        if (subscriber_.look() && options_.target.has_sentinels()) {
            publisher_.renew();
            subscriber_.renew();
        }
    }
}

}  // namespace

std::unique_ptr<RedisBroadcast> open_redis_broadcast(RedisBroadcastOptions options) {
    wait_for_redis(options.target, RedisUse::messages, options.start);
    return std::make_unique<Broadcasting>(options);
}

}  // namespace loquat::store
