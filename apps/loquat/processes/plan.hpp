#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/module.hpp"
#include "runtime/platform/platform_config.hpp"

namespace loquat::app {

// A turn begins when every process of those before it is ready: the config server, which has the
// settings of all others; the registry, which has their addresses; all others.
enum class Turn : std::uint8_t { first, second, last };

// One process of a platform that runs as several.
struct ProcessPlan {
    // Of its first service, and a number from the second of its kind on; its data folder and its
    // log lines.
    std::string name;
    std::vector<std::string> services;  // what it serves
    std::uint16_t port = 0;             // where other processes reach them, on this machine
    bool is_secure = false;             // by TLS
    Turn turn = Turn::last;
    std::vector<std::string> settings = {};  // of this process alone: section.key=value

    // Where other processes reach it.
    std::string url() const {
        return (is_secure ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port);
    }
};

enum class SharedStores {
    embedded,    // who uses the log and the broadcast runs in one process
    at_servers,  // anywhere
};

// One process for each service that can be apart and one for those that share an embedded store, in
// the order of start.  What `elsewhere` names runs on another machine and is not in it.
std::vector<ProcessPlan> plan_processes(const std::vector<const runtime::Module*>& modules,
                                        const std::vector<runtime::ServiceUrl>& elsewhere,
                                        SharedStores stores = SharedStores::embedded);

// The setting `platform.urls` of all of them: those elsewhere and those of the plan.
std::string urls_setting(const std::vector<ProcessPlan>& plan,
                         const std::vector<runtime::ServiceUrl>& elsewhere);

// Gives each process a port of 127.0.0.1 that nobody has now or was given before.  Below those that
// the kernel gives to outgoing connections, so that it is still free when a process comes back.
// Throws Failure `processes.no_port`.
void choose_ports(std::vector<ProcessPlan>& plan);
// One such port.
std::uint16_t choose_port();
// Whether nobody listens there on 127.0.0.1.
bool is_port_free(std::uint16_t port);

}  // namespace loquat::app
