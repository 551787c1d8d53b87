#include "services/realtime/people/places.hpp"
#include "store/broadcast/subscribe.hpp"

#include <algorithm>
#include <iterator>

namespace loquat::realtime {

Places::Places(Edge& edge, People& people)
    : edge_(edge), everybody_(people), timer_([this] { tell_all(); }) {}

Task<void> Places::follow(Identity who) {
    const UserId user = who.user;
    const auto [entry, is_new] = people_.try_emplace(user);
    Person& person = entry->second;
    if (is_new) {
        person.who = std::move(who);
        person.number = ++last_number_;
        person.is_loading = true;
        edge_.tasks.start(load_first({user, person.number}));
    }
    if (!person.is_loading) {
        co_return;
    }
    const Wanted wanted{user, person.number};
    const auto loaded = std::make_shared<aio::Signal>();
    person.waiting.push_back(loaded);
    co_await loaded->wait();
    if (find_person(wanted) == nullptr) {
        throw Failure{Kind::unavailable, "upstream.unavailable",
                      "The list of conversations could not be read; try again."};
    }
}

void Places::withdraw(const UserId& user, Person& person) {
    for (const ChatId& chat : std::exchange(person.chats, {})) {
        leave_place(user, chat);
    }
}

void Places::forget(const UserId& user) {
    const auto found = people_.find(user);
    if (found == people_.end()) {
        return;
    }
    Person person = std::move(found->second);
    people_.erase(found);
    withdraw(user, person);
    for (const auto& waiting : person.waiting) {
        waiting->set();
    }
}

void Places::on_list_lost(const UserId& user) {
    const auto found = people_.find(user);
    if (found == people_.end()) {
        return;
    }
    withdraw(user, found->second);
    found->second.is_stale = true;
    found->second.has_missed = !found->second.is_new;
    if (!found->second.is_loading) {
        found->second.is_loading = true;
        ask_again({user, found->second.number});
    }
}

bool Places::add(const UserId& user, const contracts::ChatPlace& listed) {
    Place& place = places_[listed.id];
    const bool has_more = listed.last_seq > place.last_seq;
    place.last_seq = std::max(place.last_seq, listed.last_seq);
    place.deleted.insert(listed.deleted_seqs.begin(), listed.deleted_seqs.end());
    for (const std::int64_t seq : listed.mention_seqs) {
        place.mentions[user].insert(seq);
    }
    const auto [reader, is_new] = place.readers.try_emplace(user, listed.read_seq);
    if (!is_new) {
        reader->second = std::max(reader->second, listed.read_seq);
        if (has_more && edge_.hearing == Hearing::uncertain) {
            // It was told before it was heard here; what it says is in the list alone.
            people_.at(user).has_missed = !people_.at(user).is_new;
            note_change(listed.id, place);
        }
        return false;
    }
    people_.at(user).chats.push_back(listed.id);
    if (place.topic) {
        return false;
    }
    place.is_heard = edge_.hearing == Hearing::certain;
    place.topic = store::subscribe(
        edge_.broadcast, contracts::topics::chat_room, listed.id,
        [this, chat = listed.id](const std::optional<contracts::RoomEvent>& event) {
            on_told(chat, event);
        });
    return !place.is_heard;
}

void Places::remove(const UserId& user, const ChatId& chat) {
    if (const auto found = people_.find(user); found != people_.end()) {
        std::erase(found->second.chats, chat);
        if (found->second.is_loading) {
            found->second.taken_away.insert(chat);
        }
    }
    leave_place(user, chat);
}

void Places::leave_place(const UserId& user, const ChatId& chat) {
    const auto place = places_.find(chat);
    if (place == places_.end()) {
        return;
    }
    place->second.mentions.erase(user);
    if (place->second.readers.erase(user) > 0 && place->second.readers.empty()) {
        places_.erase(place);
    }
}

void Places::move_marker(const UserId& user, const ChatId& chat, std::int64_t read_seq) {
    const auto place = places_.find(chat);
    if (place == places_.end()) {
        return;
    }
    const auto reader = place->second.readers.find(user);
    if (reader != place->second.readers.end()) {
        reader->second = std::max(reader->second, read_seq);
    }
}

void Places::on_list_event(const UserId& user, const contracts::ListedPlace& listed) {
    if (!follows(user)) {
        return;
    }
    if (listed.last_seq) {
        on_listed(user, listed);
    } else {
        move_marker(user, listed.chat, listed.read_seq);
    }
}

void Places::on_listed(const UserId& user, const contracts::ListedPlace& listed) {
    Person& person = people_.at(user);
    person.taken_away.erase(listed.chat);
    const auto place = places_.find(listed.chat);
    const bool is_new = place == places_.end() || !place->second.readers.contains(user);
    const std::int64_t last_seq = listed.last_seq.value_or(0);
    const bool is_heard_soon = add(user, {listed.chat, last_seq, listed.read_seq, {}, {}});
    // Which ones are gone, and which mention them, is not in the event.
    const contracts::UnreadCount& count = listed.count;
    if (is_heard_soon ||
        (is_new && (count.mentions > 0 || count.unread != last_seq - listed.read_seq))) {
        person.is_stale = true;
        if (!person.is_loading) {
            person.is_loading = true;
            ask_again({user, person.number});
        }
    }
}

void Places::on_told(const ChatId& chat, const std::optional<contracts::RoomEvent>& event) {
    const auto found = places_.find(chat);
    if (found == places_.end()) {
        return;
    }
    if (event) {
        on_message(chat, found->second, *event);
    } else {
        on_place_lost(found->second);
    }
}

// Removals may be among what was missed: nobody is told more until their list was read again.
void Places::on_place_lost(const Place& place) {
    if (!place.is_heard) {
        return;
    }
    std::vector<UserId> users;
    for (const auto& [user, read_seq] : place.readers) {
        users.push_back(user);
    }
    for (const UserId& user : users) {
        on_list_lost(user);
    }
}

void Places::on_message(const ChatId& chat, Place& place, const contracts::RoomEvent& event) {
    const bool is_change = event.type == "message_edited" || event.type == "message_deleted";
    const bool is_shown = is_change ? apply_change(place, event) : apply_new(place, event);
    if (!is_shown) {
        return;
    }
    note_change(chat, place);
}

void Places::note_change(const ChatId& chat, Place& place) {
    if (!std::exchange(place.is_dirty, true)) {
        dirty_.push_back(chat);
    }
    if (!timer_.is_running()) {
        const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(
            next_turn_ - edge_.clock.steady());
        timer_.start(edge_.loop, std::max(tell_after, wait));
    }
}

bool Places::apply_new(Place& place, const contracts::RoomEvent& event) {
    if (event.seq <= place.last_seq) {
        return false;
    }
    place.last_seq = event.seq;
    place.last_message = contracts::listed_message(event);
    // Who writes has read so far.
    if (const auto own = place.readers.find(event.subject); own != place.readers.end()) {
        own->second = event.seq;
    }
    apply_mentions(place, event, event.seq);
    return true;
}

// Lists show the last message, and how many of the unread ones are still there.
bool Places::apply_change(Place& place, const contracts::RoomEvent& event) {
    const std::int64_t seq = event.number;
    // A message that came while the list was being read is known by its change at the latest.
    const bool is_last = seq >= place.last_seq;
    if (is_last) {
        place.last_seq = seq;
        place.last_message = contracts::listed_message(event);
    }
    const bool is_mention = apply_mentions(place, event, seq);
    if (event.type != "message_deleted") {
        return is_last || is_mention;
    }
    place.deleted.insert(seq);
    return is_last || is_mention || std::ranges::any_of(place.readers, [&](const auto& reader) {
               return reader.second < seq;
           });
}

void Places::tell_all() {
    std::size_t told = 0;
    for (const ChatId& chat : std::exchange(dirty_, {})) {
        const auto found = places_.find(chat);
        if (found != places_.end() && std::exchange(found->second.is_dirty, false)) {
            told += tell(chat, found->second);
        }
    }
    next_turn_ = edge_.clock.steady() + tell_each * told;
}

}  // namespace loquat::realtime
