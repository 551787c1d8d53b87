#include "services/gateway/routes/spring_routes.hpp"

#include <algorithm>
#include <optional>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/config/yaml.hpp"
#include "services/gateway/routes/conditions.hpp"
#include "services/gateway/routes/filters.hpp"
#include "services/gateway/routes/spring_arguments.hpp"
#include "services/gateway/routes/spring_keys.hpp"

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
    explicit Reader(std::span<const SpringFile> files) : files_(files) {}

    SpringSpace read() {
        default_filters_ = read_default_filters();
        read_locator();
        if (const Found routes = find("routes"); routes.value != nullptr) {
            read_space(*routes.value, routes.path);
        }
        return std::move(out_);
    }

  private:
    struct Found {
        const wire::Value* value = nullptr;
        std::string path;
    };
    struct Ordered {
        std::int64_t order;
        std::size_t place;  // in the file
        std::vector<RouteConfig> routes;
        std::string where;
    };

    // The strongest file that has it is the one that faults are told of from now on.
    Found find(std::string_view name) {
        for (const SpringFile& file : files_) {
            for (const std::string_view place : places) {
                std::string path = std::string{place} + "." + std::string{name};
                const wire::Value* value = find_at(file.root, path);
                if (value != nullptr && !value->is_null()) {
                    file_ = &file;
                    return {value, std::move(path)};
                }
            }
        }
        return {};
    }
    Found find(std::initializer_list<std::string_view> names) {
        for (const std::string_view name : names) {
            if (Found found = find(name); found.value != nullptr) {
                return found;
            }
        }
        return {};
    }

    // `gateway.yml:7`, or who gave the first key there and its name.
    std::string where(const std::string& path) const {
        for (std::string at = path;; at.resize(at.find_last_of(".["))) {
            if (const auto line = file_->lines.find(at); line != file_->lines.end()) {
                return file_->name + ":" + std::to_string(line->second);
            }
            const auto given = file_->origins.lower_bound(at);
            if (given != file_->origins.end() && given->first.starts_with(at)) {
                return given->second + ": " + path;
            }
            if (at.find_last_of(".[") == std::string::npos) {
                return file_->name;
            }
        }
    }

    [[noreturn]] void refuse(const std::string& path, const std::string& why) const {
        throw Failure{Kind::invalid, "config.invalid",
                      where(path) + ": " + (route_.empty() ? "" : "route " + route_ + " ") + why};
    }

    std::vector<StepConfig> read_default_filters() {
        const Found found = find({"default-filters", "defaultFilters"});
        return found.value == nullptr ? std::vector<StepConfig>{}
                                      : read_steps(*found.value, found.path, What::filter);
    }

    bool read_switch(std::initializer_list<std::string_view> names) {
        const Found found = find(names);
        const std::string text = found.value == nullptr ? "false" : text_of(*found.value);
        if (text != "true" && text != "false") {
            refuse(found.path, found.path + " must be true or false, not " + text);
        }
        return text == "true";
    }

    // Routes that come and go with applications.  What would make them others than /NAME/** is
    // written in a language of its own.
    void read_locator() {
        if (!read_switch({"discovery.locator.enabled"})) {
            return;
        }
        const Found unknown =
            find({"discovery.locator.filters", "discovery.locator.predicates",
                  "discovery.locator.url-expression", "discovery.locator.urlExpression",
                  "discovery.locator.include-expression", "discovery.locator.includeExpression",
                  "discovery.locator.route-id-prefix", "discovery.locator.routeIdPrefix"});
        if (unknown.value != nullptr) {
            refuse(unknown.path, unknown.path +
                                     " is not supported: known are enabled and "
                                     "lower-case-service-id; another route is written under "
                                     "routes, with uri: lb://NAME");
        }
        const bool lowers = read_switch(
            {"discovery.locator.lower-case-service-id", "discovery.locator.lowerCaseServiceId"});
        out_.locator = LocatorRules{
            .spelling = lowers ? LocatorRules::Spelling::lower : LocatorRules::Spelling::upper,
            .filters = default_filters_};
    }

    // An empty list came as an empty text, if it did not come with a file.
    static bool is_empty(const wire::Value& value) {
        const std::string* text = value.if_string();
        return value.is_null() || (text != nullptr && text->empty());
    }

    void read_space(const wire::Value& routes, const std::string& path) {
        if (is_empty(routes)) {
            return;
        }
        const wire::Array* list = routes.if_array();
        if (list == nullptr || list->size() > routes_max) {
            refuse(path, "routes must be a list of at most 10000");
        }
        std::vector<Ordered> all;
        for (std::size_t i = 0; i < list->size(); ++i) {
            all.push_back(read_route((*list)[i], path + "[" + std::to_string(i) + "]", i));
        }
        std::ranges::sort(all, {},
                          [](const Ordered& one) { return std::pair{one.order, one.place}; });
        for (Ordered& one : all) {
            out_.places.resize(out_.places.size() + one.routes.size(), one.where);
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
        if (const wire::Value* id = value.find("id")) {
            route_ = route.id = text_of(*id);
        }
        for (const auto& [name, member] : *members) {
            const std::string here = path + "." + name;
            if (name == "uri") {
                route.upstreams = {uri_of(text_of(member), here)};
            } else if (name == "order") {
                order = read_order(member, here);
            } else if (name == "predicates") {
                predicates = read_steps(member, here, What::predicate);
            } else if (name == "filters") {
                route.filters = read_steps(member, here, What::filter);
            } else if (name == "metadata") {
                read_metadata(member, route, here);
            } else if (name != "enabled" && name != "id") {
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
        Ordered all{order, i, spread(std::move(route), std::move(predicates), path + ".predicates"),
                    where(path)};
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
        if (list == nullptr && !is_empty(value)) {
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
            drop_empty_arguments(step);
        } else if (const wire::Value* name = value.find("name")) {
            step.name = text_of(*name);
            if (const wire::Value* args = value.find("args"); args != nullptr && !is_empty(*args)) {
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

    std::span<const SpringFile> files_;
    const SpringFile* file_ = nullptr;  // that is being read
    std::string route_;                 // that is being read
    std::vector<StepConfig> default_filters_;
    SpringSpace out_;
};

}  // namespace

SpringSpace to_routes(std::span<const SpringFile> files) { return Reader{files}.read(); }

SpringSpace read_spring(const GatewayConfig& config) {
    std::vector<SpringFile> files;
    if (!config.spring.empty()) {
        files.push_back(to_file(config.spring));
    }
    if (!config.routes_file.empty()) {
        runtime::YamlDocument document = runtime::read_yaml(config.routes_file);
        files.push_back({std::move(document.root), std::move(document.lines), config.routes_file});
    }
    return to_routes(files);
}

}  // namespace loquat::gateway
