#include "services/gateway/edge/shared.hpp"

#include <map>

namespace loquat::gateway {

std::shared_ptr<Shared> Shared::of(const void* platform, const GatewayConfig& config,
                                   LimitStores& limits, std::string_view internal_key) {
    static std::mutex mutex;
    static std::map<const void*, std::weak_ptr<Shared>> all;
    const std::lock_guard lock{mutex};
    std::erase_if(all, [](const auto& entry) { return entry.second.expired(); });
    auto found = all[platform].lock();
    if (!found) {
        found = std::make_shared<Shared>(config, limits, internal_key);
        all[platform] = found;
    }
    return found;
}

std::shared_ptr<const RouteTable> Shared::routes() const {
    const std::lock_guard lock{mutex_};
    return routes_;
}

std::vector<SpringKey> Shared::spring() const {
    const std::lock_guard lock{mutex_};
    return spring_;
}

std::shared_ptr<const RouteTable> Shared::replace_routes(std::shared_ptr<const RouteTable> routes,
                                                         std::vector<SpringKey> spring) {
    std::set<std::string> rooms;
    for (const auto& route : routes->routes()) {
        if (route->keeping) {
            rooms.insert({route->keeping->room, route->keeping->room_of_good});
        }
    }
    {
        const std::lock_guard lock{mutex_};
        routes_.swap(routes);
        spring_.swap(spring);
    }
    version_.fetch_add(1, std::memory_order_release);
    answers.keep_rooms(rooms);
    return routes;
}

std::shared_ptr<PublicCertificate> Shared::certificate(
    const std::function<std::shared_ptr<PublicCertificate>()>& make) {
    const std::lock_guard lock{mutex_};
    if (!certificate_) {
        certificate_ = make();
    }
    return certificate_;
}

net::Endpoint Shared::listen(aio::Loop& loop, net::http::Server& server,
                             const GatewayConfig& config, net::http::Server::TlsOfNow tls) {
    const std::lock_guard lock{mutex_};
    net::ListenOptions options{.address = config.address,
                               .port = static_cast<std::uint16_t>(config.port)};
    const bool is_first = port_ == 0;
    if (!is_first) {
        options.port = port_;
    }
    const bool is_alone = config.instances == runtime::HowMany::one;
    if (loops_ > 1 || !is_alone) {
        if (is_first && is_alone && options.port != 0) {
            // SO_REUSEPORT would let a second platform in silently; an exclusive listener finds it
            // out.
            const net::Listener probe{loop, options, [](net::Stream) {}};
        }
        options.sharing = net::PortSharing::shared;
    }
    const net::Endpoint at = server.listen_with(options, std::move(tls));
    port_ = at.port;
    return at;
}

}  // namespace loquat::gateway
