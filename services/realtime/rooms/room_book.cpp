#include "services/realtime/rooms/room_book.hpp"
#include "store/broadcast/subscribe.hpp"

namespace loquat::realtime {

std::shared_ptr<Room> RoomBook::open(ChatId chat) {
    Open& open = rooms_[chat];
    if (!open.room) {
        const auto room = std::make_shared<Room>(parts_, chat);
        open.room = room;
        open.topic = store::subscribe(
            broadcast_, contracts::topics::chat_room, chat,
            [room](std::optional<contracts::RoomEvent> event) {
                const auto held = room;  // closing the room ends this call's own subscription
                held->on_told(std::move(event));
            });
    }
    return open.room;
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

}  // namespace loquat::realtime
