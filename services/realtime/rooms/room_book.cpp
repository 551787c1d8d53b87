#include "services/realtime/rooms/room_book.hpp"

namespace loquat::realtime {

std::shared_ptr<Room> RoomBook::open(ChatId chat) {
    Open& open = rooms_[chat];
    if (!open.room) {
        const auto room = std::make_shared<Room>(parts_, chat);
        open.room = room;
        open.topic = broadcast_.subscribe(
            contracts::topics::chat_room.name(chat),
            [room](store::Notice notice, const store::Payload& payload) {
                const auto held = room;  // closing the room ends this call's own subscription
                held->on_notice(notice, payload);
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
