#include "services/registry/eureka/json.hpp"

#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/registry/eureka/xml.hpp"

namespace loquat::registry {
namespace {

constexpr Time now{std::chrono::milliseconds{1'795'164'939'394}};

// As npm's eureka-js-client sends it: no lease, no country, no metadata, no secure port.
constexpr std::string_view from_node =
    R"({"instance":{"app":"jqservice","hostName":"localhost","ipAddr":"127.0.0.1",)"
    R"("instanceId":"localhost:jqservice:8080","statusPageUrl":"http://localhost:8080/info",)"
    R"("port":{"$":8080,"@enabled":"true"},"vipAddress":"jq.test","dataCenterInfo":)"
    R"({"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},)"
    R"("status":"UP"}})";

TEST(EurekaJson, reads_what_a_client_leaves_out_as_its_default) {
    const Instance instance = read_instance_json(from_node, now);

    EXPECT_EQ(instance.app, "JQSERVICE");
    EXPECT_EQ(instance.id, "localhost:jqservice:8080");
    EXPECT_EQ(instance.port, (Port{8080, true}));
    EXPECT_FALSE(instance.secure_port.is_enabled);
    EXPECT_EQ(instance.lease.duration, std::chrono::seconds{90});
    EXPECT_EQ(instance.dirty_at, now);
    EXPECT_EQ(instance.overridden_status, Status::unknown);
    EXPECT_EQ(missing_of(instance, "jqservice"), "");
}

TEST(EurekaJson, reads_other_spellings_of_the_same) {
    const Instance instance = read_instance_json(
        R"({"instance":[{"app":"a","hostName":"h","ipAddr":"1.2.3.4","port":8080,)"
        R"("securePort":{"$":"8443","@enabled":true},"overriddenstatus":"out_of_service",)"
        R"("lastDirtyTimestamp":1795164939000,"countryId":"7","metadata":)"
        R"({"@class":"java.util.Collections$EmptyMap","weight":3}}]})",
        now);

    EXPECT_EQ(instance.id, "h") << "the host's name stands in";
    EXPECT_EQ(instance.port, (Port{8080, true}));
    EXPECT_EQ(instance.secure_port, (Port{8443, true}));
    EXPECT_EQ(instance.overridden_status, Status::out_of_service);
    EXPECT_EQ(to_unix_ms(instance.dirty_at), 1'795'164'939'000);
    EXPECT_EQ(instance.country_id, 7);
    EXPECT_EQ(instance.metadata, (Texts{{"weight", "3"}}));
    EXPECT_EQ(missing_of(instance, "A"), "Missing dataCenterInfo");
}

TEST(EurekaJson, reads_back_what_it_writes_of_an_instance_that_lacks_its_data_center) {
    const Instance instance = read_instance_json(R"({"instance":{"instanceId":"a"}})", now);

    const Instance again = read_instance_json(instance_json(instance, Detail::full), now);

    EXPECT_EQ(missing_of(again, ""), missing_of(instance, ""));
    EXPECT_EQ(again.data_center.class_name, "");
}

TEST(EurekaJson, refuses_what_is_no_instance) {
    for (const std::string_view body : {"", "[]", "{}", R"({"instance":[]})", R"({"instance":7})",
                                        R"({"instance":{"port":70000}})"}) {
        EXPECT_THROW(read_instance_json(body, now), Failure) << body;
    }
}

TEST(EurekaJson, names_what_is_missing_in_the_order_of_eureka) {
    Instance instance;
    EXPECT_EQ(missing_of(instance, "A"), "Missing instanceId");
    instance.id = "i";
    EXPECT_EQ(missing_of(instance, "A"), "Missing hostname");
    instance.host_name = "h";
    EXPECT_EQ(missing_of(instance, "A"), "Missing ip address");
    instance.ip_address = "1.2.3.4";
    EXPECT_EQ(missing_of(instance, "A"), "Missing appName");
    instance.app = "B";
    EXPECT_EQ(missing_of(instance, "A"), "Mismatched appName, expecting A but was B");
    instance.app = "A";
    EXPECT_EQ(missing_of(instance, "a"), "");
}

TEST(EurekaJson, writes_the_members_in_the_order_and_kind_of_the_server) {
    Instance instance = read_instance_json(from_node, now);
    instance.updated_at = now;

    EXPECT_EQ(
        instance_json(instance, Detail::full),
        R"({"instance":{"instanceId":"localhost:jqservice:8080","hostName":"localhost",)"
        R"("app":"JQSERVICE","ipAddr":"127.0.0.1","status":"UP","overriddenStatus":"UNKNOWN",)"
        R"("port":{"$":8080,"@enabled":"true"},"securePort":{"$":7002,"@enabled":"false"},)"
        R"("countryId":1,"dataCenterInfo":{"@class":)"
        R"("com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},)"
        R"("leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":0,)"
        R"("lastRenewalTimestamp":0,"evictionTimestamp":0,"serviceUpTimestamp":0},)"
        R"("metadata":{"@class":"java.util.Collections$EmptyMap"},)"
        R"("statusPageUrl":"http://localhost:8080/info","vipAddress":"jq.test",)"
        R"("isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"1795164939394",)"
        R"("lastDirtyTimestamp":"1795164939394","actionType":"ADDED"}})");
}

TEST(EurekaJson, reads_back_what_it_writes) {
    Instance instance = read_instance_json(from_node, now);
    instance.metadata = {{"zone", "a"}, {"a \"b\"", "c"}};
    instance.status = Status::out_of_service;
    instance.updated_at = now;

    EXPECT_EQ(read_instance_json(instance_json(instance, Detail::full), now), instance);
}

TEST(EurekaJson, lists_are_lists_even_of_one_and_of_none) {
    const Instance instance = read_instance_json(from_node, now);
    const std::vector<const Instance*> one{&instance};
    const std::vector<AppView> apps{{"JQSERVICE", one}, {"EMPTY", {}}};

    const std::string text = applications_json({1, "UP_1_", apps}, Detail::compact);

    EXPECT_TRUE(
        text.starts_with(R"({"applications":{"versions__delta":"1","apps__hashcode":"UP_1_",)"
                         R"("application":[{"name":"JQSERVICE","instance":[{"instanceId":)"));
    EXPECT_TRUE(text.ends_with(R"({"name":"EMPTY","instance":[]}]}})"));
    EXPECT_EQ(text.find("leaseInfo"), std::string::npos);
    EXPECT_EQ(text.find("metadata"), std::string::npos);
}

TEST(EurekaXml, has_the_elements_and_attributes_of_the_server) {
    Instance instance = read_instance_json(from_node, now);
    instance.updated_at = now;
    instance.metadata = {{"my_key", "a<b & \"c\""}};
    const std::vector<const Instance*> one{&instance};
    const std::vector<AppView> apps{{"JQSERVICE", one}};

    EXPECT_EQ(applications_xml({1, "UP_1_", apps}, Detail::full),
              "<applications><versions__delta>1</versions__delta><apps__hashcode>UP_1_"
              "</apps__hashcode><application><name>JQSERVICE</name><instance>"
              "<instanceId>localhost:jqservice:8080</instanceId><hostName>localhost</hostName>"
              "<app>JQSERVICE</app><ipAddr>127.0.0.1</ipAddr><status>UP</status>"
              "<overriddenstatus>UNKNOWN</overriddenstatus><port enabled=\"true\">8080</port>"
              "<securePort enabled=\"false\">7002</securePort><countryId>1</countryId>"
              "<dataCenterInfo class=\"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo\">"
              "<name>MyOwn</name></dataCenterInfo><leaseInfo><renewalIntervalInSecs>30"
              "</renewalIntervalInSecs><durationInSecs>90</durationInSecs><registrationTimestamp>0"
              "</registrationTimestamp><lastRenewalTimestamp>0</lastRenewalTimestamp>"
              "<evictionTimestamp>0</evictionTimestamp><serviceUpTimestamp>0</serviceUpTimestamp>"
              "</leaseInfo><metadata><my__key>a&lt;b &amp; &quot;c&quot;</my__key></metadata>"
              "<statusPageUrl>http://localhost:8080/info</statusPageUrl><vipAddress>jq.test"
              "</vipAddress><isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>"
              "<lastUpdatedTimestamp>1795164939394</lastUpdatedTimestamp><lastDirtyTimestamp>"
              "1795164939394</lastDirtyTimestamp><actionType>ADDED</actionType></instance>"
              "</application></applications>");
}

TEST(EurekaXml, escapes_keys_that_are_no_names) {
    EXPECT_EQ(element_name("management.port"), "management.port");
    EXPECT_EQ(element_name("a b"), "a_.0020b");
    EXPECT_EQ(element_name("1"), "_.0031");
    EXPECT_EQ(element_name(""), "_");
}

}  // namespace
}  // namespace loquat::registry
