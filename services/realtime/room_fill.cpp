#include "base/log.hpp"
#include "contracts/events.hpp"
#include "services/realtime/connection.hpp"
#include "services/realtime/node.hpp"
#include "services/realtime/room.hpp"

// Closing a hole: what the broadcast did not bring is read from the store, once for the whole room.

namespace loquat::realtime {
namespace {

constexpr int attempts_max = 5;
constexpr std::int32_t page_items = 50;
constexpr std::chrono::milliseconds first_pause{100};

}  // namespace

void Room::start_filling() {
    if (std::exchange(is_filling_, true)) {
        return;
    }
    node_.start(fill(shared_from_this()));
}

Task<void> Room::fill(std::shared_ptr<Room> self) {
    int failures = 0;
    while (self->is_used() && failures < attempts_max) {
        std::exception_ptr failed;
        bool done = false;
        try {
            done = co_await fill_page();
        } catch (...) {
            failed = std::current_exception();
        }
        if (failed && aio::is_cancellation(failed)) {
            std::rethrow_exception(failed);
        }
        if (done) {
            break;
        }
        if (failed) {
            ++failures;
            log_warn({.service = "realtime"}, "history could not be read",
                     {{"chat", id_.to_string()}, {"error", aio::describe(failed)}});
            co_await node_.loop().sleep_for(first_pause * (1 << failures));
        }
    }
    if (failures == attempts_max) {
        give_up_filling(head_of_pending());
    }
    is_filling_ = false;
    replay_pending();
}

// True when nothing is missing any more.
Task<bool> Room::fill_page() {
    const Subscription* reader = any_subscription();
    if (reader == nullptr) {
        // All are behind: they will be told of what is known, and the rest is read for the first
        // that comes back.
        awaits_reader_ = std::exchange(has_lost_, false);
        give_up_filling(head_of_pending());
        co_return true;
    }
    has_lost_ = false;
    const Identity who = reader->connection->session().identity();
    const contracts::MessagePage page =
        co_await node_.chat().list_after(who, id_, last_seq_, page_items);
    if (page.head_seq - last_seq_ > node_.config().backlog_max) {
        give_up_filling(page.head_seq);
        co_return true;
    }
    for (const contracts::Message& message : page.items) {
        show_message(message);
    }
    co_return !has_lost_ && (page.items.empty() || last_seq_ >= page.head_seq);
}

void Room::show_message(const contracts::Message& message) {
    if (!message.seq || *message.seq != last_seq_ + 1) {
        return;
    }
    last_seq_ = *message.seq;
    show({"message", last_seq_, message.sender.id, contracts::message_event("message", message)});
}

// The readers page history up to `head` themselves; the room goes on after it.
void Room::give_up_filling(std::int64_t head) {
    const std::int64_t from = last_seq_ + 1;
    last_seq_ = std::max(last_seq_, head);
    show({"resync", 0, {}, resync_event(from, last_seq_)});
}

// Messages are stored before they are broadcast, so the store has at least this much.
std::int64_t Room::head_of_pending() const {
    std::int64_t head = last_seq_;
    for (const store::RoomEvent& event : pending_) {
        head = std::max(head, event.seq);
    }
    return head;
}

void Room::replay_pending() {
    std::vector<store::RoomEvent> events = std::move(pending_);
    pending_.clear();
    for (store::RoomEvent& event : events) {
        take(std::move(event));
    }
    if (std::exchange(has_lost_, false) && !is_filling_) {
        start_filling();
    }
}

Subscription* Room::any_subscription() const {
    for (const auto& group : groups_) {
        if (group->has_members()) {
            return group->members().front();
        }
    }
    return apart_.empty() ? nullptr : apart_.front();
}

}  // namespace loquat::realtime
