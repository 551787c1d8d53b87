#include "services/gateway/config_check.hpp"

#include <algorithm>
#include <fstream>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "contracts/registry.hpp"
#include "net/address.hpp"
#include "net/tls/context.hpp"
#include "runtime/front/dispatcher.hpp"
#include "runtime/front/web_assets.hpp"
#include "runtime/platform/platform_config.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/gateway/domain/client_address.hpp"
#include "services/gateway/own/web_files.hpp"
#include "services/gateway/routes/route_builder.hpp"
#include "services/gateway/routes/route_rules.hpp"
#include "services/gateway/routes/spring_routes.hpp"

namespace loquat::gateway {
namespace {

using runtime::ConfigFindings;

std::string numbered(const std::string& path, std::size_t index) {
    return path + "[" + std::to_string(index) + "]";
}

bool is_readable(const std::string& name) {
    std::ifstream file{name, std::ios::binary};
    return file.peek() != std::ifstream::traits_type::eof();
}

void check_tls(const TlsConfig& tls, ConfigFindings& findings) {
    const std::string certificate = "gateway.tls.certificate_file";
    const std::string key = "gateway.tls.key_file";
    if (tls.certificate_file.empty() && tls.key_file.empty()) {
        return;
    }
    if (tls.certificate_file.empty() || tls.key_file.empty()) {
        const bool has_key = tls.certificate_file.empty();
        return findings.add(has_key ? key : certificate,
                            "needs " + (has_key ? certificate : key) + " beside it");
    }
    bool is_there = true;
    for (const auto& [path, file] :
         {std::pair{certificate, tls.certificate_file}, std::pair{key, tls.key_file}}) {
        if (!is_readable(file)) {
            findings.add(path, "must be a PEM file that can be read, not " + file);
            is_there = false;
        }
    }
    if (!is_there) {
        return;
    }
    try {
        net::tls::ServerContext::make(net::tls::read_key_pair(tls.certificate_file, tls.key_file));
    } catch (const Failure& failure) {
        findings.add(certificate, "and key_file do not make a pair: " + failure.message + " (" +
                                      failure.detail + ")");
    }
}

void check_networks(const std::string& path, const std::vector<std::string>& networks,
                    ConfigFindings& findings) {
    for (std::size_t i = 0; i < networks.size(); ++i) {
        if (!Networks::is_one(networks[i])) {
            findings.add(numbered(path, i),
                         "must be an address or a network such as 10.0.0.0/8, not " + networks[i]);
        }
    }
}

void check_limits(const std::vector<LimitOverride>& limits, ConfigFindings& findings) {
    std::vector<std::string> paths;
    for (const contracts::Operation& one : contracts::all_operations()) {
        paths.emplace_back(one.spec.path);
    }
    for (std::size_t i = 0; i < limits.size(); ++i) {
        const std::string here = numbered("gateway.limits.routes", i);
        std::string methods;
        bool is_known = false;
        for (const contracts::Operation& one : contracts::all_operations()) {
            if (one.spec.path == limits[i].path) {
                methods += (methods.empty() ? "" : ", ") + std::string{one.spec.method};
                is_known = is_known || one.spec.method == limits[i].method;
            }
        }
        if (methods.empty()) {
            const auto near = suggest(limits[i].path, paths);
            findings.add(here + ".path", "is no path of the API: " + limits[i].path +
                                             (near ? "; did you mean " + *near + "?" : ""));
        } else if (!is_known) {
            findings.add(here + ".method",
                         "must be one of " + methods + " for that path, not " + limits[i].method);
        }
    }
}

// A table with all that belongs to the product, and nothing else.
std::shared_ptr<const RouteTable> own_table(const runtime::Dispatcher& nobody) {
    RouteSources sources{.dispatcher = nobody,
                         .known = contracts::all_operations(),
                         .may_be_elsewhere = [](std::string_view) { return false; }};
    if (!runtime::web_assets().empty()) {
        sources.reserved.assign(web_pages.begin(), web_pages.end());
    }
    for (const runtime::WebAsset& asset : runtime::web_assets()) {
        sources.reserved.emplace_back(asset.path);
    }
    return build_routes({}, sources);
}

// Routes of Spring come after the others: `rules` has judged those.
void check_spring(const GatewayConfig& config, RouteRules& rules, ConfigFindings& findings) {
    SpringSpace springs;
    try {
        springs = read_spring(config);
    } catch (const Failure& failure) {
        const bool is_of_file = config.spring.empty();
        return is_of_file
                   ? findings.add("gateway.routes_file", "cannot be taken: " + failure.message)
                   : findings.add_at("spring.cloud.gateway cannot be taken", failure.message);
    }
    for (std::size_t i = 0; i < springs.routes.size(); ++i) {
        for (const RouteFault& fault : rules.judge(springs.routes[i])) {
            findings.add_at(springs.places[i], "route " + springs.routes[i].id + ": " +
                                                   fault.field + (fault.field.empty() ? "" : " ") +
                                                   fault.why);
        }
    }
}

void check_routes(const GatewayConfig& config, const runtime::PlatformConfig& platform,
                  ConfigFindings& findings) {
    std::vector<std::string> networks = config.upstream.link_local_networks;
    std::erase_if(networks, [](const std::string& text) { return !Networks::is_one(text); });
    const Networks link_local{link_local_setting, networks};
    runtime::Metrics metrics;
    const runtime::Dispatcher nobody{metrics};
    const auto table = own_table(nobody);
    const auto may_be_elsewhere = [&platform](std::string_view service) {
        return !platform.registry.empty() ||
               std::ranges::find(platform.urls, service, &runtime::ServiceUrl::service) !=
                   platform.urls.end();
    };
    RouteRules rules{{[&table](std::string_view pattern) { return table->is_reserved(pattern); },
                      may_be_elsewhere, link_local}};
    for (std::size_t i = 0; i < config.routes.size(); ++i) {
        const std::string here = numbered("gateway.routes", i);
        for (const RouteFault& fault : rules.judge(config.routes[i])) {
            findings.add(fault.field.empty() ? here : here + "." + fault.field, fault.why);
        }
    }
    check_spring(config, rules, findings);
}

}  // namespace

void check_config(const runtime::Config& all, ConfigFindings& findings) {
    const auto config = all.get<GatewayConfig>("gateway");
    if (!net::Address::parse(config.address)) {
        findings.add("gateway.address",
                     "must be a numeric address such as 127.0.0.1, 0.0.0.0 or "
                     "::, not " +
                         config.address);
    }
    check_tls(config.tls, findings);
    check_networks("gateway.trusted_proxies", config.trusted_proxies, findings);
    check_networks(std::string{link_local_setting}, config.upstream.link_local_networks, findings);
    check_limits(config.limits.routes, findings);
    check_routes(config, all.get<runtime::PlatformConfig>("platform"), findings);
}

}  // namespace loquat::gateway
