#include "services/chat/cache/write_behind.hpp"

#include <algorithm>
#include <array>

#include "services/chat/cache/conversation_cache.hpp"

namespace loquat::chat {
namespace {

// True when it is a new entry.
template <class Map, class Key, class Value>
bool raise(Map& map, const Key& key, Value value, std::size_t entries_max) {
    if (const auto found = map.find(key); found != map.end()) {
        found->second = std::max(found->second, value);
        return false;
    }
    return map.size() < entries_max && map.emplace(key, value).second;
}

// How many may be added while others are being saved: should that fail, all have room together.
template <class Map>
std::size_t room_beside(const Map& saving, std::size_t entries_max) {
    return entries_max - std::min(entries_max, saving.size());
}

template <class Map, class Key, class Value>
Value highest(std::array<const Map*, 3> maps, const Key& key, Value value) {
    for (const Map* map : maps) {
        if (map->empty()) {
            continue;
        }
        if (const auto found = map->find(key); found != map->end()) {
            value = std::max(value, found->second);
        }
    }
    return value;
}

// Each once.
void add_chats(std::vector<ChatId>& chats, const std::vector<ChatId>& more) {
    chats.insert(chats.end(), more.begin(), more.end());
    std::ranges::sort(chats);
    const auto repeats = std::ranges::unique(chats);
    chats.erase(repeats.begin(), repeats.end());
}

}  // namespace

void WriteBehind::note_activity(const ChatId& chat, Time at,
                                const CachedConversation* conversation) {
    if (!raise(fresh_.activities, chat, at, room_beside(saving_now_.activities, entries_max_))) {
        return;
    }
    if (conversation == nullptr) {
        fresh_.others.push_back(chat);
    } else {
        note_people(*conversation);
    }
}

void WriteBehind::note_people(const CachedConversation& conversation) {
    if (conversation.members().size() > ChatStore::listed_members_max ||
        !is_active(conversation.chat.id)) {
        return;
    }
    for (const MemberRecord& member : conversation.members()) {
        fresh_.chats_of[member.user].push_back(conversation.chat.id);
    }
}

bool WriteBehind::is_active(const ChatId& chat) const {
    return fresh_.activities.contains(chat) || saving_now_.activities.contains(chat) ||
           saved_.activities.contains(chat);
}

void WriteBehind::note_marker(const Seat& seat, std::int64_t read_seq) {
    raise(fresh_.markers, seat, read_seq, room_beside(saving_now_.markers, entries_max_));
}

Time WriteBehind::newest_activity(const ChatId& chat, Time stored) const {
    const std::array maps{&fresh_.activities, &saving_now_.activities, &saved_.activities};
    return highest(maps, chat, stored);
}

std::int64_t WriteBehind::newest_marker(const Seat& seat, std::int64_t stored) const {
    const std::array maps{&fresh_.markers, &saving_now_.markers, &saved_.markers};
    return highest(maps, seat, stored);
}

void WriteBehind::merge_into(CachedConversation& conversation) const {
    conversation.chat.active_at =
        newest_activity(conversation.chat.id, conversation.chat.active_at);
    for (const MemberRecord& member : conversation.members()) {
        MemberRecord& mine = *conversation.find(member.user);
        mine.read_seq = newest_marker({conversation.chat.id, member.user}, member.read_seq);
    }
}

void WriteBehind::merge_into(std::vector<ChatRecord>& chats) const {
    for (ChatRecord& chat : chats) {
        chat.active_at = newest_activity(chat.id, chat.active_at);
    }
}

void WriteBehind::merge_into(std::vector<Place>& places, const UserId& user) const {
    for (Place& place : places) {
        place.active_at = newest_activity(place.chat, place.active_at);
        place.read_seq = newest_marker({place.chat, user}, place.read_seq);
    }
}

std::vector<ChatId> WriteBehind::active_chats_of(const UserId& user) const {
    std::vector<ChatId> chats;
    for (const Layer* layer : {&fresh_, &saving_now_, &saved_}) {
        add_chats(chats, layer->others);
        if (const auto found = layer->chats_of.find(user); found != layer->chats_of.end()) {
            add_chats(chats, found->second);
        }
    }
    return chats;
}

Task<void> WriteBehind::save() {
    const auto lock = co_await saving_.lock(0);
    if (fresh_.empty()) {
        saved_ = {};
        fresh_ = {};
        co_return;
    }
    saving_now_ = std::exchange(fresh_, {});
    Progress progress;
    for (const auto& [chat, at] : saving_now_.activities) {
        progress.activities.push_back({chat, at});
    }
    for (const auto& [seat, read_seq] : saving_now_.markers) {
        progress.markers.push_back({seat, read_seq});
    }
    std::exception_ptr error;
    try {
        co_await store_.save_progress(std::move(progress));
    } catch (...) {
        error = std::current_exception();
    }
    Layer done = std::exchange(saving_now_, {});
    if (!error) {
        saved_ = std::move(done);
        co_return;
    }
    for (const auto& [chat, at] : done.activities) {
        raise(fresh_.activities, chat, at, entries_max_);
    }
    add_chats(fresh_.others, done.others);
    for (const auto& [seat, read_seq] : done.markers) {
        note_marker(seat, read_seq);
    }
    for (const auto& [user, chats] : done.chats_of) {
        add_chats(fresh_.chats_of[user], chats);
    }
    std::rethrow_exception(error);
}

}  // namespace loquat::chat
