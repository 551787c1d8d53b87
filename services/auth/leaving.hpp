#pragma once
#include <map>
#include <memory>

#include "aio/signal.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

// Removed people until they have left their conversations and their messages are erased where that
// was asked for, which whoever keeps conversations says.
class Leaving {
  public:
    explicit Leaving(UserStore& users) : users_(users) {}

    Task<std::vector<UserStore::Leaver>> list();
    Task<void> note_left(UserId user);

    // From before the removal is told until it was waited for.
    class Wait {
      public:
        Wait(Leaving& leaving, UserId user);
        ~Wait();
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;

        // Whether the person has left before `deadline`.
        Task<bool> until(Steady deadline) { return signal_.wait_until(deadline); }

      private:
        friend class Leaving;
        Leaving& leaving_;
        UserId user_;
        aio::Signal signal_;
    };

  private:
    UserStore& users_;
    std::multimap<UserId, Wait*> waiting_;
};

}  // namespace loquat::auth
