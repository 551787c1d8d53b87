#include "services/gateway/routes/conditions.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "contracts/core/operation.hpp"
#include "services/gateway/routes/route_table.hpp"

namespace loquat::gateway {
namespace {

constexpr std::uint32_t weight_max = 1'000'000;

// `2017-01-20T17:42:47.789-07:00[America/Denver]`: the zone's name says nothing new.
std::optional<Time> read_time(std::string_view text) {
    return parse_rfc3339(text.substr(0, text.find('[')));
}

struct Shape {
    std::string_view name;
    std::size_t args_min;
    std::size_t args_max;
};
constexpr std::array<Shape, 10> shapes{{{"Query", 1, 2},
                                        {"Cookie", 2, 2},
                                        {"Header", 1, 2},
                                        {"Host", 1, 64},
                                        {"After", 1, 1},
                                        {"Before", 1, 1},
                                        {"Between", 2, 2},
                                        {"RemoteAddr", 1, 64},
                                        {"XForwardedRemoteAddr", 1, 64},
                                        {"Weight", 2, 2}}};

std::string_view cookie_of(const net::http::HeaderViews& headers, std::string_view name) {
    for (const net::http::HeaderView& field : headers) {
        if (!net::http::equal_names(field.name, "Cookie")) {
            continue;
        }
        for (std::string_view part : split(field.value, ';')) {
            part = trim(part);
            const std::size_t equals = part.find('=');
            if (equals != std::string_view::npos && part.substr(0, equals) == name) {
                return part.substr(equals + 1);
            }
        }
    }
    return {};
}

bool has_parameter(std::string_view query, const std::string& name,
                   const std::optional<Pattern>& value) {
    try {
        return std::ranges::any_of(contracts::parse_query(query), [&](const auto& one) {
            return one.first == name && (!value || value->fits(one.second));
        });
    } catch (const Failure&) {
        return false;
    }
}

std::string_view without_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    return colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos
               ? host.substr(0, colon)
               : host;
}

// `**` and `{name}` stand for any labels, `*` for one.
bool host_fits(std::string_view pattern, std::string_view host) {
    const std::size_t dot = pattern.find('.');
    const std::string_view first = pattern.substr(0, dot);
    const bool is_wide = first == "**" || first == "*" || first.starts_with('{');
    if (!is_wide || dot == std::string_view::npos) {
        return is_wide || equal_ignoring_case(pattern, host);
    }
    const std::string_view suffix = pattern.substr(dot);
    if (host.size() <= suffix.size() ||
        !equal_ignoring_case(host.substr(host.size() - suffix.size()), suffix)) {
        return false;
    }
    const std::string_view rest = host.substr(0, host.size() - suffix.size());
    return first == "**" || rest.find('.') == std::string_view::npos;
}

std::optional<std::uint32_t> weight_of(const StepConfig& predicate) {
    const auto number = parse_number(predicate.args.at(1));
    return number && *number <= weight_max ? std::optional{static_cast<std::uint32_t>(*number)}
                                           : std::nullopt;
}

}  // namespace

std::optional<std::string> Conditions::find_fault(const StepConfig& predicate) {
    const auto shape = std::ranges::find(shapes, predicate.name, &Shape::name);
    const std::string& name = predicate.name;
    if (shape == shapes.end()) {
        return "is no predicate: " + name +
               "; known are Path, Method, Host, Header, Query, Cookie, After, Before, Between, "
               "RemoteAddr, XForwardedRemoteAddr, Weight";
    }
    if (predicate.args.size() < shape->args_min || predicate.args.size() > shape->args_max) {
        return name + " takes " + std::to_string(shape->args_min) +
               (shape->args_max > shape->args_min ? " or more" : "") + " arguments, not " +
               std::to_string(predicate.args.size());
    }
    if (name == "After" || name == "Before" || name == "Between") {
        for (const std::string& text : predicate.args) {
            if (!read_time(text)) {
                return name + " needs a time such as 2026-01-20T17:42:47+01:00, not " + text;
            }
        }
    } else if (name == "RemoteAddr" || name == "XForwardedRemoteAddr") {
        for (const std::string& text : predicate.args) {
            if (!Networks::is_one(text)) {
                return name + " needs networks such as 10.0.0.0/8, not " + text;
            }
        }
    } else if (name == "Weight") {
        return weight_of(predicate) ? std::nullopt
                                    : std::optional<std::string>{
                                          "Weight needs a group and a whole number up to "
                                          "1000000"};
    } else if (name != "Host" && predicate.args.size() == 2) {
        return Pattern::find_fault(predicate.args[1]);
    }
    return std::nullopt;
}

void Conditions::set_share(Share share) {
    is_open_ = is_open_ && share.total == 0;
    share_ = share;
}

void Conditions::add(const StepConfig& predicate) {
    is_open_ = false;
    const std::string& name = predicate.name;
    const std::vector<std::string>& args = predicate.args;
    using Kind = Field::Kind;
    if (name == "Host") {
        hosts_.insert(hosts_.end(), args.begin(), args.end());
    } else if (name == "After") {
        after_ = read_time(args[0]);
    } else if (name == "Before") {
        before_ = read_time(args[0]);
    } else if (name == "Between") {
        after_ = read_time(args[0]);
        before_ = read_time(args[1]);
    } else if (name == "RemoteAddr" || name == "XForwardedRemoteAddr") {
        from_ = std::make_shared<const Networks>(name, args);
    } else if (name != "Weight") {
        const Kind kind = name == "Query"    ? Kind::query
                          : name == "Cookie" ? Kind::cookie
                                             : Kind::header;
        fields_.push_back(
            {kind, args[0], args.size() == 2 ? std::optional<Pattern>{args[1]} : std::nullopt});
    }
}

bool Conditions::all_hold(const RouteQuery& query) const {
    if (share_.total > 0) {
        const auto draw = static_cast<std::uint32_t>(
            std::hash<std::string_view>{}(query.request_id) % share_.total);
        if (draw < share_.from || draw >= share_.to) {
            return false;
        }
    }
    if (after_ || before_) {
        const Time now = SystemClock{}.now();
        if ((after_ && now <= *after_) || (before_ && now >= *before_)) {
            return false;
        }
    }
    if (from_ && (query.client == nullptr || !from_->covers(*query.client))) {
        return false;
    }
    const std::string_view host = without_port(query.host);
    if (!hosts_.empty() && std::ranges::none_of(hosts_, [host](const std::string& one) {
            return host_fits(one, host);
        })) {
        return false;
    }
    return std::ranges::all_of(fields_, [&query](const Field& field) {
        switch (field.kind) {
            case Field::Kind::query:
                return has_parameter(query.query, field.name, field.value);
            case Field::Kind::cookie: {
                const std::string_view value = cookie_of(query.headers, field.name);
                return !value.empty() && field.value->fits(value);
            }
            case Field::Kind::header:
                break;
        }
        return query.headers.contains(field.name) &&
               (!field.value || field.value->fits(query.headers.get(field.name)));
    });
}

std::vector<Conditions::Share> share_out(const std::vector<RouteConfig>& routes) {
    std::vector<Conditions::Share> shares(routes.size());
    std::map<std::string, std::uint32_t> totals;
    const auto weight_in = [](const RouteConfig& route) -> const StepConfig* {
        const auto found = std::ranges::find(route.predicates, "Weight", &StepConfig::name);
        return found == route.predicates.end() || found->args.size() != 2 ? nullptr : &*found;
    };
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (const StepConfig* weight = weight_in(routes[i])) {
            std::uint32_t& total = totals[weight->args[0]];
            shares[i].from = total;
            total += weight_of(*weight).value_or(0);
            shares[i].to = total;
        }
    }
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (const StepConfig* weight = weight_in(routes[i])) {
            shares[i].total = std::max(totals[weight->args[0]], 1U);
        }
    }
    return shares;
}

}  // namespace loquat::gateway
