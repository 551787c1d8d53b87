#include <algorithm>
#include <iterator>
#include <map>

#include "services/realtime/people/places.hpp"
#include "store/history/message_history.hpp"

// What each reader of a conversation has not read, and telling them.

namespace loquat::realtime {

bool Places::apply_mentions(Place& place, const contracts::RoomEvent& event, std::int64_t seq) {
    std::size_t changed = 0;
    if (event.type != "message") {
        for (auto& [user, seqs] : place.mentions) {
            changed += seqs.erase(seq);
        }
    }
    for (const UserId& user : event.mentions) {
        const auto reader = place.readers.find(user);
        if (reader != place.readers.end() && reader->second < seq) {
            place.mentions[user].insert(seq);
            ++changed;
        }
    }
    return changed > 0;
}

contracts::UnreadCount Places::count_unread(const Place& place, const UserId& user,
                                            std::int64_t read_seq) {
    if (place.last_seq <= read_seq) {
        return {};
    }
    const auto gone = std::distance(place.deleted.upper_bound(read_seq),
                                    place.deleted.upper_bound(place.last_seq));
    contracts::UnreadCount count{place.last_seq - read_seq - gone, 0};
    if (const auto mentions = place.mentions.find(user); mentions != place.mentions.end()) {
        count.mentions = std::distance(mentions->second.upper_bound(read_seq),
                                       mentions->second.upper_bound(place.last_seq));
    }
    return count;
}

void Places::forget_read(Place& place) {
    std::int64_t read_by_all = place.last_seq;
    for (const auto& [user, read_seq] : place.readers) {
        read_by_all = std::min(read_by_all, read_seq);
    }
    place.deleted.erase(place.deleted.begin(), place.deleted.upper_bound(read_by_all));
    for (auto& [user, seqs] : place.mentions) {
        seqs.erase(seqs.begin(), seqs.upper_bound(place.readers.at(user)));
        while (seqs.size() > store::MessageHistory::mentions_max) {
            seqs.erase(seqs.begin());
        }
    }
    std::erase_if(place.mentions, [](const auto& mentions) { return mentions.second.empty(); });
    while (place.deleted.size() > store::MessageHistory::deleted_max) {
        place.deleted.erase(place.deleted.begin());
    }
}

// One body, and one frame for each address, for all who have the same numbers of unread messages.
std::size_t Places::tell(const ChatId& chat, Place& place) {
    forget_read(place);
    std::map<contracts::UnreadCount, std::vector<UserId>> readers;
    for (const auto& [user, read_seq] : place.readers) {
        readers[count_unread(place, user, read_seq)].push_back(user);
    }
    for (const auto& [count, users] : readers) {
        contracts::UnreadEvent unread{chat, place.last_seq, count.unread, count.mentions, {}};
        if (!place.last_message.empty()) {
            unread.last_message = {place.last_message};
        }
        const std::string body = wire::encode(unread);
        const std::string_view bodies[]{body};
        SharedEvents events = everybody_.share(bodies);
        for (const UserId& user : users) {
            everybody_.give(user, Feed::chats, events);
        }
    }
    return place.readers.size();
}

}  // namespace loquat::realtime
