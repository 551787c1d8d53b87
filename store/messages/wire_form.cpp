#include "store/messages/wire_form.hpp"

#include "base/check.hpp"
#include "store/messages/rules.hpp"

namespace loquat::store {
namespace {

contracts::ParticipantKind to_wire(SenderKind kind) {
    switch (kind) {
        case SenderKind::person:
            return contracts::ParticipantKind::person;
        case SenderKind::assistant:
            return contracts::ParticipantKind::assistant;
        case SenderKind::system:
            return contracts::ParticipantKind::system;
    }
    LOQUAT_CHECK(false, "all kinds of senders are known");
    return contracts::ParticipantKind::person;
}

contracts::Sender to_wire(Sender sender) {
    return {.id = sender.id,
            .username = std::move(sender.username),
            .display_name = std::move(sender.display_name),
            .kind = to_wire(sender.kind),
            .name_shared = sender.is_name_shared};
}

}  // namespace

contracts::Message to_wire(StoredMessage message) {
    contracts::Message out;
    out.id = message.id;
    out.chat_id = message.chat;
    out.seq = message.seq;
    out.client_id = std::move(message.client_id);
    out.sender = to_wire(std::move(message.sender));
    out.text = std::move(message.text);
    out.reply_to = message.reply_to;
    out.mentions = std::move(message.mentions);
    out.created_at = message.created_at;
    out.edited_at = message.edited_at;
    out.deleted_at = message.deleted_at;
    if (!message.generation_id.empty()) {
        out.generationId = std::move(message.generation_id);
    }
    out.preview = contracts::preview_of_text(out.text);
    return out;
}

contracts::Message to_wire(const MessageRecord& record) {
    contracts::Message out = to_wire(make_stored(record, 0));
    out.seq.reset();
    return out;
}

}  // namespace loquat::store
