#include "services/chat/generations/node_lease.hpp"

#include "base/log.hpp"
#include "services/chat/generations/failures.hpp"

namespace loquat::chat {

Task<void> NodeLease::join() {
    if (is_shared()) {
        co_await parts_.nodes->join();
    }
}

Task<void> NodeLease::keep_beating() {
    for (;;) {
        co_await parts_.loop.sleep_for(beat_pause);
        std::exception_ptr error;
        try {
            co_await beat();
        } catch (const Failure&) {
            error = std::current_exception();
        }
        if (error) {
            steady_since_.reset();
            log_warn({.service = "chat"}, "the lease of this instance could not be renewed",
                     {{"error", aio::describe(error)}});
        }
    }
}

Task<void> NodeLease::beat() {
    const Steady began = parts_.now();
    const auto canceled = co_await parts_.nodes->beat();
    if (!canceled) {
        log_warn({.service = "chat"}, "others have ended the answers of this instance");
        steady_since_.reset();
        end_all();
        co_await parts_.nodes->join();
        co_return;
    }
    if (!steady_since_ || began - last_beat_ > age_max) {
        steady_since_ = began;
    }
    last_beat_ = began;
    for (const GenerationId& id : *canceled) {
        if (const LivePtr live = parts_.open.lives.find(id)) {
            parts_.lifecycle.end_early(live, {GenerationState::canceled, std::nullopt});
        }
    }
    if (began - *steady_since_ < age_max) {
        co_return;
    }
    co_await parts_.nodes->end_leases({age_max, gone_age_max});
    co_await end_abandoned();
}

// Who followed them hears the end; message and use of the model follow.
Task<void> NodeLease::end_abandoned() {
    auto ended = co_await parts_.recovery.end_abandoned(*parts_.nodes);
    for (GenerationRecord& record : ended) {
        Live live;
        live.told = static_cast<std::int64_t>(count_events(record) - ending_events(record).size());
        live.record = std::move(record);
        parts_.publisher.tell_end(live);
    }
    if (!ended.empty()) {
        parts_.settlement.note_unsettled();
    }
}

// Their rows are closed, or will be: what is decided here changes nothing there.
void NodeLease::end_all() {
    for (const LivePtr& live : parts_.open.lives.all()) {
        parts_.lifecycle.end_early(live, interrupted());
    }
}

Task<void> NodeLease::leave() {
    if (!is_shared()) {
        co_return;
    }
    std::exception_ptr error;
    try {
        co_await parts_.nodes->leave();
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        log_warn({.service = "chat"}, "the lease of this instance could not be given up",
                 {{"error", aio::describe(error)}});
    }
}

}  // namespace loquat::chat
