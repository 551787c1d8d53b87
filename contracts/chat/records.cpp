#include "contracts/chat/records.hpp"

#include "contracts/chat/record_parts.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = 1;
// With an author behind it.
constexpr std::uint8_t version_with_author = 2;
static_assert(records::messages.version == version_with_author);

}  // namespace

std::string encode(const MessageRecord& record) {
    wire::Encoder out;
    out.byte(record.author ? version_with_author : version);
    out.byte(static_cast<std::uint8_t>(record.kind));
    out.byte(static_cast<std::uint8_t>(record.authority));
    out.uuid(record.chat.uuid);
    out.uuid(record.message_id.uuid);
    put(out, record.sender);
    out.bytes(record.client_id);
    out.bytes(record.text);
    put(out, record.reply_to);
    put(out, record.mentions);
    out.bytes(record.generation_id);
    out.signed_number(to_unix_ms(record.at));
    out.bytes(record.origin);
    out.number(record.origin_ref);
    if (record.author) {
        put(out, *record.author);
    }
    return out.take();
}

template <>
std::optional<MessageRecord> decode<MessageRecord>(std::string_view bytes) {
    wire::Decoder in{bytes};
    const bool has_author = in.choice(version, version_with_author) == version_with_author;
    MessageRecord record;
    record.kind = static_cast<RecordKind>(in.choice(1, 3));
    record.authority = static_cast<Authority>(in.choice(0, 1));
    record.chat = ChatId{in.uuid()};
    record.message_id = MessageId{in.uuid()};
    record.sender = get_sender(in);
    record.client_id = in.bytes();
    record.text = in.bytes();
    record.reply_to = get_message_id(in);
    record.mentions = get_users(in);
    record.generation_id = in.bytes();
    record.at = from_unix_ms(in.signed_number());
    record.origin = in.bytes();
    record.origin_ref = in.number();
    if (has_author) {
        record.author = get_sender(in);
    }
    return in.finished() ? std::optional{std::move(record)} : std::nullopt;
}

StoredMessage make_stored(const MessageRecord& record, std::int64_t seq) {
    StoredMessage message;
    message.id = record.message_id;
    message.chat = record.chat;
    message.seq = seq;
    message.client_id = record.client_id;
    message.sender = record.sender;
    message.text = record.text;
    message.reply_to = record.reply_to;
    message.mentions = record.mentions;
    message.generation_id = record.generation_id;
    message.created_at = record.at;
    return message;
}

Message to_message(StoredMessage message) {
    Message out;
    out.id = message.id;
    out.chat_id = message.chat;
    out.seq = message.seq;
    out.client_id = std::move(message.client_id);
    out.sender = std::move(message.sender);
    out.text = std::move(message.text);
    out.reply_to = message.reply_to;
    out.mentions = std::move(message.mentions);
    out.created_at = message.created_at;
    out.edited_at = message.edited_at;
    out.deleted_at = message.deleted_at;
    if (!message.generation_id.empty()) {
        out.generationId = std::move(message.generation_id);
    }
    out.preview = preview_of_text(out.text);
    return out;
}

Message to_message(const MessageRecord& record) {
    Message out = to_message(make_stored(record, 0));
    out.seq.reset();
    return out;
}

}  // namespace loquat::contracts
