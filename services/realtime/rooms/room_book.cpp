#include "services/realtime/rooms/room_book.hpp"

#include <algorithm>
#include <utility>

#include "store/broadcast/subscribe.hpp"

namespace loquat::realtime {

std::shared_ptr<Room> RoomBook::open(ChatId chat) {
    Open& open = rooms_[chat];
    if (!open.room) {
        const auto room = std::make_shared<Room>(parts_, chat);
        open.room = room;
        open.is_heard = std::make_shared<bool>(hearing_ == Hearing::certain);
        open.topic = store::subscribe(
            broadcast_, contracts::topics::chat_room, chat,
            [room, is_heard = open.is_heard](std::optional<contracts::RoomEvent> event) {
                if (!event && !*is_heard) {
                    return;
                }
                const auto held = room;  // closing the room ends this call's own subscription
                held->on_told(std::move(event));
            });
    }
    return open.room;
}

Task<void> RoomBook::settle(ChatId chat) {
    const auto found = rooms_.find(chat);
    if (found == rooms_.end() || *found->second.is_heard) {
        co_return;
    }
    const std::shared_ptr<bool> is_heard = found->second.is_heard;
    co_await broadcast_.settle();
    *is_heard = true;
}

std::shared_ptr<Room> RoomBook::find(ChatId chat) const {
    const auto found = rooms_.find(chat);
    return found == rooms_.end() ? nullptr : found->second.room;
}

void RoomBook::close_if_unused(Room& room) {
    if (room.is_used()) {
        return;
    }
    const auto found = rooms_.find(room.id());
    if (found != rooms_.end() && found->second.room.get() == &room) {
        rooms_.erase(found);
    }
}

void RoomBook::look(Steady now) {
    const bool is_away = broadcast_.reach() == store::Reach::this_process;
    const std::chrono::duration<double> every = is_away ? look_every_away : look_every;
    const std::chrono::duration<double> passed = now - std::exchange(looked_at_, now).value_or(now);
    const auto rooms = static_cast<double>(rooms_.size());
    looks_due_ = std::min(rooms, looks_due_ + rooms * (passed / every));
    for (; looks_due_ >= 1; looks_due_ -= 1) {
        if (to_look_.empty()) {
            for (const auto& [chat, open] : rooms_) {
                to_look_.push_back(chat);
            }
        }
        const std::shared_ptr<Room> room = find(to_look_.back());
        to_look_.pop_back();
        if (room) {
            room->look();
        }
    }
}

}  // namespace loquat::realtime
