#include "services/realtime/connection.hpp"
#include "services/realtime/node.hpp"
#include "services/realtime/session.hpp"

// Readers that are too slow: their events are dropped, and when they have caught up with what was
// already sent they are told what they missed.

namespace loquat::realtime {

namespace {

void forget_unacked(Subscription& subscription, const Batch& batch) {
    if (!subscription.unacked || batch.numbers.empty()) {
        return;
    }
    auto& waiting = *subscription.unacked;
    std::erase_if(waiting, [&](std::uint64_t number) {
        return std::ranges::binary_search(batch.numbers, number);
    });
    if (waiting.empty()) {
        subscription.unacked.reset();
    }
}

}  // namespace

void Session::suspend(Subscription& subscription) {
    awaits_drain_ = true;
    const bool ahead = subscription.state == FollowState::ahead;
    const bool live = subscription.state == FollowState::live;
    if (!subscription.room) {
        subscription.state = FollowState::lagging;
        return;
    }
    if (!ahead && !live) {
        return;
    }
    Room& room = *subscription.room;
    room.suspend(subscription);
    subscription.last_seq = ahead ? subscription.last_seq : room.last_seq();
    subscription.changes_seen = room.changes();
    subscription.generation_events_seen = room.generation_events();
    subscription.known.reset();
    subscription.has_lost = false;
    subscription.has_lost_generation = false;
}

void Session::on_overflow(const std::vector<SharedBatch>& dropped) {
    for (const auto& subscription : subscriptions_) {
        suspend(*subscription);
        if (subscription->state != FollowState::lagging) {
            continue;
        }
        for (const SharedBatch& batch : dropped) {
            if (batch->serial != subscription->address().serial) {
                continue;
            }
            forget_unacked(*subscription, *batch);
            subscription->has_lost |= batch->has_changes || !subscription->room;
            subscription->has_lost_generation |= batch->has_generations;
            if (batch->first_seq > 0) {
                subscription->last_seq = std::min(subscription->last_seq, batch->first_seq - 1);
            }
        }
    }
}

void Session::check_window(Subscription& subscription) {
    const auto limit = static_cast<std::size_t>(node_.config().unacked_max);
    if (subscription.unacked && subscription.unacked->size() >= limit) {
        suspend(subscription);
    }
}

void Session::on_drained() {
    if (!std::exchange(awaits_drain_, false)) {
        return;
    }
    for (const auto& subscription : subscriptions_) {
        if (subscription->catch_up) {
            awaits_drain_ = true;
            subscription->catch_up->drained.set();
        }
        if (subscription->state == FollowState::lagging && !is_window_full(*subscription)) {
            resume(*subscription);
        }
    }
}

bool Session::is_window_full(const Subscription& subscription) const {
    const auto half = static_cast<std::size_t>(node_.config().unacked_max) / 2;
    return subscription.unacked && subscription.unacked->size() > half;
}

void Session::resume(Subscription& subscription) {
    if (is_window_full(subscription)) {
        return;
    }
    if (!subscription.room) {
        subscription.state = FollowState::live;
        if (std::exchange(subscription.has_lost, false)) {
            connection_.give(subscription, {resync_event(0, 0), 0, node_.next_number(), false});
        }
        return;
    }
    Room& room = *subscription.room;
    const std::int64_t from = subscription.last_seq + 1;
    const bool changed = subscription.has_lost || subscription.changes_seen != room.changes();
    const bool torn = subscription.has_lost_generation ||
                      subscription.generation_events_seen != room.generation_events();
    if (changed || torn || from <= room.last_seq()) {
        const std::string body = resync_event(changed ? 1 : from, room.last_seq(),
                                              torn ? Torn::generations : Torn::nothing);
        connection_.give(subscription, {body, 0, node_.next_number(), true});
    }
    subscription.has_lost = false;
    subscription.has_lost_generation = false;
    subscription.last_seq = std::max(subscription.last_seq, room.last_seq());
    room.place(subscription);
}

}  // namespace loquat::realtime
