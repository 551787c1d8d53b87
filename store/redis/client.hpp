#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "aio/completion.hpp"
#include "aio/timer.hpp"
#include "store/redis/host.hpp"
#include "store/redis/link.hpp"
#include "store/redis/open.hpp"

namespace loquat::store {

// A script in Lua that Redis runs as one step.  A constant of the program.
struct RedisScript {
    std::string_view text;
};

struct RedisClientOptions {
    RedisTarget target;
    std::string name;  // "loquat-limits"
    RedisStart start;
    // So long the server may take for one command; then the connection is made anew.
    std::chrono::milliseconds answer_max{2'000};
    std::size_t calls_max = 20'000;  // at once
};

// Commands to one server over one connection: pipelined, answered in order.  Its own thread waits
// for the socket; callers are on any loop.
class RedisClient final : RedisLink::User {
  public:
    // Blocks, and fails, as wait_for_redis does.
    explicit RedisClient(RedisClientOptions options);
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    // Throws Failure `store.unavailable` at once while there is no connection, `store.overloaded`
    // while too many calls wait, `upstream.timeout` at the deadline or when the connection was
    // lost meanwhile (it may have been done), `store.full` when the server's memory is, and
    // `store.internal` for an answer that is an error.
    Task<RedisReply> call(std::vector<std::string> args, Steady deadline);
    // `keys` first, then `args`.
    Task<RedisReply> run(const RedisScript& script, std::vector<std::string> keys,
                         std::vector<std::string> args, Steady deadline);

    bool is_up() const { return is_up_.load(std::memory_order_relaxed); }
    const RedisCounts& counts() const { return counts_; }

  private:
    // Who waits for an answer; one that has given up, with its loop perhaps, is left alone.
    class Waiter {
      public:
        explicit Waiter(aio::Loop& home)
            : answer_(std::make_shared<aio::Completion<RedisReply>>(home)) {}

        void set(RedisReply reply);
        void fail(Failure failure);
        void give_up();
        aio::Completion<RedisReply>& answer() { return *answer_; }

      private:
        std::mutex mutex_;
        bool has_given_up_ = false;
        const std::shared_ptr<aio::Completion<RedisReply>> answer_;
    };
    struct Call {
        std::string command;
        std::shared_ptr<Waiter> waiter;
    };
    struct Sent {
        std::shared_ptr<Waiter> waiter;
        Steady at;
    };

    void on_up() override;
    void on_down() override;
    void on_reply(RedisReply reply) override;
    void drain();
    void watch();
    Task<RedisReply> call_raw(std::vector<std::string> args, Steady deadline);
    Task<std::string> load(const RedisScript& script, Steady deadline);
    std::string find_sum(const RedisScript& script);

    const RedisClientOptions options_;
    RedisCounts counts_;
    std::atomic<bool> is_up_ = false;
    FirstConnections first_{1};
    std::mutex mutex_;
    std::vector<Call> calls_;                                   // by the mutex
    std::size_t waiting_ = 0;                                   // by the mutex: calls and sent
    std::unordered_map<const RedisScript*, std::string> sums_;  // by the mutex
    std::deque<Sent> sent_;                                     // loop
    RedisHost host_;
    RedisLink link_;
    aio::Timer timer_;
};

}  // namespace loquat::store
