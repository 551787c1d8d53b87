#pragma once
#include <optional>

#include "contracts/chat/chat.hpp"
#include "services/chat/cache/deleted_messages.hpp"
#include "services/chat/cache/unread.hpp"
#include "services/chat/domain/records.hpp"
#include "store/history/message_history.hpp"

// What others get to see, made from what we keep.
namespace loquat::chat {

// A conversation as one person sees it.
struct ChatView {
    const ChatRecord& chat;
    std::optional<MemberRecord> me;  // none for a stranger to a public room
    const store::Head& head;
    std::optional<contracts::Message> last_message;  // of `head`, as People shows it
    DeletedSeqs deleted;
    MentionSeqs mentions;                       // of the person, behind their marker
    std::optional<contracts::PublicUser> peer;  // of a direct chat
    std::size_t text_characters_max = 0;
};
contracts::Chat to_wire(const ChatView& view);

// A person that the directory does not know (any more).
contracts::PublicUser unknown_person(const UserId& user);

contracts::Member to_wire(const MemberRecord& member, contracts::PublicUser user);

}  // namespace loquat::chat
