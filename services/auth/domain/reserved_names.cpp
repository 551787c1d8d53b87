#include "services/auth/domain/reserved_names.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace loquat::auth {
namespace {

constexpr auto reserved = std::to_array<std::string_view>({
    // everybody: mentions of these may become more than a name
    "all",
    "channel",
    "everybody",
    "everyone",
    "here",
    // the house
    "admin",
    "administration",
    "administrator",
    "administrators",
    "admins",
    "api",
    "daemon",
    "helpdesk",
    "hostmaster",
    "loquat",
    "mailerdaemon",
    "noreply",
    "official",
    "postmaster",
    "root",
    "security",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "webmaster",
    // who answers
    "assistant",
    "assistants",
    // nobody in particular
    "anonymous",
    "deleted",
    "null",
    "removed",
    "undefined",
});

char letter_of(char c, char one) {
    switch (c) {
        case '0':
            return 'o';
        case '1':
            return one;
        case '3':
            return 'e';
        case '4':
            return 'a';
        case '5':
            return 's';
        case '7':
            return 't';
        default:
            return c;
    }
}

std::string letters_of(std::string_view username, char one) {
    std::string letters;
    for (const char c : username) {
        if (c != '.' && c != '_' && c != '-') {
            letters.push_back(letter_of(c, one));
        }
    }
    return letters;
}

}  // namespace

bool is_reserved_username(std::string_view username) {
    const auto is_one = [&](char one) {
        return std::ranges::find(reserved, letters_of(username, one)) != reserved.end();
    };
    // Removed accounts are called so.
    return username.starts_with("removed-") || is_one('i') || is_one('l');
}

}  // namespace loquat::auth
