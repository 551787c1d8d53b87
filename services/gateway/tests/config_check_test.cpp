#include "services/gateway/config_check.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/failure.hpp"
#include "net/tls/context.hpp"
#include "runtime/platform/platform_section.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/module.hpp"

namespace loquat::gateway {
namespace {

std::string findings(std::vector<std::string> settings, const std::filesystem::path& file = {}) {
    const std::vector<runtime::ConfigSection> sections{runtime::platform_section(),
                                                       module.config()};
    try {
        runtime::Config::load(sections, {.file = file, .settings = std::move(settings)});
        return "";
    } catch (const Failure& failure) {
        return failure.message;
    }
}

std::string route(const std::string& fields) {
    return findings({"gateway.routes=[{id: r, " + fields + "}]"});
}

std::string path(const std::string& pattern) {
    return route("path: '" + pattern + "', upstreams: ['http://127.0.0.1:1']");
}

std::string write(const std::string& name, const std::string& text) {
    const std::string file = testing::TempDir() + "gateway-" + name;
    std::ofstream{file} << text;
    return file;
}

TEST(GatewayConfigCheck, finds_nothing_in_what_can_be) {
    EXPECT_EQ(findings({}), "");
    EXPECT_EQ(findings({"gateway.address=::", "gateway.trusted_proxies=10.0.0.0/8,::1,fe80::/10",
                        "platform.origins=https://a.example,http://localhost:3000"}),
              "");
    EXPECT_EQ(path("/**"), "");
    EXPECT_EQ(path("/shop/{item}/**"), "");
    EXPECT_EQ(route("path: /x, host: '*.example.org', service: shop"),
              "--set: gateway.routes[0].service shop has no address in platform.urls, and no "
              "registry is asked");
}

TEST(GatewayConfigCheck, names_addresses_networks_and_origins_that_are_none) {
    EXPECT_EQ(findings({"gateway.address=localhost"}),
              "--set: gateway.address must be a numeric address such as 127.0.0.1, 0.0.0.0 or ::, "
              "not localhost");
    for (const char* bad : {"10.0.0.0/40", "10.0.0.0/x", "10.0.0/8", "example.org", "::/129"}) {
        EXPECT_EQ(findings({std::string{"gateway.trusted_proxies=::1,"} + bad}),
                  "--set: gateway.trusted_proxies[1] must be an address or a network such as "
                  "10.0.0.0/8, not " +
                      std::string{bad});
    }
    for (const char* bad :
         {"example.org", "*", "https://a.example/", "https://a.example/x", "null"}) {
        EXPECT_EQ(findings({std::string{"gateway.origins="} + bad}),
                  "--set: gateway.origins: platform.origins[0] must be of the form https://host or "
                  "https://host:port, not " +
                      std::string{bad});
    }
}

TEST(GatewayConfigCheck, names_certificates_that_cannot_be_used) {
    const std::string nothing = "/nowhere/cert.pem";
    const std::string noise = write("noise.pem", "noise");
    const auto pair = net::tls::make_self_signed();
    const auto other = net::tls::make_self_signed();
    const std::string certificate = write("good.pem", pair.certificates);
    const std::string wrong_key = write("wrong.key", other.private_key);
    const auto with = [](const std::string& cert, const std::string& key) {
        return findings({"gateway.tls.certificate_file=" + cert, "gateway.tls.key_file=" + key});
    };

    EXPECT_EQ(with(nothing, nothing),
              "--set: gateway.tls.certificate_file must be a PEM file that can be read, not "
              "/nowhere/cert.pem\n--set: gateway.tls.key_file must be a PEM file that can be read, "
              "not /nowhere/cert.pem");
    EXPECT_NE(with(noise, noise).find("do not make a pair"), std::string::npos);
    EXPECT_NE(with(certificate, wrong_key).find("do not make a pair"), std::string::npos);
    EXPECT_EQ(with(certificate, write("good.key", pair.private_key)), "");
    EXPECT_EQ(findings({"gateway.tls.key_file=" + noise}),
              "--set: gateway.tls.key_file needs gateway.tls.certificate_file beside it");
    EXPECT_EQ(findings({"gateway.tls.certificate_file=" + noise}),
              "--set: gateway.tls.certificate_file needs gateway.tls.key_file beside it");
}

TEST(GatewayConfigCheck, names_patterns_that_match_nothing) {
    for (const char* bad : {"/a/*", "/*", "/a*/b", "/**/x", "/a/{}", "/a/x{id}", "/{a}/{a}",
                            "/a//b", "/a/../b", "a", "/a/{b"}) {
        EXPECT_TRUE(path(bad).starts_with("--set: gateway.routes[0].path ")) << bad << path(bad);
    }
    EXPECT_NE(path("/a/*").find("{name} is one segment, a last ** any rest"), std::string::npos);
    EXPECT_NE(path("/api/chats").find("belongs to Loquat itself"), std::string::npos);
}

TEST(GatewayConfigCheck, names_everything_wrong_with_all_routes_each_at_its_line) {
    const std::string file = write("routes.yaml",
                                   "gateway:\n  routes:\n"
                                   "    - id: a\n      path: /a/*\n      upstreams: [localhost:1]\n"
                                   "      methods: [GET, FLY]\n"
                                   "    - id: a\n      path: /b\n      host: \"b.example:80\"\n"
                                   "      headers:\n        - name: \"no field\"\n"
                                   "      upstreams: [\"http://169.254.169.254\"]\n"
                                   "    - id: c\n      path: /c\n      rewrite: /{x}\n");

    const std::string found = findings({}, file);

    for (const char* wanted :
         {":4: gateway.routes[0].path has *", ":6: gateway.routes[0].methods[1] must be one of",
          ":5: gateway.routes[0].upstreams[0] must be of the form http://host:port, not "
          "localhost:1",
          ":7: gateway.routes[1].id comes twice", ":9: gateway.routes[1].host must be a name",
          ":11: gateway.routes[1].headers[0].name is no name",
          ":12: gateway.routes[1].upstreams[0] must not be 169.254.169.254",
          ":15: gateway.routes[2].rewrite names {x}", ":13: gateway.routes[2] needs either"}) {
        EXPECT_NE(found.find(wanted), std::string::npos) << wanted << "\n" << found;
    }
}

TEST(GatewayConfigCheck, names_what_a_file_of_routes_has_wrong) {
    const std::string bad = write("routes.yml",
                                  "spring:\n  cloud:\n    gateway:\n      routes:\n"
                                  "        - id: a\n          uri: lb://x\n"
                                  "          predicates: [Pth=/a]\n");

    const std::string wrong = findings({"gateway.routes_file=" + bad, "gateway.port=99999"});
    const std::string missing = findings({"gateway.routes_file=/nowhere/routes.yml"});

    EXPECT_NE(wrong.find("gateway.routes_file cannot be taken: " + bad + ":7: route a"),
              std::string::npos)
        << wrong;
    EXPECT_NE(wrong.find("gateway.port"), std::string::npos) << wrong;
    EXPECT_NE(missing.find("gateway.routes_file cannot be taken: "), std::string::npos) << missing;
}

TEST(GatewayConfigCheck, reads_routes_of_spring_that_stand_in_the_file_itself) {
    const std::string text =
        "gateway:\n  port: 0\nspring:\n  cloud:\n    gateway:\n      routes:\n"
        "        - id: shop\n          uri: lb://shop\n          predicates: [Path=/shop/**]\n";
    const std::string good = write("own.yml", text);
    const std::string bad = write("own-bad.yml", text + "          filters: [Reverse=1]\n");

    EXPECT_EQ(findings({}, good), "");
    EXPECT_NE(findings({}, bad).find(bad + ":10: route shop is no filter: Reverse"),
              std::string::npos)
        << findings({}, bad);
    EXPECT_EQ(findings({"gateway.routes_file="}, bad), "");
}

TEST(GatewayConfigCheck, names_limits_of_paths_that_there_are_not) {
    EXPECT_EQ(findings({"gateway.limits.routes=[{method: GET, path: /api/chat, per_minute: 1}]"}),
              "--set: gateway.limits.routes[0].path is no path of the API: /api/chat; did you mean "
              "/api/chats?");
    EXPECT_TRUE(findings({"gateway.limits.routes=[{method: PUT, path: /api/chats, per_minute: 1}]"})
                    .starts_with("--set: gateway.limits.routes[0].method must be one of "));
    EXPECT_EQ(findings({"gateway.limits.routes=[{method: GET, path: /api/chats, per_minute: 1}]"}),
              "");
}

TEST(PlatformConfigCheck, names_addresses_of_services_that_are_none) {
    EXPECT_EQ(
        findings({"platform.urls=[{service: gatewy, url: 'http://h:1'}, {service: x, url: h}, "
                  "{service: x, url: 'http://h:2'}, {service: x, url: 'http://h:3'}, "
                  "{service: x, url: 'http://h:2'}]"}),
        "--set: platform.urls[0].service is no service: gatewy; did you mean gateway?\n"
        "--set: platform.urls[1].url must be of the form http://host:port, not h\n"
        "--set: platform.urls[4] comes twice: x at http://h:2");
}

TEST(GatewayConfigCheck, judges_what_a_config_server_has_of_springs_routes) {
    const std::vector<runtime::ConfigSection> sections{runtime::platform_section(),
                                                       module.config()};
    const auto told = [&](const std::string& id, const std::string& path) {
        const std::string route = "spring.cloud.gateway.routes[0].";
        std::vector<runtime::ServedSetting> served;
        for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
                 {"id", id}, {"uri", "http://a:1"}, {"predicates[0]", path}}) {
            served.push_back({.path = route + name, .value = value, .origin = "app.yml:3 (main)"});
        }
        try {
            runtime::Config::load(sections,
                                  {.served = std::move(served),
                                   .settings = {"gateway.routes=[{id: r, path: /r, upstreams: "
                                                "['http://127.0.0.1:1']}]"}});
            return std::string{};
        } catch (const Failure& failure) {
            return failure.message;
        }
    };

    EXPECT_EQ(told("shop", "Path=/shop/**"), "");
    EXPECT_EQ(told("shop", "Path=/api/auth/login"),
              "app.yml:3 (main): spring.cloud.gateway.routes[0]: route shop: path "
              "/api/auth/login belongs to Loquat itself");
    EXPECT_EQ(told("r", "Path=/shop"),
              "app.yml:3 (main): spring.cloud.gateway.routes[0]: route r: id comes twice");
    EXPECT_TRUE(told("shop", "Sesame")
                    .starts_with("spring.cloud.gateway cannot be taken: app.yml:3 (main): "
                                 "spring.cloud.gateway.routes[0].predicates[0]: route shop "))
        << told("shop", "Sesame");
}

}  // namespace
}  // namespace loquat::gateway
