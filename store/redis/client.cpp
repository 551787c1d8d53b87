#include "store/redis/client.hpp"

#include "store/redis/failure.hpp"

namespace loquat::store {
namespace {

RedisReply checked(RedisReply reply) {
    if (!reply.is_error()) {
        return reply;
    }
    const std::string& text = reply.text;
    if (text.starts_with("OOM")) {
        throw Failure{Kind::unavailable, "store.full", "There is no space left to store this.",
                      text};
    }
    if (text.starts_with("READONLY") || text.starts_with("LOADING") ||
        text.starts_with("MASTERDOWN") || text.starts_with("BUSY") || text.starts_with("NOPERM")) {
        throw redis_unavailable(text);
    }
    throw Failure{Kind::internal, "store.internal", "The store has refused this.", text};
}

// The server is not the one that it was: another connection finds the right one.
bool is_of_wrong_server(const RedisReply& reply) {
    return reply.is_error() &&
           (reply.text.starts_with("READONLY") || reply.text.starts_with("MASTERDOWN"));
}

}  // namespace

RedisClient::RedisClient(RedisClientOptions options)
    : options_((wait_for_redis(options.target, RedisUse::keys, options.start), std::move(options))),
      host_(options_.name),
      link_(host_.loop(), {.target = options_.target, .name = options_.name}, *this),
      timer_([this] { watch(); }) {
    host_.loop().post([this] { link_.start(); });
    first_.wait_for(options_.answer_max);
}

RedisClient::~RedisClient() {
    host_.stop([this]() -> Task<void> {
        co_await link_.stop();
        timer_.stop();
        drain();
        on_down();
    });
}

Task<RedisReply> RedisClient::call(std::vector<std::string> args, Steady deadline) {
    RedisReply reply = co_await call_raw(std::move(args), deadline);
    co_return checked(std::move(reply));
}

Task<RedisReply> RedisClient::call_raw(std::vector<std::string> args, Steady deadline) {
    if (!is_up()) {
        counts_.dropped.fetch_add(1, std::memory_order_relaxed);
        throw redis_unavailable("there is no connection");
    }
    const auto waiter = std::make_shared<Waiter>(aio::Loop::current());
    Call call{{}, waiter};
    append_command(call.command, args);
    {
        const std::lock_guard lock{mutex_};
        if (waiting_ >= options_.calls_max) {
            throw Failure{Kind::unavailable, "store.overloaded",
                          "Too much is waiting for the store."}
                .retry_in(std::chrono::seconds{1});
        }
        ++waiting_;
        calls_.push_back(std::move(call));
        if (calls_.size() == 1) {
            host_.loop().post([this] { drain(); });
        }
    }
    struct Waiting {
        Waiter& waiter;
        ~Waiting() { waiter.give_up(); }
    };
    const Waiting waiting{*waiter};
    co_return co_await waiter->answer().wait_until(deadline);
}

void RedisClient::Waiter::set(RedisReply reply) {
    const std::lock_guard lock{mutex_};
    if (!has_given_up_) {
        answer_->set(std::move(reply));
    }
}

void RedisClient::Waiter::fail(Failure failure) {
    const std::lock_guard lock{mutex_};
    if (!has_given_up_) {
        answer_->fail(std::make_exception_ptr(std::move(failure)));
    }
}

void RedisClient::Waiter::give_up() {
    const std::lock_guard lock{mutex_};
    has_given_up_ = true;
}

Task<std::string> RedisClient::load(const RedisScript& script, Steady deadline) {
    std::vector<std::string> args{"SCRIPT", "LOAD", std::string{script.text}};
    const RedisReply said = co_await call(std::move(args), deadline);
    const std::lock_guard lock{mutex_};
    sums_.insert_or_assign(&script, said.text);
    co_return said.text;
}

std::string RedisClient::find_sum(const RedisScript& script) {
    const std::lock_guard lock{mutex_};
    const auto found = sums_.find(&script);
    return found == sums_.end() ? std::string{} : found->second;
}

Task<RedisReply> RedisClient::run(const RedisScript& script, std::vector<std::string> keys,
                                  std::vector<std::string> args, Steady deadline) {
    std::string sum = find_sum(script);
    const bool was_loaded = !sum.empty();
    if (!was_loaded) {
        sum = co_await load(script, deadline);
    }
    std::vector<std::string> command{"EVALSHA", sum, std::to_string(keys.size())};
    command.insert(command.end(), keys.begin(), keys.end());
    command.insert(command.end(), args.begin(), args.end());
    std::vector<std::string> again = was_loaded ? command : std::vector<std::string>{};
    RedisReply reply = co_await call_raw(std::move(command), deadline);
    // A server that was started anew does not know it.
    if (was_loaded && reply.is_error() && reply.text.starts_with("NOSCRIPT")) {
        again[1] = co_await load(script, deadline);
        reply = co_await call_raw(std::move(again), deadline);
    }
    co_return checked(std::move(reply));
}

void RedisClient::drain() {
    std::vector<Call> calls;
    {
        const std::lock_guard lock{mutex_};
        calls.swap(calls_);
    }
    const Steady now = std::chrono::steady_clock::now();
    for (Call& call : calls) {
        if (!link_.is_up()) {
            const std::lock_guard lock{mutex_};
            --waiting_;
            call.waiter->fail(redis_unavailable("there is no connection"));
            continue;
        }
        link_.send(call.command);
        counts_.sent.fetch_add(1, std::memory_order_relaxed);
        sent_.push_back({std::move(call.waiter), now});
    }
    if (!sent_.empty() && !timer_.is_running()) {
        timer_.start(host_.loop(), options_.answer_max / 4);
    }
}

void RedisClient::watch() {
    if (sent_.empty()) {
        return;
    }
    if (std::chrono::steady_clock::now() - sent_.front().at >= options_.answer_max) {
        link_.break_off("the server does not answer");
        return;
    }
    timer_.start(host_.loop(), options_.answer_max / 4);
}

void RedisClient::on_up() {
    counts_.connections.fetch_add(1, std::memory_order_relaxed);
    is_up_.store(true, std::memory_order_relaxed);
    first_.note();
}

void RedisClient::on_down() {
    is_up_.store(false, std::memory_order_relaxed);
    {
        const std::lock_guard lock{mutex_};
        waiting_ -= sent_.size();
    }
    for (const Sent& one : std::exchange(sent_, {})) {
        one.waiter->fail(redis_unknown("the connection was lost"));
    }
}

void RedisClient::on_reply(RedisReply reply) {
    counts_.received.fetch_add(1, std::memory_order_relaxed);
    if (sent_.empty()) {
        link_.break_off("the server answers what nobody has asked");
        return;
    }
    const std::shared_ptr<Waiter> waiter = std::move(sent_.front().waiter);
    sent_.pop_front();
    {
        const std::lock_guard lock{mutex_};
        --waiting_;
    }
    if (reply.is_error()) {
        counts_.refused.fetch_add(1, std::memory_order_relaxed);
    }
    if (is_of_wrong_server(reply)) {
        link_.break_off(reply.text);
    }
    waiter->set(std::move(reply));
}

}  // namespace loquat::store
