#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contracts/chat/broadcasts.hpp"
#include "services/realtime/config.hpp"
#include "services/realtime/domain/resync.hpp"
#include "services/realtime/rooms/group.hpp"
#include "services/realtime/rooms/history_reader.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// Whether the subscription has the event from a snapshot.  With the first that is not in it, the
// broadcast has caught up with the snapshot, which is then forgotten.
bool is_in_snapshot(StompSubscription& subscription, const GenerationMark& mark);

// A conversation that somebody on this loop follows.  It numbers nothing itself: `message` events
// carry the store's seq, and a hole is closed from the store before anything later is shown.
class Room final : public HistoryReader, public std::enable_shared_from_this<Room> {
  public:
    // What all rooms of a loop share; outlives them.
    struct Parts {
        const Config& config;
        FrameMaker& maker;
        Addresses& addresses;
        FlushList& flushes;
        Counts& counts;
        HistoryRuns& runs;
    };

    Room(const Parts& parts, ChatId id);
    ~Room() override;

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
    void attach(StompSubscription& subscription, Address address);
    // The answers that are written now, as the chat service told them while the room was held, and
    // what was shown of them since.  After a replay, where one is under way; before `place`.
    void give_generations(StompSubscription& subscription,
                          const std::vector<contracts::LiveGeneration>& running);
    // Everything to `subscription.last_seq` has been sent to it.
    void place(StompSubscription& subscription);
    void begin_catch_up(StompSubscription& subscription);
    // No event comes after it.
    void suspend(StompSubscription& subscription);
    void detach(StompSubscription& subscription);

    // Whether the store has more than was told here: for a broadcast that may lose and not know it.
    // Shows it as what was told; says nothing when there is nothing.
    void look();
    // None: something may have been missed.
    void on_told(std::optional<contracts::RoomEvent> event);
    // Somebody is no member any more; their subscriptions end next.
    void note_removal() { ++removals_; }

    // Closing a hole, with one read for all.
    HistoryStep next() override;
    void on_page(contracts::MessagePage page) override;
    void on_failed(const Failure& failure) override;

  private:
    void take(contracts::RoomEvent event);
    void keep_pending(contracts::RoomEvent event);
    void show(const contracts::RoomEvent& event);
    void show_to_groups(const Event& shown);
    void show_apart(const contracts::RoomEvent& event, const Event& shown,
                    const GenerationMark* mark);
    // Readers are told to read `from` to the last message again; is not lost unannounced itself.
    void tell_resync(std::int64_t from, Torn torn);
    void join_if_level(StompSubscription& subscription);
    void show_message(const contracts::Message& message);
    // False for an event that was shown before.
    bool note_generation(const GenerationMark& mark, const contracts::RoomEvent& event);
    void keep_recent(const GenerationMark& mark, const contracts::RoomEvent& event);
    void tell_torn();
    // Anything may have been missed: a message, an edit, part of an answer.
    void note_lost();
    void forget_generations();
    void give_generation(StompSubscription& subscription, std::string body);
    void start_filling();
    HistoryStep next_of_filling();
    void end_filling();
    void note_failed_read();
    void skip_to(std::int64_t head);
    std::int64_t head_of_pending() const;
    void replay_pending();
    StompSubscription* any_subscription() const;
    Group& group_of(Address address);
    void leave_lists(StompSubscription& subscription);

    const Parts& parts_;
    ChatId id_;
    std::int64_t last_seq_ = -1;
    std::uint64_t changes_ = 0;
    std::uint64_t removals_ = 0;
    std::uint64_t generation_events_ = 0;
    std::uint32_t subscriptions_ = 0;
    std::uint32_t holds_ = 0;  // SUBSCRIBE frames under way
    bool is_filling_ = false;
    bool is_running_ = false;  // steps of filling are being taken
    bool is_filled_ = false;
    bool is_pause_due_ = false;
    int failed_reads_ = 0;        // of this filling
    bool awaits_reader_ = false;  // the store may have more, and nobody could be shown it
    bool has_lost_ = false;       // a notice said so, or `pending_` was full
    std::vector<std::unique_ptr<Group>> groups_;
    std::vector<StompSubscription*> apart_;  // catching up or ahead
    std::vector<contracts::RoomEvent> pending_;
    GenerationIds generations_;  // shown, of those that run
    struct RecentEvent {
        GenerationMark mark;
        std::string body;
    };
    std::vector<RecentEvent> recent_;  // shown while held
    std::size_t recent_bytes_ = 0;
    bool has_lost_recent_ = false;
};

}  // namespace loquat::realtime
