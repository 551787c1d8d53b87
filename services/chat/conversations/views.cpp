#include "services/chat/conversations/views.hpp"

#include "contracts/auth/users.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/rules.hpp"

namespace loquat::chat {
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
        const contracts::UnreadCount count =
            count_unread(view.head.last_seq, view.me->read_seq, *view.deleted, view.mentions);
        out.me = contracts::ChatMe{view.me->role, view.me->read_seq, count.unread, count.mentions};
        out.last_message = view.last_message;
    }
    out.peer = view.peer;
    out.assistant = view.me ? view.chat.assistant : std::nullopt;
    const auto role = view.me ? std::optional{view.me->role} : std::nullopt;
    const Standing standing{view.chat.kind, view.chat.visibility, view.chat.is_archived, role};
    out.may = rights_of(standing, view.chat.member_count);
    out.assistant_may_be_asked = out.may.send && may_be_asked(view.chat.kind, view.chat.assistant);
    out.text_characters_max = static_cast<std::int64_t>(view.text_characters_max);
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
