#pragma once
#include "contracts/core/operation.hpp"

// Who is in which conversations, for services that tell people of one another.
namespace loquat::contracts {

struct PeopleRequest {
    std::vector<UserId> user_ids;
    static constexpr std::array fields{wire::Field{"user_ids", 1, 256, ""}};
};
BOOST_DESCRIBE_STRUCT(PeopleRequest, (), (user_ids))

struct PeerIds {
    std::vector<UserId> ids;
};
BOOST_DESCRIBE_STRUCT(PeerIds, (), (ids))

struct Memberships {
    UserId user_id;
    std::vector<ChatId> chat_ids;
};
BOOST_DESCRIBE_STRUCT(Memberships, (), (user_id, chat_ids))

struct MembershipList {
    std::vector<Memberships> items;
};
BOOST_DESCRIBE_STRUCT(MembershipList, (), (items))

// A place in the order in which memberships changed.  Numbers of different feeds are not
// comparable: each start of the service has a feed of its own.
struct MembershipMark {
    std::string feed;
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(MembershipMark, (), (feed, number))

struct MembershipChange {
    ChatId chat_id;
    std::optional<UserId> user_id;  // null: the conversation is no more, nobody is in it
    bool is_member = false;

    static constexpr std::array<std::string_view, 1> nulls{"user_id"};
};
BOOST_DESCRIBE_STRUCT(MembershipChange, (), (chat_id, user_id, is_member))

struct MembershipChanges {
    std::vector<MembershipChange> items;  // in their order
    MembershipMark mark;                  // ask again after it
    // False when there were more since than are remembered, or another feed: what was read of
    // memberships before `mark` must be read again.
    bool complete = true;
};
BOOST_DESCRIBE_STRUCT(MembershipChanges, (), (items, mark, complete))

}  // namespace loquat::contracts
