#pragma once
#include "services/realtime/edge.hpp"
#include "services/realtime/people/people_book.hpp"
#include "services/realtime/rooms/room_book.hpp"
#include "services/realtime/stomp/session.hpp"

namespace loquat::realtime {

// Performs the calls of sessions.
class CallDriver {
  public:
    CallDriver(Edge& edge, PeopleBook& people, RoomBook& rooms)
        : edge_(edge), people_(people), rooms_(rooms) {}

    // Until the session has no more; it stays busy, and must live, as long.
    void start(Session& session) { edge_.tasks.start(run(session)); }

  private:
    Task<void> run(Session& session);
    Task<CallAnswer> perform(Call call);

    Edge& edge_;
    PeopleBook& people_;
    RoomBook& rooms_;
};

}  // namespace loquat::realtime
