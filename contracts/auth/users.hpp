#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "wire/describe.hpp"

// People as everybody sees them.
namespace loquat::contracts {

enum class ParticipantKind { person, assistant, system };
BOOST_DESCRIBE_ENUM(ParticipantKind, person, assistant, system)

// A removed account stays for what was written under it; nobody can sign in with it again.
enum class AccountState { active, disabled, removed };
BOOST_DESCRIBE_ENUM(AccountState, active, disabled, removed)

// What becomes of what a removed person wrote.
enum class RemovedMessages { keep, erase };
BOOST_DESCRIBE_ENUM(RemovedMessages, keep, erase)

// What everyone may know of a person.
struct PublicUser {
    UserId id;
    std::string username;
    std::string display_name;
    ParticipantKind kind = ParticipantKind::person;
    Time created_at;
    // Another one's name looks like this display name: show @username beside it.
    bool name_shared = false;
    AccountState state = AccountState::active;

    static constexpr std::array<std::string_view, 2> defaulted{"name_shared", "state"};
};
BOOST_DESCRIBE_STRUCT(PublicUser, (),
                      (id, username, display_name, kind, created_at, name_shared, state))

struct UserIds {
    std::vector<UserId> ids;
    static constexpr std::array fields{wire::Field{"ids", 0, 1000, ""}};
};
BOOST_DESCRIBE_STRUCT(UserIds, (), (ids))

struct UserList {
    std::vector<PublicUser> items;
};
BOOST_DESCRIBE_STRUCT(UserList, (), (items))

// Removed people who are still in conversations.
struct LeavingUsers {
    std::vector<UserId> ids;
};
BOOST_DESCRIBE_STRUCT(LeavingUsers, (), (ids))

}  // namespace loquat::contracts
