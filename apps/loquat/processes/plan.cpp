#include "apps/loquat/processes/plan.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "wire/codec.hpp"

namespace loquat::app {
namespace {

constexpr std::uint16_t port_min = 20'000;
constexpr int tries_max = 2'000;

// The kernel's own ports begin there; the default of Linux where it does not say.
std::uint16_t first_outgoing_port() {
    std::ifstream in{"/proc/sys/net/ipv4/ip_local_port_range"};
    unsigned first = 0;
    in >> first;
    return first > port_min + 1'000U && first <= 65'535U ? static_cast<std::uint16_t>(first)
                                                         : std::uint16_t{32'768};
}

// Chosen before, and perhaps not listened at yet.
std::set<std::uint16_t>& given_ports() {
    static std::set<std::uint16_t> ports;
    return ports;
}

bool is_named(const std::vector<runtime::ServiceUrl>& urls, std::string_view service) {
    return std::ranges::find(urls, service, &runtime::ServiceUrl::service) != urls.end();
}

}  // namespace

std::vector<ProcessPlan> plan_processes(const std::vector<const runtime::Module*>& modules,
                                        const std::vector<runtime::ServiceUrl>& elsewhere,
                                        SharedStores stores) {
    std::vector<ProcessPlan> plan;
    std::vector<ProcessPlan> last;
    std::size_t together = 0;  // its place in `plan`, and one more
    for (const runtime::Module* module : modules) {
        const std::string name{module->name};
        if (is_named(elsewhere, name)) {
            continue;
        }
        if (module->start == runtime::Start::last) {
            last.push_back({name, {name}});
        } else if (module->stores != runtime::StorePlace::shared ||
                   stores == SharedStores::at_servers) {
            plan.push_back({name, {name}});
        } else if (together > 0) {
            plan[together - 1].services.push_back(name);
        } else {
            plan.push_back({name, {name}});
            together = plan.size();
        }
    }
    plan.insert(plan.end(), last.begin(), last.end());
    return plan;
}

std::string urls_setting(const std::vector<ProcessPlan>& plan,
                         const std::vector<runtime::ServiceUrl>& elsewhere) {
    wire::Array urls;
    const auto add = [&](const runtime::ServiceUrl& one) {
        urls.push_back(wire::parse(wire::encode(one)));
    };
    for (const runtime::ServiceUrl& other : elsewhere) {
        add(other);
    }
    for (const ProcessPlan& process : plan) {
        for (const std::string& service : process.services) {
            add({.service = service, .url = process.url()});
        }
    }
    return "platform.urls=" + wire::to_json(std::move(urls));
}

bool is_port_free(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return false;
    }
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
    ::close(socket);
    return is_bound;
}

std::uint16_t choose_port() {
    std::vector<ProcessPlan> one(1);
    choose_ports(one);
    return one.front().port;
}

void choose_ports(std::vector<ProcessPlan>& plan) {
    const std::uint16_t span = first_outgoing_port() - port_min;
    std::uint16_t offset = 0;
    random_bytes(reinterpret_cast<std::uint8_t*>(&offset), sizeof offset);
    auto next = plan.begin();
    for (int tried = 0; next != plan.end() && tried < tries_max; ++tried) {
        const auto port = static_cast<std::uint16_t>(port_min + (offset + tried) % span);
        if (!given_ports().contains(port) && is_port_free(port)) {
            given_ports().insert(port);
            (next++)->port = port;
        }
    }
    if (next != plan.end()) {
        throw Failure{Kind::unavailable, "processes.no_port",
                      "No port of 127.0.0.1 is free for " + next->name + "."};
    }
}

}  // namespace loquat::app
