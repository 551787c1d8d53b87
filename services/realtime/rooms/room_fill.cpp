#include "services/realtime/rooms/room.hpp"

// Closing a hole: what the broadcast did not bring is read from the store, once for the whole room.

namespace loquat::realtime {
namespace {

constexpr int attempts_max = 5;
constexpr std::chrono::milliseconds first_pause{100};

}  // namespace

void Room::start_filling() {
    if (std::exchange(is_filling_, true)) {
        return;
    }
    failed_reads_ = 0;
    if (!std::exchange(is_running_, true)) {
        parts_.runs.start(shared_from_this());
    }
}

void Room::look() {
    if (last_seq_ >= 0 && any_subscription() != nullptr) {
        start_filling();
    }
}

HistoryStep Room::next() {
    while (is_filling_) {
        const HistoryStep step = next_of_filling();
        if (!std::holds_alternative<Rest>(step)) {
            return step;
        }
        end_filling();  // what waited may begin it anew
    }
    is_running_ = false;
    return Rest{};
}

// Rest when nothing is missing any more, or nothing can be done about it.
HistoryStep Room::next_of_filling() {
    if (!is_used() || is_filled_) {
        return Rest{};
    }
    if (std::exchange(is_pause_due_, false)) {
        return Pause{first_pause * (1 << failed_reads_)};
    }
    if (failed_reads_ >= attempts_max) {
        skip_to(head_of_pending());
        return Rest{};
    }
    const StompSubscription* reader = any_subscription();
    if (reader == nullptr) {
        // All are behind: they will be told of what is known, and the rest is read for the first
        // that comes back.
        awaits_reader_ = true;
        has_lost_ = false;
        skip_to(head_of_pending());
        return Rest{};
    }
    has_lost_ = false;
    return ReadPage{reader->reader->identity(), id_, last_seq_};
}

void Room::on_page(contracts::MessagePage page) {
    if (page.head_seq - last_seq_ > parts_.config.backlog_max) {
        skip_to(page.head_seq);
        is_filled_ = true;
        return;
    }
    const std::int64_t before = last_seq_;
    for (const contracts::Message& message : page.items) {
        show_message(message);
    }
    // A store that gives nothing of what was broadcast is asked again a little later.
    if (last_seq_ == before && head_of_pending() > last_seq_) {
        note_failed_read();
        return;
    }
    is_filled_ = !has_lost_ && (page.items.empty() || last_seq_ >= page.head_seq);
}

void Room::on_failed(const Failure&) { note_failed_read(); }

void Room::note_failed_read() {
    ++failed_reads_;
    is_pause_due_ = true;
}

void Room::end_filling() {
    is_filling_ = false;
    is_filled_ = false;
    is_pause_due_ = false;
    if (is_used()) {
        replay_pending();
    } else {
        pending_.clear();  // nobody is left to be shown it
    }
}

void Room::show_message(const contracts::Message& message) {
    if (!message.seq || *message.seq != last_seq_ + 1) {
        return;
    }
    last_seq_ = *message.seq;
    show(contracts::message_told(contracts::OutcomeKind::stored, message));
}

// The readers page history up to `head` themselves; the room goes on after it.
void Room::skip_to(std::int64_t head) {
    const std::int64_t from = last_seq_ + 1;
    last_seq_ = std::max(last_seq_, head);
    tell_resync(from, Torn::nothing);
}

// Messages are stored before they are broadcast, so the store has at least this much.
std::int64_t Room::head_of_pending() const {
    std::int64_t head = last_seq_;
    for (const contracts::RoomEvent& event : pending_) {
        head = std::max(head, event.seq);
    }
    return head;
}

void Room::replay_pending() {
    std::vector<contracts::RoomEvent> events = std::move(pending_);
    pending_.clear();
    for (contracts::RoomEvent& event : events) {
        take(std::move(event));
    }
    if (std::exchange(has_lost_, false) && !is_filling_) {
        start_filling();
    }
}

StompSubscription* Room::any_subscription() const {
    for (const auto& group : groups_) {
        if (group->has_members()) {
            return group->members().front();
        }
    }
    return apart_.empty() ? nullptr : apart_.front();
}

}  // namespace loquat::realtime
