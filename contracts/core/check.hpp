#pragma once
#include <optional>

#include "contracts/core/route.hpp"
#include "wire/limits.hpp"

// What every call is held to, whichever way it comes: by the gateway, between processes, through
// the codec, or to an object in this process.
namespace loquat::contracts {

// Where a call comes from.  What services ask of each other is not there for the outside.
enum class From { outside, services };

// Whether somebody of that role (none: not signed in) may call a row.  Throws `request.no_route`
// (not_found), `auth.required` (unauthenticated), `auth.not_for_guests` and `auth.admin_only`
// (forbidden).
void check_access(Access access, From from, std::optional<Role> role);
void check_access(const RouteSpec& spec, const Caller& caller);

// Both: access, and the limits of the request's fields (`request.invalid`).  Allocates nothing for
// a call that may go on.
template <auto Method>
void check_call(const Caller& caller, const RequestOf<Method>& request) {
    static constexpr RouteSpec spec = spec_of<Method>();
    check_access(spec, caller);
    wire::check_limits(request);
}

}  // namespace loquat::contracts
