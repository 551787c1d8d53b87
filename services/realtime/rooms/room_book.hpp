#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "services/realtime/edge.hpp"
#include "services/realtime/rooms/room.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// The rooms of a loop: those that somebody follows, each listening to its topic.
class RoomBook {
  public:
    // The store is asked for each room once in this time where the broadcast may lose and not know
    // it, and once in the shorter one while it does not bring what other processes publish.
    static constexpr std::chrono::seconds look_every{30};
    static constexpr std::chrono::seconds look_every_away{2};

    RoomBook(const Room::Parts& parts, store::Broadcast& broadcast,
             Hearing hearing = Hearing::certain)
        : parts_(parts), broadcast_(broadcast), hearing_(hearing) {}
    RoomBook(const RoomBook&) = delete;
    RoomBook& operator=(const RoomBook&) = delete;

    const Room::Parts& parts() const { return parts_; }
    std::shared_ptr<Room> open(ChatId chat);
    // Until what is told of the room is heard here: what is asked of the store afterwards has
    // missed nothing.
    Task<void> settle(ChatId chat);
    // Null when nobody follows it.
    std::shared_ptr<Room> find(ChatId chat) const;
    void close_if_unused(Room& room);
    std::size_t size() const { return rooms_.size(); }
    // Looks at as many rooms as are due since it was called last, so that they are spread over
    // time.
    void look(Steady now);

  private:
    struct Open {
        std::shared_ptr<Room> room;
        store::Subscription topic;
        std::shared_ptr<bool> is_heard;  // what was told before is nobody's loss
    };

    const Room::Parts parts_;
    store::Broadcast& broadcast_;
    const Hearing hearing_;
    std::unordered_map<ChatId, Open> rooms_;
    std::vector<ChatId> to_look_;  // of this round
    std::optional<Steady> looked_at_;
    double looks_due_ = 0;
};

// Keeps a room open while a SUBSCRIBE for it is under way.
class RoomHold {
  public:
    RoomHold(RoomBook& book, ChatId chat) : book_(book), room_(book.open(chat)) { room_->hold(); }
    ~RoomHold() {
        room_->release_hold();
        book_.close_if_unused(*room_);
    }
    RoomHold(const RoomHold&) = delete;
    RoomHold& operator=(const RoomHold&) = delete;

    Room& room() const { return *room_; }

  private:
    RoomBook& book_;
    std::shared_ptr<Room> room_;
};

}  // namespace loquat::realtime
