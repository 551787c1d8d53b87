#pragma once
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "aio/signal.hpp"
#include "aio/timer.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "contracts/events/user_event.hpp"
#include "services/realtime/edge.hpp"
#include "services/realtime/people/people.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// Whose lists of conversations are open here, and how far each person has read: makes the `unread`
// events.  A busy conversation gives each person at most one event in `tell_after`, and where
// thousands listen one in `tell_each` for each of them: what it costs stays a part of what there
// is.
//
// Nobody is told of a conversation that they left: what was asked for before a removal is applied
// without it, and after a loss of events nothing is told until the list was read again.
class Places {
  public:
    static constexpr std::chrono::milliseconds tell_after{150};
    static constexpr std::chrono::microseconds tell_each{100};
    // Lists that are read again at once: where events of a conversation were lost, all its readers
    // need theirs, however many there are.
    static constexpr std::size_t rereads_max = 8;

    Places(Edge& edge, People& people);

    // The person listens to their list from now on; returns when it is in force.  Asks chat for
    // their conversations once.  Throws upstream.* when chat does not answer.
    Task<void> follow(Identity who);
    void forget(const UserId& user);
    // An event of the person's own `chats` queue: their list or markers changed.
    void on_list_event(const UserId& user, const contracts::ListedPlace& listed);
    // Events of the person's own queue may have been missed.  They are told to read their list
    // again when it is in force again: what comes after they read is told then.
    void on_list_lost(const UserId& user);
    // The person is no member any more.
    void remove(const UserId& user, const ChatId& chat);
    bool follows(const UserId& user) const { return people_.contains(user); }
    // Tells now what changed; by itself it comes `tell_after` a change.
    void tell_all();

  private:
    // A conversation that is in somebody's open list.
    struct Place {
        store::Subscription topic;
        bool is_heard = false;  // what was told before is in the list that is read next
        std::int64_t last_seq = 0;
        std::string last_message;  // JSON, as in the event: a preview
        bool is_dirty = false;
        std::unordered_map<UserId, std::int64_t> readers;  // with how far they have read
        // Numbers of deleted messages that somebody here has not read: nobody counts them.
        std::set<std::int64_t> deleted;
        // Numbers of messages that mention somebody here who has not read them; nothing of others.
        std::unordered_map<UserId, std::set<std::int64_t>> mentions;
    };
    struct Person {
        Identity who;
        std::uint64_t number = 0;  // of this entry: what another one asked for is not applied
        std::vector<ChatId> chats;
        bool is_loading = false;
        bool is_stale = false;                  // what is being read may be outdated when it comes
        bool has_missed = false;                // is told so once the list is in force
        bool is_new = true;                     // its list was never in force
        std::unordered_set<ChatId> taken_away;  // while its list is being read
        std::vector<std::shared_ptr<aio::Signal>> waiting;
    };
    // Whose list is to be read, as long as the entry has this number.
    struct Wanted {
        UserId user;
        std::uint64_t number = 0;
    };

    Task<void> load_first(Wanted wanted);
    void ask_again(Wanted wanted);
    // Reads lists again until none is wanted.
    Task<void> reread();
    Task<void> ask_later(Wanted wanted);
    // True when the list is in force, or the entry is gone; says in the log when it is not.
    Task<bool> load(Wanted wanted);
    Task<bool> try_load(Wanted wanted);
    // Until what is told of the person and their conversations is heard here.
    Task<void> hear(Wanted wanted);
    Person* find_person(const Wanted& wanted);
    void withdraw(const UserId& user, Person& person);
    // Whether a topic had to be subscribed to, over a server: what is told of it is heard soon.
    bool add(const UserId& user, const contracts::ChatPlace& place);
    void note_change(const ChatId& chat, Place& place);
    void on_listed(const UserId& user, const contracts::ListedPlace& listed);
    void leave_place(const UserId& user, const ChatId& chat);
    void move_marker(const UserId& user, const ChatId& chat, std::int64_t read_seq);
    void on_told(const ChatId& chat, const std::optional<contracts::RoomEvent>& event);
    void on_place_lost(const Place& place);
    void on_message(const ChatId& chat, Place& place, const contracts::RoomEvent& event);
    // True when lists show something else now.
    static bool apply_new(Place& place, const contracts::RoomEvent& event);
    static bool apply_change(Place& place, const contracts::RoomEvent& event);
    // What everybody here has read need not be remembered.
    static void forget_read(Place& place);
    // The message with this number mentions whom the event says, of those here; true when that is a
    // change.
    static bool apply_mentions(Place& place, const contracts::RoomEvent& event, std::int64_t seq);
    static contracts::UnreadCount count_unread(const Place& place, const UserId& user,
                                               std::int64_t read_seq);
    // How many were told.
    std::size_t tell(const ChatId& chat, Place& place);

    Edge& edge_;
    People& everybody_;
    std::unordered_map<ChatId, Place> places_;
    std::unordered_map<UserId, Person> people_;
    std::deque<Wanted> wanted_;  // to be read again; each person at most once
    std::size_t rereads_ = 0;
    std::vector<ChatId> dirty_;
    Steady next_turn_{};
    std::uint64_t last_number_ = 0;
    aio::Timer timer_;
};

}  // namespace loquat::realtime
