#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "aio/timer.hpp"
#include "services/realtime/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

class Node;

// Whose lists of conversations are open here, and how far each person has read: makes the `unread`
// events.  A busy conversation gives each person at most one event in `tell_after`.
class Places {
  public:
    static constexpr std::chrono::milliseconds tell_after{150};

    explicit Places(Node& node);

    // The person listens to their list from now on.  Asks chat for their conversations once.
    void follow(const Identity& who);
    void forget(const UserId& user);
    // An event of the person's own `chats` queue: their list or markers changed.
    void on_list_event(const UserId& user, std::string_view body);
    bool follows(const UserId& user) const { return people_.contains(user); }

  private:
    struct Reader {
        UserId user;
        std::int64_t read_seq = 0;
    };
    // A conversation that is in somebody's open list.
    struct Place {
        store::Subscription topic;
        std::int64_t last_seq = 0;
        std::string last_message;  // JSON, as in the event
        bool is_dirty = false;
        std::vector<Reader> readers;
    };

    Task<void> load(Identity who);
    void add(const UserId& user, const contracts::ChatPlace& place);
    void remove(const UserId& user, const ChatId& chat);
    void move_marker(const UserId& user, const ChatId& chat, std::int64_t read_seq);
    void on_notice(const ChatId& chat, store::Notice notice, const store::Payload& payload);
    void tell_all();
    void tell(const ChatId& chat, const Place& place, const Reader& reader);

    Node& node_;
    std::unordered_map<ChatId, Place> places_;
    std::unordered_map<UserId, std::vector<ChatId>> people_;
    std::vector<ChatId> dirty_;
    aio::Timer timer_;
};

}  // namespace loquat::realtime
