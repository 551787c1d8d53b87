#include "tests/fault/town.hpp"

#include <signal.h>

#include "base/failure.hpp"

namespace loquat::test {
namespace {

constexpr const char* foreign_server = LOQUAT_SOURCE_DIR "/tests/fault/foreign_server.py";

std::string service_of(const std::string& name) { return name.substr(0, name.find('-')); }

int port_of(const std::string& service) {
    if (service == "registry") {
        return 8761;
    }
    if (service == "config") {
        return 8888;
    }
    return service == "gateway" ? 8080 : 7100;
}

}  // namespace

Town::Town() {
    std::filesystem::create_directories(served());
    for (const std::string& name : names_) {
        places_[name] = network_.add(name);
    }
    const std::vector<std::vector<std::string>> waves{
        {"registry-1", "registry-2", "config", "demo-1", "demo-2"},
        {"auth", "model-1", "model-2", "chat"},
        {"gateway-1", "gateway-2"}};
    for (const std::vector<std::string>& wave : waves) {
        for (const std::string& name : wave) {
            begin(name);
        }
        for (const std::string& name : wave) {
            wait_until_ready(name);
        }
    }
}

std::string Town::url(const std::string& name) const {
    return "http://" + address(name) + ":" + std::to_string(port_of(service_of(name)));
}

std::vector<std::string> Town::arguments_of(const std::string& name) const {
    const std::string service = service_of(name);
    if (service == "demo") {
        return {foreign_server,
                address(name),
                std::to_string(port_of(service)),
                std::to_string(lease_seconds),
                url("registry-1"),
                url("registry-2")};
    }
    const std::string& own = address(name);
    std::vector<std::string> arguments{"serve", service};
    if (service == "chat") {
        arguments.insert(arguments.end(), {"consumer", "presence", "realtime"});
    }
    arguments.insert(
        arguments.end(),
        {"--data", (folder_ / name).string(), "--service-address", own, "--service-port",
         service == "gateway" || service == "registry" || service == "config" ? "7000" : "7100"});
    std::vector<std::string> settings{
        "platform.internal_key=" + key_,
        "platform.log_level=error",
        "platform.edge_loops=1",
        "platform.drain_seconds=1",
        "platform.registry=[" + url("registry-1") + "," + url("registry-2") + "]",
        "platform.registry_lease_seconds=" + std::to_string(lease_seconds),
        "platform.config_server=[" + url("config") + "]",
        "registry.removed_percent_max=100",
        "registry.address=" + own,
        "registry.peers=[" + url(name == "registry-1" ? "registry-2" : "registry-1") + "]",
        "config.address=" + own,
        "config.folder=" + served().string(),
        "gateway.address=" + own,
        "gateway.port=8080",
        "gateway.limits.enabled=false",
        "gateway.upstream.attempt_ms_max=500",
        R"(gateway.routes=[{id: demo, path: "/demo/**", upstreams: ["lb://demo"]},)"
        R"({id: news, path: "/news/**", upstreams: ["lb://news"]}])"};
    for (std::string& setting : settings) {
        arguments.insert(arguments.end(), {"--set", std::move(setting)});
    }
    return arguments;
}

void Town::begin(const std::string& name) {
    const std::string program = service_of(name) == "demo" ? "python3" : "";
    network_.inside(name, [&] {
        running_[name] =
            std::make_unique<Program>(arguments_of(name), Program::Start{.program = program});
    });
}

void Town::wait_until_ready(const std::string& name) {
    Program& program = *running_.at(name);
    if (program.wait_until_ready() == 0) {
        program.wait_for_end();
        throw Failure{Kind::internal, "test.not_ready", name + ": " + program.errors()};
    }
}

int Town::end(const std::string& name) {
    Program& program = *running_.at(name);
    program.signal(SIGTERM);
    const int code = program.wait_for_end();
    running_.erase(name);
    return code;
}

void Town::start(const std::string& name) {
    begin(name);
    wait_until_ready(name);
}

}  // namespace loquat::test
