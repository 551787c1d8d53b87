#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "runtime/config/config.hpp"
#include "runtime/module.hpp"
#include "runtime/platform/platform_config.hpp"
#include "runtime/platform/run_file.hpp"
#include "runtime/stores.hpp"

namespace loquat::runtime {

class Context;

// A service that this process also offers on a port of its own (`loquat serve`).
struct ServicePort {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
};

// How services of one process call each other.
enum class Calls {
    direct,    // values moved from loop to loop
    loopback,  // through encoding, routes and pipeline, as if each were elsewhere: finds mistakes
               // at the boundary
};

struct PlatformOptions {
    std::vector<const Module*> modules;  // in any order
    // All of the platform, wherever they run: who may call whom.  Empty: those above.
    std::vector<const Module*> known = {};
    std::filesystem::path data;
    std::vector<ConfigSection> sections;  // all known ones, also of modules that do not run here
    std::vector<StoreAdapter> adapters = {};  // of stores that services fill, as for the sections
    ConfigSources sources;
    std::optional<ServicePort> service_port;
    Calls calls = Calls::direct;
    TakenPort taken_port = TakenPort::go_on;
    const Clock* clock = nullptr;  // the system's when null
};

// All services of a process: loops and their threads, stores, order of start and stop.
class Platform {
  public:
    // Reads the configuration and holds the data folder.  Throws Failures of Config and DataFolder,
    // and `serve.neighbour_unknown` when a module calls a service that is nowhere.
    explicit Platform(PlatformOptions options);
    // Stops first when it still runs.
    ~Platform();
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;

    // Opens stores, makes and starts all services, whoever is called before their callers; returns
    // when requests are served.  Throws what a module threw; everything that was started is stopped
    // again.
    void start();
    // After start: waits until all services say that they are at rest, `limit` at most; whether
    // they are.  Throws what one of them throws.
    bool wait_until_at_rest(std::chrono::seconds limit);
    // Says that it will stop and goes on serving until callers of other processes have noticed;
    // nothing where there were none.  From the thread that started it.
    void withdraw();
    // Drains and stops in reverse order; stores are closed last.
    void stop();
    // Reads the configuration again, from the config server too, and asks every service to take
    // what may change while it runs; what may not is logged.  What cannot be read is logged and
    // changes nothing: none.  From any thread that runs no loop of this process.
    std::optional<ConfigChange> reload();

    // Where the outside reaches it: "http://127.0.0.1:8080" of the gateway, or of another service
    // with a port of its own where there is no gateway; empty without both.
    std::string address() const;
    // The same of one service.
    std::string address_of(std::string_view service) const;
    // Where the services of this process listen for others; empty without a service port.
    std::string service_address() const;
    const std::string& internal_key() const;
    // With what commands of this machine reach the service port; empty files without TLS.
    TlsFiles tls_files() const;
    const std::filesystem::path& data_folder() const;

    struct State;

  private:
    friend class Context;
    std::unique_ptr<Context> make_context(const Module& module, std::size_t edge);
    void make_instances();
    void start_servers();
    ConfigChange take(const Config& fresh);
    void add_refresh();
    void start_following();
    void stop_following();
    void destroy_instances();
    void join_registry(const std::vector<std::string>& registries);
    void join_own_registry();
    void begin_rounds();
    void end_rounds();
    void leave_registry(Steady deadline);

    std::unique_ptr<State> state_;
};

// The stores that the given modules fill.
std::vector<StoreAdapter> adapters_of(const std::vector<const Module*>& modules);

// The sections of all given modules and of the platform itself.
std::vector<ConfigSection> sections_of(const std::vector<const Module*>& modules);

// Starts, prints `ready http://HOST:PORT` on standard output, waits for SIGINT or SIGTERM, stops.
// SIGHUP reloads. Returns the exit code: 0, or 1 after a message on standard error.
int run(PlatformOptions options);

}  // namespace loquat::runtime
