#pragma once
#include <memory>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "net/stream.hpp"
#include "store/redis/redis_url.hpp"
#include "store/redis/reply.hpp"

namespace loquat::store {

// A connection that is signed in.  Its loop only.
class RedisConnection {
  public:
    RedisConnection(net::Stream stream, std::string peer)
        : stream_(std::move(stream)), peer_(std::move(peer)) {}

    net::Stream& stream() { return stream_; }
    RedisReplies& replies() { return replies_; }
    // HOST:PORT, for logs.
    const std::string& peer() const { return peer_; }

    // One command and its answer, while nobody else uses the connection.  An answer that is an
    // error is given as one.  Throws Failure `store.unavailable`.
    Task<RedisReply> ask(std::vector<std::string> args, Steady deadline);

  private:
    Task<RedisReply> receive();

    net::Stream stream_;
    RedisReplies replies_;
    std::string peer_;
};

// What is kept there; the server is judged by it.
enum class RedisUse : std::uint8_t {
    messages,  // nothing: Pub/Sub
    keys,      // keys that must live as long as they were told to
};

// Connects to the server, or to the one that the Sentinels name, and signs in as `name`.  Throws
// Failure `store.unavailable` (not there, not yet, no answer by `deadline`), `store.denied`
// (password, certificate).
Task<std::unique_ptr<RedisConnection>> dial_redis(aio::Loop& loop, RedisTarget target,
                                                  std::string name, Steady deadline);

// Whether the server will do.  Throws Failure `store.unfit`: too old, one of a Cluster, or it drops
// keys when its memory is full; `store.unavailable` while it is loading or follows another one.
// Gives what is doubtful, for the log; empty when nothing is.
Task<std::string> judge_redis(RedisConnection& connection, RedisUse use, Steady deadline);

}  // namespace loquat::store
