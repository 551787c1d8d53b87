#include <gtest/gtest.h>

#include "testing/await.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"

namespace loquat::test {
namespace {

// Where a platform's registry listens stands in for a foreign application there.
std::string registration(std::uint16_t port) {
    return R"({"instance":{"instanceId":"demo-1","hostName":"127.0.0.1","ipAddr":"127.0.0.1",)"
           R"("app":"DEMO-APP","vipAddress":"demo-app","status":"UP","port":{"$":)" +
           std::to_string(port) +
           R"(,"@enabled":"true"},"dataCenterInfo":{"@class":)"
           R"("com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"}}})";
}

TEST(OwnRegistry, shows_the_gateway_beside_it_who_registers_there) {
    PlatformUnderTest platform{{.configuration =
                                    "gateway:\n  routes:\n    - id: demo\n      path: /eureka/**\n"
                                    "      upstreams: ['lb://demo-app']\n"}};
    const std::string registry = platform.platform().address_of("registry");
    const auto port =
        static_cast<std::uint16_t>(std::stoi(registry.substr(registry.rfind(':') + 1)));
    aio::Loop loop{"test"};
    HttpCaller caller{loop, platform.port()};
    HttpCaller application{loop, port};
    const auto is_there = [](const HttpCaller::Answer& answer) { return answer.status != 503; };

    const auto before = await(loop, caller.call("GET", "/eureka/apps", "", ""));
    const auto registered =
        await(loop, application.call("POST", "/eureka/apps/DEMO-APP", "", registration(port)));
    const auto after = await(loop, caller.get_until("/eureka/apps", "", is_there));

    EXPECT_EQ(before.status, 503);
    EXPECT_EQ(registered.status, 204);
    EXPECT_EQ(after.status, 200);
}

}  // namespace
}  // namespace loquat::test
