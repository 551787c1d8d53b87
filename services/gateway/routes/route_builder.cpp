#include "services/gateway/routes/route_builder.hpp"

#include "base/text.hpp"
#include "runtime/actuator/actuator.hpp"
#include "services/gateway/domain/identity_fields.hpp"
#include "services/gateway/routes/route_rules.hpp"
#include "services/gateway/routes/spring_routes.hpp"
#include "wire/codec.hpp"

namespace loquat::gateway {
namespace {

[[noreturn]] void refuse(const RouteConfig& config, const RouteFault& fault) {
    throw Failure{Kind::invalid, "config.invalid",
                  "gateway.routes: " + config.id + ": " + fault.field +
                      (fault.field.empty() ? "" : " ") + fault.why};
}

contracts::Access access_of(RouteAccess access) {
    switch (access) {
        case RouteAccess::anyone:
            return contracts::Access::anyone;
        case RouteAccess::user:
            return contracts::Access::user;
        case RouteAccess::admin:
            break;
    }
    return contracts::Access::admin;
}

// What belongs to the product whether or not this process answers there.
constexpr std::array<std::string_view, 7> own_spaces{
    "/internal/**", "/actuator/**", "/ws/**", "/healthz", "/livez", "/readyz", "/assets/**"};

// Services without operations of their own.
constexpr auto own_processes =
    std::to_array<std::string_view>({"config", "gateway", "realtime", "registry"});

bool keeps(const RouteConfig& config) {
    return config.cache.enabled || config.fallback.last_good.seconds.count() > 0;
}

// What a route kept is no longer right when the route is another.
std::vector<std::string> rooms_of(const RouteConfig& config) {
    const std::string text = wire::encode(config);
    const std::string room = config.id + "#" + std::to_string(std::hash<std::string>{}(text));
    return {room, room + "#good"};
}

std::shared_ptr<const Keeping> keeping_of(const RouteConfig& config,
                                          std::vector<std::string> forgets) {
    const auto rooms = rooms_of(config);
    return std::make_shared<const Keeping>(
        Keeping{rooms[0], rooms[1], config.cache, config.fallback.last_good, std::move(forgets)});
}

class Builder {
  public:
    Builder(const GatewayConfig& config, const RouteSources& sources)
        : config_(config),
          sources_(sources),
          link_local_(link_local_setting, config.upstream.link_local_networks),
          table_(std::make_shared<RouteTable>()),
          rules_({[this](std::string_view pattern) { return table_->is_reserved(pattern); },
                  sources.may_be_elsewhere, link_local_}) {}

    std::shared_ptr<const RouteTable> build() {
        for (const contracts::Operation& operation : sources_.dispatcher.operations()) {
            add_hosted(operation);
        }
        for (const contracts::Operation& operation : sources_.known) {
            add_elsewhere(operation);
        }
        add_realtime_elsewhere();
        add_own();
        reserve_the_rest();
        add_joins();
        std::vector<RouteConfig> routes = config_.routes;
        SpringSpace springs = read_spring(config_);
        std::ranges::move(springs.routes, std::back_inserter(routes));
        add_locator(std::move(springs.locator));
        const auto shares = share_out(routes);
        for (RouteConfig& route : routes) {
            route.cache = cache_of(route.filters, route.cache);
            if (keeps(route)) {
                std::ranges::move(rooms_of(route), std::back_inserter(kept_[route.path]));
            }
        }
        for (std::size_t i = 0; i < routes.size(); ++i) {
            add_configured(routes[i], shares[i]);
        }
        table_->set_configured(std::move(routes));
        return table_;
    }

    static Route to_route(const RouteConfig& config) {
        Route route{.id = config.id, .pattern = config.path, .host = to_lower_ascii(config.host)};
        route.headers = config.headers;
        route.methods = methods_of(config);
        route.target = Target::upstream;
        route.made_by = RouteMaker::configuration;
        route.encoded_slashes = config.encoded_slashes;
        route.path_parameters = config.path_parameters;
        route.credentials = config.credentials;
        route.audience = config.audience.empty() ? config.id : config.audience;
        route.access = access_of(config.access);
        route.body_bytes_max = config.body_bytes_max;
        route.time_max = config.time_ms_max;
        route.rewrite = Rewrite{config.path, config.rewrite};
        route.fallback = config.fallback;
        if (config.per_minute > 0) {
            route.limit = {LimitKind::own, Rate::of(config.per_minute),
                           std::hash<std::string>{}(config.id)};
        }
        add_steps(route, config);
        return route;
    }

  private:
    void reserve_the_rest() {
        for (const contracts::Operation& operation : sources_.known) {
            table_->reserve(operation.spec.path);
        }
        for (const std::string_view space : own_spaces) {
            table_->reserve(space);
        }
        for (const std::string& path : sources_.reserved) {
            table_->reserve(path);
        }
    }

    // Services of the platform have routes of their own, and no others.
    void add_locator(std::optional<LocatorRules> rules) {
        if (!rules) {
            return;
        }
        rules->withheld.insert(own_processes.begin(), own_processes.end());
        for (const contracts::Operation& operation : sources_.known) {
            rules->withheld.emplace(operation.service);
        }
        for (const contracts::Operation& operation : sources_.dispatcher.operations()) {
            rules->withheld.emplace(operation.service);
        }
        table_->set_locator(std::move(*rules));
    }

    void add_configured(const RouteConfig& config, Conditions::Share share) {
        if (const auto faults = rules_.judge(config); !faults.empty()) {
            refuse(config, faults.front());
        }
        Route route = to_route(config);
        route.conditions.set_share(share);
        set_upstream(route, config);
        set_keeping(route, config);
        set_mirror(route, config.mirror);
        table_->add(std::move(route));
    }

    void set_keeping(Route& route, const RouteConfig& config) const {
        if (const auto kept = kept_.find(config.path); kept != kept_.end()) {
            route.keeping = keeping_of(config, kept->second);
        }
    }

    void set_mirror(Route& route, const MirrorConfig& config) {
        if (config.upstream.empty()) {
            return;
        }
        Upstream upstream{.name = route.id + " mirror"};
        RouteConfig as_route{.id = route.id, .upstreams = {config.upstream}};
        if (const auto service = service_of(as_route)) {
            upstream.service = *service;
        } else {
            upstream.urls = {config.upstream};
        }
        route.mirror = std::make_shared<const Mirror>(
            Mirror{table_->add_upstream(std::move(upstream)), config});
    }

    static void add_steps(Route& route, const RouteConfig& config) {
        for (const StepConfig& predicate : config.predicates) {
            route.conditions.add(predicate);
        }
        for (const StepConfig& filter : config.filters) {
            route.filters.add(filter);
        }
        const Filters& filters = route.filters;
        if (filters.request_bytes) {
            route.body_bytes_max = static_cast<std::size_t>(*filters.request_bytes);
        }
        if (!filters.fallback_path.empty() && route.fallback.status == 0) {
            route.fallback.path = filters.fallback_path;
        }
        if (filters.resumes && route.fallback.status == 0 && route.fallback.path.empty()) {
            route.fallback.status = 200;
            route.fallback.content_type = "text/plain";
        }
        if (filters.passes_credentials) {
            route.credentials = CredentialRule::pass;
        }
        if (filters.limit) {
            const auto& args = filters.limit->args;
            const auto per_second = static_cast<std::int32_t>(parse_number(args[0]).value());
            const auto burst = static_cast<std::int32_t>(parse_number(args.back()).value());
            route.limit = {LimitKind::own, Rate::of(per_second * 60, burst),
                           std::hash<std::string>{}(config.id)};
        }
    }

    static Methods methods_of(const RouteConfig& config) {
        Methods methods;
        for (const std::string& name : config.methods) {
            methods.add(Methods::parse(name).value());
        }
        return methods.empty() ? Methods{Methods::all} : methods;
    }

    void set_upstream(Route& route, const RouteConfig& config) {
        if (!config.service.empty()) {
            return set_service(route, config.service);
        }
        Upstream upstream{.name = config.id, .health_path = config.health_path};
        const auto service = service_of(config);
        upstream.service = service.value_or("");
        if (!service) {
            upstream.urls = config.upstreams;
        }
        route.upstream = table_->add_upstream(std::move(upstream));
    }

    void set_service(Route& route, const std::string& service) {
        route.target = Target::upstream;
        route.trust = UpstreamTrust::platform;
        route.upstream = table_->add_upstream(
            {.name = "service " + service, .service = service, .is_ours = true});
    }

    Route route_of(const contracts::Operation& operation) const {
        Route route{.id = std::string{operation.service} + "." + std::string{operation.name},
                    .pattern = std::string{operation.spec.path}};
        route.methods = Methods::of(operation.spec.method);
        route.access = operation.spec.access;
        route.limit.kind = limit_kind_of(operation.spec.limit);
        for (const LimitOverride& other : config_.limits.routes) {
            if (other.path == operation.spec.path && other.method == operation.spec.method) {
                const auto kind = other.per_minute > 0 ? LimitKind::own : LimitKind::none;
                const std::size_t key = std::hash<std::string>{}(route.id);
                route.limit = {kind, Rate::of(other.per_minute, other.burst), key};
            }
        }
        route.body_bytes_max = operation.spec.body_bytes_max;
        route.time_max = operation.spec.time_max;
        route.repeat = contracts::repeat_of(operation.spec);
        return route;
    }

    void add_hosted(const contracts::Operation& operation) {
        if (operation.spec.access == contracts::Access::internal) {
            return;
        }
        Route route = route_of(operation);
        route.target = Target::operation;
        route.operation =
            sources_.dispatcher.find(operation.spec.method, operation.spec.path).operation;
        if (route.operation != nullptr) {
            table_->add(std::move(route));
        }
    }

    void add_elsewhere(const contracts::Operation& operation) {
        const std::string service{operation.service};
        const auto same = [&](const contracts::Operation& here) {
            return here.service == operation.service;
        };
        if (operation.spec.access == contracts::Access::internal ||
            std::ranges::any_of(sources_.dispatcher.operations(), same)) {
            return;
        }
        if (sources_.may_be_elsewhere(service)) {
            Route route = route_of(operation);
            if (operation.is_feed) {
                route.time_max = std::chrono::milliseconds{0};
            }
            set_service(route, service);
            table_->add(std::move(route));
        }
    }

    void add_realtime_elsewhere() {
        if (!sources_.may_be_elsewhere("realtime") ||
            sources_.dispatcher.find_upgrade("/ws", 0) != nullptr) {
            return;
        }
        Route route{.id = "realtime.ws", .pattern = "/ws", .methods = Methods{Methods::get}};
        route.limit.kind = LimitKind::upgrade;
        set_service(route, "realtime");
        table_->add(std::move(route));
    }

    void add_joins() {
        for (std::size_t i = 0; i < config_.joins.size(); ++i) {
            const std::string& path = config_.joins[i].path;
            if (!path.starts_with('/') || path.find_first_of("{}*?#") != std::string::npos ||
                table_->is_reserved(path)) {
                throw Failure{Kind::invalid, "config.invalid",
                              "gateway.joins: " + path +
                                  " must be a plain path that is not Loquat's own, and comes once"};
            }
            Route route{.id = "join" + path, .pattern = path, .methods = Methods{Methods::get}};
            route.access = contracts::Access::user;
            route.own = OwnAnswer::join;
            route.join = i;
            table_->add(std::move(route));
        }
    }

    void add_own() {
        using enum contracts::Access;
        add_own("healthz", "/healthz", OwnAnswer::liveness, anyone);
        add_own("openapi", "/api/openapi.json", OwnAnswer::openapi, anyone);
        add_own("docs", "/api/docs", OwnAnswer::docs, anyone);
        add_own("docs_style", "/api/docs.css", OwnAnswer::docs_style, anyone);
        add_own("identity_keys", identity_keys_path.data(), OwnAnswer::identity_keys, anyone);
        for (const char* path :
             {"/internal/health", "/internal/metrics", "/actuator", "/actuator/**"}) {
            add_own("operations", path, OwnAnswer::operations, admin);
        }
        for (const char* path : {"/livez", "/readyz"}) {
            add_own("probes", path, OwnAnswer::operations, anyone);
        }
        add_own("clients", "/internal/clients", OwnAnswer::clients, admin);
        add_own("gateway.list_routes", "/internal/gateway/routes", OwnAnswer::list_routes, admin);
        add_own("gateway.replace_routes", "/internal/gateway/routes", OwnAnswer::replace_routes,
                admin);
    }

    static Methods methods_of(OwnAnswer answer, contracts::Access access) {
        if (answer == OwnAnswer::replace_routes) {
            return Methods{Methods::put};
        }
        const bool takes_posts =
            answer == OwnAnswer::operations && access == contracts::Access::admin;
        Methods methods{Methods::get};
        if (takes_posts) {
            methods.add(Methods{Methods::post});
        }
        return methods;
    }

    void add_own(const char* id, const char* path, OwnAnswer answer, contracts::Access access) {
        Route route{.id = id, .pattern = path, .access = access};
        route.methods = methods_of(answer, access);
        const bool is_probe = access == contracts::Access::anyone &&
                              (answer == OwnAnswer::liveness || answer == OwnAnswer::operations);
        route.limit.kind = is_probe ? LimitKind::none : LimitKind::standard;
        route.own = answer;
        route.body_bytes_max = answer == OwnAnswer::replace_routes ? 64 * 1024 * 1024
                               : answer == OwnAnswer::operations ? runtime::Actuator::body_bytes_max
                                                                 : 0;
        table_->add(std::move(route));
    }

    const GatewayConfig& config_;
    const RouteSources& sources_;
    Networks link_local_;
    std::shared_ptr<RouteTable> table_;
    RouteRules rules_;
    std::map<std::string, std::vector<std::string>> kept_;  // rooms by path
};

}  // namespace

std::shared_ptr<const RouteTable> build_routes(const GatewayConfig& config,
                                               const RouteSources& sources) {
    return Builder{config, sources}.build();
}

Route make_route(const RouteConfig& config) { return Builder::to_route(config); }

std::shared_ptr<const Keeping> make_keeping(const RouteConfig& config) {
    return keeps(config) ? keeping_of(config, rooms_of(config)) : nullptr;
}

}  // namespace loquat::gateway
