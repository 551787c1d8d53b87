#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "aio/backoff.hpp"
#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "store/redis/dial.hpp"

namespace loquat::store {

// A connection that is made again whenever it is lost, with growing pauses.  Its loop only.
class RedisLink {
  public:
    // Never called from inside a function of the link.
    class User {
      public:
        // Nothing has been sent on this one yet.
        virtual void on_up() = 0;
        // What was sent and not answered may have been done or not.
        virtual void on_down() = 0;
        virtual void on_reply(RedisReply reply) = 0;

      protected:
        ~User() = default;
    };

    struct Options {
        RedisTarget target;
        std::string name;  // what the server lists it as
        std::chrono::milliseconds connect_max{5'000};
        std::chrono::milliseconds pause_first{50};
        std::chrono::milliseconds pause_max{2'000};
    };

    // `user` outlives it.
    RedisLink(aio::Loop& loop, Options options, User& user);

    void start() { tasks_.start(run()); }
    // Ends the connection; `user` is told nothing more.
    Task<void> stop();

    bool is_up() const { return connection_ != nullptr && !is_broken_; }
    // Written at the end of this turn of the loop, in order.  Dropped while it is not up.
    void send(std::string_view bytes);
    std::size_t unsent_bytes() const { return out_.size() - sent_; }
    // The server does not keep its word: this connection ends, and the next one is made.
    void break_off(std::string why);
    // Writes what the socket takes at once.
    void flush();

  private:
    Task<void> run();
    Task<void> serve();
    bool take_replies();

    aio::Loop& loop_;
    Options options_;
    User& user_;
    aio::Backoff backoff_;
    std::unique_ptr<RedisConnection> connection_;
    std::string out_;
    std::size_t sent_ = 0;  // of `out_`
    bool is_flush_due_ = false;
    bool is_write_awaited_ = false;
    bool is_broken_ = false;
    std::string why_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    aio::Scope tasks_;
};

}  // namespace loquat::store
