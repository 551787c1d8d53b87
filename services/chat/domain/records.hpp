#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/chat/chat.hpp"

// Conversations and members as this service keeps them.
namespace loquat::chat {

using contracts::AssistantSettings;
using contracts::ChatKind;
using contracts::MemberRole;

enum class Visibility { only_members, everyone };

// The two people of a direct chat, the smaller id first: one pair, one chat.
struct Pair {
    UserId low;
    UserId high;

    static Pair of(const UserId& a, const UserId& b) { return a < b ? Pair{a, b} : Pair{b, a}; }
    const UserId& other_than(const UserId& one) const { return one == low ? high : low; }
    friend bool operator==(const Pair&, const Pair&) = default;
};

struct ChatRecord {
    ChatId id;
    ChatKind kind = ChatKind::group;
    std::string title;           // empty for direct chats: each side sees the other's name
    std::int64_t title_seq = 0;  // the message that the title was made of; 0: it was given
    Visibility visibility = Visibility::only_members;
    bool is_archived = false;
    std::optional<AssistantSettings> assistant;
    std::optional<Pair> pair;  // of a direct chat
    Time created_at{};
    Time active_at{};  // the last message or change of settings; never moves back
    std::int64_t member_count = 0;
    std::int64_t version = 1;  // another one after each change of settings, members or roles
};

struct MemberRecord {
    UserId user;
    MemberRole role = MemberRole::member;
    Time joined_at{};
    std::int64_t read_seq = 0;  // never moves back
};

// One person in one conversation.
struct Seat {
    ChatId chat;
    UserId user;
    friend bool operator==(const Seat&, const Seat&) = default;
};

// What a list of one's conversations is chosen and ordered by.
struct Place {
    ChatId chat;
    ChatKind kind = ChatKind::group;
    std::string title;
    bool is_archived = false;
    std::optional<Pair> pair;
    Time active_at{};
    MemberRole role = MemberRole::member;
    std::int64_t read_seq = 0;
};

}  // namespace loquat::chat

template <>
struct std::hash<loquat::chat::Seat> {
    std::size_t operator()(const loquat::chat::Seat& seat) const noexcept {
        const std::size_t chat = std::hash<loquat::ChatId>{}(seat.chat);
        return (chat * 31) ^ std::hash<loquat::UserId>{}(seat.user);
    }
};
