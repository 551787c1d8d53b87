#include "store/messages/record.hpp"

#include "store/messages/parts.hpp"

namespace loquat::store {
namespace {

constexpr std::uint8_t version = 1;
// With an author behind it.
constexpr std::uint8_t version_with_author = 2;

}  // namespace

std::string encode(const MessageRecord& record) {
    Encoder out;
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

std::optional<MessageRecord> decode_message_record(std::string_view bytes) {
    Decoder in{bytes};
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

}  // namespace loquat::store
