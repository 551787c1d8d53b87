#include "services/realtime/places.hpp"

#include "aio/scope.hpp"
#include "base/log.hpp"
#include "contracts/events.hpp"
#include "services/realtime/node.hpp"
#include "store/messages/room_event.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime {
namespace {

// What the events of a person's list have in common; other members are ignored.
struct ListedChat {
    ChatId id;
    std::int64_t last_seq = 0;
    std::optional<contracts::ChatMe> me;
};
BOOST_DESCRIBE_STRUCT(ListedChat, (), (id, last_seq, me))

struct ListEvent {
    std::string type;
    std::optional<ListedChat> chat;
    std::optional<ChatId> chat_id;
    std::optional<std::int64_t> seq;
};
BOOST_DESCRIBE_STRUCT(ListEvent, (), (type, chat, chat_id, seq))

// The message inside {"type":"message","message":{...}}.
std::string_view message_in(std::string_view body) {
    constexpr std::string_view before = "\"message\":{";
    const std::size_t at = body.find(before);
    return at == std::string_view::npos
               ? "null"
               : body.substr(at + before.size() - 1, body.size() - at - before.size());
}

}  // namespace

Places::Places(Node& node) : node_(node), timer_([this] { tell_all(); }) {}

void Places::follow(const Identity& who) {
    const auto [entry, is_new] = people_.try_emplace(who.user);
    if (is_new) {
        node_.start(load(who));
    }
}

Task<void> Places::load(Identity who) {
    std::exception_ptr error;
    try {
        const auto places = co_await node_.chat().list_places(who);
        if (people_.contains(who.user)) {
            for (const contracts::ChatPlace& place : places.items) {
                add(who.user, place);
            }
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        // The person's next subscription asks again.
        log_warn({.service = "realtime"}, "a list of conversations could not be read",
                 {{"error", aio::describe(error)}});
        forget(who.user);
    }
}

void Places::forget(const UserId& user) {
    const auto person = people_.find(user);
    if (person == people_.end()) {
        return;
    }
    const std::vector<ChatId> chats = std::move(person->second);
    people_.erase(person);
    for (const ChatId& chat : chats) {
        remove(user, chat);
    }
}

void Places::add(const UserId& user, const contracts::ChatPlace& listed) {
    Place& place = places_[listed.id];
    place.last_seq = std::max(place.last_seq, listed.last_seq);
    for (Reader& reader : place.readers) {
        if (reader.user == user) {
            reader.read_seq = std::max(reader.read_seq, listed.read_seq);
            return;
        }
    }
    place.readers.push_back({user, listed.read_seq});
    people_[user].push_back(listed.id);
    if (!place.topic) {
        place.topic = node_.broadcast().subscribe(
            store::room_topic(listed.id),
            [this, chat = listed.id](store::Notice notice, const store::Payload& payload) {
                on_notice(chat, notice, payload);
            });
    }
}

void Places::remove(const UserId& user, const ChatId& chat) {
    if (const auto person = people_.find(user); person != people_.end()) {
        std::erase(person->second, chat);
    }
    const auto place = places_.find(chat);
    if (place == places_.end()) {
        return;
    }
    std::erase_if(place->second.readers, [&](const Reader& reader) { return reader.user == user; });
    if (place->second.readers.empty()) {
        places_.erase(place);
    }
}

void Places::move_marker(const UserId& user, const ChatId& chat, std::int64_t read_seq) {
    const auto place = places_.find(chat);
    if (place == places_.end()) {
        return;
    }
    for (Reader& reader : place->second.readers) {
        if (reader.user == user) {
            reader.read_seq = std::max(reader.read_seq, read_seq);
        }
    }
}

void Places::on_list_event(const UserId& user, std::string_view body) {
    if (!follows(user)) {
        return;
    }
    try {
        const auto event = wire::from_json<ListEvent>(body);
        if (event.type == "chat_removed" && event.chat_id) {
            remove(user, *event.chat_id);
        } else if (event.type == "read" && event.chat_id && event.seq) {
            move_marker(user, *event.chat_id, *event.seq);
        } else if (event.chat) {
            add(user, {event.chat->id, event.chat->last_seq,
                       event.chat->me ? event.chat->me->read_seq : 0});
        }
    } catch (const Failure& failure) {
        log_warn({.service = "realtime"}, "an event of a list is not readable",
                 {{"code", failure.code}});
    }
}

void Places::on_notice(const ChatId& chat, store::Notice notice, const store::Payload& payload) {
    const auto found = places_.find(chat);
    if (found == places_.end()) {
        return;
    }
    Place& place = found->second;
    if (notice == store::Notice::lost) {
        for (const Reader& reader : place.readers) {
            node_.give_person(reader.user, Feed::chats, resync_event(0, 0));
        }
        return;
    }
    const auto event = store::decode_room_event(*payload);
    if (!event || event->seq <= place.last_seq) {
        return;
    }
    place.last_seq = event->seq;
    place.last_message = message_in(event->body);
    for (Reader& reader : place.readers) {
        // Who writes has read so far.
        if (reader.user == event->subject) {
            reader.read_seq = event->seq;
        }
    }
    if (!std::exchange(place.is_dirty, true)) {
        dirty_.push_back(chat);
    }
    if (!timer_.is_running()) {
        timer_.start(node_.loop(), tell_after);
    }
}

void Places::tell_all() {
    for (const ChatId& chat : std::exchange(dirty_, {})) {
        const auto found = places_.find(chat);
        if (found == places_.end()) {
            continue;
        }
        found->second.is_dirty = false;
        for (const Reader& reader : found->second.readers) {
            tell(chat, found->second, reader);
        }
    }
}

void Places::tell(const ChatId& chat, const Place& place, const Reader& reader) {
    std::string body = contracts::unread_event(
        chat, place.last_seq, std::max<std::int64_t>(0, place.last_seq - reader.read_seq));
    body.pop_back();
    body.append(",\"last_message\":").append(place.last_message).append("}");
    node_.give_person(reader.user, Feed::chats, body);
}

}  // namespace loquat::realtime
