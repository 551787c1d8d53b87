#include "runtime/discovery/management_url.hpp"

#include <gtest/gtest.h>

namespace loquat::runtime {
namespace {

std::string url_with(wire::Object metadata) {
    contracts::RegistryInstance instance;
    instance.url = "http://shop.example:8080";
    instance.metadata = wire::Value{std::move(metadata)};
    return management_url_of(instance);
}

TEST(ManagementUrl, is_below_the_instance_where_nothing_is_said) {
    EXPECT_EQ(url_with({}), "http://shop.example:8080/actuator");
}

TEST(ManagementUrl, is_what_the_metadata_say) {
    EXPECT_EQ(url_with({{"management.port", "8081"}}), "http://shop.example:8081/actuator");
    EXPECT_EQ(url_with({{"management.context-path", "/manage"}}),
              "http://shop.example:8080/manage");
    EXPECT_EQ(url_with({{"management.port", "8443"},
                        {"management.scheme", "https"},
                        {"management.address", "10.0.0.9"},
                        {"management.context-path", "ops/actuator/"}}),
              "https://10.0.0.9:8443/ops/actuator");
    EXPECT_EQ(url_with({{"management.context-path", "/"}}), "http://shop.example:8080");
    EXPECT_EQ(
        url_with({{"management.url", "https://ops.example/shop/"}, {"management.port", "8081"}}),
        "https://ops.example/shop");
}

TEST(ManagementUrl, is_never_made_of_what_could_be_no_part_of_one) {
    for (const char* port : {"0", "-1", "65536", "80 80", "8081\r\nX: y", ""}) {
        EXPECT_EQ(url_with({{"management.port", port}}), "http://shop.example:8080/actuator")
            << port;
    }
    EXPECT_EQ(url_with({{"management.context-path", "/a b\r\nX: y"}}),
              "http://shop.example:8080/actuator");
    EXPECT_EQ(url_with({{"management.url", "file:///etc/passwd"}}),
              "http://shop.example:8080/actuator");
}

}  // namespace
}  // namespace loquat::runtime
