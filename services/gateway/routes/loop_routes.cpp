#include "services/gateway/routes/loop_routes.hpp"

#include <map>

namespace loquat::gateway {
namespace {

std::shared_ptr<const LoopUpstream> make_upstream(const Upstream& upstream,
                                                  const UpstreamParts& parts) {
    auto made = std::make_shared<LoopUpstream>();
    if (upstream.service.empty()) {
        made->fixed = std::make_unique<runtime::FixedInstances>(upstream.urls);
    }
    const runtime::Instances& instances = made->fixed ? *made->fixed : parts.instances;
    const std::string& name = upstream.service.empty() ? upstream.name : upstream.service;
    const std::string contract{upstream.is_ours ? runtime::any_contract : std::string_view{}};
    made->calls = std::make_shared<runtime::ServiceCalls>(
        runtime::ServiceCalls::Of{name, contract, instances, parts.metrics, parts.clock},
        parts.rules);
    return made;
}

}  // namespace

LoopRoutes::LoopRoutes(std::shared_ptr<const RouteTable> of, const UpstreamParts& parts,
                       const LoopRoutes* before)
    : table(std::move(of)),
      upstream_seconds(table->upstreams().size()),
      measures(table->routes().size()) {
    std::map<std::string_view, std::size_t> known;
    for (std::size_t i = 0; before != nullptr && i < before->upstreams.size(); ++i) {
        known.emplace(before->table->upstreams()[i].name, i);
    }
    for (const Upstream& upstream : table->upstreams()) {
        const auto old = known.find(upstream.name);
        const bool is_same =
            old != known.end() && before->table->upstreams()[old->second] == upstream;
        upstreams.push_back(is_same ? before->upstreams[old->second]
                                    : make_upstream(upstream, parts));
    }
}

}  // namespace loquat::gateway
