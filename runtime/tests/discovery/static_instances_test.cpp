#include "runtime/discovery/static_instances.hpp"

#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "base/failure.hpp"

namespace loquat::contracts {
class SampleApi;
}

namespace loquat::runtime {
namespace {

using net::Address;
using Names = std::map<std::string, std::vector<Address>>;

Address at(std::string_view text) { return Address::parse(text).value(); }

std::vector<std::string> urls_of(const Instances& instances, std::string_view service) {
    std::vector<std::string> urls;
    for (const ServiceInstance& one : *instances.list(service)) {
        urls.push_back(one.url);
    }
    return urls;
}

struct StaticPlaces : testing::Test {
    aio::Loop loop{"test"};
    Names names;

    void look_up(StaticInstances& instances) {
        auto ask = [this](std::string host) -> Task<std::vector<Address>> {
            if (!names.contains(host)) {
                throw Failure{Kind::timed_out, "upstream.timeout", "Too late.", host};
            }
            co_return names.at(host);
        };
        aio::run_to_end(loop, instances.look_up_all(ask));
    }
};

TEST_F(StaticPlaces, are_all_addresses_of_a_service_with_their_zone_and_weight) {
    const std::vector<ServiceUrl> urls{{"auth", "http://127.0.0.1:1"},
                                       {"chat", "http://127.0.0.1:2"},
                                       {"auth", "http://127.0.0.1:3", "north", 20}};

    const StaticInstances instances{urls};

    const auto list = instances.list("auth");
    ASSERT_EQ(list->size(), 2u);
    EXPECT_EQ((*list)[0].url, "http://127.0.0.1:1");
    EXPECT_EQ((*list)[1].zone, "north");
    EXPECT_EQ((*list)[1].weight, 20u);
    EXPECT_FALSE(instances.has_names());
}

TEST_F(StaticPlaces, of_an_unknown_service_are_none) {
    const StaticInstances instances{{}};

    EXPECT_TRUE(instances.list("auth")->empty());
}

TEST_F(StaticPlaces, are_taken_at_their_word_for_any_contract) {
    const std::vector<ServiceUrl> urls{{"auth", "http://127.0.0.1:1"}};
    const StaticInstances instances{urls};

    EXPECT_TRUE(offers(instances.list("auth")->front(), "AuthApi"));
    EXPECT_FALSE(offers(ServiceInstance{.contracts = {"ChatApi"}}, "AuthApi"));
    EXPECT_FALSE(offers(ServiceInstance{}, "AuthApi")) << "a stranger with the same name";
}

TEST_F(StaticPlaces, of_a_name_are_as_many_as_it_has_addresses_and_follow_it) {
    const std::vector<ServiceUrl> urls{{"auth", "http://auth.example:7"}};
    StaticInstances instances{urls};
    EXPECT_EQ(urls_of(instances, "auth"), std::vector<std::string>{"http://auth.example:7"});
    EXPECT_TRUE(instances.has_names());

    names["auth.example"] = {at("10.0.0.2"), at("10.0.0.1")};
    look_up(instances);
    EXPECT_EQ(urls_of(instances, "auth"),
              (std::vector<std::string>{"http://10.0.0.1:7", "http://10.0.0.2:7"}));

    names["auth.example"] = {at("10.0.0.3"), at("10.0.0.2")};
    look_up(instances);
    EXPECT_EQ(urls_of(instances, "auth"),
              (std::vector<std::string>{"http://10.0.0.2:7", "http://10.0.0.3:7"}));
}

TEST_F(StaticPlaces, stay_as_they_were_when_a_name_is_not_found_or_nobody_answers) {
    const std::vector<ServiceUrl> urls{{"auth", "http://auth.example:7"}};
    StaticInstances instances{urls};
    names["auth.example"] = {at("10.0.0.1"), at("10.0.0.2")};
    look_up(instances);
    const auto before = instances.list("auth");
    const auto version = instances.version();

    names["auth.example"] = {};
    look_up(instances);
    names.clear();
    look_up(instances);

    EXPECT_EQ(instances.list("auth"), before) << "the same pointer: nothing has changed";
    EXPECT_EQ(instances.version(), version);
}

TEST_F(StaticPlaces, are_the_same_list_whatever_the_order_of_the_answer) {
    const std::vector<ServiceUrl> urls{{"auth", "http://auth.example:7"}};
    StaticInstances instances{urls};
    names["auth.example"] = {at("10.0.0.1"), at("10.0.0.2")};
    look_up(instances);
    const auto before = instances.list("auth");

    names["auth.example"] = {at("10.0.0.2"), at("10.0.0.1"), at("10.0.0.2")};
    look_up(instances);

    EXPECT_EQ(instances.list("auth"), before);
}

TEST_F(StaticPlaces, of_a_machine_with_two_families_are_one_name) {
    const std::vector<ServiceUrl> urls{{"auth", "http://localhost:7"}};
    StaticInstances instances{urls};
    names["localhost"] = {at("::1"), at("127.0.0.1")};

    look_up(instances);

    EXPECT_EQ(urls_of(instances, "auth"), std::vector<std::string>{"http://localhost:7"});
}

TEST_F(StaticPlaces, with_tls_keep_the_name_that_a_certificate_is_for) {
    const std::vector<ServiceUrl> urls{{"shop", "https://shop.example"}};

    const StaticInstances instances{urls};

    EXPECT_FALSE(instances.has_names());
    EXPECT_EQ(urls_of(instances, "shop"), std::vector<std::string>{"https://shop.example"});
}

TEST(ContractName, is_the_interfaces_own) {
    EXPECT_EQ(contract_name(typeid(contracts::SampleApi*)), "SampleApi*");
    EXPECT_EQ(contract_name(typeid(ServiceInstance)), "ServiceInstance");
}

}  // namespace
}  // namespace loquat::runtime
