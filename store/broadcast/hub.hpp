#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/broadcast/broadcast.hpp"
#include "store/broadcast/local_broadcast.hpp"

namespace loquat::aio {
class Loop;
}

namespace loquat::store {

// What every broadcast is inside one process: topics, and the loops that listen to them.  Held in a
// shared_ptr.  Any thread, as Broadcast says.
class BroadcastHub : public std::enable_shared_from_this<BroadcastHub> {
  public:
    enum class Use : std::uint8_t { begun, ended };
    // A topic has its first listener, or has lost its last one.  In the order in which that is so;
    // called under the topic's lock, so it must not call the hub.
    using OnUse = std::function<void(std::string_view topic, Use use)>;

    explicit BroadcastHub(LocalBroadcastOptions options, OnUse on_use = {});
    ~BroadcastHub();

    Subscription subscribe(std::string name, OnNotice on_notice);
    // A null payload: something may have been lost.
    void publish(std::string_view name, const Payload& payload);

  private:
    struct Box;
    struct Topic;
    struct Listener;
    class Entry;
    using Routes = std::vector<std::shared_ptr<Topic>>;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Routes, TextHash, std::equal_to<>> topics;
    };
    static constexpr std::size_t shards_count = 64;

    Shard& shard_of(std::string_view name) { return shards_[TextHash{}(name) % shards_count]; }
    std::shared_ptr<Box> box_of(aio::Loop& loop);
    void put(const std::shared_ptr<Topic>& topic, const Payload& payload);
    void drain(Box& box);
    void deliver(Topic& topic, const Payload& payload);
    void end(const std::shared_ptr<Topic>& topic, Listener& listener);
    void sweep(const std::shared_ptr<Topic>& topic);

    const LocalBroadcastOptions options_;
    const OnUse on_use_;
    std::array<Shard, shards_count> shards_;
    std::mutex boxes_mutex_;
    std::unordered_map<aio::Loop*, std::shared_ptr<Box>> boxes_;
};

}  // namespace loquat::store
