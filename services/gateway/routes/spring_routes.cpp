#include "services/gateway/routes/spring_routes.hpp"

#include <algorithm>
#include <optional>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/config/yaml.hpp"
#include "services/gateway/routes/conditions.hpp"
#include "services/gateway/routes/filters.hpp"
#include "services/gateway/routes/spring_arguments.hpp"

namespace loquat::gateway {
namespace {

constexpr std::array<std::string_view, 3> places{"spring.cloud.gateway.server.webflux",
                                                 "spring.cloud.gateway.server.webmvc",
                                                 "spring.cloud.gateway"};
constexpr std::size_t routes_max = 10'000;

// `a.b.c` also where a key holds several names: `a.b: {c: ...}`.
const wire::Value* find_at(const wire::Value& value, std::string_view path) {
    if (path.empty()) {
        return &value;
    }
    const wire::Object* members = value.if_object();
    for (std::size_t i = 0; members != nullptr && i < members->size(); ++i) {
        const auto& [name, inner] = (*members)[i];
        const bool is_whole = path == name;
        if (is_whole || (path.starts_with(name) && path.substr(name.size()).starts_with('.'))) {
            const std::string_view rest = is_whole ? "" : path.substr(name.size() + 1);
            if (const wire::Value* found = find_at(inner, rest)) {
                return found;
            }
        }
    }
    return nullptr;
}

class Reader {
  public:
    explicit Reader(const SpringFile& file) : file_(file) {}

    SpringSpace read() {
        for (const std::string_view place : places) {
            const std::string path{place};
            default_filters_ = read_default_filters(path);
            const bool locates = read_locator(path);
            const wire::Value* routes = find_at(file_.root, path + ".routes");
            const bool has_routes = routes != nullptr && !routes->is_null();
            if (has_routes) {
                read_space(*routes, path);
            }
            if (has_routes || locates) {
                break;
            }
        }
        return std::move(out_);
    }

  private:
    struct Ordered {
        std::int64_t order;
        std::size_t place;  // in the file
        std::vector<RouteConfig> routes;
    };

    [[noreturn]] void refuse(const std::string& path, const std::string& why) const {
        std::string_view at = path;
        auto line = file_.lines.find(path);
        while (line == file_.lines.end() && at.find_last_of(".[") != std::string_view::npos) {
            at = at.substr(0, at.find_last_of(".["));
            line = file_.lines.find(std::string{at});
        }
        throw Failure{Kind::invalid, "config.invalid",
                      file_.name +
                          (line == file_.lines.end() ? "" : ":" + std::to_string(line->second)) +
                          ": " + (route_.empty() ? "" : "route " + route_ + " ") + why};
    }

    std::vector<StepConfig> read_default_filters(const std::string& path) const {
        for (const char* name : {"default-filters", "defaultFilters"}) {
            const std::string here = path + "." + name;
            if (const wire::Value* filters = find_at(file_.root, here)) {
                return read_steps(*filters, here, What::filter);
            }
        }
        return {};
    }

    bool read_switch(const std::string& path) const {
        const wire::Value* value = find_at(file_.root, path);
        const std::string text = value == nullptr || value->is_null() ? "false" : text_of(*value);
        if (text != "true" && text != "false") {
            refuse(path, path + " must be true or false, not " + text);
        }
        return text == "true";
    }

    // Routes that come and go with applications.  What would make them others than /NAME/** is
    // written in a language of its own.
    bool read_locator(const std::string& space) {
        const std::string path = space + ".discovery.locator";
        if (!read_switch(path + ".enabled")) {
            return false;
        }
        for (const char* name :
             {"filters", "predicates", "url-expression", "urlExpression", "include-expression",
              "includeExpression", "route-id-prefix", "routeIdPrefix"}) {
            const std::string here = path + "." + name;
            if (find_at(file_.root, here) != nullptr) {
                refuse(here, here +
                                 " is not supported: known are enabled and "
                                 "lower-case-service-id; another route is written under routes, "
                                 "with uri: lb://NAME");
            }
        }
        const bool lowers = read_switch(path + ".lower-case-service-id") ||
                            read_switch(path + ".lowerCaseServiceId");
        out_.locator = LocatorRules{
            .spelling = lowers ? LocatorRules::Spelling::lower : LocatorRules::Spelling::upper,
            .filters = default_filters_};
        return true;
    }

    void read_space(const wire::Value& routes, const std::string& path) {
        const wire::Array* list = routes.if_array();
        if (list == nullptr || list->size() > routes_max) {
            refuse(path + ".routes", "routes must be a list of at most 10000");
        }
        std::vector<Ordered> all;
        for (std::size_t i = 0; i < list->size(); ++i) {
            all.push_back(read_route((*list)[i], path + ".routes[" + std::to_string(i) + "]", i));
        }
        std::ranges::sort(all, {},
                          [](const Ordered& one) { return std::pair{one.order, one.place}; });
        for (Ordered& one : all) {
            std::ranges::move(one.routes, std::back_inserter(out_.routes));
        }
    }

    Ordered read_route(const wire::Value& value, const std::string& path, std::size_t i) {
        route_ = std::to_string(i + 1);
        const wire::Object* members = value.if_object();
        if (members == nullptr) {
            refuse(path, "must be a map with id, uri, predicates and filters");
        }
        RouteConfig route{.id = "route-" + std::to_string(i + 1)};
        std::int64_t order = 0;
        std::vector<StepConfig> predicates;
        for (const auto& [name, member] : *members) {
            const std::string here = path + "." + name;
            if (name == "id") {
                route_ = route.id = text_of(member);
            } else if (name == "uri") {
                route.upstreams = {uri_of(text_of(member), here)};
            } else if (name == "order") {
                order = read_order(member, here);
            } else if (name == "predicates") {
                predicates = read_steps(member, here, What::predicate);
            } else if (name == "filters") {
                route.filters = read_steps(member, here, What::filter);
            } else if (name == "metadata") {
                read_metadata(member, route, here);
            } else if (name != "enabled") {
                refuse(here, "has " + name +
                                 ", which is none of id, uri, order, predicates, "
                                 "filters, metadata");
            }
        }
        if (route.upstreams.empty()) {
            refuse(path, "has no uri");
        }
        route.filters.insert(route.filters.begin(), default_filters_.begin(),
                             default_filters_.end());
        for (const StepConfig& filter : route.filters) {
            if (const auto fault = Filters::find_fault(filter)) {
                refuse(path + ".filters", *fault);
            }
        }
        Ordered all{order, i,
                    spread(std::move(route), std::move(predicates), path + ".predicates")};
        route_.clear();
        return all;
    }

    std::int64_t read_order(const wire::Value& value, const std::string& path) const {
        std::string text = text_of(value);
        const bool is_negative = text.starts_with('-');
        const auto number = parse_number(std::string_view{text}.substr(is_negative ? 1 : 0));
        if (!number || *number > 2'147'483'648U) {
            refuse(path, "has an order that is no whole number: " + text);
        }
        return static_cast<std::int64_t>(*number) * (is_negative ? -1 : 1);
    }

    void read_metadata(const wire::Value& value, RouteConfig& route,
                       const std::string& path) const {
        if (const wire::Value* time = value.find("response-timeout")) {
            const auto ms = parse_number(text_of(*time));
            if (!ms || *ms == 0 || *ms > 86'400'000) {
                refuse(path, "has a response-timeout that is no number of milliseconds: " +
                                 text_of(*time));
            }
            route.time_ms_max = std::chrono::milliseconds{*ms};
        }
    }

    // ws is spoken over http; what is behind the address is a matter of filters.
    std::string uri_of(std::string uri, const std::string& path) const {
        for (const auto& [from, to] :
             std::to_array<std::pair<std::string_view, std::string_view>>({{"lb:ws://", "lb://"},
                                                                           {"lb:wss://", "lb://"},
                                                                           {"ws://", "http://"},
                                                                           {"wss://", "https://"},
                                                                           {"no://", "lb://"}})) {
            if (uri.starts_with(from)) {
                uri = std::string{to} + uri.substr(from.size());
                break;
            }
        }
        const std::size_t scheme = uri.find("://");
        if (!uri.starts_with("lb://") && !uri.starts_with("http://") &&
            !uri.starts_with("https://")) {
            refuse(path, "has an uri that cannot be called: " + uri +
                             "; known are http://, https://, ws://, wss://, lb://");
        }
        return uri.substr(0, uri.find('/', scheme + 3));
    }

    using What = StepKind;

    std::vector<StepConfig> read_steps(const wire::Value& value, const std::string& path,
                                       What what) const {
        std::vector<StepConfig> steps;
        const wire::Array* list = value.if_array();
        if (list == nullptr && !value.is_null()) {
            refuse(path, "must be a list");
        }
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            const std::string here = path + "[" + std::to_string(i) + "]";
            StepConfig step = read_step((*list)[i], here, what);
            const bool is_route_part =
                what == What::predicate && (step.name == "Path" || step.name == "Method");
            const auto fault = is_route_part             ? std::nullopt
                               : what == What::predicate ? Conditions::find_fault(step)
                                                         : Filters::find_fault(step);
            if (fault) {
                refuse(here, *fault);
            }
            steps.push_back(std::move(step));
        }
        return steps;
    }

    // `Path=/a/**,/b/**`, or {name: Path, args: {patterns: [/a/**, /b/**]}}.
    StepConfig read_step(const wire::Value& value, const std::string& path, What what) const {
        StepConfig step;
        if (const std::string* text = value.if_string()) {
            const std::size_t equals = text->find('=');
            step.name = trim(std::string_view{*text}.substr(0, equals));
            if (equals != std::string::npos) {
                for (const std::string_view part :
                     split(std::string_view{*text}.substr(equals + 1), ',')) {
                    step.args.emplace_back(trim(part));
                }
            }
        } else if (const wire::Value* name = value.find("name")) {
            step.name = text_of(*name);
            if (const wire::Value* args = value.find("args")) {
                std::string unknown;
                step.args = read_arguments(step.name, *args, what, unknown);
                if (!unknown.empty()) {
                    refuse(path, unknown);
                }
            }
        } else {
            refuse(path, "has a part that is neither NAME=ARGUMENTS nor {name, args}");
        }
        join_extra_arguments(step, what);
        return step;
    }

    // One route for each path: Path, Method and the rest.
    std::vector<RouteConfig> spread(RouteConfig route, std::vector<StepConfig> predicates,
                                    const std::string& here) const {
        std::vector<std::string> paths;
        for (StepConfig& step : predicates) {
            if (step.name == "Path") {
                for (const std::string& pattern : step.args) {
                    if (pattern != "true" && pattern != "false") {  // matchTrailingSlash
                        paths.push_back(path_of(pattern));
                    }
                }
            } else if (step.name == "Method") {
                route.methods.insert(route.methods.end(), step.args.begin(), step.args.end());
            } else {
                route.predicates.push_back(std::move(step));
            }
        }
        if (predicates.empty()) {
            refuse(here, "has no predicates");
        }
        if (paths.empty()) {
            paths.emplace_back("/**");
        }
        std::vector<RouteConfig> all;
        for (std::size_t i = 0; i < paths.size(); ++i) {
            RouteConfig& one = all.emplace_back(route);
            one.path = paths[i];
            one.audience = route.id;
            one.id += i == 0 ? "" : "-" + std::to_string(i + 1);
        }
        return all;
    }

    // `*` is a segment without a name, {*rest} a last `**`.
    static std::string path_of(std::string_view pattern) {
        std::string out;
        int number = 0;
        for (const std::string_view segment : split(pattern, '/')) {
            if (segment.empty() && out.empty()) {
                continue;
            }
            out += "/";
            if (segment == "*") {
                out += "{any" + std::to_string(++number) + "}";
            } else {
                out += segment.starts_with("{*") ? "**" : segment;
            }
        }
        return out.empty() ? "/" : out;
    }

    const SpringFile& file_;
    std::string route_;  // that is being read
    std::vector<StepConfig> default_filters_;
    SpringSpace out_;
};

}  // namespace

SpringSpace to_routes(const SpringFile& file) { return Reader{file}.read(); }

SpringSpace read_routes_file(const std::filesystem::path& file) {
    if (file.empty()) {
        return {};
    }
    runtime::YamlDocument document = runtime::read_yaml(file);
    return to_routes({std::move(document.root), std::move(document.lines), file.string()});
}

}  // namespace loquat::gateway
