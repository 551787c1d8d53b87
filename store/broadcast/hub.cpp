#include "store/broadcast/hub.hpp"

#include <vector>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/log.hpp"

namespace loquat::store {

struct BroadcastHub::Listener {
    OnNotice on_notice;
    bool ended = false;
};

// A topic as one loop sees it.
struct BroadcastHub::Topic {
    std::string name;
    std::shared_ptr<Box> box;
    // Loop thread.
    std::vector<std::shared_ptr<Listener>> listeners;
    bool delivering = false;
    // Under the box's mutex: the batch in which something of this topic did not fit.
    std::uint64_t lost_batch = 0;
};

// What waits for one loop.
struct BroadcastHub::Box {
    struct Item {
        std::shared_ptr<Topic> topic;
        Payload payload;  // null: lost
    };

    explicit Box(aio::Loop& on) : loop(on) {}

    aio::Loop& loop;
    std::unordered_map<std::string, std::shared_ptr<Topic>> topics;  // loop thread

    std::mutex mutex;
    std::vector<Item> items;
    std::size_t bytes = 0;
    std::uint64_t batch = 1;
};

class BroadcastHub::Entry final : public Subscription::Entry {
  public:
    Entry(std::shared_ptr<BroadcastHub> hub, std::shared_ptr<Topic> topic,
          std::shared_ptr<Listener> listener)
        : hub_(std::move(hub)), topic_(std::move(topic)), listener_(std::move(listener)) {}

    void end() override { hub_->end(topic_, *listener_); }

  private:
    std::shared_ptr<BroadcastHub> hub_;
    std::shared_ptr<Topic> topic_;
    std::shared_ptr<Listener> listener_;
};

BroadcastHub::BroadcastHub(LocalBroadcastOptions options, OnUse on_use)
    : options_(options), on_use_(std::move(on_use)) {}

BroadcastHub::~BroadcastHub() = default;

std::shared_ptr<BroadcastHub::Box> BroadcastHub::box_of(aio::Loop& loop) {
    const std::lock_guard lock{boxes_mutex_};
    auto& box = boxes_[&loop];
    if (!box) {
        box = std::make_shared<Box>(loop);
    }
    return box;
}

Subscription BroadcastHub::subscribe(std::string name, OnNotice on_notice) {
    const std::shared_ptr<Box> box = box_of(aio::Loop::current());
    auto& topic = box->topics[name];
    if (!topic) {
        topic = std::make_shared<Topic>();
        topic->name = name;
        topic->box = box;
        Shard& shard = shard_of(name);
        const std::lock_guard lock{shard.mutex};
        Routes& routes = shard.topics[name];
        routes.push_back(topic);
        if (routes.size() == 1 && on_use_) {
            on_use_(name, Use::begun);
        }
    }
    auto listener = std::make_shared<Listener>();
    listener->on_notice = std::move(on_notice);
    topic->listeners.push_back(listener);
    return Subscription{std::make_shared<Entry>(shared_from_this(), topic, std::move(listener))};
}

void BroadcastHub::publish(std::string_view name, const Payload& payload) {
    Shard& shard = shard_of(name);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.topics.find(name);
    if (found == shard.topics.end()) {
        return;
    }
    for (const std::shared_ptr<Topic>& topic : found->second) {
        put(topic, payload);
    }
}

// The loop is woken under the mutex: else what somebody puts behind the first item could come after
// what they post to the loop next.
void BroadcastHub::put(const std::shared_ptr<Topic>& topic, const Payload& payload) {
    Box& box = *topic->box;
    const std::lock_guard lock{box.mutex};
    if (topic->lost_batch == box.batch) {
        return;
    }
    const bool fits = payload && box.items.size() < options_.loop_items_max &&
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
        box.loop.post([hub = shared_from_this(), kept = topic->box] { hub->drain(*kept); });
    }
}

void BroadcastHub::drain(Box& box) {
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

void BroadcastHub::deliver(Topic& topic, const Payload& payload) {
    const Notice notice = payload ? Notice::message : Notice::lost;
    topic.delivering = true;
    const std::size_t count = topic.listeners.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::shared_ptr<Listener> listener = topic.listeners[i];
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

void BroadcastHub::end(const std::shared_ptr<Topic>& topic, Listener& listener) {
    listener.ended = true;
    if (!topic->delivering) {
        sweep(topic);
    }
}

void BroadcastHub::sweep(const std::shared_ptr<Topic>& topic) {
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
            if (on_use_) {
                on_use_(topic->name, Use::ended);
            }
        }
    }
    const std::shared_ptr<Topic> kept = topic;
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

}  // namespace loquat::store
