#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/gateway/config.hpp"
#include "services/gateway/domain/client_address.hpp"

namespace loquat::gateway {

// What makes a configured route impossible.
struct RouteFault {
    std::string field;  // path, upstreams[1]; empty for the route as a whole
    std::string why;    // goes on after it: "must begin with a slash"
};

// NAME of `lb://NAME`, the one target of a route; none for other targets.
std::optional<std::string> service_of(const RouteConfig& route);

// Judges configured routes one after the other: no path of the product's own, one spelling, one
// target, addresses, methods, hosts and rewrites as they must be, no id twice.
class RouteRules {
  public:
    struct Surroundings {
        std::function<bool(std::string_view)> is_reserved;       // for a pattern
        std::function<bool(std::string_view)> may_be_elsewhere;  // for a service
        const Networks& link_local;
    };

    explicit RouteRules(Surroundings surroundings) : around_(std::move(surroundings)) {}

    // All of them, in the order of the fields.
    std::vector<RouteFault> judge(const RouteConfig& route);

  private:
    void judge_path(const RouteConfig& route);
    void judge_segments(const std::string& path);
    void judge_conditions(const RouteConfig& route);
    void judge_target(const RouteConfig& route);
    void judge_mirror(const RouteConfig& route);
    void judge_the_rest(const RouteConfig& route);
    void judge_upstream(const std::string& field, const std::string& url);
    void fault(std::string field, std::string why) {
        faults_.push_back({std::move(field), std::move(why)});
    }

    Surroundings around_;
    std::set<std::string> ids_;
    std::vector<RouteFault> faults_;
};

}  // namespace loquat::gateway
