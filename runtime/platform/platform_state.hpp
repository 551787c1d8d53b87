#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <typeindex>
#include <vector>

#include "aio/loop.hpp"
#include "aio/offload.hpp"
#include "aio/scope.hpp"
#include "runtime/actuator/actuator.hpp"
#include "runtime/calls/call_gate.hpp"
#include "runtime/calls/callees.hpp"
#include "runtime/calls/service_server.hpp"
#include "runtime/config/follower.hpp"
#include "runtime/config/server.hpp"
#include "runtime/context.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/discovery/registry_member.hpp"
#include "runtime/discovery/static_instances.hpp"
#include "runtime/front/dispatcher.hpp"
#include "runtime/platform/free_memory.hpp"
#include "runtime/platform/platform.hpp"
#include "runtime/stores.hpp"
#include "runtime/tls/platform_tls.hpp"

namespace loquat::runtime {

// A loop with the thread that runs it.
struct LoopThread {
    std::unique_ptr<aio::Loop> loop;
    std::jthread thread;
};

// What a process holds.  Members are destroyed from the last to the first.
struct Platform::State final : contracts::CallObserver {
    explicit State(PlatformOptions given);

    void on_call(std::string_view service, std::string_view operation,
                 std::chrono::nanoseconds took, contracts::CallEnd end) override;

    bool is_hosted(std::string_view service) const;
    // From `platform.urls`; empty when it is not there.
    std::string url_of(std::string_view service) const;
    // Whether the process could run with what the config server says.
    ConfigFollower::Judgement judge(const contracts::ConfigState& served);
    contracts::Callee find_callee(const Clients::Wanted& wanted);

    aio::Loop& loop_named(const std::string& name);
    // Follows the names of `platform.urls`, where there are any.
    void begin_rounds();
    // What of this process a registry shall know, once it serves.
    std::vector<OwnInstance> own_instances() const;

    // The configuration while it may be replaced; any thread.
    std::vector<ConfigLine> config_lines() const;
    Actuator::Parts actuator_parts();
    CallGate make_gate() const;
    // Who calls in the name of this process itself: one of its services.
    std::string caller_name(const std::string& service) const;
    // What that service, or the process itself (`process_caller`), shows; empty where certificates
    // say who calls.
    std::string call_key(const std::string& caller, std::string_view callee) const;
    const Clock& clock() const { return options.clock != nullptr ? *options.clock : system_clock; }

    struct Instance {
        std::unique_ptr<Context> context;
        std::unique_ptr<Service> service;
    };

    PlatformOptions options;
    SystemClock system_clock;
    StandingRights rights{options.clock != nullptr ? *options.clock : system_clock};
    LoadedConfig loaded;              // without its `config`
    mutable std::mutex config_mutex;  // held to replace it, and to read it on another thread
    std::mutex reload_mutex;  // one after the other; a loop never waits for it, who holds it does
    Config config;
    PlatformConfig settings;
    store::Folder folder;
    std::string internal_key;
    PlatformTls tls;
    Neighbours neighbours;
    StaticInstances* configured = nullptr;  // what `neighbours` has of the configuration
    RegistryInstances* followed = nullptr;  // and of the registry, where there is one
    std::vector<std::pair<std::string, std::string>> offered;  // service, contract
    CallGate gate{make_gate()};
    Metrics metrics;
    FreeMemory free_memory;
    Health health;
    Actuator actuator{actuator_parts()};
    Dispatcher dispatcher{metrics};
    // Stopped by then, but the stores end after a last answer: they must find the loop that asked.
    std::map<std::string, LoopThread> loops;
    store::TopicTroubles troubles;
    Stores stores;
    std::map<std::type_index, std::pair<void*, aio::Loop*>> hosted;  // by interface
    Clients clients{[this](const Clients::Wanted& wanted) { return find_callee(wanted); }};
    std::vector<Instance> instances;
    struct Server {
        std::unique_ptr<Context> context;
        std::unique_ptr<ServiceServer> server;
    };
    std::deque<Server> servers;
    std::string service_address;
    std::unique_ptr<ConfigFollower> follower;
    std::once_flag refresher_once;
    std::unique_ptr<aio::WorkerPool> refresher;  // reads the configuration again for operators
    std::unique_ptr<RegistryMember> member;      // on the loop `services`
    std::unique_ptr<aio::Scope> rounds;          // what looks again and again; likewise
    bool is_running = false;
};

}  // namespace loquat::runtime
