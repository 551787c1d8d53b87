#include "services/chat/messages/mention_resolver.hpp"

#include <algorithm>

#include "services/chat/domain/mentions.hpp"

namespace loquat::chat {
namespace {

std::optional<UserId> find_name(const Room::Names& names, std::string name) {
    do {
        if (const auto found = names.find(name); found != names.end()) {
            return found->second;
        }
    } while (shorten_mention(name));
    return std::nullopt;
}

}  // namespace

// With the directory down those whose names are not known stay plain text, this time.
Task<Room::Names> MentionResolver::load_names(RoomPtr room) {
    std::vector<UserId> users;
    for (const MemberRecord& member : room->members()) {
        users.push_back(member.user);
    }
    Room::Names names;
    const std::uint64_t newcomers = room->newcomers();
    try {
        const People::Found people = co_await people_.find_all(users);
        for (const auto& [user, person] : people) {
            names.emplace(person.username, user);
        }
        if (room->newcomers() == newcomers) {
            room->names = names;
            rooms_.resize(*room);
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
    const RoomPtr room = co_await rooms_.find(chat);
    if (!room) {
        co_return users;
    }
    Room::Names loaded;
    if (!room->names) {
        loaded = co_await load_names(room);
    }
    const Room::Names& names = room->names ? *room->names : loaded;
    for (std::string& name : found) {
        const auto user = find_name(names, std::move(name));
        if (user && room->find(*user) != nullptr &&
            std::ranges::find(users, *user) == users.end()) {
            users.push_back(*user);
        }
    }
    co_return users;
}

}  // namespace loquat::chat
