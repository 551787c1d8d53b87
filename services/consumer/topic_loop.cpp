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
            set_trouble({});
            continue;
        }
        if (aio::is_cancellation(failed)) {
            std::rethrow_exception(failed);
        }
        const std::string what = aio::describe(failed);
        source_.failures.add();
        set_trouble(what);
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
        throw Failure{
            Kind::unavailable, "consumer.log_is_older",
            "The message log ends before what is already stored, as after restoring an old copy. "
            "Move the log file aside: a new one is begun and nothing that is stored is touched.",
            topic_ + " is stored up to " + std::to_string(given) + ", logged up to " +
                std::to_string(ends.last)};
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

void TopicLoop::set_trouble(std::string what) {
    const std::lock_guard lock{trouble_mutex_};
    trouble_ = std::move(what);
}

std::optional<std::string> TopicLoop::trouble() const {
    const std::lock_guard lock{trouble_mutex_};
    return trouble_.empty() ? std::nullopt : std::optional{trouble_};
}

}  // namespace loquat::consumer
