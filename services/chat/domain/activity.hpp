#pragma once
#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace loquat::chat {

// Gives what happens its place in lists of conversations: the newest is first, also when the clock
// was set back.  Then places go on behind the last one, a millisecond each, until the clock has
// caught up; until then they are no times.
class Activity {
  public:
    // Places of a process before.
    void begin_after(Time last) { last_ = std::max(last_, last); }

    Time place_of(Time at) {
        const bool is_set_back = last_ - at > tolerated;
        last_ = is_set_back ? last_ + std::chrono::milliseconds{1} : std::max(last_, at);
        return is_set_back ? last_ : at;
    }

  private:
    // Messages of several senders overtake one another by less.
    static constexpr std::chrono::seconds tolerated{2};
    Time last_{};
};

}  // namespace loquat::chat
