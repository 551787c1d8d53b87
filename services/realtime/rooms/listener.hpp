#pragma once
#include <string_view>

#include "services/realtime/domain/destination.hpp"
#include "services/realtime/frames/shared_events.hpp"

namespace loquat::realtime {

class Room;

// One device of a signed-in person.
class Listener {
  public:
    // Events on the person's own queues.
    virtual void give_feed(Feed feed, SharedEvents& events) = 0;
    virtual bool listens_to(Feed feed) const = 0;
    virtual bool is_away() const = 0;
    // The person is no member any more.
    virtual void end_room_subscriptions(const Room& room) = 0;

  protected:
    ~Listener() = default;
};

}  // namespace loquat::realtime
