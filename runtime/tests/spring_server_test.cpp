#include "runtime/config/spring_server.hpp"

#include <gtest/gtest.h>

#include "base/failure.hpp"

namespace loquat::runtime {
namespace {

std::string shown(const contracts::ConfigState& state) {
    std::string all;
    for (const contracts::ConfigSetting& one : state.settings) {
        all += one.path + "=" + one.value + " " + one.origin + (one.shared ? " shared\n" : "\n");
    }
    return all;
}

std::string refusal(std::string_view text) {
    try {
        state_of_environment(wire::parse(text));
        return {};
    } catch (const Failure& failure) {
        return failure.code;
    }
}

TEST(SpringServer, is_asked_for_the_services_with_the_strongest_last) {
    const ConfigServer plain{.services = {"auth", "gateway"}};
    const ConfigServer whole{.services = {"gateway"}, .profile = "eu west", .label = "a/b"};

    EXPECT_EQ(environment_target(plain), "/loquat,auth,gateway/default");
    EXPECT_EQ(environment_target(whole), "/loquat,gateway/eu%20west/a%2Fb");
}

TEST(SpringServer, gives_of_each_key_and_each_list_what_the_first_source_has) {
    const auto state = state_of_environment(wire::parse(R"json({
        "name":"loquat,gateway","profiles":["dev"],"label":"main","version":"1f2e3d4c","state":null,
        "propertySources":[
          {"name":"https://ana:secret@git/cfg.git/gateway-dev.yml (document #0)",
           "source":{"a.b":2,"list[0]":"x","flag":true,"empty":"","none":null}},
          {"name":"file:/cfg/application.yml",
           "source":{"a.b":1,"list[0]":"y","list[1]":"z","empty[0]":"w","flag[0]":"v","other":1.5}}
        ]})json"));

    EXPECT_EQ(state.label, "main");
    EXPECT_EQ(state.version, "1f2e3d4c");
    EXPECT_EQ(shown(state),
              "a.b=2 gateway-dev.yml\nlist[0]=x gateway-dev.yml\nflag=true gateway-dev.yml\n"
              "empty= gateway-dev.yml\nnone= gateway-dev.yml\n"
              "other=1.5 application.yml shared\n");
}

TEST(SpringServer, may_say_where_each_value_stands) {
    const auto state = state_of_environment(wire::parse(R"json({"propertySources":[
        {"name":"file:/cfg/gateway.yml",
         "source":{"gateway.port":{"value":9000,"origin":"Config Server /cfg/gateway.yml:1:17"}}}
        ]})json"));

    EXPECT_EQ(shown(state), "gateway.port=9000 gateway.yml:1\n");
}

TEST(SpringServer, that_says_something_else_is_none) {
    for (const char* text :
         {"{}", "[]", "1", R"({"propertySources":{}})", R"({"propertySources":[1]})",
          R"({"propertySources":[{"name":"a"}]})", R"({"propertySources":[{"source":[]}]})"}) {
        EXPECT_EQ(refusal(text), "config.server_away") << text;
    }
    EXPECT_EQ(refusal(R"({"propertySources":[]})"), "");
}

}  // namespace
}  // namespace loquat::runtime
