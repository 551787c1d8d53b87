#include "services/gateway/routes/spring_keys.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/failure.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::gateway {
namespace {

constexpr const char* prefix = "spring.cloud.gateway.";

SpringKey key(const std::string& path, const std::string& value) {
    return {prefix + path, value, "config server gateway.yml:3 (main)"};
}

std::vector<SpringKey> keys(const std::vector<std::pair<std::string, std::string>>& all) {
    std::vector<SpringKey> made;
    for (const auto& [path, value] : all) {
        made.push_back(key(path, value));
    }
    return made;
}

std::string refusal(const std::vector<std::pair<std::string, std::string>>& all) {
    try {
        read_spring({.spring = keys(all)});
        return {};
    } catch (const Failure& failure) {
        return failure.message;
    }
}

std::string refusal_of_route(std::vector<std::pair<std::string, std::string>> rest) {
    rest.insert(rest.end(), {{"routes[0].id", "shop"}, {"routes[0].uri", "http://a:1"}});
    return refusal(rest);
}

// Beside what a config server says.
struct OwnFile : testing::Test {
    std::filesystem::path folder = test::make_folder();
    std::string file = (folder / "application.yml").string();

    ~OwnFile() override { std::filesystem::remove_all(folder); }
    void write(const std::string& text) const {
        std::ofstream{file} << "spring:\n  cloud:\n    gateway:\n" << text;
    }
    SpringSpace read(const std::vector<std::pair<std::string, std::string>>& all) const {
        return read_spring({.routes_file = file, .spring = keys(all)});
    }
};

TEST(SpringKeys, are_read_like_the_file_that_they_stood_in) {
    const SpringSpace space = read_spring(
        {.spring = keys({{"default-filters[0]", "AddResponseHeader=X-From, gateway"},
                         {"routes[0].id", "shop"},
                         {"routes[0].uri", "lb://SHOP"},
                         {"routes[0].order", "2"},
                         {"routes[0].predicates[0]", "Path=/shop/**,/store/**"},
                         {"routes[0].filters[0].name", "Retry"},
                         {"routes[0].filters[0].args.retries", "2"},
                         {"routes[0].filters[0].args.backoff.firstBackoff", "10ms"},
                         {"routes[0].filters[1].name", "PreserveHostHeader"},
                         {"routes[0].filters[1].args", ""},
                         {"routes[0].metadata.response-timeout", "200"},
                         {"routes[1].id", "first"},
                         {"routes[1].uri", "http://a:1"},
                         {"routes[1].filters", ""},
                         {"routes[1].predicates[0].name", "Path"},
                         {"routes[1].predicates[0].args.patterns[0]", "/a"},
                         {"httpclient.connect-timeout", "1000"},
                         {"globalcors.cors-configurations[/**].allowedOrigins", "*"}})});

    ASSERT_EQ(space.routes.size(), 3U);
    EXPECT_EQ(space.routes[0].id, "first");
    EXPECT_EQ(space.routes[1].id, "shop");
    EXPECT_EQ(space.routes[2].path, "/store/**");
    EXPECT_EQ(space.routes[1].time_ms_max.count(), 200);
    ASSERT_EQ(space.routes[1].filters.size(), 3U);
    EXPECT_EQ(space.routes[1].filters[0].name, "AddResponseHeader");
    EXPECT_EQ(space.routes[1].filters[1].args[0], "2");
    EXPECT_TRUE(space.routes[1].filters[2].args.empty());
    EXPECT_EQ(space.places[1],
              "config server gateway.yml:3 (main): spring.cloud.gateway.routes[0]");
}

TEST(SpringKeys, stand_in_lists_by_their_number) {
    std::vector<std::pair<std::string, std::string>> all;
    for (int i = 0; i < 120; ++i) {
        const std::string route = "routes[" + std::to_string(i) + "].";
        all.insert(all.begin(), {{route + "uri", "http://a:1"},
                                 {route + "id", "r" + std::to_string(i)},
                                 {route + "predicates[0]", "Path=/" + std::to_string(i)}});
    }

    const auto routes = read_spring({.spring = keys(all)}).routes;

    ASSERT_EQ(routes.size(), 120U);
    EXPECT_EQ(routes[2].id, "r2");
    EXPECT_EQ(routes[119].path, "/119");
}

TEST_F(OwnFile, is_weaker_key_by_key_and_list_by_list) {
    write(
        "      default-filters: [PreserveHostHeader]\n"
        "      discovery: {locator: {enabled: true, lower-case-service-id: true}}\n"
        "      routes:\n"
        "        - {id: own, uri: 'http://a:1', predicates: [Path=/own]}\n"
        "        - {id: second, uri: 'http://a:1', predicates: [Path=/second]}\n");

    const SpringSpace both = read({{"routes[0].id", "told"},
                                   {"routes[0].uri", "http://b:1"},
                                   {"routes[0].predicates[0]", "Path=/told"},
                                   {"discovery.locator.lower-case-service-id", "false"}});

    ASSERT_EQ(both.routes.size(), 1U);
    EXPECT_EQ(both.routes[0].id, "told");
    EXPECT_EQ(both.routes[0].filters.at(0).name, "PreserveHostHeader");
    ASSERT_TRUE(both.locator);
    EXPECT_EQ(both.locator->spelling, LocatorRules::Spelling::upper);
    EXPECT_EQ(read({{"discovery.locator.enabled", "false"}}).locator, std::nullopt);
    EXPECT_EQ(read({{"default-filters", ""}}).routes.size(), 2U);
    EXPECT_TRUE(read({{"default-filters", ""}}).routes[0].filters.empty());
    EXPECT_TRUE(read({{"routes", ""}}).routes.empty()) << "a list that was made empty";
    EXPECT_EQ(read({{"server.webflux.routes[0].id", "x"},
                    {"server.webflux.routes[0].uri", "http://b:1"},
                    {"server.webflux.routes[0].predicates[0]", "Path=/x"}})
                  .routes.size(),
              1U);
}

TEST(SpringKeys, are_refused_with_who_gave_them_and_their_name) {
    const std::string who = "config server gateway.yml:3 (main): spring.cloud.gateway.";

    EXPECT_EQ(refusal_of_route({{"routes[0].predicates[0]", "Path=/a"},
                                {"routes[0].filters[0]", "StripPrefix=all"}}),
              who + "routes[0].filters[0]: route shop StripPrefix needs a number of segments");
    EXPECT_EQ(refusal_of_route({}), who + "routes[0].predicates: route shop has no predicates");
    EXPECT_EQ(refusal_of_route({{"routes[2].id", "x"}}),
              who + "routes[2].id is in a list that has no [1]");
    EXPECT_EQ(refusal_of_route({{"routes.shop", "x"}}), who + "routes.shop makes a list a map");
    EXPECT_EQ(refusal_of_route({{"routes[0].uri.host", "x"}}),
              who +
                  "routes[0].uri is a text, and spring.cloud.gateway.routes[0].uri.host is below "
                  "it");
    EXPECT_EQ(refusal({{"routes", "none"}}),
              who + "routes: routes must be a list of at most 10000");
    EXPECT_EQ(refusal({{"discovery.locator.enabled", "yes"}}),
              who +
                  "discovery.locator.enabled: spring.cloud.gateway.discovery.locator.enabled must "
                  "be true or false, not yes");
    EXPECT_EQ(refusal({{"routes", ""}, {"routes", ""}}), who + "routes comes twice");
    EXPECT_TRUE(refusal({{"routes[x].id", "a"}}).contains("is no path of a setting"));
    EXPECT_TRUE(refusal({{"routes[10000].id", "a"}}).contains("is no path of a setting"));
    EXPECT_TRUE(refusal({{"routes[9999].id", "a"}}).contains("is in a list that has no [0]"));
    EXPECT_TRUE(refusal({{"routes[0].a.b.c.d.e.f.g.h.i.j.k.l.m.n", "a"}})
                    .contains("is no path of a setting"));
    EXPECT_TRUE(refusal({{"routes[00].id", "a"}, {"routes[0].id", "a"}}).contains("has no [1]"));
}

TEST(SpringKeys, that_are_twisted_end_in_a_refusal) {
    const std::vector<std::string> paths{
        "routes",          "routes[0]",         "routes[0][0]",        "routes[0].id",
        "routes[0].id[0]", "routes[0].filters", "routes[0].filters.x", "routes[1]",
        "routes.x.y"};
    int refused = 0;
    for (std::size_t chosen = 1; chosen < (1U << paths.size()); ++chosen) {
        for (const char* value : {"", "x"}) {
            std::vector<std::pair<std::string, std::string>> all;
            for (std::size_t i = 0; i < paths.size(); ++i) {
                if ((chosen >> i & 1U) != 0) {
                    all.emplace_back(paths[i], value);
                }
            }
            refused += refusal(all).empty() ? 0 : 1;
        }
    }
    EXPECT_EQ(refused, 1'021) << "only an empty list of routes is good";
}

}  // namespace
}  // namespace loquat::gateway
