#include "services/chat/views.hpp"

#include "contracts/auth.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/rules.hpp"

namespace loquat::chat {
namespace {

contracts::ParticipantKind to_wire(store::SenderKind kind) {
    switch (kind) {
        case store::SenderKind::person:
            return contracts::ParticipantKind::person;
        case store::SenderKind::assistant:
            return contracts::ParticipantKind::assistant;
        case store::SenderKind::system:
            return contracts::ParticipantKind::system;
    }
    return contracts::ParticipantKind::person;
}

contracts::Sender to_wire(store::Sender sender) {
    return {.id = sender.id,
            .username = std::move(sender.username),
            .display_name = std::move(sender.display_name),
            .kind = to_wire(sender.kind),
            .name_shared = sender.is_name_shared};
}

std::optional<std::string> text_or_null(std::string text) {
    return text.empty() ? std::nullopt : std::optional{std::move(text)};
}

}  // namespace

contracts::Message to_wire(store::StoredMessage message) {
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
    out.generationId = text_or_null(std::move(message.generation_id));
    out.preview = contracts::preview_of_text(out.text);
    return out;
}

contracts::Message to_wire(store::MessageRecord record) {
    contracts::Message out;
    out.id = record.message_id;
    out.chat_id = record.chat;
    out.client_id = std::move(record.client_id);
    out.sender = to_wire(std::move(record.sender));
    out.text = std::move(record.text);
    out.reply_to = record.reply_to;
    out.mentions = std::move(record.mentions);
    out.created_at = record.at;
    out.generationId = text_or_null(std::move(record.generation_id));
    out.preview = contracts::preview_of_text(out.text);
    return out;
}

namespace {

contracts::ChatRights rights_of(const Standing& standing, std::int64_t member_count) {
    const auto allows = [&](Action action) { return may(action, standing); };
    contracts::ChatRights rights;
    rights.send = allows(Action::send);
    rights.moderate = allows(Action::moderate);
    rights.change = allows(Action::change);
    rights.invite = allows(Action::invite);
    rights.remove = allows(Action::remove);
    rights.change_roles = allows(Action::change_roles);
    rights.join = !standing.role && allows(Action::join);
    rights.leave = may_leave(standing, member_count);
    rights.destroy = allows(Action::destroy);
    return rights;
}

}  // namespace

contracts::Chat to_wire(const ChatView& view) {
    contracts::Chat out;
    out.id = view.chat.id;
    out.kind = view.chat.kind;
    out.title = view.peer ? view.peer->display_name : view.chat.title;
    out.visibility = view.chat.visibility == Visibility::everyone ? contracts::Visibility::public_
                                                                  : contracts::Visibility::private_;
    out.created_at = view.chat.created_at;
    out.updated_at = view.chat.active_at;
    out.archived = view.chat.is_archived;
    out.last_seq = view.head.last_seq;
    out.member_count = view.chat.member_count;
    if (view.me) {
        out.me =
            contracts::ChatMe{view.me->role, view.me->read_seq,
                              count_unread(view.head.last_seq, view.me->read_seq, *view.deleted)};
        if (view.head.last) {
            out.last_message = to_wire(*view.head.last);
        }
    }
    out.peer = view.peer;
    out.assistant = view.me ? view.chat.assistant : std::nullopt;
    const auto role = view.me ? std::optional{view.me->role} : std::nullopt;
    const Standing standing{view.chat.kind, view.chat.visibility, view.chat.is_archived, role};
    out.may = rights_of(standing, view.chat.member_count);
    out.assistant_may_be_asked = out.may.send && may_be_asked(view.chat.kind, view.chat.assistant);
    out.text_characters_max = view.text_characters_max;
    return out;
}

contracts::PublicUser unknown_person(const UserId& user) {
    contracts::PublicUser person;
    person.id = user;
    person.display_name = "Unknown person";
    return person;
}

contracts::Member to_wire(const MemberRecord& member, contracts::PublicUser user) {
    return {std::move(user), member.role, member.joined_at, member.read_seq};
}

}  // namespace loquat::chat
