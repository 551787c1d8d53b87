#pragma once
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "services/presence/rooms.hpp"

namespace loquat::presence {

// Who has to be told to read again what they show, because more changed than is told one by one.
// They are told a few at a time, in rounds, so that those who then ask do not all ask at once, and
// nobody more than once in a round.  Pure: time is passed in.
class Rereads {
  public:
    static constexpr std::size_t people_max = 500;  // of one call
    static constexpr std::chrono::seconds round_min{2};

    // Whoever listens there when the next round begins.
    void owe_room(const ChatId& chat) { rooms_.insert(chat); }
    void owe_person(const UserId& user) { people_.insert(user); }
    // Whoever listens anywhere.
    void owe_all() { owes_all_ = true; }

    std::vector<UserId> take(const PeopleByRoom& listeners,
                             const std::unordered_set<UserId>& everybody, Steady now);

  private:
    void begin_round(const PeopleByRoom& listeners, const std::unordered_set<UserId>& everybody);

    std::unordered_set<ChatId> rooms_;
    std::unordered_set<UserId> people_;
    bool owes_all_ = false;
    std::vector<UserId> round_;
    Steady next_round_{};
};

}  // namespace loquat::presence
