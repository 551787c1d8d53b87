#include "services/auth/names_told.hpp"

#include <algorithm>

#include "base/unicode/fold.hpp"

namespace loquat::auth {
namespace {

// Beyond it a name is so common that those who have it are shown with @username already.
constexpr std::size_t alike_max = 50;

std::vector<unicode::Look> distinct(std::vector<unicode::Look> looks) {
    std::ranges::sort(looks);
    const auto repeats = std::ranges::unique(looks);
    looks.erase(repeats.begin(), repeats.end());
    return looks;
}

}  // namespace

contracts::PublicUser to_public_user(const Account& account) {
    return {.id = account.id,
            .username = account.username,
            .display_name = account.display_name,
            .created_at = account.created_at,
            .name_shared = account.is_name_shared,
            .state = account.state};
}

Task<void> NamesTold::added(Account account) {
    std::vector<unicode::Look> looks{unicode::to_look(account.display_name),
                                     unicode::to_look(account.username)};
    return tell(std::move(looks), std::nullopt, account.id);
}

Task<void> NamesTold::changed(Account before, Account after) {
    std::vector<unicode::Look> looks{unicode::to_look(before.display_name),
                                     unicode::to_look(after.display_name)};
    if (before.username != after.username) {
        looks.push_back(unicode::to_look(before.username));
    }
    const UserId id = after.id;
    return tell(std::move(looks), std::move(after), id);
}

Task<void> NamesTold::tell(std::vector<unicode::Look> looks, std::optional<Account> one,
                           UserId but) {
    contracts::UserList list;
    if (one) {
        list.items.push_back(to_public_user(*one));
    }
    const auto alike = co_await users_.list_by_look(distinct(std::move(looks)), alike_max);
    for (const Account& account : alike) {
        if (account.id != but) {
            list.items.push_back(to_public_user(account));
        }
    }
    if (!list.items.empty()) {
        feed_.publish(list);
    }
}

}  // namespace loquat::auth
