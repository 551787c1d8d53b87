#include "store/broadcast/local_broadcast.hpp"

#include <array>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/log.hpp"

namespace loquat::store {
namespace {

struct Box;

// A topic as one loop sees it.
struct LocalTopic {
    struct Listener {
        OnNotice on_notice;
        bool ended = false;
    };

    std::string name;
    std::shared_ptr<Box> box;
    // Loop thread.
    std::vector<std::shared_ptr<Listener>> listeners;
    bool delivering = false;
    // Under the box's mutex: the batch in which something of this topic did not fit.
    std::uint64_t lost_batch = 0;
};

// What waits for one loop.
struct Box {
    struct Item {
        std::shared_ptr<LocalTopic> topic;
        Payload payload;  // null: lost
    };

    explicit Box(aio::Loop& on) : loop(on) {}

    aio::Loop& loop;
    std::unordered_map<std::string, std::shared_ptr<LocalTopic>> topics;  // loop thread

    std::mutex mutex;
    std::vector<Item> items;
    std::size_t bytes = 0;
    std::uint64_t batch = 1;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

class Core : public std::enable_shared_from_this<Core> {
  public:
    explicit Core(LocalBroadcastOptions options) : options_(options) {}

    Subscription subscribe(std::string name, OnNotice on_notice);
    void publish(std::string_view name, const Payload& payload);
    void end(const std::shared_ptr<LocalTopic>& topic, LocalTopic::Listener& listener);

  private:
    using Routes = std::vector<std::shared_ptr<LocalTopic>>;
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Routes, TextHash, std::equal_to<>> topics;
    };
    static constexpr std::size_t shards_count = 64;

    Shard& shard_of(std::string_view name) { return shards_[TextHash{}(name) % shards_count]; }
    std::shared_ptr<Box> box_of(aio::Loop& loop);
    void put(const std::shared_ptr<LocalTopic>& topic, const Payload& payload);
    void drain(Box& box);
    void deliver(LocalTopic& topic, const Payload& payload);
    void sweep(const std::shared_ptr<LocalTopic>& topic);

    LocalBroadcastOptions options_;
    std::array<Shard, shards_count> shards_;
    std::mutex boxes_mutex_;
    std::unordered_map<aio::Loop*, std::shared_ptr<Box>> boxes_;
};

class LocalEntry final : public Subscription::Entry {
  public:
    LocalEntry(std::shared_ptr<Core> core, std::shared_ptr<LocalTopic> topic,
               std::shared_ptr<LocalTopic::Listener> listener)
        : core_(std::move(core)), topic_(std::move(topic)), listener_(std::move(listener)) {}

    void end() override { core_->end(topic_, *listener_); }

  private:
    std::shared_ptr<Core> core_;
    std::shared_ptr<LocalTopic> topic_;
    std::shared_ptr<LocalTopic::Listener> listener_;
};

std::shared_ptr<Box> Core::box_of(aio::Loop& loop) {
    const std::lock_guard lock{boxes_mutex_};
    auto& box = boxes_[&loop];
    if (!box) {
        box = std::make_shared<Box>(loop);
    }
    return box;
}

Subscription Core::subscribe(std::string name, OnNotice on_notice) {
    const std::shared_ptr<Box> box = box_of(aio::Loop::current());
    auto& topic = box->topics[name];
    if (!topic) {
        topic = std::make_shared<LocalTopic>();
        topic->name = name;
        topic->box = box;
        Shard& shard = shard_of(name);
        const std::lock_guard lock{shard.mutex};
        shard.topics[name].push_back(topic);
    }
    auto listener = std::make_shared<LocalTopic::Listener>();
    listener->on_notice = std::move(on_notice);
    topic->listeners.push_back(listener);
    return Subscription{
        std::make_shared<LocalEntry>(shared_from_this(), topic, std::move(listener))};
}

void Core::publish(std::string_view name, const Payload& payload) {
    Shard& shard = shard_of(name);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.topics.find(name);
    if (found == shard.topics.end()) {
        return;
    }
    for (const std::shared_ptr<LocalTopic>& topic : found->second) {
        put(topic, payload);
    }
}

// The loop is woken under the mutex: else what somebody puts behind the first item could come after
// what they post to the loop next.
void Core::put(const std::shared_ptr<LocalTopic>& topic, const Payload& payload) {
    Box& box = *topic->box;
    const std::lock_guard lock{box.mutex};
    if (topic->lost_batch == box.batch) {
        return;
    }
    const bool fits = box.items.size() < options_.loop_items_max &&
                      box.bytes + payload->size() <= options_.loop_bytes_max;
    const bool first = box.items.empty();
    if (fits) {
        box.bytes += payload->size();
        box.items.push_back({topic, payload});
    } else {
        // One mark for each topic and batch, in its place; what follows is covered by it.
        topic->lost_batch = box.batch;
        box.items.push_back({topic, nullptr});
    }
    if (first) {
        box.loop.post([core = shared_from_this(), kept = topic->box] { core->drain(*kept); });
    }
}

void Core::drain(Box& box) {
    std::vector<Box::Item> items;
    {
        const std::lock_guard lock{box.mutex};
        items.swap(box.items);
        box.bytes = 0;
        ++box.batch;
    }
    for (const Box::Item& item : items) {
        deliver(*item.topic, item.payload);
        sweep(item.topic);
    }
}

void Core::deliver(LocalTopic& topic, const Payload& payload) {
    const Notice notice = payload ? Notice::message : Notice::lost;
    topic.delivering = true;
    const std::size_t count = topic.listeners.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::shared_ptr<LocalTopic::Listener> listener = topic.listeners[i];
        if (listener->ended) {
            continue;
        }
        try {
            listener->on_notice(notice, payload);
        } catch (...) {
            const std::string what = aio::describe(std::current_exception());
            log_error({.service = "broadcast"}, "a listener failed",
                      {{"topic", topic.name}, {"error", what}});
        }
    }
    topic.delivering = false;
}

void Core::end(const std::shared_ptr<LocalTopic>& topic, LocalTopic::Listener& listener) {
    listener.ended = true;
    if (!topic->delivering) {
        sweep(topic);
    }
}

void Core::sweep(const std::shared_ptr<LocalTopic>& topic) {
    std::erase_if(topic->listeners, [](const auto& listener) { return listener->ended; });
    const std::shared_ptr<Box> box = topic->box;
    const auto mine = box->topics.find(topic->name);
    // An old topic of that name may be delivered after a new one was made.
    if (!topic->listeners.empty() || mine == box->topics.end() || mine->second != topic) {
        return;
    }
    {
        Shard& shard = shard_of(topic->name);
        const std::lock_guard lock{shard.mutex};
        Routes& routes = shard.topics[topic->name];
        std::erase(routes, topic);
        if (routes.empty()) {
            shard.topics.erase(topic->name);
        }
    }
    const std::shared_ptr<LocalTopic> kept = topic;
    box->topics.erase(mine);
    if (box->topics.empty()) {
        {
            // Nobody is left to hear it; the loop may never run again.
            const std::lock_guard lock{box->mutex};
            box->items.clear();
            box->bytes = 0;
        }
        const std::lock_guard lock{boxes_mutex_};
        boxes_.erase(&box->loop);
    }
}

class LocalBroadcast final : public Broadcast {
  public:
    explicit LocalBroadcast(LocalBroadcastOptions options)
        : core_(std::make_shared<Core>(options)) {}

    Subscription subscribe(std::string topic, OnNotice on_notice) override {
        return core_->subscribe(std::move(topic), std::move(on_notice));
    }
    void publish(std::string_view topic, Payload payload) override {
        core_->publish(topic, payload);
    }

  private:
    std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<Broadcast> make_local_broadcast(LocalBroadcastOptions options) {
    return std::make_unique<LocalBroadcast>(options);
}

}  // namespace loquat::store
