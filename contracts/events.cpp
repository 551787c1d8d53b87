#include "contracts/events.hpp"

#include "base/cut.hpp"
#include "base/text.hpp"

namespace loquat::contracts {
namespace {

constexpr std::size_t id_bytes = 16;

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

std::pair<std::string_view, std::string_view> cut_line(std::string_view payload) {
    const std::size_t end = payload.find('\n');
    if (end == std::string_view::npos) {
        return {payload, {}};
    }
    return {payload.substr(0, end), payload.substr(end + 1)};
}

}  // namespace

std::string user_topic(const UserId& user) { return "user." + user.to_string(); }

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

std::string generation_event(std::string_view generation_id, std::int64_t event_id,
                             std::string_view event, const GenerationOrigin* origin) {
    std::string body = start_event("generation");
    body.append(",\"generationId\":");
    wire::append_json_string(body, generation_id);
    add(body, "event_id", event_id);
    if (origin != nullptr) {
        add(body, "user_id", origin->user_id);
        add(body, "model", origin->model);
        add(body, "prompt_message_id", origin->prompt_message_id);
    }
    body.append(",\"event\":").append(event);
    return body + "}";
}

std::string encode_user_event(std::string_view queue, std::string_view body) {
    std::string payload{queue};
    payload.push_back('\n');
    payload.append(body);
    return payload;
}

UserEvent decode_user_event(std::string_view payload) {
    const auto [queue, body] = cut_line(payload);
    return {queue, body};
}

std::string encode_people_event(std::span<const UserId> users, std::string_view lines) {
    std::string payload = std::to_string(users.size());
    payload.reserve(payload.size() + 1 + users.size() * id_bytes + lines.size());
    payload.push_back('\n');
    for (const UserId& user : users) {
        payload.append(user.view());
    }
    payload.append(lines);
    return payload;
}

PeopleEvent decode_people_event(std::string_view payload) {
    const auto [head, rest] = cut_line(payload);
    const auto count = parse_number(head);
    if (!count || *count > rest.size() / id_bytes) {
        return {};
    }
    PeopleEvent event;
    event.users.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i) {
        event.users.push_back(UserId::from_bytes(rest.substr(i * id_bytes, id_bytes)));
    }
    event.lines = rest.substr(*count * id_bytes);
    return event;
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
