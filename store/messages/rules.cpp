#include "store/messages/rules.hpp"

#include "base/failure.hpp"
#include "store/checksum.hpp"

namespace loquat::store {

std::int64_t text_sum(std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    return static_cast<std::int64_t>(std::uint64_t{size} << 32 | crc32c(text));
}

bool is_promised(const MessageRecord& record) { return record.origin.empty(); }

std::string own_client_id(const MessageRecord& record) {
    return "again:" + record.message_id.to_string();
}

Outcome repeat_of(StoredMessage first, std::int64_t first_text_sum, std::int64_t sum) {
    const bool same = first.deleted_at || first_text_sum == sum;
    return {.kind = same ? OutcomeKind::duplicate : OutcomeKind::conflict,
            .message = std::move(first)};
}

Outcome change(const MessageRecord& record, std::optional<StoredMessage> found) {
    if (!found || found->chat != record.chat) {
        return refused("message.not_found");
    }
    const bool own = found->sender.id == record.sender.id;
    if (!own && (record.kind == RecordKind::edit || record.authority != Authority::moderator)) {
        return refused("chat.forbidden");
    }
    Outcome outcome{.kind = OutcomeKind::duplicate, .message = std::move(*found)};
    StoredMessage& message = outcome.message;
    // What is told of the change tells the present name too; the row keeps the one of then.
    if (own) {
        message.sender = record.sender;
    } else if (record.author && record.author->id == message.sender.id) {
        message.sender = *record.author;
    }
    if (record.kind == RecordKind::remove) {
        if (!message.deleted_at) {
            message.text.clear();
            message.mentions.clear();
            message.deleted_at = record.at;
            outcome.kind = OutcomeKind::deleted;
        }
        return outcome;
    }
    if (message.deleted_at) {
        return refused("message.deleted");
    }
    if (message.text != record.text) {
        message.text = record.text;
        message.mentions = record.mentions;
        message.edited_at = record.at;
        outcome.kind = OutcomeKind::edited;
    }
    return outcome;
}

void check_page(const PageQuery& query) {
    if (query.limit < 1 || query.limit > MessageStore::page_max) {
        throw invalid_field("limit", "range", "1 to 200");
    }
}

void check_heads(std::size_t count) {
    if (count > MessageStore::heads_max) {
        throw invalid_field("chats", "count", "at most 500");
    }
}

}  // namespace loquat::store
