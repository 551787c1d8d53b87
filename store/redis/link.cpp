#include "store/redis/link.hpp"

#include <array>

#include "base/log.hpp"
#include "store/redis/failure.hpp"

namespace loquat::store {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;
// One turn reads so often before others have theirs.
constexpr int reads_max = 16;
// While it cannot be connected to, the log says so this often.
constexpr std::chrono::seconds told_each{30};

}  // namespace

RedisLink::RedisLink(aio::Loop& loop, Options options, User& user)
    : loop_(loop),
      options_(std::move(options)),
      user_(user),
      backoff_(options_.pause_first, options_.pause_max),
      tasks_(loop, "redis") {}

Task<void> RedisLink::stop() {
    *alive_ = false;
    co_await tasks_.close();
    connection_.reset();
}

// The scope ends it, by cancellation.
Task<void> RedisLink::run() {
    Steady told_at{};
    while (true) {
        std::string why;
        try {
            const Steady deadline = std::chrono::steady_clock::now() + options_.connect_max;
            connection_ = co_await dial_redis(loop_, options_.target, options_.name, deadline);
        } catch (const Failure& failure) {
            why = failure.detail.empty() ? failure.message : failure.detail;
        }
        if (connection_) {
            co_await serve();
            why = why_;
            told_at = {};
        }
        const Steady now = std::chrono::steady_clock::now();
        if (now - told_at >= told_each) {
            told_at = now;
            log_warn({.service = "redis"}, "no connection",
                     {{"use", options_.name}, {"error", why}});
        }
        co_await loop_.sleep_for(backoff_.next());
    }
}

// Until the connection ends.
Task<void> RedisLink::serve() {
    out_.clear();
    sent_ = 0;
    is_broken_ = false;
    is_write_awaited_ = false;
    why_.clear();
    log_info({.service = "redis"}, "connected",
             {{"use", options_.name}, {"server", connection_->peer()}});
    user_.on_up();
    while (!is_broken_ && take_replies()) {
        co_await connection_->stream().readable();
    }
    connection_.reset();
    out_.clear();
    sent_ = 0;
    user_.on_down();
}

// False when the connection is at its end.
bool RedisLink::take_replies() {
    std::array<char, read_bytes> bytes;
    for (int i = 0; i < reads_max; ++i) {
        const net::IoResult got = connection_->stream().try_read(bytes);
        if (got.state == net::Io::would_block) {
            return true;
        }
        if (got.state != net::Io::bytes) {
            break_off("the server has closed the connection");
            return false;
        }
        try {
            connection_->replies().feed({bytes.data(), got.bytes});
            while (!is_broken_) {
                std::optional<RedisReply> reply = connection_->replies().next();
                if (!reply) {
                    break;
                }
                backoff_.reset();
                user_.on_reply(*std::move(reply));
            }
        } catch (const Failure& failure) {
            break_off(failure.detail);
        }
        if (is_broken_) {
            return false;
        }
    }
    // More is there: the socket stays readable.
    return true;
}

void RedisLink::send(std::string_view bytes) {
    if (!is_up()) {
        return;
    }
    out_.append(bytes);
    if (!is_flush_due_) {
        is_flush_due_ = true;
        loop_.defer([this, alive = alive_] {
            if (*alive) {
                is_flush_due_ = false;
                flush();
            }
        });
    }
}

void RedisLink::flush() {
    while (is_up() && !is_write_awaited_ && unsent_bytes() > 0) {
        const net::IoResult wrote =
            connection_->stream().try_write(std::string_view{out_}.substr(sent_));
        if (wrote.state == net::Io::bytes) {
            sent_ += wrote.bytes;
        } else if (wrote.state == net::Io::would_block) {
            is_write_awaited_ = true;
            connection_->stream().on_writable([this, alive = alive_] {
                if (*alive) {
                    is_write_awaited_ = false;
                    flush();
                }
            });
        } else {
            break_off("the server has closed the connection");
        }
    }
    if (sent_ == out_.size()) {
        out_.clear();
        sent_ = 0;
    }
}

void RedisLink::break_off(std::string why) {
    if (is_up()) {
        is_broken_ = true;
        why_ = std::move(why);
        connection_->stream().wake();
    }
}

}  // namespace loquat::store
