#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "aio/keyed_mutex.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

class CachedConversation;

// Activity, and markers moved by one's own messages, on their way into the store.  They come with
// every message, so they are written down together, a moment later; until then they lie over what
// is read from the store.  A crash loses that moment: the order of a list, and a marker behind
// one's own message, are then older; nothing else depends on them.
class WriteBehind {
  public:
    // Beyond `entries_max` of each kind what is new is dropped (the store does not take them).
    WriteBehind(ChatStore& store, std::size_t entries_max)
        : store_(store), entries_max_(entries_max), saving_(100) {}

    // `conversation` as it is in memory; null when it is not.
    void note_activity(const ChatId& chat, Time at,
                       const CachedConversation* conversation = nullptr);
    void note_marker(const Seat& seat, std::int64_t read_seq);

    // Somebody came or went.
    void note_people(const CachedConversation& conversation);

    Time newest_activity(const ChatId& chat, Time stored) const;
    std::int64_t newest_marker(const Seat& seat, std::int64_t stored) const;
    void merge_into(CachedConversation& conversation) const;
    void merge_into(std::vector<ChatRecord>& chats) const;
    void merge_into(std::vector<Place>& places, const UserId& user) const;

    // The conversations of at most `ChatStore::listed_members_max` people whose activity is not in
    // the store yet, or may not have been a moment ago: those of the person, and perhaps others.
    std::vector<ChatId> active_chats_of(const UserId& user) const;

    // Writes everything down.  What fails stays for the next time.
    Task<void> save();

  private:
    // What was just saved is kept until the next time: a read that began before is not newer.
    struct Layer {
        std::unordered_map<ChatId, Time> activities;
        std::unordered_map<Seat, std::int64_t> markers;
        std::unordered_map<UserId, std::vector<ChatId>> chats_of;  // of `activities`
        std::vector<ChatId> others;                                // whose people are not known

        bool empty() const { return activities.empty() && markers.empty(); }
    };

    bool is_active(const ChatId& chat) const;

    ChatStore& store_;
    std::size_t entries_max_;
    aio::KeyedMutex<int> saving_;
    Layer fresh_;
    Layer saving_now_;
    Layer saved_;
};

}  // namespace loquat::chat
