#include "services/consumer/topic_loop.hpp"

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::consumer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LogContext context{.service = "consumer"};

Failure log_is_older(const std::string& topic, store::Offset stored, store::Offset logged) {
    return Failure{
        Kind::unavailable, "consumer.log_is_older",
        "The message log ends before what is already stored, as after restoring an old copy or by "
        "damage. Put back all files of one copy, or see what `loquat doctor --repair` offers.",
        topic + " is stored up to " + std::to_string(stored) + ", logged up to " +
            std::to_string(logged)};
}

Failure log_is_cut(const std::string& topic, store::Offset stored, store::Offset first) {
    return Failure{
        Kind::unavailable, "consumer.log_is_cut",
        "The message log begins after what must be stored next: the store is an older copy. Put "
        "back all files of one copy, or see what `loquat doctor --repair` offers.",
        topic + " is stored up to " + std::to_string(stored) + ", the log begins at " +
            std::to_string(first)};
}

// More records would make these pass, over what is missing.
bool is_final(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        return failure.code == "consumer.log_is_older" || failure.code == "consumer.log_is_cut" ||
               failure.code == "log.trimmed";
    } catch (...) {
        return false;
    }
}

}  // namespace

TopicLoop::TopicLoop(Source source, std::string_view topic, const Config& config)
    : source_(source),
      topic_(topic),
      config_(config),
      pauses_(milliseconds{config.retry_ms_min}, milliseconds{config.retry_ms_max}),
      next_trim_(source.clock.steady() + seconds{config.trim_seconds}) {}

Task<void> TopicLoop::run() {
    for (;;) {
        std::exception_ptr failed;
        try {
            co_await step();
        } catch (...) {
            failed = std::current_exception();
        }
        if (!failed) {
            pauses_.reset();
            source_.troubles.clear(topic_);
            continue;
        }
        if (aio::is_cancellation(failed)) {
            std::rethrow_exception(failed);
        }
        const std::string what = aio::describe(failed);
        source_.failures.add();
        source_.troubles.set(topic_, what);
        if (is_final(failed)) {
            log_error(context, "records are no longer stored, and none are accepted",
                      {{"topic", topic_}, {"error", what}});
            co_return;
        }
        const milliseconds pause = pauses_.next();
        log_warn(context, "records cannot be stored; trying again",
                 {{"topic", topic_}, {"error", what}, {"pause_ms", pause.count()}});
        co_await aio::Loop::current().sleep_for(pause);
    }
}

Task<void> TopicLoop::step() {
    const std::size_t count = co_await drain_once();
    if (source_.clock.steady() >= next_trim_) {
        next_trim_ = source_.clock.steady() + seconds{config_.trim_seconds};
        co_await trim();
    }
    if (count == 0) {
        co_await source_.log.wait(topic_, *position_, next_trim_);
    }
}

Task<std::vector<store::LogRecordPtr>> TopicLoop::read_next() {
    const store::ReadLimit limit{.records_max = static_cast<std::size_t>(config_.batch_records_max),
                                 .bytes_max = static_cast<std::size_t>(config_.batch_bytes_max)};
    co_return co_await source_.log.read(topic_, *position_, limit);
}

Task<store::Offset> TopicLoop::place_of(store::Offset given, Uuid given_log) {
    const store::LogEnds ends = co_await source_.log.ends(topic_);
    if (given_log != source_.log.identity()) {
        if (!given_log.is_nil()) {
            log_warn(context, "the log is a new one and is read from its beginning",
                     {{"topic", topic_}, {"first", ends.first}, {"last", ends.last}});
        }
        co_return ends.first - 1;
    }
    if (given > ends.last) {
        throw log_is_older(topic_, given, ends.last);
    }
    if (given + 1 < ends.first) {
        throw log_is_cut(topic_, given, ends.first);
    }
    co_return given;
}

void TopicLoop::report_unreadable(store::Offset offset) const {
    log_error(context, "a record cannot be understood and is passed over",
              {{"topic", topic_}, {"offset", offset}});
}

Task<void> TopicLoop::trim() {
    const store::Offset secured = co_await secure();
    const store::LogEnds ends = co_await source_.log.ends(topic_);
    // After the log was replaced the store may still speak of the old one.
    if (position_ && secured <= *position_ && secured >= ends.first) {
        co_await source_.log.trim(topic_, secured + 1);
    }
}

std::optional<std::string> TopicLoop::trouble() const { return source_.troubles.find(topic_); }

}  // namespace loquat::consumer
