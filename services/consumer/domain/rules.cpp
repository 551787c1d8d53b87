#include "services/consumer/domain/rules.hpp"

namespace loquat::consumer {

bool is_promised(const contracts::MessageRecord& record) { return record.origin.empty(); }

std::string own_client_id(const contracts::MessageRecord& record) {
    return "again:" + record.message_id.to_string();
}

contracts::Outcome repeat_of(contracts::StoredMessage first, std::int64_t first_text_sum,
                             std::int64_t sum) {
    const bool same = first.deleted_at || first_text_sum == sum;
    return {.kind = same ? contracts::OutcomeKind::duplicate : contracts::OutcomeKind::conflict,
            .message = std::move(first)};
}

contracts::Outcome change(const contracts::MessageRecord& record,
                          std::optional<contracts::StoredMessage> found) {
    if (!found || found->chat != record.chat) {
        return refused("message.not_found");
    }
    const bool own = found->sender.id == record.sender.id;
    if (!own && (record.kind == contracts::RecordKind::edit ||
                 record.authority != contracts::Authority::moderator)) {
        return refused("chat.forbidden");
    }
    contracts::Outcome outcome{.kind = contracts::OutcomeKind::duplicate,
                               .message = std::move(*found)};
    contracts::StoredMessage& message = outcome.message;
    // What is told of the change tells the present name too; the row keeps the one of then.
    if (own) {
        message.sender = record.sender;
    } else if (record.author && record.author->id == message.sender.id) {
        message.sender = *record.author;
    }
    if (record.kind == contracts::RecordKind::remove) {
        if (!message.deleted_at) {
            message.text.clear();
            message.mentions.clear();
            message.deleted_at = record.at;
            outcome.kind = contracts::OutcomeKind::deleted;
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
        outcome.kind = contracts::OutcomeKind::edited;
    }
    return outcome;
}

}  // namespace loquat::consumer
