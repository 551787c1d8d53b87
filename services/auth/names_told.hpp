#pragma once
#include "services/auth/ports.hpp"

namespace loquat::auth {

contracts::PublicUser to_public_user(const Account& account);

// Tells who keeps names of a person, and of those who were or are now taken for them: whether a
// name is shared is a fact about all who have it.
class NamesTold {
  public:
    NamesTold(UserStore& users, UserFeed& feed) : users_(users), feed_(feed) {}

    // A new account, of which nobody keeps anything yet.
    Task<void> added(Account account);
    // `before` may look the same as `after`.
    Task<void> changed(Account before, Account after);

  private:
    Task<void> tell(std::vector<unicode::Look> looks, std::optional<Account> one, UserId but);

    UserStore& users_;
    UserFeed& feed_;
};

}  // namespace loquat::auth
