#pragma once
#include <memory>
#include <string>
#include <vector>

#include "aio/scope.hpp"
#include "base/clock.hpp"
#include "net/http/client.hpp"
#include "net/http/event_source.hpp"
#include "runtime/discovery/registry_address.hpp"
#include "runtime/discovery/registry_instances.hpp"

namespace loquat::runtime {

class PlatformTls;

// One service of this process, as others shall find it.
struct OwnInstance {
    std::string service;
    std::string url;          // where all reach it: http://host:port
    std::string service_url;  // where other services call it
    std::string zone;
    std::int32_t weight = 100;
    std::string version;
    std::vector<std::string> contracts;
};
// `{"instance":{...}}` of a registration, as Eureka reads it.
std::string registration_of(const OwnInstance& own, Time dirty_at, std::chrono::seconds lease);
// `host:service:port`.
std::string instance_id_of(const OwnInstance& own);

// This process at its registry: registers its services, renews their leases and follows the
// others, at one of several registries; when that one fails, at the next.  The connection of the
// watch stands for the process: when it breaks, the registry knows.  One loop.
class RegistryMember {
  public:
    struct Options {
        std::vector<std::string> addresses;  // http://[user:password@]host:port, at least one
        std::string key;                     // for the registry alone; empty with certificates
        std::chrono::seconds lease{6};       // renewed after each third of it
    };

    struct Parts {
        const PlatformTls& tls;
        RegistryInstances& instances;
        const Clock& clock;
    };

    // Throws `config.bad_url`.
    RegistryMember(aio::Loop& loop, Options options, Parts parts);

    // Follows the others.
    void start();
    // Registers these too, now that they can be called.
    void offer(std::vector<OwnInstance> own);
    // Signs off, at the registry that answered last.
    Task<void> stop(Steady deadline);

  private:
    Task<void> follow();
    Task<void> follow_one();
    void note_success();
    Task<void> beat();
    Task<void> keep();
    Task<void> register_all();
    Task<void> renew(OwnInstance own);
    Task<int> ask(std::string method, std::string target, std::string body, Steady deadline);
    net::http::ClientRequest request_to(const RegistryAddress& registry) const;
    std::string watch_target() const;

    aio::Loop& loop_;
    std::vector<RegistryAddress> registries_;
    std::string key_;
    std::chrono::seconds lease_;
    RegistryInstances& instances_;
    const Clock& clock_;
    net::http::Client client_;
    std::vector<OwnInstance> own_;
    Time dirty_at_;
    std::size_t current_ = 0;
    net::http::EventSource* source_ = nullptr;  // while one is open
    bool is_connected_ = false;
    bool is_reopening_ = false;  // for an offer: no failure
    bool has_followed_ = false;  // ever
    bool has_failed_ = false;
    Steady failing_since_{};
    bool is_said_ = false;  // in the log, that it fails
    aio::Scope scope_;
};

}  // namespace loquat::runtime
