#pragma once
#include <map>
#include <string>

#include "services/chat/domain/records.hpp"

// Acts of several people in one group, and what comes of them one after the other.
namespace loquat::chat {

enum class What : std::uint8_t {
    add,
    make_admin,
    hand_over,
    demote,
    remove,
    leave,
    join,
    rename,
    archive,
    destroy
};
inline constexpr int whats = 10;

struct Act {
    What what = What::add;
    std::size_t instance = 0;
    std::size_t actor = 0;
    std::size_t target = 0;
};

inline std::string describe(const Act& act) {
    return std::to_string(static_cast<int>(act.what)) + " by " + std::to_string(act.actor) +
           " for " + std::to_string(act.target) + " at " + std::to_string(act.instance);
}

// The rules as a book with one writer has them, in few words.
struct Model {
    bool is_there = true;
    bool is_public = false;
    bool is_archived = false;
    std::string title = "Group";
    std::map<std::size_t, MemberRole> members;

    friend bool operator==(const Model&, const Model&) = default;

    bool is_admin(std::size_t who) const { return members.at(who) != MemberRole::member; }
    bool is_owner(std::size_t who) const { return members.at(who) == MemberRole::owner; }

    std::string apply(const Act& act) {
        if (!is_there) {
            return "chat.not_found";
        }
        if (!members.contains(act.actor)) {
            return apply_stranger(act);
        }
        switch (act.what) {
            case What::add:
                return put(act, MemberRole::member);
            case What::demote:
                return put(act, MemberRole::member);
            case What::make_admin:
                return put(act, MemberRole::admin);
            case What::hand_over:
                return put(act, MemberRole::owner);
            case What::remove:
                return act.target == act.actor ? leave(act.actor) : expel(act);
            case What::leave:
                return leave(act.actor);
            case What::join:
                return "ok";
            case What::rename:
            case What::archive:
                return change(act);
            case What::destroy:
                return is_owner(act.actor) ? end() : "chat.forbidden";
        }
        return "";
    }

  private:
    std::string apply_stranger(const Act& act) {
        if (!is_public) {
            return "chat.not_found";
        }
        if (act.what != What::join) {
            return "chat.not_a_member";
        }
        if (is_archived) {
            return "chat.archived";
        }
        members[act.actor] = MemberRole::member;
        return "ok";
    }

    std::string end() {
        *this = {};
        is_there = false;
        return "ok";
    }

    std::string put(const Act& act, MemberRole role) {
        if (!is_admin(act.actor)) {
            return "chat.forbidden";
        }
        const auto found = members.find(act.target);
        if (found != members.end()) {
            if (found->second == role) {
                return "ok";
            }
            if (!is_owner(act.actor) || act.target == act.actor) {
                return "chat.forbidden";
            }
            found->second = role;
            if (role == MemberRole::owner) {
                members[act.actor] = MemberRole::admin;
            }
            return "ok";
        }
        if (role == MemberRole::owner || (role == MemberRole::admin && !is_owner(act.actor))) {
            return "chat.forbidden";
        }
        members[act.target] = role;
        return "ok";
    }

    std::string leave(std::size_t who) {
        if (members.size() == 1) {
            return end();
        }
        if (is_owner(who)) {
            return "chat.owner_cannot_leave";
        }
        members.erase(who);
        return "ok";
    }

    std::string expel(const Act& act) {
        if (!is_admin(act.actor)) {
            return "chat.forbidden";
        }
        const auto found = members.find(act.target);
        if (found == members.end()) {
            return "chat.member_not_found";
        }
        const bool may = is_owner(act.actor) ? found->second != MemberRole::owner
                                             : found->second == MemberRole::member;
        if (!may) {
            return "chat.forbidden";
        }
        members.erase(found);
        return "ok";
    }

    std::string change(const Act& act) {
        if (!is_admin(act.actor)) {
            return "chat.forbidden";
        }
        if (act.what == What::rename) {
            title = "Title " + std::to_string(act.target);
        } else {
            is_archived = act.target % 2 == 0;
        }
        return "ok";
    }
};

}  // namespace loquat::chat
