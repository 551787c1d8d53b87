#pragma once
#include <vector>

#include "runtime/rights/audit_trail.hpp"
#include "services/gateway/config.hpp"

namespace loquat::gateway {

inline constexpr std::string_view replaced_action = "gateway.routes_replaced";
inline constexpr std::size_t route_acts_max = 100;

// What the audit trail says of other routes: first how many, then each that came
// (`gateway.route_added`), changed or went, with its path and where it leads to, as far as
// route_acts_max.
std::vector<runtime::Act> route_changes(const std::vector<RouteConfig>& before,
                                        const std::vector<RouteConfig>& after);

}  // namespace loquat::gateway
