#include "services/presence/rooms.hpp"

#include <algorithm>
#include <map>

namespace loquat::presence {
namespace {

// Sets of rooms that somebody listens in, each made once: the room that was added last, and the
// set before that.
class RoomSets {
  public:
    static constexpr std::uint32_t empty = 0;

    std::uint32_t with(std::uint32_t set, std::uint32_t room) {
        const std::uint64_t key = (std::uint64_t{set} << 32U) | room;
        const auto [found, is_new] =
            known_.try_emplace(key, static_cast<std::uint32_t>(sets_.size()));
        if (is_new) {
            sets_.push_back({set, room});
        }
        return found->second;
    }
    template <class Call>
    void each_room(std::uint32_t set, Call call) const {
        for (; set != empty; set = sets_[set].before) {
            call(sets_[set].room);
        }
    }
    std::size_t size() const { return sets_.size(); }

  private:
    struct Set {
        std::uint32_t before;
        std::uint32_t room;
    };
    std::vector<Set> sets_{{}};
    std::unordered_map<std::uint64_t, std::uint32_t> known_;
};

using Letters = std::map<std::vector<std::uint32_t>, std::vector<UserId>>;

void add_part(Letters& letters, std::span<const std::uint32_t> part,
              const std::vector<UserId>& readers,
              const std::unordered_map<UserId, std::uint32_t>& about) {
    const std::vector<std::uint32_t> whole{part.begin(), part.end()};
    std::vector<UserId>& all = letters[whole];
    for (const UserId& reader : readers) {
        const auto self = about.find(reader);
        if (self == about.end() || !std::ranges::binary_search(whole, self->second)) {
            all.push_back(reader);
            continue;
        }
        std::vector<std::uint32_t> others = whole;
        std::erase(others, self->second);
        letters[std::move(others)].push_back(reader);
    }
}

}  // namespace

void PeopleByRoom::put(const UserId& user, const std::vector<ChatId>& chats) {
    remove(user);
    chats_[user] = chats;
    for (const ChatId& chat : chats) {
        rooms_[chat].insert(user);
    }
}

void PeopleByRoom::remove(const UserId& user) {
    const auto found = chats_.find(user);
    if (found == chats_.end()) {
        return;
    }
    for (const ChatId& chat : found->second) {
        leave(chat, user);
    }
    chats_.erase(found);
}

void PeopleByRoom::leave(const ChatId& chat, const UserId& user) {
    const auto room = rooms_.find(chat);
    room->second.erase(user);
    if (room->second.empty()) {
        rooms_.erase(room);
    }
}

void PeopleByRoom::apply(const contracts::MembershipChange& change) {
    if (!change.user_id) {
        if (const auto room = rooms_.find(change.chat_id); room != rooms_.end()) {
            for (const UserId& user : room->second) {
                std::erase(chats_.at(user), change.chat_id);
            }
            rooms_.erase(room);
        }
        return;
    }
    const auto person = chats_.find(*change.user_id);
    if (person == chats_.end()) {
        return;
    }
    const People* room = find(change.chat_id);
    const bool is_known = room != nullptr && room->contains(*change.user_id);
    if (change.is_member && !is_known) {
        person->second.push_back(change.chat_id);
        rooms_[change.chat_id].insert(*change.user_id);
    } else if (!change.is_member && is_known) {
        std::erase(person->second, change.chat_id);
        leave(change.chat_id, *change.user_id);
    }
}

void PeopleByRoom::clear() {
    rooms_.clear();
    chats_.clear();
}

const PeopleByRoom::People* PeopleByRoom::find(const ChatId& chat) const {
    const auto found = rooms_.find(chat);
    return found != rooms_.end() ? &found->second : nullptr;
}

std::vector<UserId> PeopleByRoom::list_people() const {
    std::vector<UserId> users;
    users.reserve(chats_.size());
    for (const auto& [user, chats] : chats_) {
        users.push_back(user);
    }
    return users;
}

PeopleByRoom PeopleByRoom::only(std::span<const UserId> users) const {
    PeopleByRoom some;
    for (const UserId& user : users) {
        if (const auto found = chats_.find(user); found != chats_.end()) {
            some.put(user, found->second);
        }
    }
    return some;
}

std::vector<Letter> make_letters(std::span<const ChatId> rooms, const PeopleByRoom& from,
                                 const std::unordered_map<UserId, std::uint32_t>& about,
                                 const PeopleByRoom& to) {
    RoomSets sets;
    std::unordered_map<UserId, std::uint32_t> set_of;
    for (std::uint32_t room = 0; room < rooms.size(); ++room) {
        for (const UserId& reader : *to.find(rooms[room])) {
            std::uint32_t& set = set_of[reader];
            set = sets.with(set, room);
        }
    }
    std::vector<std::vector<UserId>> readers(sets.size());
    for (const auto& [reader, set] : set_of) {
        readers[set].push_back(reader);
    }
    Letters letters;
    for (std::uint32_t set = 0; set < readers.size(); ++set) {
        if (readers[set].empty()) {
            continue;
        }
        std::vector<std::uint32_t> places;
        sets.each_room(set, [&](std::uint32_t room) {
            for (const UserId& user : *from.find(rooms[room])) {
                places.push_back(about.at(user));
            }
        });
        std::ranges::sort(places);
        const auto repeats = std::ranges::unique(places);
        places.erase(repeats.begin(), repeats.end());
        for (std::size_t at = 0; at < places.size(); at += Letter::about_max) {
            const std::size_t end = std::min(places.size(), at + Letter::about_max);
            add_part(letters, std::span{places}.subspan(at, end - at), readers[set], about);
        }
    }
    letters.erase(std::vector<std::uint32_t>{});
    std::vector<Letter> all;
    for (auto& [places, people] : letters) {
        if (!people.empty()) {
            all.push_back({places, std::move(people)});
        }
    }
    return all;
}

}  // namespace loquat::presence
