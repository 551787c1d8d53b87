#pragma once
#include <memory>

#include "store/broadcast/broadcast.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/redis/open.hpp"

namespace loquat::store {

struct RedisBroadcastOptions {
    RedisTarget target;
    RedisStart start;
    LocalBroadcastOptions local;
    std::size_t unsent_bytes_max = 64 * 1024 * 1024;  // that wait for the server; more are dropped
    std::chrono::milliseconds pulse_every{1'000};
    // So long the server may say nothing; then the connection is made anew.
    std::chrono::milliseconds answer_max{2'000};
    // What was lost is told over this time, so that not everybody reads the store at once.
    std::chrono::milliseconds lost_spread{1'000};
};

// Between all processes at one Redis: Pub/Sub, one connection to publish and one to hear
// (docs/adr/0073).  A process hears itself at once and without the server, and each other process
// through it: exactly once while connections stand, else `lost` is told.  Channels are called as
// topics are.  Pub/Sub knows no databases: one Redis serves one installation.
class RedisBroadcast : public Broadcast {
  public:
    virtual const RedisCounts& counts() const = 0;
    // Topics that somebody in this process listens to.
    virtual std::size_t topics() const = 0;
};

// Blocks, and fails, as wait_for_redis does.  Ends after the loops that subscribed have stopped.
std::unique_ptr<RedisBroadcast> open_redis_broadcast(RedisBroadcastOptions options);

}  // namespace loquat::store
