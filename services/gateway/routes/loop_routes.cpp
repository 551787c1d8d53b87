#include "services/gateway/routes/loop_routes.hpp"

#include <algorithm>

#include "base/redact.hpp"
#include "base/text.hpp"
#include "services/gateway/routes/route_builder.hpp"

namespace loquat::gateway {
namespace {

constexpr std::size_t located_max = 10'000;

char upper_of(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::shared_ptr<const LoopUpstream> make_upstream(const Upstream& upstream,
                                                  const UpstreamParts& parts) {
    auto made = std::make_shared<LoopUpstream>();
    made->name = upstream.name;
    if (upstream.service.empty()) {
        made->fixed = std::make_unique<runtime::FixedInstances>(upstream.urls);
    }
    const runtime::Instances& instances = made->fixed ? *made->fixed : parts.instances;
    const std::string& name = upstream.service.empty() ? upstream.name : upstream.service;
    const std::string contract{upstream.is_ours ? runtime::any_contract : std::string_view{}};
    runtime::CallRules rules = parts.rules;
    // Our own services say what they lack, and what may be asked twice; a circuit of others is what
    // a route was given.
    if (upstream.is_ours) {
        rules.when_all_open = runtime::WhenAllOpen::ask_who_answers;
    } else {
        rules.patience = std::chrono::milliseconds{0};
    }
    made->calls = std::make_shared<runtime::ServiceCalls>(
        runtime::ServiceCalls::Of{name, contract, instances, parts.metrics, parts.clock}, rules);
    made->calls->on_gone(parts.on_gone);
    return made;
}

}  // namespace

LoopRoutes::LoopRoutes(std::shared_ptr<const RouteTable> of, const UpstreamParts& parts,
                       const LoopRoutes* before)
    : table(std::move(of)),
      upstream_seconds(table->upstreams().size()),
      measures(table->routes().size()),
      parts_(parts) {
    std::map<std::string_view, std::size_t> known;
    for (std::size_t i = 0; before != nullptr && i < before->table->upstreams().size(); ++i) {
        known.emplace(before->table->upstreams()[i].name, i);
    }
    for (const Upstream& upstream : table->upstreams()) {
        const auto old = known.find(upstream.name);
        const bool is_same =
            old != known.end() && before->table->upstreams()[old->second] == upstream;
        upstreams.push_back(is_same ? before->upstreams[old->second]
                                    : make_upstream(upstream, parts));
    }
    if (before != nullptr && table->locator()) {
        known_ = before->known_;
        std::erase_if(
            known_, [this](const auto& one) { return parts_.instances.list(one.first)->empty(); });
    }
}

RouteTable::Found LoopRoutes::find(const RouteQuery& query) {
    RouteTable::Found found = table->find(query);
    if (found.route == nullptr && table->locator() && !found.is_own && found.allowed.empty()) {
        found.route = find_located(query.path);
    }
    return found;
}

const Route* LoopRoutes::find_located(std::string_view path) {
    const std::string_view name = path.substr(1, path.substr(1).find('/'));
    const std::string service = to_lower_ascii(name);
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool is_spelled = table->locator()->spelling == LocatorRules::Spelling::lower
                                ? service == name
                                : std::ranges::none_of(name, is_lower);
    if (name.empty() || !is_spelled || find_application(service) == nullptr) {
        return nullptr;
    }
    const auto made = located_.find(name);
    return made != located_.end() ? made->second.get() : make_located(name, service);
}

// One that offers contracts is ours, whatever its name.
runtime::Instances::ListPtr LoopRoutes::find_application(const std::string& service) const {
    if (table->locator()->withheld.contains(service) || table->has_own_below(service)) {
        return nullptr;
    }
    auto instances = parts_.instances.list(service);
    const bool is_foreign =
        std::ranges::all_of(*instances, [](const auto& one) { return one.contracts.empty(); });
    return !instances->empty() && is_foreign ? instances : nullptr;
}

RouteConfig LoopRoutes::config_of(std::string_view name, const std::string& service) const {
    RouteConfig config{.id = "lb://" + service, .path = "/" + std::string{name} + "/**"};
    config.rewrite = "/**";
    config.filters = table->locator()->filters;
    config.cache = cache_of(config.filters, config.cache);
    config.audience = service;
    return config;
}

const Route* LoopRoutes::make_located(std::string_view name, const std::string& service) {
    if (located_.size() == located_max) {
        return nullptr;
    }
    const RouteConfig config = config_of(name, service);
    auto route = std::make_unique<Route>(make_route(config));
    route->number = measures.size();
    route->upstream = upstreams.size();
    route->keeping = make_keeping(config);
    auto& upstream = known_[service];
    if (upstream == nullptr) {
        upstream = make_upstream({.name = config.id, .service = service}, parts_);
        parts_.states.add(parts_.loop, upstream->calls);
    }
    upstreams.push_back(upstream);
    upstream_seconds.push_back(nullptr);
    measures.emplace_back();
    return located_.emplace(name, std::move(route)).first->second.get();
}

void LoopRoutes::follow_instances() const {
    for (const auto& upstream : upstreams) {
        upstream->calls->targets();
    }
    for (const auto& [service, upstream] : known_) {
        upstream->calls->targets();
    }
}

std::vector<LoopRoutes::Located> LoopRoutes::list_located(Steady now) const {
    std::vector<Located> all;
    if (!table->locator()) {
        return all;
    }
    const bool is_lower = table->locator()->spelling == LocatorRules::Spelling::lower;
    for (const std::string& service : parts_.instances.names()) {
        const auto instances = find_application(service);
        if (instances == nullptr || all.size() == located_max) {
            continue;
        }
        std::string name = service;
        if (!is_lower) {
            std::ranges::transform(name, name.begin(), upper_of);
        }
        const RouteConfig config = config_of(name, service);
        Located& one = all.emplace_back(config.id, config.path);
        for (const runtime::ServiceInstance& instance : *instances) {
            const auto origin = net::http::Origin::parse(instance.url);
            one.authorities.push_back(origin ? origin->authority()
                                             : hide_credentials(instance.url));
        }
        if (const auto known = known_.find(service); known != known_.end()) {
            for (const auto& target : known->second->calls->targets()) {
                one.resting += target->aside_until > now ? 1 : 0;
            }
        }
    }
    return all;
}

}  // namespace loquat::gateway
