#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "services/realtime/domain/destination.hpp"
#include "services/realtime/domain/generations.hpp"
#include "services/realtime/domain/pace.hpp"
#include "services/realtime/frames/frame_maker.hpp"
#include "services/realtime/ports.hpp"

namespace loquat::realtime {

class CatchUp;
class Group;
class Room;
struct StompSubscription;

// Whose subscriptions they are, as far as rooms know: one socket.
class Reader {
  public:
    virtual const Identity& identity() const = 0;
    // Events shared with others; may be dropped for a slow reader.
    virtual void enqueue(const SharedBatch& batch) = 0;
    // An event for one subscription; may be dropped as well.
    virtual void give(StompSubscription& subscription, const Event& event) = 0;
    // An event of a replay, which waits for `has_room` and is therefore never dropped.
    virtual void replay(StompSubscription& subscription, const Event& event) = 0;
    virtual bool has_room() const = 0;
    // More of it awaits an ACK than before, or less.
    virtual void check_window(StompSubscription& subscription) = 0;
    // The subscription has been sent what it began with, and is in no list of its room: it follows
    // from now on.
    virtual void begin_following(StompSubscription& subscription) = 0;
    // Its history cannot be read.
    virtual void fail(const Failure& failure) = 0;

  protected:
    ~Reader() = default;
};

enum class FollowState : std::uint8_t {
    catching_up,  // its history is being read from the store
    ahead,        // it was given more than was broadcast yet: `last_seq` and `known` and below are
                  // skipped
    live,         // a member of its group
    lagging,      // its pace withholds events, or it does not follow yet
};

// One SUBSCRIBE.  Belongs to its connection's session.
struct StompSubscription {
    Reader* reader = nullptr;
    Feed feed = Feed::room;
    FollowState state = FollowState::live;
    Pace pace;
    bool has_lost = false;             // lagging: events without a number were dropped
    bool has_lost_generation = false;  // lagging: the same for answers that are written
    std::uint32_t index = 0;           // its place in Group or in Room
    std::shared_ptr<Room> room;
    Group* group = nullptr;                    // of a room: also its address
    std::shared_ptr<const Address> own;        // of the other feeds
    std::int64_t last_seq = 0;                 // lagging: the first that is missing, minus one
    std::uint64_t changes_seen = 0;            // lagging: Room::changes when it began
    std::uint64_t generation_events_seen = 0;  // lagging: Room::generation_events when it began
    std::unique_ptr<GenerationIds> known;  // from its snapshots, where the broadcast is behind them
    std::shared_ptr<CatchUp> catch_up;     // while catching up
    std::unique_ptr<std::deque<std::uint64_t>> unacked;
    std::uint64_t first_given = 0;  // where the client acknowledges: the numbers it was sent
    std::uint64_t last_given = 0;

    const Address& address() const;
    // Notes that `batch` was put into its socket's queue.
    void note_unacked(const FrameBatch& batch);
};

}  // namespace loquat::realtime
