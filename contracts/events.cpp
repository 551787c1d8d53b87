#include "contracts/events.hpp"

#include "base/cut.hpp"
#include "contracts/chat/record_parts.hpp"
#include "wire/binary.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = 1;

std::string start_event(std::string_view type) {
    std::string body = "{\"type\":\"";
    body.append(type).append("\"");
    return body;
}

template <class T>
void add(std::string& body, std::string_view name, const T& value) {
    body.append(",\"").append(name).append("\":");
    wire::append(body, value);
}

}  // namespace

std::string message_event(std::string_view type, const Message& message) {
    std::string body = start_event(type);
    add(body, "message", message);
    return body + "}";
}

std::string typing_event(const UserId& user) {
    std::string body = start_event("typing");
    add(body, "user_id", user);
    return body + "}";
}

std::string read_event(const UserId& user, std::int64_t seq) {
    std::string body = start_event("read");
    add(body, "user_id", user);
    add(body, "seq", seq);
    return body + "}";
}

std::string member_event(std::string_view type, const UserId& user) {
    std::string body = start_event(type);
    add(body, "user_id", user);
    return body + "}";
}

std::string generation_event_head(std::string_view generation_id, std::int64_t event_id,
                                  const GenerationOrigin* origin) {
    std::string body = start_event("generation");
    body.append(",\"generationId\":");
    wire::append_json_string(body, generation_id);
    add(body, "event_id", event_id);
    if (origin != nullptr) {
        add(body, "user_id", origin->user_id);
        add(body, "model", origin->model);
        add(body, "prompt_message_id", origin->prompt_message_id);
    }
    return body.append(",\"event\":");
}

std::string encode(const UserEvent& event) {
    wire::Encoder out;
    out.byte(version);
    out.bytes(event.queue);
    out.byte(event.listed ? 1 : 0);
    if (event.listed) {
        const ListedPlace& listed = *event.listed;
        out.uuid(listed.chat.uuid);
        out.byte(listed.last_seq ? 1 : 0);
        out.signed_number(listed.last_seq.value_or(0));
        out.signed_number(listed.read_seq);
        out.signed_number(listed.count.unread);
        out.signed_number(listed.count.mentions);
    }
    out.bytes(event.body);
    return out.take();
}

template <>
std::optional<UserEvent> decode<UserEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    UserEvent event;
    event.queue = in.bytes();
    if (in.choice(0, 1) == 1) {
        ListedPlace& listed = event.listed.emplace();
        listed.chat = ChatId{in.uuid()};
        const bool has_last = in.choice(0, 1) == 1;
        const std::int64_t last_seq = in.signed_number();
        if (has_last) {
            listed.last_seq = last_seq;
        } else if (last_seq != 0) {
            in.refuse();
        }
        listed.read_seq = in.signed_number();
        listed.count.unread = in.signed_number();
        listed.count.mentions = in.signed_number();
    }
    event.body = in.bytes();
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

std::string encode(const PeopleEvent& event) {
    wire::Encoder out;
    out.byte(version);
    put(out, event.users);
    out.bytes(event.lines);
    return out.take();
}

template <>
std::optional<PeopleEvent> decode<PeopleEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    PeopleEvent event;
    event.users = get_users(in);
    event.lines = in.bytes();
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

std::string chat_event(std::string_view type, const Chat& chat) {
    std::string body = start_event(type);
    add(body, "chat", chat);
    return body + "}";
}

std::string user_changed_event(const PublicUser& user) {
    std::string body = start_event("user_changed");
    add(body, "user", user);
    return body + "}";
}

std::string chat_removed_event(const ChatId& chat) {
    std::string body = start_event("chat_removed");
    add(body, "chat_id", chat);
    return body + "}";
}

std::string my_read_event(const ChatId& chat, std::int64_t seq, UnreadCount count) {
    std::string body = start_event("read");
    add(body, "chat_id", chat);
    add(body, "seq", seq);
    add(body, "unread", count.unread);
    add(body, "mentions", count.mentions);
    return body + "}";
}

std::string unread_event(const ChatId& chat, std::int64_t last_seq, UnreadCount count,
                         std::string_view last_message) {
    std::string body = start_event("unread");
    add(body, "chat_id", chat);
    add(body, "last_seq", last_seq);
    add(body, "unread", count.unread);
    add(body, "mentions", count.mentions);
    if (!last_message.empty()) {
        body.append(",\"last_message\":").append(last_message);
    }
    return body + "}";
}

std::string preview_of(const Message& message) {
    Message preview = message;
    preview.text = cut_text(message.text, preview_bytes_max);
    return wire::encode(preview);
}

}  // namespace loquat::contracts
