#include "services/gateway/routes/route_table.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "runtime/front/dispatcher.hpp"

namespace loquat::gateway {
namespace {

std::string_view without_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    const bool is_port =
        colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
    return is_port ? host.substr(0, colon) : host;
}

bool host_fits(const std::string& wanted, std::string_view host) {
    if (wanted.empty()) {
        return true;
    }
    const std::string_view name = without_port(host);
    if (!wanted.starts_with("*.")) {
        return equal_ignoring_case(wanted, name);
    }
    const std::string_view suffix = std::string_view{wanted}.substr(1);
    return name.size() > suffix.size() &&
           equal_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
}

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// Names of an operation's parameters are handed to work that may outlive this table: they are taken
// from its contract, which lives as long as the program.
std::vector<std::string_view> names_in(const Route& route) {
    const std::string_view pattern = route.operation != nullptr
                                         ? route.operation->operation.spec.path
                                         : std::string_view{route.pattern};
    std::vector<std::string_view> names;
    for (const std::string_view segment : split(pattern, '/')) {
        if (is_parameter(segment)) {
            names.push_back(segment.substr(1, segment.size() - 2));
        }
    }
    return names;
}

bool conditions_hold(const Route& route, const RouteQuery& query) {
    if (!host_fits(route.host, query.host)) {
        return false;
    }
    for (const HeaderCondition& condition : route.headers) {
        const bool holds = condition.value.empty()
                               ? query.headers.contains(condition.name)
                               : query.headers.get(condition.name) == condition.value;
        if (!holds) {
            return false;
        }
    }
    return route.conditions.hold(query);
}

// The segment that `rest` begins with; takes it and its slash from `rest`, which is none after the
// last.
std::string_view take_segment(std::optional<std::string_view>& rest) {
    const std::size_t slash = rest->find('/');
    const std::string_view segment = rest->substr(0, slash);
    rest = slash == std::string_view::npos ? std::nullopt : std::optional{rest->substr(slash + 1)};
    return segment;
}

// Whether `wide` has every path that `narrow` has.
bool lies_within(std::string_view narrow, std::string_view wide) {
    std::optional inner{narrow.substr(1)};
    std::optional outer{wide.substr(1)};
    while (outer) {
        const std::string_view around = take_segment(outer);
        if (around == "**") {
            return true;
        }
        const std::string_view within = inner ? take_segment(inner) : "**";
        if (within == "**" || (around != within && (!is_parameter(around) || within.empty()))) {
            return false;
        }
    }
    return !inner;
}

}  // namespace

void RouteTable::add(Route route) {
    route.number = routes_.size();
    if (route.methods.covers(Methods{Methods::get})) {
        route.methods.add(Methods{Methods::head});
    }
    auto& held = routes_.emplace_back(std::make_unique<Route>(std::move(route)));
    held->parameter_names = names_in(*held);
    if (held->made_by == RouteMaker::product) {
        reserve(held->pattern);
        own_.at(held->pattern).push_back(held.get());
    } else {
        configured_.at(held->pattern).push_back(held.get());
    }
}

void RouteTable::reserve(std::string_view pattern) {
    own_.at(pattern);
    reserved_.emplace_back(pattern);
    std::optional rest{pattern.substr(1)};
    own_firsts_.emplace(take_segment(rest));
}

bool RouteTable::is_reserved(std::string_view pattern) const {
    return std::ranges::any_of(
        reserved_, [pattern](const std::string& own) { return lies_within(pattern, own); });
}

std::size_t RouteTable::add_upstream(Upstream upstream) {
    const auto [place, is_new] = upstream_by_name_.try_emplace(upstream.name, upstreams_.size());
    if (is_new) {
        upstreams_.push_back(std::move(upstream));
    }
    return place->second;
}

RouteTable::Found RouteTable::find(const RouteQuery& query) const {
    Found found;
    const auto choose = [&](const Cell& cell) {
        for (const Route* route : cell) {
            if (!conditions_hold(*route, query)) {
                continue;
            }
            if (route->methods.covers(query.method)) {
                found.route = route;
                return true;
            }
            found.allowed.add(route->methods);
        }
        return false;
    };
    // The most exact pattern of ours decides for all methods: what it has not, a wider one does not
    // have at this path either.  Configured routes are chosen by their methods too.
    auto match = own_.find(query.path, [&](const Cell& cell) {
        found.is_own = true;
        return choose(cell) || !cell.empty();
    });
    if (!found.is_own) {
        match = configured_.find(query.path, choose);
    }
    if (found.route != nullptr) {
        found.parameters = std::move(match.parameters);
        // Patterns of one shape share their place in the trie, but each keeps its own names.
        for (std::size_t i = 0; i < found.parameters.size(); ++i) {
            found.parameters[i].first = found.route->parameter_names[i];
        }
    }
    return found;
}

}  // namespace loquat::gateway
