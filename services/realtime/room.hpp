#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aio/signal.hpp"
#include "services/realtime/fanout.hpp"
#include "services/realtime/ports.hpp"
#include "store/broadcast/broadcast.hpp"
#include "store/messages/room_event.hpp"

namespace loquat::realtime {

class Node;

enum class Torn : std::uint8_t { nothing, generations };

// The body that tells a reader to page history; 0, 0 says that anything may have changed.  With
// torn generations: read those that run with GET /api/generations/{id}; the range may then be
// empty.
std::string resync_event(std::int64_t from_seq, std::int64_t to_seq, Torn torn = Torn::nothing);

// The state of a replay that its coroutine and its subscription share.
struct CatchUp {
    Subscription* subscription = nullptr;  // null once it has ended
    aio::Signal drained;                   // the connection has room again
    std::vector<store::RoomEvent> held;    // edits and the like, until the replay is done
    bool has_lost = false;                 // `held` was full
};

// A conversation that somebody on this loop follows.  It numbers nothing itself: `message` events
// carry the store's seq, and a hole is closed from the store before anything later is shown.
class Room : public std::enable_shared_from_this<Room> {
  public:
    Room(Node& node, ChatId id);
    ~Room();

    ChatId id() const { return id_; }
    // The last message shown to live subscriptions; negative until a head is known.
    std::int64_t last_seq() const { return last_seq_; }
    std::uint64_t changes() const { return changes_; }
    // Grows with every event of an answer that is written.
    std::uint64_t generation_events() const { return generation_events_; }
    // Grows whenever somebody is removed: whoever was allowed before must ask again.
    std::uint64_t removals() const { return removals_; }
    bool is_used() const { return holds_ > 0 || subscriptions_ > 0; }

    // From before the chat service is asked until what it said has been applied: keeps the room
    // open, and what is shown of generations meanwhile.
    void hold() { ++holds_; }
    void release_hold();

    // The store's head as the chat service told it; starts the room when it is the first.
    void learn_head(std::int64_t head);

    // Gives the subscription its group; `place` then decides how it follows.
    void attach(Subscription& subscription, Address address);
    // The answers that are written now, as the chat service told them while the room was held, and
    // what was shown of them since.  After a replay, where one is under way; before `place`.
    void give_generations(Subscription& subscription,
                          const std::vector<contracts::LiveGeneration>& running);
    // Everything to `subscription.last_seq` has been sent to it.
    void place(Subscription& subscription);
    void begin_catch_up(Subscription& subscription);
    // No event comes after it.
    void suspend(Subscription& subscription);
    void detach(Subscription& subscription);

    void on_notice(store::Notice notice, const store::Payload& payload);
    // Ends the subscriptions of a person who is no member any more.
    void end_subscriptions_of(const UserId& user);

  private:
    void take(store::RoomEvent event);
    void keep_pending(store::RoomEvent event);
    void show(const store::RoomEvent& event);
    void show_to_groups(const Event& shown);
    void show_apart(const store::RoomEvent& event, const Event& shown, const GenerationMark* mark);
    void join_if_level(Subscription& subscription);
    void show_message(const contracts::Message& message);
    void hold_back(Subscription& subscription, const store::RoomEvent& event);
    // False for an event that was shown before.
    bool note_generation(const GenerationMark& mark, const store::RoomEvent& event);
    void keep_recent(const GenerationMark& mark, const store::RoomEvent& event);
    void tell_torn();
    void give_generation(Subscription& subscription, std::string body);
    void start_filling();
    Task<void> fill(std::shared_ptr<Room> self);
    Task<bool> fill_page();
    void give_up_filling(std::int64_t head);
    std::int64_t head_of_pending() const;
    void replay_pending();
    Subscription* any_subscription() const;
    Group& group_of(Address address);
    void leave_lists(Subscription& subscription);

    Node& node_;
    ChatId id_;
    std::int64_t last_seq_ = -1;
    std::uint64_t changes_ = 0;
    std::uint64_t removals_ = 0;
    std::uint64_t generation_events_ = 0;
    std::uint32_t subscriptions_ = 0;
    std::uint32_t holds_ = 0;  // SUBSCRIBE frames under way
    bool is_filling_ = false;
    bool awaits_reader_ = false;  // something was lost while nobody could be shown it
    bool has_lost_ = false;       // a notice said so, or `pending_` was full
    std::vector<std::unique_ptr<Group>> groups_;
    std::vector<Subscription*> apart_;  // catching up or ahead
    std::vector<store::RoomEvent> pending_;
    GenerationIds generations_;  // shown, of those that run
    struct RecentEvent {
        GenerationMark mark;
        std::string body;
    };
    std::vector<RecentEvent> recent_;  // shown while held
    std::size_t recent_bytes_ = 0;
    bool has_lost_recent_ = false;
    store::Subscription broadcast_;
};

}  // namespace loquat::realtime
