#include "services/consumer/domain/batch_effect.hpp"

#include "services/consumer/domain/rules.hpp"

namespace loquat::consumer {

using contracts::MessageRecord;
using contracts::Outcome;
using contracts::OutcomeKind;

void BatchEffect::know(KeptMessage stored) {
    const contracts::StoredMessage& message = stored.message;
    by_client_id_[{message.chat, message.sender.id, message.client_id}] = message.id;
    by_id_[message.id] = std::move(stored);
}

Outcome BatchEffect::apply(const std::optional<MessageRecord>& record) {
    ++records_;
    if (!record) {
        return refused("record.unreadable");
    }
    if (record->kind != contracts::RecordKind::message) {
        return change_as(*record);
    }
    Outcome outcome = add_as(*record, record->client_id);
    if (outcome.kind == OutcomeKind::conflict && is_promised(*record)) {
        return add_as(*record, own_client_id(*record));
    }
    return outcome;
}

Outcome BatchEffect::change_as(const MessageRecord& record) {
    const auto found = by_id_.find(record.message_id);
    if (found == by_id_.end()) {
        return change(record, std::nullopt);
    }
    contracts::StoredMessage& now = found->second.message;
    Outcome outcome = change(record, now);
    if (outcome.kind == OutcomeKind::edited || outcome.kind == OutcomeKind::deleted) {
        // Not the sender: a message keeps the name that they had then.
        now.text = outcome.message.text;
        now.mentions = outcome.message.mentions;
        now.edited_at = outcome.message.edited_at;
        now.deleted_at = outcome.message.deleted_at;
        changed_[record.message_id] = {now, records_ - 1};
    }
    return outcome;
}

Outcome BatchEffect::add_as(const MessageRecord& record, const std::string& client_id) {
    const std::tuple key{record.chat, record.sender.id, client_id};
    if (const auto first = by_client_id_.find(key); first != by_client_id_.end()) {
        const KeptMessage& kept = by_id_.at(first->second);
        return repeat_of(kept.message, kept.sent_sum, store::text_sum(record.text));
    }
    if (by_id_.contains(record.message_id)) {
        return refused("message.id_taken");
    }
    KeptMessage kept{contracts::make_stored(record, ++last_seqs_.at(record.chat)),
                     store::text_sum(record.text)};
    kept.message.client_id = client_id;
    added_.push_back(kept);
    Outcome outcome{.kind = OutcomeKind::stored, .message = kept.message};
    know(std::move(kept));
    return outcome;
}

std::vector<std::string> client_ids_of(const MessageRecord& record) {
    std::vector<std::string> ids{record.client_id};
    if (is_promised(record)) {
        ids.push_back(own_client_id(record));
    }
    return ids;
}

}  // namespace loquat::consumer
