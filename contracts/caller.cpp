#include "contracts/caller.hpp"

#include "base/failure.hpp"

namespace loquat::contracts {

UserId Caller::user_id() const {
    if (!user) {
        throw Failure{Kind::unauthenticated, "auth.required", "Sign in first."};
    }
    return *user;
}

void Caller::require_admin() const {
    user_id();
    if (role != Role::admin) {
        throw Failure{Kind::forbidden, "auth.admin_only", "Only an administrator may do this."};
    }
}

}  // namespace loquat::contracts
