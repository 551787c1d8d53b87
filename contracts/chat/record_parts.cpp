#include "contracts/chat/record_parts.hpp"

namespace loquat::contracts {
namespace {

// Beside the kind of a sender.
constexpr std::uint8_t shared_name_bit = 0x80;

}  // namespace

void put(wire::Encoder& out, const Sender& sender) {
    out.uuid(sender.id.uuid);
    out.bytes(sender.username);
    out.bytes(sender.display_name);
    const unsigned shared = sender.name_shared ? shared_name_bit : 0U;
    out.byte(static_cast<std::uint8_t>(static_cast<unsigned>(sender.kind) | shared));
}

Sender get_sender(wire::Decoder& in) {
    Sender sender;
    sender.id = UserId{in.uuid()};
    sender.username = in.bytes();
    sender.display_name = in.bytes();
    const unsigned kind = in.choice(0, 2 | shared_name_bit);
    const unsigned plain = kind & ~unsigned{shared_name_bit};
    if (plain > 2) {
        in.refuse();
    }
    sender.kind = static_cast<ParticipantKind>(plain);
    sender.name_shared = plain != kind;
    return sender;
}

void put(wire::Encoder& out, const std::vector<UserId>& users) {
    out.number(users.size());
    for (const UserId& user : users) {
        out.uuid(user.uuid);
    }
}

std::vector<UserId> get_users(wire::Decoder& in) {
    std::vector<UserId> users(in.count(16));
    for (UserId& user : users) {
        user = UserId{in.uuid()};
    }
    return users;
}

void put(wire::Encoder& out, const std::optional<MessageId>& id) {
    out.byte(id ? 1 : 0);
    if (id) {
        out.uuid(id->uuid);
    }
}

std::optional<MessageId> get_message_id(wire::Decoder& in) {
    return in.choice(0, 1) == 1 ? std::optional{MessageId{in.uuid()}} : std::nullopt;
}

void put(wire::Encoder& out, const std::optional<Time>& time) {
    out.byte(time ? 1 : 0);
    if (time) {
        out.signed_number(to_unix_ms(*time));
    }
}

std::optional<Time> get_time(wire::Decoder& in) {
    return in.choice(0, 1) == 1 ? std::optional{from_unix_ms(in.signed_number())} : std::nullopt;
}

void put(wire::Encoder& out, const StoredMessage& message) {
    out.uuid(message.id.uuid);
    out.uuid(message.chat.uuid);
    out.signed_number(message.seq);
    out.bytes(message.client_id);
    put(out, message.sender);
    out.bytes(message.text);
    put(out, message.reply_to);
    put(out, message.mentions);
    out.bytes(message.generation_id);
    out.signed_number(to_unix_ms(message.created_at));
    put(out, message.edited_at);
    put(out, message.deleted_at);
}

StoredMessage get_message(wire::Decoder& in) {
    StoredMessage message;
    message.id = MessageId{in.uuid()};
    message.chat = ChatId{in.uuid()};
    message.seq = in.signed_number();
    message.client_id = in.bytes();
    message.sender = get_sender(in);
    message.text = in.bytes();
    message.reply_to = get_message_id(in);
    message.mentions = get_users(in);
    message.generation_id = in.bytes();
    message.created_at = from_unix_ms(in.signed_number());
    message.edited_at = get_time(in);
    message.deleted_at = get_time(in);
    return message;
}

}  // namespace loquat::contracts
