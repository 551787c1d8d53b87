#include "services/chat/domain/cursor.hpp"

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "wire/binary.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t cursor_length_max = 1024;

enum class List : std::uint8_t { mine = 1, rooms = 2, members = 3, audit = 4 };

wire::Encoder start(List list) {
    wire::Encoder out;
    out.byte(static_cast<std::uint8_t>(list));
    return out;
}

std::string finish(wire::Encoder& out) { return to_base64url(out.take()); }

Failure bad_cursor() {
    return invalid_field("cursor", "invalid", "must be the next_cursor of an earlier page");
}

// Decodes with `read`, which is given a Decoder behind the list's mark.
template <class Read>
auto decode(List list, std::string_view text, Read read) {
    const auto bytes =
        text.size() <= cursor_length_max ? from_base64url(text) : std::optional<std::string>{};
    if (!bytes) {
        throw bad_cursor();
    }
    wire::Decoder in{*bytes};
    const auto mark = static_cast<std::uint8_t>(list);
    in.choice(mark, mark);
    auto cursor = read(in);
    if (!in.finished()) {
        throw bad_cursor();
    }
    return cursor;
}

}  // namespace

std::string encode_cursor(const ActivityCursor& cursor) {
    wire::Encoder out = start(List::mine);
    out.signed_number(to_unix_ms(cursor.active_at));
    out.uuid(cursor.chat.uuid);
    return finish(out);
}

std::string encode_cursor(const TitleCursor& cursor) {
    wire::Encoder out = start(List::rooms);
    out.bytes(cursor.folded_title);
    out.uuid(cursor.chat.uuid);
    return finish(out);
}

std::string encode_cursor(const UserId& last) {
    wire::Encoder out = start(List::members);
    out.uuid(last.uuid);
    return finish(out);
}

std::string encode_cursor(const AuditCursor& cursor) {
    wire::Encoder out = start(List::audit);
    out.signed_number(to_unix_ms(cursor.at));
    out.uuid(cursor.id);
    return finish(out);
}

ActivityCursor decode_activity_cursor(std::string_view text) {
    return decode(List::mine, text, [](wire::Decoder& in) {
        ActivityCursor cursor;
        cursor.active_at = from_unix_ms(in.signed_number());
        cursor.chat = ChatId{in.uuid()};
        return cursor;
    });
}

TitleCursor decode_title_cursor(std::string_view text) {
    return decode(List::rooms, text, [](wire::Decoder& in) {
        TitleCursor cursor;
        cursor.folded_title = in.bytes();
        cursor.chat = ChatId{in.uuid()};
        if (!is_utf8(cursor.folded_title)) {
            in.refuse();
        }
        return cursor;
    });
}

UserId decode_user_cursor(std::string_view text) {
    return decode(List::members, text, [](wire::Decoder& in) { return UserId{in.uuid()}; });
}

AuditCursor decode_audit_cursor(std::string_view text) {
    return decode(List::audit, text, [](wire::Decoder& in) {
        AuditCursor cursor;
        cursor.at = from_unix_ms(in.signed_number());
        cursor.id = in.uuid();
        return cursor;
    });
}

}  // namespace loquat::chat
