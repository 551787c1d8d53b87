#include "store/redis/open.hpp"

#include <exception>
#include <thread>

#include "aio/run.hpp"
#include "base/log.hpp"
#include "store/redis/failure.hpp"

namespace loquat::store {
namespace {

constexpr std::chrono::seconds try_max{5};
constexpr std::chrono::milliseconds pause{250};

Task<void> try_once(aio::Loop& loop, RedisTarget target, RedisUse use, Steady deadline) {
    const auto connection = co_await dial_redis(loop, target, "loquat-start", deadline);
    const std::string doubt = co_await judge_redis(*connection, use, deadline);
    if (!doubt.empty()) {
        log_warn({.service = "redis"}, doubt, {{"server", connection->peer()}});
    }
}

void wait_here(const RedisTarget& target, RedisUse use, const RedisStart& start) {
    aio::Loop loop{"redis-start"};
    const Steady end = std::chrono::steady_clock::now() + start.start_max;
    while (true) {
        try {
            const Steady deadline = std::min(end, std::chrono::steady_clock::now() + try_max);
            aio::run_to_end(loop, try_once(loop, target, use, deadline));
            return;
        } catch (const Failure& failure) {
            const bool is_over = std::chrono::steady_clock::now() + 2 * pause >= end;
            if (is_refusal(failure) || is_over ||
                (start.keep_waiting && !start.keep_waiting(failure.detail))) {
                throw;
            }
        }
        aio::run_to_end(loop, loop.sleep_for(pause));
    }
}

}  // namespace

void FirstConnections::note() {
    const std::lock_guard lock{mutex_};
    --awaited_;
    changed_.notify_all();
}

void FirstConnections::wait_for(std::chrono::milliseconds most) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, most, [this] { return awaited_ <= 0; });
}

// On a thread of its own: who opens may be on a loop, and a thread has one.
void wait_for_redis(const RedisTarget& target, RedisUse use, const RedisStart& start) {
    std::exception_ptr error;
    std::jthread{[&] {
        try {
            wait_here(target, use, start);
        } catch (...) {
            error = std::current_exception();
        }
    }}.join();
    if (error) {
        std::rethrow_exception(error);
    }
}

}  // namespace loquat::store
