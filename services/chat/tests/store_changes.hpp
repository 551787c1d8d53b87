#pragma once
#include "services/chat/ports.hpp"

// Single changes of a store, for its suites: what the use cases judge is given here.
namespace loquat::chat {

inline Task<std::optional<Judged>> change_to(ChatStore& store, ChatId chat, ChatChange change) {
    Proposal proposal;
    proposal.judge = [change = std::move(change)](const LoadedChat&) { return change; };
    return store.change(chat, std::move(proposal));
}

inline Task<std::optional<Judged>> change_settings(ChatStore& store, ChatRecord settings) {
    const ChatId chat = settings.id;
    ChatChange change;
    change.settings = std::move(settings);
    return change_to(store, chat, std::move(change));
}

inline Task<std::optional<Judged>> add_member(ChatStore& store, ChatId chat, MemberRecord member,
                                              std::int64_t chats_per_user_max) {
    ChatChange change;
    change.newcomer = member;
    change.chats_per_user_max = chats_per_user_max;
    return change_to(store, chat, std::move(change));
}

inline Task<std::optional<Judged>> set_roles(ChatStore& store, ChatId chat,
                                             std::vector<MemberRecord> members) {
    ChatChange change;
    change.roles = std::move(members);
    return change_to(store, chat, std::move(change));
}

inline Task<std::optional<Judged>> remove_member(ChatStore& store, Seat seat) {
    ChatChange change;
    change.leaver = seat.user;
    return change_to(store, seat.chat, std::move(change));
}

inline Task<std::optional<Judged>> end_chat(ChatStore& store, ChatId chat) {
    ChatChange change;
    change.is_end = true;
    return change_to(store, chat, std::move(change));
}

}  // namespace loquat::chat
