#include "services/realtime/domain/resync.hpp"
#include "services/realtime/rooms/catch_up.hpp"
#include "services/realtime/rooms/room.hpp"

// Answers that are written while people follow.  Somebody new gets what the chat service knows, and
// nothing of it again: the broadcast may be behind that answer, and may also have brought more
// while it was on its way.

namespace loquat::realtime {
namespace {

constexpr std::size_t known_max = 1024;
constexpr std::size_t recent_events_max = 4096;
constexpr std::size_t recent_bytes_max = 1024 * 1024;

}  // namespace

bool is_in_snapshot(StompSubscription& subscription, const GenerationMark& mark) {
    const std::int64_t known = subscription.known ? subscription.known->find(mark.id) : 0;
    if (known == 0) {
        return false;
    }
    if (mark.event_id >= known) {
        subscription.known->erase(mark.id);
        if (subscription.known->size() == 0) {
            subscription.known.reset();
        }
    }
    return mark.event_id <= known;
}

bool Room::note_generation(const GenerationMark& mark, const contracts::RoomEvent& event) {
    const std::int64_t before = generations_.find(mark.id);
    if (before > 0 && mark.event_id <= before) {
        return false;
    }
    if (before > 0 && mark.event_id > before + 1) {
        tell_torn();
    }
    ++generation_events_;
    if (mark.is_end) {
        generations_.erase(mark.id);
    } else if (before > 0 || generations_.size() < known_max) {
        generations_.note(mark.id, mark.event_id);
    }
    if (holds_ > 0) {
        keep_recent(mark, event);
    }
    return true;
}

void Room::keep_recent(const GenerationMark& mark, const contracts::RoomEvent& event) {
    if (recent_.size() >= recent_events_max ||
        recent_bytes_ + event.body.size() > recent_bytes_max) {
        has_lost_recent_ = true;
        return;
    }
    recent_bytes_ += event.body.size();
    recent_.push_back({mark, event.body});
}

void Room::release_hold() {
    if (--holds_ == 0) {
        recent_ = {};
        recent_bytes_ = 0;
        has_lost_recent_ = false;
    }
}

// Events of answers that are written may be missing: their readers ask for the whole text.
void Room::tell_torn() {
    forget_generations();
    tell_resync(last_seq_ + 1, Torn::generations);
}

void Room::forget_generations() {
    ++generation_events_;
    generations_.clear();
    has_lost_recent_ = holds_ > 0;
    for (StompSubscription* subscription : apart_) {
        subscription->known.reset();
    }
}

void Room::give_generation(StompSubscription& subscription, std::string body) {
    if (subscription.catch_up) {
        subscription.catch_up->hold_back({std::string{generation_type}, 0, {}, std::move(body)});
        return;
    }
    subscription.reader->give(subscription, {body, 0, parts_.maker.next_number(), false, true});
}

void Room::give_generations(StompSubscription& subscription,
                            const std::vector<contracts::LiveGeneration>& running) {
    GenerationIds given;
    for (const contracts::LiveGeneration& generation : running) {
        give_generation(subscription, snapshot_event(generation));
        given.note(generation.generationId, generation.event_id);
    }
    // Of one that is not in the answer only a whole run counts: it began later, the rest had ended.
    for (const RecentEvent& recent : recent_) {
        if (recent.mark.event_id == given.find(recent.mark.id) + 1) {
            give_generation(subscription, recent.body);
            given.note(recent.mark.id, recent.mark.event_id);
        }
    }
    if (has_lost_recent_) {
        const std::string body = resync_event(last_seq_ + 1, last_seq_, Torn::generations);
        give_generation(subscription, body);
        return;
    }
    for (const contracts::LiveGeneration& generation : running) {
        const bool is_behind = generations_.find(generation.generationId) < generation.event_id;
        if (is_behind && given.find(generation.generationId) == generation.event_id) {
            if (!subscription.known) {
                subscription.known = std::make_unique<GenerationIds>();
            }
            subscription.known->note(generation.generationId, generation.event_id);
        }
    }
}

}  // namespace loquat::realtime
