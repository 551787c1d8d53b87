#include "contracts/core/check.hpp"

#include "base/failure.hpp"

namespace loquat::contracts {

void check_access(Access access, From from, std::optional<Role> role) {
    if (access == Access::anyone || (access == Access::internal && from == From::services)) {
        return;
    }
    if (access == Access::internal) {
        throw Failure{Kind::not_found, "request.no_route", "There is nothing at this address."};
    }
    if (!role) {
        throw Failure{Kind::unauthenticated, "auth.required", "Sign in first."};
    }
    if (access != Access::guest && *role == Role::guest) {
        throw Failure{Kind::forbidden, "auth.not_for_guests",
                      "This needs an account. Sign in first."};
    }
    if (access == Access::admin && *role != Role::admin) {
        throw Failure{Kind::forbidden, "auth.admin_only", "Only an administrator may do this."};
    }
}

void check_access(const RouteSpec& spec, const Caller& caller) {
    check_access(spec.access, From::services,
                 caller.user ? std::optional{caller.role} : std::nullopt);
}

UserId Caller::user_id() const {
    check_access(Access::user, From::services, user ? std::optional{role} : std::nullopt);
    return *user;
}

UserId Caller::shopper_id() const {
    check_access(Access::guest, From::services, user ? std::optional{role} : std::nullopt);
    return *user;
}

void Caller::require_admin() const {
    check_access(Access::admin, From::services, user ? std::optional{role} : std::nullopt);
}

}  // namespace loquat::contracts
