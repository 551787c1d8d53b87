#include "services/realtime/domain/resync.hpp"
#include "services/realtime/rooms/catch_up.hpp"
#include "services/realtime/stomp/session.hpp"

// Readers that are too slow: their events are dropped, and when they have caught up with what was
// already sent they are told what they missed.

namespace loquat::realtime {

namespace {

void forget_unacked(StompSubscription& subscription, const FrameBatch& batch) {
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

void Session::give(StompSubscription& subscription, const Event& event) {
    give(subscription, make_batch(parts_.maker, subscription.address(), {&event, 1}));
}

void Session::give(StompSubscription& subscription, const SharedBatch& batch) {
    subscription.note_unacked(*batch);
    wire_.enqueue(batch);
    check_window(subscription);
}

void Session::replay(StompSubscription& subscription, const Event& event) {
    const Address& address = subscription.address();
    if (address.ack != AckMode::automatic) {
        FrameBatch numbers;
        numbers.numbers.push_back(event.number);
        subscription.note_unacked(numbers);
    }
    std::string bytes;
    parts_.maker.append_event(bytes, address, event);
    wire_.push(bytes);
    check_window(subscription);
}

void Session::follow(StompSubscription& subscription, Pace::Step step) {
    if (step == Pace::Step::pause) {
        suspend(subscription);
    } else if (step == Pace::Step::resume) {
        resume(subscription);
    }
}

void Session::suspend(StompSubscription& subscription) {
    const bool live = subscription.state == FollowState::live;
    subscription.has_lost = false;
    subscription.has_lost_generation = false;
    if (!subscription.room) {
        subscription.state = FollowState::lagging;
        return;
    }
    Room& room = *subscription.room;
    room.suspend(subscription);
    subscription.last_seq = live ? room.last_seq() : subscription.last_seq;
    subscription.changes_seen = room.changes();
    subscription.generation_events_seen = room.generation_events();
    subscription.known.reset();
}

void Session::begin_following(StompSubscription& subscription) {
    Room& room = *subscription.room;
    if (subscription.pace.on_replay_ended() == Pace::Step::resume) {
        room.place(subscription);
        return;
    }
    subscription.changes_seen = room.changes();
    subscription.generation_events_seen = room.generation_events();
    subscription.known.reset();
}

void Session::on_overflow(const std::vector<SharedBatch>& dropped) {
    awaits_drain_ = true;
    for (const auto& subscription : subscriptions_) {
        follow(*subscription, subscription->pace.on_overflow());
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
        // Nobody acknowledges what was dropped.
        check_window(*subscription);
    }
}

void Session::check_window(StompSubscription& subscription) {
    const auto max = parts_.config.unacked_max;
    const std::size_t waiting = subscription.unacked ? subscription.unacked->size() : 0;
    follow(subscription, subscription.pace.on_window(waiting, max));
}

void Session::on_drained() {
    if (!std::exchange(awaits_drain_, false)) {
        return;
    }
    for (const auto& subscription : subscriptions_) {
        if (subscription->catch_up) {
            awaits_drain_ = true;
            subscription->catch_up->on_drained();
        }
        follow(*subscription, subscription->pace.on_drained());
    }
}

void Session::resume(StompSubscription& subscription) {
    if (!subscription.room) {
        subscription.state = FollowState::live;
        if (std::exchange(subscription.has_lost, false)) {
            give(subscription, {resync_event(0, 0), 0, parts_.maker.next_number(), false});
        }
        return;
    }
    Room& room = *subscription.room;
    const std::int64_t from = subscription.last_seq + 1;
    const bool changed =
        std::exchange(subscription.has_lost, false) || subscription.changes_seen != room.changes();
    const bool torn = std::exchange(subscription.has_lost_generation, false) ||
                      subscription.generation_events_seen != room.generation_events();
    const bool missed = changed || torn || from <= room.last_seq();
    const std::string body =
        resync_event(changed ? 1 : from, room.last_seq(), torn ? Torn::generations : Torn::nothing);
    subscription.last_seq = std::max(subscription.last_seq, room.last_seq());
    room.place(subscription);
    // Last, as it may fill the window again.
    if (missed) {
        give(subscription, {body, 0, parts_.maker.next_number(), true, torn});
    }
}

}  // namespace loquat::realtime
