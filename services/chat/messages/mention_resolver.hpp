#pragma once
#include <string>
#include <vector>

#include "services/chat/cache/people.hpp"
#include "services/chat/cache/rooms.hpp"

namespace loquat::chat {

// Whom a message mentions.
class MentionResolver {
  public:
    MentionResolver(Rooms& rooms, People& people, std::size_t mentions_max)
        : rooms_(rooms), people_(people), mentions_max_(mentions_max) {}

    // Members only, each once; the first `mentions_max`.
    Task<std::vector<UserId>> resolve(const std::string& text, ChatId chat);

  private:
    Task<Room::Names> load_names(RoomPtr room);

    Rooms& rooms_;
    People& people_;
    std::size_t mentions_max_;
};

}  // namespace loquat::chat
