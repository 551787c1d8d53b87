#include "services/realtime/people/places.hpp"

#include <algorithm>
#include <iterator>

#include "base/log.hpp"
#include "contracts/events.hpp"
#include "store/messages/message_store.hpp"
#include "store/messages/room_event.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime {

// What the events of a person's list have in common; other members are ignored.
struct ListedChat {
    ChatId id;
    std::int64_t last_seq = 0;
    std::optional<contracts::ChatMe> me;
};
BOOST_DESCRIBE_STRUCT(ListedChat, (), (id, last_seq, me))

namespace {

struct ListEvent {
    std::string type;
    std::optional<ListedChat> chat;
    std::optional<ChatId> chat_id;
    std::optional<std::int64_t> seq;
};
BOOST_DESCRIBE_STRUCT(ListEvent, (), (type, chat, chat_id, seq))

struct ChangedMessage {
    std::optional<std::int64_t> seq;
};
BOOST_DESCRIBE_STRUCT(ChangedMessage, (), (seq))

struct ChangeEvent {
    ChangedMessage message;
};
BOOST_DESCRIBE_STRUCT(ChangeEvent, (), (message))

struct MessageEvent {
    contracts::Message message;
};
BOOST_DESCRIBE_STRUCT(MessageEvent, (), (message))

// An event up to this size holds no text that a preview would cut.
constexpr std::size_t short_event_bytes = contracts::preview_bytes_max;

// The message inside {"type":"message","message":{...}}, with as much text as lists show.
std::string message_in(std::string_view body) {
    if (body.size() > short_event_bytes) {
        return contracts::preview_of(wire::from_json<MessageEvent>(body).message);
    }
    constexpr std::string_view before = "\"message\":{";
    const std::size_t at = body.find(before);
    return std::string{at == std::string_view::npos
                           ? "null"
                           : body.substr(at + before.size() - 1, body.size() - at - before.size())};
}

}  // namespace

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
    found->second.has_missed = true;
    if (!found->second.is_loading) {
        found->second.is_loading = true;
        ask_again({user, found->second.number});
    }
}

void Places::add(const UserId& user, const contracts::ChatPlace& listed) {
    Place& place = places_[listed.id];
    place.last_seq = std::max(place.last_seq, listed.last_seq);
    place.deleted.insert(listed.deleted_seqs.begin(), listed.deleted_seqs.end());
    for (const std::int64_t seq : listed.mention_seqs) {
        place.mentions[user].insert(seq);
    }
    const auto [reader, is_new] = place.readers.try_emplace(user, listed.read_seq);
    if (!is_new) {
        reader->second = std::max(reader->second, listed.read_seq);
        return;
    }
    people_.at(user).chats.push_back(listed.id);
    if (!place.topic) {
        place.topic = edge_.broadcast.subscribe(
            store::room_topic(listed.id),
            [this, chat = listed.id](store::Notice notice, const store::Payload& payload) {
                on_notice(chat, notice, payload);
            });
    }
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

void Places::on_list_event(const UserId& user, std::string_view body) {
    if (!follows(user)) {
        return;
    }
    try {
        const auto event = wire::from_json<ListEvent>(body);
        if (event.type == "read" && event.chat_id && event.seq) {
            move_marker(user, *event.chat_id, *event.seq);
        } else if (event.chat) {
            on_listed(user, *event.chat);
        }
    } catch (const Failure& failure) {
        log_warn({.service = "realtime"}, "an event of a list is not readable",
                 {{"code", failure.code}});
    }
}

void Places::on_listed(const UserId& user, const ListedChat& chat) {
    Person& person = people_.at(user);
    person.taken_away.erase(chat.id);
    const auto place = places_.find(chat.id);
    const bool is_new = place == places_.end() || !place->second.readers.contains(user);
    const contracts::ChatMe me = chat.me.value_or(contracts::ChatMe{});
    add(user, {chat.id, chat.last_seq, me.read_seq, {}, {}});
    // Which ones are gone, and which mention them, is not in the event.
    if (is_new && (me.mentions > 0 || me.unread != chat.last_seq - me.read_seq)) {
        person.is_stale = true;
        if (!person.is_loading) {
            person.is_loading = true;
            ask_again({user, person.number});
        }
    }
}

void Places::on_notice(const ChatId& chat, store::Notice notice, const store::Payload& payload) {
    const auto found = places_.find(chat);
    if (found == places_.end()) {
        return;
    }
    if (notice == store::Notice::lost) {
        on_place_lost(found->second);
        return;
    }
    const auto event = store::decode_room_event(*payload);
    if (!event) {
        return;
    }
    on_message(chat, found->second, *event);
}

// Removals may be among what was missed: nobody is told more until their list was read again.
void Places::on_place_lost(const Place& place) {
    std::vector<UserId> users;
    for (const auto& [user, read_seq] : place.readers) {
        users.push_back(user);
    }
    for (const UserId& user : users) {
        on_list_lost(user);
    }
}

void Places::on_message(const ChatId& chat, Place& place, const store::RoomEvent& event) {
    const bool is_change = event.type == "message_edited" || event.type == "message_deleted";
    const bool is_shown = is_change ? apply_change(place, event) : apply_new(place, event);
    if (!is_shown) {
        return;
    }
    if (!std::exchange(place.is_dirty, true)) {
        dirty_.push_back(chat);
    }
    if (!timer_.is_running()) {
        const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(
            next_turn_ - edge_.clock.steady());
        timer_.start(edge_.loop, std::max(tell_after, wait));
    }
}

bool Places::apply_new(Place& place, const store::RoomEvent& event) {
    if (event.seq <= place.last_seq) {
        return false;
    }
    place.last_seq = event.seq;
    place.last_message = message_in(event.body);
    // Who writes has read so far.
    if (const auto own = place.readers.find(event.subject); own != place.readers.end()) {
        own->second = event.seq;
    }
    apply_mentions(place, event, event.seq);
    return true;
}

// Lists show the last message, and how many of the unread ones are still there.
bool Places::apply_change(Place& place, const store::RoomEvent& event) {
    const std::int64_t seq = wire::from_json<ChangeEvent>(event.body).message.seq.value_or(0);
    const bool is_last = seq == place.last_seq;
    if (is_last) {
        place.last_message = message_in(event.body);
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
