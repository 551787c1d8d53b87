#include "services/chat/messages/mention_resolver.hpp"

#include <algorithm>

#include "services/chat/domain/mentions.hpp"

namespace loquat::chat {
namespace {

std::optional<UserId> find_name(const CachedConversation::Names& names, std::string name) {
    do {
        if (const auto found = names.find(name); found != names.end()) {
            return found->second;
        }
    } while (shorten_mention(name));
    return std::nullopt;
}

}  // namespace

// With the directory down those whose names are not known stay plain text, this time.
Task<CachedConversation::Names> MentionResolver::load_names(ConversationPtr conversation) {
    std::vector<UserId> users;
    for (const MemberRecord& member : conversation->members()) {
        users.push_back(member.user);
    }
    CachedConversation::Names names;
    const std::uint64_t newcomers = conversation->newcomers();
    try {
        const People::Found people = co_await people_.find_all(users);
        for (const auto& [user, person] : people) {
            names.emplace(person.username, user);
        }
        if (conversation->newcomers() == newcomers) {
            conversation->names = names;
            rooms_.resize(*conversation);
        }
    } catch (const Failure&) {
        for (const UserId& user : users) {
            if (const contracts::PublicUser* known = people_.peek(user)) {
                names.emplace(known->username, user);
            }
        }
    }
    co_return names;
}

// Mentions are of members only.
Task<std::vector<UserId>> MentionResolver::resolve(const std::string& text, ChatId chat) {
    std::vector<UserId> users;
    auto found = find_mentions(text, mentions_max_);
    if (found.empty()) {
        co_return users;
    }
    const ConversationPtr conversation = co_await rooms_.find(chat);
    if (!conversation) {
        co_return users;
    }
    CachedConversation::Names loaded;
    if (!conversation->names) {
        loaded = co_await load_names(conversation);
    }
    const CachedConversation::Names& names = conversation->names ? *conversation->names : loaded;
    for (std::string& name : found) {
        const auto user = find_name(names, std::move(name));
        if (user && conversation->find(*user) != nullptr &&
            std::ranges::find(users, *user) == users.end()) {
            users.push_back(*user);
        }
    }
    co_return users;
}

}  // namespace loquat::chat
