#pragma once
#include <algorithm>
#include <vector>

#include "base/ids.hpp"
#include "contracts/chat/broadcasts.hpp"

namespace loquat::chat {

// Who wants to know what becomes of conversations, at once and in its order.
class ConversationListener {
  public:
    virtual ~ConversationListener() = default;
    virtual void on_chat_deleted(const ChatId& chat) = 0;
    // Before it is acknowledged.
    virtual void on_member_gone(const ChatId& chat, const UserId& user) = 0;
    virtual void on_assistant_off(const ChatId& chat) = 0;
    // Every stored change; the same one may come twice.
    virtual void on_stored(const contracts::StoredEvent& event) = 0;
};

// Tells listeners, in the order in which they came.  One loop; nobody comes or goes while something
// is told.
class ConversationEvents {
  public:
    void add(ConversationListener& listener) { listeners_.push_back(&listener); }
    void remove(ConversationListener& listener) { std::erase(listeners_, &listener); }

    void chat_deleted(const ChatId& chat) {
        for (ConversationListener* listener : listeners_) {
            listener->on_chat_deleted(chat);
        }
    }
    void member_gone(const ChatId& chat, const UserId& user) {
        for (ConversationListener* listener : listeners_) {
            listener->on_member_gone(chat, user);
        }
    }
    void assistant_off(const ChatId& chat) {
        for (ConversationListener* listener : listeners_) {
            listener->on_assistant_off(chat);
        }
    }
    void stored(const contracts::StoredEvent& event) {
        for (ConversationListener* listener : listeners_) {
            listener->on_stored(event);
        }
    }

  private:
    std::vector<ConversationListener*> listeners_;
};

}  // namespace loquat::chat
