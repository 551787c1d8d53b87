#pragma once
#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "base/ids.hpp"
#include "net/http/client.hpp"
#include "net/http/gzip.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/platform/platform.hpp"
#include "services/registry/module.hpp"

namespace loquat::registry {

using Words = std::vector<std::string>;
constexpr const char* key = "platform.internal_key=0123456789abcdef0123456789abcdef";

struct NoConfig {};
BOOST_DESCRIBE_STRUCT(NoConfig, (), ())

// A service that only is there.
inline const runtime::Module shop_module{
    .name = "shop",
    .config = [] { return runtime::config_section<NoConfig>("shop"); },
    .make = [](runtime::Context&) { return std::make_unique<runtime::Service>(); }};

inline std::unique_ptr<runtime::Platform> start(const runtime::Module& what,
                                                const std::filesystem::path& folder,
                                                const Words& settings) {
    runtime::PlatformOptions options{.modules = {&what}, .data = folder};
    options.sections = runtime::sections_of({&registry::module, &shop_module});
    options.service_port = runtime::ServicePort{};
    options.taken_port = runtime::TakenPort::refuse;
    options.sources.settings = {key, "platform.log_level=error", "platform.drain_seconds=1"};
    options.sources.settings.insert(options.sources.settings.end(), settings.begin(),
                                    settings.end());
    auto platform = std::make_unique<runtime::Platform>(std::move(options));
    platform->start();
    return platform;
}

struct Processes : testing::Test {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("loquat-registry-" + Uuid::make().to_string());
    aio::Loop loop{"test"};
    std::unique_ptr<net::http::Client> client =
        std::make_unique<net::http::Client>(loop, net::http::ClientConfig{});

    ~Processes() override { std::filesystem::remove_all(folder); }

    std::unique_ptr<runtime::Platform> registry(const std::string& name,
                                                const std::string& port = "0",
                                                const std::string& peers = "[]") const {
        return start(registry::module, folder / name,
                     {"registry.port=" + port, "registry.peers=" + peers});
    }
    std::unique_ptr<runtime::Platform> shop(const std::string& registries) const {
        return start(shop_module, folder / "shop", {"platform.registry=" + registries});
    }
    net::http::ClientResponse ask(const std::string& address, std::string method,
                                  std::string target, std::string body = {},
                                  net::http::Headers headers = {}) {
        net::http::ClientRequest request{.origin = *net::http::Origin::parse(address),
                                         .method = std::move(method),
                                         .target = std::move(target),
                                         .headers = std::move(headers),
                                         .body = std::move(body)};
        if (!request.body.empty()) {
            request.headers.append("Content-Type", "application/json");
        }
        return aio::run_to_end(
            loop, client->request(std::move(request),
                                  std::chrono::steady_clock::now() + std::chrono::seconds{20}));
    }
    std::string apps(const runtime::Platform& at) {
        return ask(at.address(), "GET", "/api/registry/apps").body;
    }
    // Waits until it does.
    bool shows(const runtime::Platform& at, std::string_view text) {
        const Steady most = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (apps(at).find(text) == std::string::npos) {
            if (std::chrono::steady_clock::now() > most) {
                return false;
            }
        }
        return true;
    }
    static std::string port_of(const std::string& address) {
        return address.substr(address.rfind(':') + 1);
    }
};

// What clients send, as they send it: docs/protocols/eureka.md.
struct PortTest : Processes {
    std::unique_ptr<runtime::Platform> at;

    void open(Words settings = {}) {
        settings.emplace_back("registry.port=0");
        at = start(registry::module, folder / "one", settings);
    }
    net::http::ClientResponse ask(std::string method, std::string target, std::string body = {},
                                  net::http::Headers headers = {}) {
        return Processes::ask(at->address(), std::move(method), std::move(target), std::move(body),
                              std::move(headers));
    }
    int add(const std::string& id, const std::string& more = {}) {
        return ask("POST", "/eureka/apps/jqservice",
                   R"({"instance":{"app":"jqservice","hostName":"localhost",)"
                   R"("ipAddr":"127.0.0.1","instanceId":")" +
                       id +
                       R"(","port":{"$":8080,"@enabled":"true"},"vipAddress":"jq.test",)"
                       R"("dataCenterInfo":{"@class":)"
                       R"("com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",)"
                       R"("name":"MyOwn"},"status":"UP")" +
                       more + "}}")
            .status;
    }
};

}  // namespace loquat::registry
