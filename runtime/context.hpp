#pragma once
#include <memory>
#include <string>
#include <typeindex>
#include <vector>

#include "base/log.hpp"
#include "contracts/core/client.hpp"
#include "net/http/server.hpp"
#include "runtime/config/config.hpp"
#include "runtime/module.hpp"
#include "runtime/platform/platform_config.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"

namespace loquat::runtime {

class Actuator;
class Dispatcher;
struct Neighbours;
class Platform;
class PlatformTls;
class Stores;

// Takes over connections that ask for another protocol on a path (`/ws`).
class UpgradeTarget {
  public:
    virtual ~UpgradeTarget() = default;
    // Answers the exchange: upgrades it, or refuses it.  Runs on the instance's loop.
    virtual Task<void> handle_upgrade(net::http::Exchange& exchange, contracts::Caller caller) = 0;
};

// What a module is given while it is made.  Everything it lends outlives the service.
class Context {
  public:
    template <class T>
    T config() const {
        return config_section_value().template get<T>(service_);
    }
    // The section that its module shares with others.
    template <class T>
    T shared_config() const {
        return config_section_value().template get<T>(module_.shared_config().name);
    }
    const std::string& service() const { return service_; }
    // `chat`, or `realtime-1` for the second edge instance; unique in the process.
    const std::string& instance() const { return instance_; }
    LogContext log_context() const { return {.service = service_}; }

    aio::Loop& loop() const { return loop_; }
    // 0, 1, 2 ... for instances on edge loops; 0 for others.
    std::size_t edge() const { return edge_; }

    const PlatformConfig& platform_config() const;
    const Clock& clock() const;
    Metrics& metrics() const;
    Health& health() const;
    // What operators read and change below /actuator: runtime/actuator/actuator.hpp.
    Actuator& actuator() const;
    // Of everything that stays open in this process.
    StandingRights& rights() const;
    // What outlives the process or crosses its loops: runtime/stores.hpp.
    Stores& stores() const;

    // Offers `api` to the other services and, by its table, to the outside.
    template <class Api>
    void expose(Api& api, std::vector<contracts::Operation> operations) {
        expose_erased(contracts::Table<Api>::service, typeid(Api), &api, std::move(operations));
    }
    // An upgrade path of this edge instance.
    void expose_upgrade(std::string path, UpgradeTarget& target);

    // The caller's side of a service that the module's `calls` names, here or elsewhere.  Usable
    // when all modules are made.
    template <class Api>
    contracts::Client<Api> client() const {
        return contracts::Client<Api>{ask_for(contracts::Table<Api>::service, typeid(Api))};
    }
    // Whether that service runs in this process, made already or not.
    bool is_hosted(std::string_view service) const;

    // The routes and upgrade paths of all services in this process; for the gateway and service
    // servers.
    const Dispatcher& dispatcher() const;
    // The secret between services (`platform.internal_key`, made at first start when it is empty).
    const std::string& internal_key() const;
    // Whether a request of another process names it.
    bool has_internal_key(const net::http::RequestHead& head) const;
    // What a service of this process shows to a service elsewhere: a key for these two alone; empty
    // where certificates say who calls.
    std::string call_key(std::string_view callee) const;
    // Whether a service of the platform asks, or an operator; by key or certificate.
    bool is_ours(const net::http::Exchange& exchange) const;
    // The certificates of this process: runtime/tls/platform_tls.hpp.
    PlatformTls& tls() const;
    TakenPort taken_port() const;
    // The names of all of the platform's services, those of other processes too.
    std::vector<std::string> known_services() const;
    // First address of a service elsewhere (`platform.urls`); empty when there is none.
    std::string service_url(std::string_view service) const;
    // Where services of other processes are: runtime/discovery/neighbours.hpp.
    Neighbours& neighbours() const;

  private:
    friend class Platform;

    Context(Platform& platform, const Module& module, std::string instance, aio::Loop& loop,
            std::size_t edge)
        : platform_(platform),
          module_(module),
          service_(module.name),
          instance_(std::move(instance)),
          loop_(loop),
          edge_(edge) {}

    const Config& config_section_value() const;
    std::shared_ptr<const contracts::Callee> ask_for(std::string_view service,
                                                     std::type_index interface) const;
    void expose_erased(std::string_view service, std::type_index interface, void* api,
                       std::vector<contracts::Operation> operations);

    Platform& platform_;
    const Module& module_;
    std::string service_;
    std::string instance_;
    aio::Loop& loop_;
    std::size_t edge_;
};

}  // namespace loquat::runtime
