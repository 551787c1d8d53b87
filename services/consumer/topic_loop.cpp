#include "services/consumer/topic_loop.hpp"

#include <utility>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::consumer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LogContext context{.service = "consumer"};

// Longer than it takes to notice that the way to a server is cut.
constexpr seconds tail_late_max{30};

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

std::string code_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        return failure.code;
    } catch (...) {
        return {};
    }
}

// More records would make these pass, over what is missing.
bool is_final(const std::exception_ptr& error) {
    const std::string code = code_of(error);
    return code == "consumer.log_is_older" || code == "consumer.log_is_cut" ||
           code == "log.trimmed";
}

bool is_late(const std::exception_ptr& error) { return code_of(error) == "upstream.timeout"; }

bool is_absence(const std::exception_ptr& error) {
    return code_of(error) == "store.unavailable" || is_late(error);
}

std::optional<Failure> refusal_in(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        return is_refusal(failure.code) ? std::optional{failure} : std::nullopt;
    } catch (...) {
        return std::nullopt;
    }
}

}  // namespace

TopicLoop::TopicLoop(Source source, store::Partition partition, const Config& config)
    : source_(source),
      partition_(std::move(partition)),
      config_(config),
      pauses_(config.retry_ms_min, config.retry_ms_max),
      refusals_(config.batch_records_max, config.refused_tries_max),
      next_trim_(source.clock.steady() + config.trim_seconds) {}

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
            continue;
        }
        if (aio::is_cancellation(failed)) {
            std::rethrow_exception(failed);
        }
        const std::string what = aio::describe(failed);
        source_.failures.add();
        source_.troubles.set(partition_, what, kind_of(failed));
        if (is_final(failed)) {
            log_error(
                context, "records are no longer stored, and none are accepted",
                {{"topic", partition_.topic}, {"partition", partition_.number}, {"error", what}});
            ended_ = what;
            co_return;
        }
        const milliseconds pause = pauses_.next();
        log_warn(context, "records cannot be stored; trying again",
                 {{"topic", partition_.topic}, {"error", what}, {"pause_ms", pause.count()}});
        co_await aio::Loop::current().sleep_for(pause);
    }
}

// What one record is refused for keeps nobody from sending others; a store that refuses all does.
store::TroubleKind TopicLoop::kind_of(const std::exception_ptr& failed) const {
    const bool is_passing = refusal_in(failed) ? !refusals_.is_standing()
                                               : source_.store.may_be_away() && is_absence(failed);
    return is_passing ? store::TroubleKind::passing : store::TroubleKind::lasting;
}

Task<void> TopicLoop::step() {
    const std::size_t count = co_await drain_once();
    // Before it waits for what is not accepted as long as there is trouble.
    source_.troubles.clear(partition_);
    if (source_.clock.steady() >= next_trim_) {
        next_trim_ = source_.clock.steady() + config_.trim_seconds;
        co_await trim();
        co_await check_identity();
    }
    if (count == 0 && position_) {
        co_await source_.log.wait(partition_, position_->applied, next_trim_);
    }
}

Task<std::size_t> TopicLoop::drain_once() {
    check_lease();
    if (!position_) {
        co_await take_up();
    }
    const store::ReadLimit limit{.records_max = refusals_.records_max(),
                                 .bytes_max = config_.batch_bytes_max};
    auto found = co_await source_.log.read(partition_, position_->applied, limit);
    if (found.empty()) {
        set_lag(0);
        co_return 0;
    }
    // Made anew behind this reader: its place there is found first.
    if (const Uuid& log = found.back()->log; !log.is_nil() && log != position_->log) {
        position_.reset();
        co_return found.size();
    }
    const std::size_t count = found.size();
    const store::Offset through = found.back()->offset;
    // Until the store has answered it is not known whether it moved.
    const store::Position from = *std::exchange(position_, std::nullopt);
    const bool is_stored = co_await store_found(from, std::move(found));
    if (!is_stored) {
        co_return 0;
    }
    position_ = store::moved(from, through);
    buried_.erase(buried_.begin(), buried_.upper_bound(through));
    const store::LogEnds ends = co_await source_.log.ends(partition_);
    set_lag(static_cast<std::int64_t>((ends.last - through) / ends.stride));
    co_return count;
}

// False when the store refused it, and it is known what to do next.
Task<bool> TopicLoop::store_found(const store::Position& from,
                                  std::vector<store::LogRecordPtr> found) {
    if (hopeless_ && hopeless_->record->offset == found.front()->offset) {
        found.resize(1);
        std::vector<GivenUp> given_up{*hopeless_};
        co_await give_up(from, std::move(given_up));
        Found refused{std::move(found), Taken::refused};
        co_await apply(from, std::move(refused));
        hopeless_.reset();
        refusals_.on_given_up();
        co_return true;
    }
    std::exception_ptr failed;
    try {
        Found whole{found, Taken::as_it_is};
        co_await apply(from, std::move(whole));
    } catch (...) {
        failed = std::current_exception();
    }
    if (!failed) {
        hopeless_.reset();
        refusals_.on_stored();
        co_return true;
    }
    if (is_late(failed)) {
        refusals_.on_late(found.size());
    }
    if (!is_to_be_narrowed(failed, found)) {
        std::rethrow_exception(failed);
    }
    co_return false;
}

bool TopicLoop::is_to_be_narrowed(const std::exception_ptr& failed,
                                  const std::vector<store::LogRecordPtr>& found) {
    const auto refusal = refusal_in(failed);
    if (!refusal) {
        return false;
    }
    switch (refusals_.on_refused(found.front()->offset, found.size())) {
        case Refusals::Next::narrow:
            return true;
        case Refusals::Next::give_up:
            source_.failures.add();
            hopeless_ = GivenUp{found.front(), refusal->code,
                                refusal->detail.empty() ? refusal->message : refusal->detail,
                                refusals_.tries()};
            return true;
        case Refusals::Next::again:
        case Refusals::Next::stand:
            break;
    }
    return false;
}

Task<void> TopicLoop::give_up_unreadable(const store::Position& from,
                                         std::vector<store::LogRecordPtr> unreadable) {
    std::vector<GivenUp> given_up;
    for (store::LogRecordPtr& record : unreadable) {
        given_up.push_back({std::move(record), "record.unreadable", {}, 1});
    }
    return give_up(from, std::move(given_up));
}

Task<void> TopicLoop::give_up(const store::Position& from, std::vector<GivenUp> given_up) {
    std::erase_if(given_up,
                  [this](const GivenUp& one) { return buried_.contains(one.record->offset); });
    if (given_up.empty()) {
        co_return;
    }
    const contracts::DeadOrigin origin{
        .topic = partition_.topic, .partition = partition_.number, .log = from.log};
    co_await append_dead(source_.log, source_.clock, origin, given_up);
    source_.dead.add(given_up.size());
    log_error(context, "records can never be stored and were put aside; see `loquat dead list`",
              {{"topic", partition_.topic},
               {"partition", partition_.number},
               {"count", given_up.size()},
               {"first", given_up.front().record->offset},
               {"reason", given_up.front().reason},
               {"detail", given_up.front().detail}});
    for (const GivenUp& one : given_up) {
        buried_.insert(one.record->offset);
    }
}

// Where the store is in this log.  `consumer.log_is_older` (503) when the log ends before what is
// stored, `consumer.log_is_cut` (503) when it begins after what comes next.
Task<TopicLoop::Place> TopicLoop::find_place() {
    Place place;
    place.stored = co_await source_.store.position(std::string{store::log_reader}, partition_);
    place.ends = co_await source_.log.ends(partition_);
    place.log = co_await source_.log.identity(partition_.topic);
    const store::Position& stored = place.stored;
    place.is_new_log = stored.generation == 0 || stored.log != place.log;
    if (!place.is_new_log && stored.applied > place.ends.last && source_.store.may_be_away()) {
        place.ends = co_await wait_for_tail(stored.applied);
    }
    if (!place.is_new_log && stored.applied > place.ends.last) {
        throw log_is_older(partition_.topic, stored.applied, place.ends.last);
    }
    if (!place.is_new_log && stored.applied + 1 < place.ends.first) {
        throw log_is_cut(partition_.topic, stored.applied, place.ends.first);
    }
    co_return place;
}

// Where several instances store, another one may have read and stored what has not come here yet;
// it does not come while the log's server is away.
Task<store::LogEnds> TopicLoop::wait_for_tail(store::Offset stored) {
    const Steady deadline = source_.clock.steady() + tail_late_max;
    co_await source_.log.wait(partition_, stored - 1, deadline);
    const store::LogEnds ends = co_await source_.log.ends(partition_);
    if (stored > ends.last && source_.log.state() == store::LogState::broken) {
        throw Failure{Kind::unavailable, "store.unavailable",
                      "The log cannot be used at the moment.",
                      partition_.topic + " is stored further than it can be read now"};
    }
    co_return ends;
}

Task<void> TopicLoop::check_place() {
    // Only whether it throws.
    co_await find_place();
}

// A log under another identity is read from its beginning.
Task<void> TopicLoop::take_up() {
    Place place = co_await find_place();
    if (place.is_new_log) {
        if (place.stored.generation > 0) {
            log_warn(context, "the log is a new one and is read from its beginning",
                     {{"topic", partition_.topic},
                      {"first", place.ends.first},
                      {"last", place.ends.last}});
        }
        buried_.clear();
        hopeless_.reset();
        place.stored =
            co_await source_.store.adopt(std::move(place.stored), place.log, place.ends.first - 1);
    }
    co_await on_place(place.stored);
    position_ = std::move(place.stored);
}

Task<void> TopicLoop::on_place(store::Position) { co_return; }

Task<void> TopicLoop::check_identity() {
    const Uuid log = co_await source_.log.identity(partition_.topic);
    if (position_ && position_->log != log) {
        position_.reset();
    }
}

Task<bool> TopicLoop::is_caught_up() {
    const store::LogEnds ends = co_await source_.log.ends(partition_);
    const Uuid log = co_await source_.log.identity(partition_.topic);
    // None while a batch is in work: its records may be in the store and not announced.
    if (!position_ || position_->log != log) {
        co_return false;
    }
    const store::Offset applied = position_->applied;
    co_return co_await store::is_all_before(source_.log, partition_, applied, ends.last);
}

void TopicLoop::show_trouble() { source_.troubles.set(partition_, ended_); }

void TopicLoop::leave() {
    position_.reset();
    set_lag(0);
    source_.troubles.clear(partition_);
}

void TopicLoop::check_lease() const {
    if (!source_.lease.stands()) {
        throw Failure{Kind::conflict, "store.position_moved", "The store has moved on.",
                      "this instance was away, and others may read " + partition_.topic + " now"};
    }
}

void TopicLoop::set_lag(std::int64_t lag) {
    source_.lag.add(lag - std::exchange(lag_, lag));
    source_.own_lag.set(lag);
}

Task<void> TopicLoop::trim() {
    const auto secured = co_await source_.store.secure(std::string{store::log_reader}, partition_);
    const store::LogEnds ends = co_await source_.log.ends(partition_);
    // After the log was replaced the store may still speak of the old one.
    if (!position_ || !secured || secured->generation != position_->generation) {
        co_return;
    }
    const store::Offset safe = trimmable(*secured);
    if (safe <= position_->applied && safe >= ends.first) {
        co_await source_.log.trim(partition_, safe + 1);
    }
}

std::optional<std::string> TopicLoop::trouble() const {
    return source_.troubles.find(partition_.topic);
}

}  // namespace loquat::consumer
