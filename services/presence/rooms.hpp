#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/ids.hpp"
#include "contracts/chat/membership.hpp"

namespace loquat::presence {

// Some people, by the conversations that they are in.  A conversation has one set of them, however
// many look at it; a person costs what their own memberships cost.  Pure.
class PeopleByRoom {
  public:
    using People = std::unordered_set<UserId>;

    // Takes the place of what was known of that person.
    void put(const UserId& user, const std::vector<ChatId>& chats);
    void remove(const UserId& user);
    // Of somebody who is not in here: changes nothing.
    void apply(const contracts::MembershipChange& change);
    void clear();

    // Null where none of them is in it.
    const People* find(const ChatId& chat) const;
    const std::unordered_map<ChatId, People>& rooms() const { return rooms_; }
    std::vector<UserId> list_people() const;
    // The same for these people alone.
    PeopleByRoom only(std::span<const UserId> users) const;
    std::size_t size() const { return chats_.size(); }

  private:
    void leave(const ChatId& chat, const UserId& user);

    std::unordered_map<ChatId, People> rooms_;
    std::unordered_map<UserId, std::vector<ChatId>> chats_;
};

// People who are told the same: the places of whom they are told about, ascending; a part of what
// they are told, so that who is left out of it for themselves shares the other parts.
struct Letter {
    std::vector<std::uint32_t> about;
    std::vector<UserId> to;

    static constexpr std::size_t about_max = 32;
};

// Who is told about whom: each of `to` about everyone of `about` with whom they share one of
// `rooms`, once, and never about themselves.  `about` gives each person's place.
std::vector<Letter> make_letters(std::span<const ChatId> rooms, const PeopleByRoom& from,
                                 const std::unordered_map<UserId, std::uint32_t>& about,
                                 const PeopleByRoom& to);

}  // namespace loquat::presence
