#include "services/gateway/route_builder.hpp"

#include <set>

#include "base/redact.hpp"
#include "base/text.hpp"
#include "contracts/auth.hpp"
#include "contracts/chat.hpp"
#include "contracts/generation.hpp"
#include "contracts/model.hpp"
#include "contracts/presence.hpp"
#include "contracts/usage.hpp"
#include "services/gateway/client_address.hpp"
#include "services/gateway/identity_tokens.hpp"
#include "services/gateway/path_rules.hpp"

namespace loquat::gateway {
namespace {

[[noreturn]] void refuse(const RouteConfig& config, const std::string& why) {
    throw Failure{Kind::invalid, "config.invalid", "gateway.routes: " + config.id + ": " + why};
}

LimitKind kind_of(contracts::LimitClass of_class) {
    switch (of_class) {
        case contracts::LimitClass::standard:
            return LimitKind::standard;
        case contracts::LimitClass::sign_in:
            return LimitKind::sign_in;
        case contracts::LimitClass::model:
            return LimitKind::model;
        case contracts::LimitClass::none:
            break;
    }
    return LimitKind::none;
}

void check_pattern(const RouteConfig& config) {
    if (!config.path.starts_with('/')) {
        refuse(config, "path must begin with a slash");
    }
    const auto segments = split(std::string_view{config.path}.substr(1), '/');
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (segments[i] == "**" && i + 1 < segments.size()) {
            refuse(config, "** may only be the last segment");
        }
        if (segments[i].empty() && i + 1 < segments.size()) {
            refuse(config, "path has an empty segment");
        }
    }
}

// One spelling, as for the paths of requests: another one would never be found.
void check_spelling(const RouteConfig& config) {
    std::string scratch;
    const auto checked = check_path(config.path, scratch);
    const bool is_plain = checked && checked->path == config.path && !checked->oddities.any();
    if (!is_plain) {
        refuse(config, "path is not in its plain form");
    }
}

// What belongs to the product whether or not this process answers there.
constexpr std::array<std::string_view, 5> own_spaces{"/internal/**", "/actuator/**", "/ws/**",
                                                     "/healthz", "/assets/**"};

class Builder {
  public:
    Builder(const GatewayConfig& config, const RouteSources& sources)
        : config_(config),
          sources_(sources),
          link_local_(link_local_setting, config.upstream.link_local_networks),
          table_(std::make_shared<RouteTable>()) {}

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
        for (const RouteConfig& route : config_.routes) {
            add_configured(route);
        }
        return table_;
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

    void add_configured(const RouteConfig& config) {
        check_pattern(config);
        check_spelling(config);
        if (table_->is_reserved(config.path)) {
            refuse(config, "path " + config.path + " belongs to Loquat itself");
        }
        if (!ids_.insert(config.id).second) {
            refuse(config, "the id comes twice");
        }
        Route route{.id = config.id, .pattern = config.path, .host = to_lower_ascii(config.host)};
        route.headers = config.headers;
        route.methods = methods_of(config);
        route.target = Target::upstream;
        route.made_by = RouteMaker::configuration;
        route.encoded_slashes = config.encoded_slashes;
        route.path_parameters = config.path_parameters;
        route.credentials = config.credentials;
        route.audience = config.audience.empty() ? config.id : config.audience;
        route.access = static_cast<contracts::Access>(config.access);
        route.body_bytes_max = static_cast<std::size_t>(config.body_bytes_max);
        route.time_max = std::chrono::milliseconds{config.time_ms_max};
        route.rewrite = Rewrite{config.path, config.rewrite};
        if (config.per_minute > 0) {
            route.limit = {LimitKind::own, Rate::of(config.per_minute),
                           std::hash<std::string>{}(config.id)};
        }
        set_upstream(route, config);
        table_->add(std::move(route));
    }

    static Methods methods_of(const RouteConfig& config) {
        Methods methods;
        for (const std::string& name : config.methods) {
            const auto one = Methods::parse(name);
            if (!one) {
                refuse(config, name + " is no method that can be chosen by");
            }
            methods.add(*one);
        }
        return methods.empty() ? Methods{Methods::all} : methods;
    }

    void set_upstream(Route& route, const RouteConfig& config) {
        if (config.upstreams.empty() == config.service.empty()) {
            refuse(config, "it needs either upstreams or a service");
        }
        if (!config.service.empty()) {
            const std::string url = sources_.service_url(config.service);
            if (url.empty()) {
                refuse(config, "platform.urls does not say where " + config.service + " is");
            }
            set_service(route, config.service, url);
            return;
        }
        std::vector<net::http::Origin> origins;
        for (const std::string& url : config.upstreams) {
            auto origin = net::http::Origin::parse(url);
            if (!origin) {
                refuse(config, hide_credentials(url) + " is not of the form http://host:port");
            }
            check_address(config, *origin);
            origins.push_back(std::move(*origin));
        }
        route.upstream = table_->add_upstream(config.id, std::move(origins));
    }

    // Names are judged when they are connected to: what they stand for may change.
    void check_address(const RouteConfig& config, const net::http::Origin& origin) const {
        const auto address = net::Address::parse(origin.host);
        if (address && address->is_link_local() && !link_local_.covers(*address)) {
            refuse(config, origin.host + " is link-local or tells a machine its secrets; " +
                               std::string{link_local_setting} + " can allow it");
        }
    }

    void set_service(Route& route, const std::string& service, const std::string& url) {
        auto origin = net::http::Origin::parse(url);
        if (!origin) {
            throw Failure{Kind::invalid, "config.bad_url",
                          hide_credentials(url) + " is not of the form http://host:port"};
        }
        route.target = Target::upstream;
        route.trust = UpstreamTrust::platform;
        route.upstream = table_->add_upstream("service " + service, {std::move(*origin)});
    }

    Route route_of(const contracts::Operation& operation) const {
        Route route{.id = std::string{operation.service} + "." + std::string{operation.name},
                    .pattern = std::string{operation.spec.path}};
        route.methods = Methods::of(operation.spec.method);
        route.access = operation.spec.access;
        route.limit.kind = kind_of(operation.spec.limit);
        for (const LimitOverride& other : config_.limits.routes) {
            if (other.path == operation.spec.path && other.method == operation.spec.method) {
                route.limit = {other.per_minute > 0 ? LimitKind::own : LimitKind::none,
                               Rate::of(other.per_minute, other.burst),
                               std::hash<std::string>{}(route.id)};
            }
        }
        route.body_bytes_max = operation.spec.body_bytes_max;
        route.time_max = operation.spec.time_max;
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
        if (const std::string url = sources_.service_url(service); !url.empty()) {
            Route route = route_of(operation);
            if (operation.is_feed) {
                route.time_max = std::chrono::milliseconds{0};
            }
            set_service(route, service, url);
            table_->add(std::move(route));
        }
    }

    void add_realtime_elsewhere() {
        const std::string url = sources_.service_url("realtime");
        if (url.empty() || sources_.dispatcher.find_upgrade("/ws", 0) != nullptr) {
            return;
        }
        Route route{.id = "realtime.ws", .pattern = "/ws", .methods = Methods{Methods::get}};
        route.limit.kind = LimitKind::upgrade;
        set_service(route, "realtime", url);
        table_->add(std::move(route));
    }

    void add_own() {
        using enum contracts::Access;
        add_own("healthz", "/healthz", OwnAnswer::liveness, anyone);
        add_own("openapi", "/api/openapi.json", OwnAnswer::openapi, anyone);
        add_own("docs", "/api/docs", OwnAnswer::docs, anyone);
        add_own("docs_style", "/api/docs.css", OwnAnswer::docs_style, anyone);
        add_own("identity_keys", identity_keys_path.data(), OwnAnswer::identity_keys, anyone);
        for (const char* path : {"/internal/health", "/internal/metrics", "/actuator/health",
                                 "/actuator/info", "/actuator/prometheus"}) {
            add_own("operations", path, OwnAnswer::operations, admin);
        }
        add_own("gateway.list_routes", "/internal/gateway/routes", OwnAnswer::list_routes, admin);
        add_own("gateway.replace_routes", "/internal/gateway/routes", OwnAnswer::replace_routes,
                admin);
    }

    void add_own(const char* id, const char* path, OwnAnswer answer, contracts::Access access) {
        Route route{.id = id, .pattern = path, .access = access};
        route.methods = Methods{answer == OwnAnswer::replace_routes ? Methods::put : Methods::get};
        route.limit.kind = answer == OwnAnswer::liveness ? LimitKind::none : LimitKind::standard;
        route.own = answer;
        route.body_bytes_max = answer == OwnAnswer::replace_routes ? 64 * 1024 * 1024 : 0;
        table_->add(std::move(route));
    }

    const GatewayConfig& config_;
    const RouteSources& sources_;
    Networks link_local_;
    std::shared_ptr<RouteTable> table_;
    std::set<std::string> ids_;
};

}  // namespace

std::vector<contracts::Operation> known_operations() {
    std::vector<contracts::Operation> all;
    for (auto make : {contracts::auth_operations, contracts::chat_operations,
                      contracts::generation_operations, contracts::usage_operations,
                      contracts::model_operations, contracts::presence_operations}) {
        std::ranges::move(make(), std::back_inserter(all));
    }
    return all;
}

std::shared_ptr<const RouteTable> build_routes(const GatewayConfig& config,
                                               const RouteSources& sources) {
    return Builder{config, sources}.build();
}

}  // namespace loquat::gateway
