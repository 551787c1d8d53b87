#include "runtime/resilience/service_calls.hpp"

#include <gtest/gtest.h>

#include "base/failure.hpp"

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;
using enum CallOutcome;

class ListedInstances final : public Instances {
  public:
    ListPtr list(std::string_view) const override { return list_; }
    std::uint64_t version() const override { return version_; }
    void set(List list) {
        list_ = std::make_shared<const List>(std::move(list));
        ++version_;
    }

  private:
    ListPtr list_ = std::make_shared<const List>();
    std::uint64_t version_ = 1;
};

ServiceInstance instance(std::string id, std::string port, std::vector<std::string> contracts) {
    return {
        .id = std::move(id), .url = "http://127.0.0.1:" + port, .contracts = std::move(contracts)};
}

struct CallsTest : testing::Test {
    ListedInstances instances;
    Metrics metrics;
    FakeClock clock;
    ClientsConfig config;
    WhenAllOpen when_all_open = WhenAllOpen::refuse;
    std::optional<ServiceCalls> made;

    CallsTest() { set({"a", "b", "c"}); }

    void set(const std::vector<std::string>& ids) {
        Instances::List list;
        for (const std::string& id : ids) {
            list.push_back(instance(id, std::to_string(7000 + id[0]), {"AuthApi"}));
        }
        instances.set(list);
    }
    ServiceCalls& calls() {
        if (!made) {
            CallRules rules = to_rules(config, {});
            rules.when_all_open = when_all_open;
            made.emplace(ServiceCalls::Of{"auth", "AuthApi", instances, metrics, clock},
                         std::move(rules));
        }
        return *made;
    }
    std::string code_of_begin(OperationClass operation = OperationClass::read) {
        try {
            ServiceCall call{calls(), operation};
            call.begin();
            return {};
        } catch (const Failure& failure) {
            return failure.code;
        }
    }
    void fail(int times, OperationClass operation = OperationClass::read) {
        for (int i = 0; i < times; ++i) {
            ServiceCall call{calls(), operation};
            call.begin();
            call.end(failure);
        }
    }
    void be_refused(int times) {
        for (int i = 0; i < times; ++i) {
            ServiceCall call{calls(), OperationClass::read};
            call.begin();
            call.end(refused);
        }
    }
    void find_nobody(int times) {
        for (int i = 0; i < times; ++i) {
            ServiceCall call{calls(), OperationClass::read};
            call.begin();
            call.end(unreachable);
        }
    }
    bool has_counted(const std::string& decision, int times) {
        return metrics.to_text().contains(
            "loquat_client_decisions_total{service=\"auth\",decision=\"" + decision + "\"} " +
            std::to_string(times));
    }
};

TEST_F(CallsTest, go_to_another_instance_after_a_failure_within_the_attempts) {
    ServiceCall call{calls(), OperationClass::read};
    std::set<std::string> asked;
    do {
        asked.insert(call.begin()->endpoint.id);
        call.end(failure);
    } while (call.try_again());

    EXPECT_EQ(asked, (std::set<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(has_counted("retried", 2)) << metrics.to_text();
}

TEST_F(CallsTest, are_repeated_no_more_than_the_budget_allows) {
    int repeats = 0;
    for (int i = 0; i < 20; ++i) {
        ServiceCall call{calls(), OperationClass::change};
        call.begin();
        call.end(success);
        repeats += call.try_again() ? 1 : 0;
    }

    EXPECT_EQ(repeats, 3) << "three a second are free, and 10 % of 20 are fewer";
    EXPECT_TRUE(has_counted("retry_refused", 17)) << metrics.to_text();
}

TEST_F(CallsTest, that_reached_nobody_are_repeated_for_nothing) {
    config.retries_per_second_min = 0;
    ServiceCall call{calls(), OperationClass::change};
    call.begin();
    call.end(failure);

    EXPECT_FALSE(call.could_try_again());
    EXPECT_FALSE(call.try_again());
    EXPECT_TRUE(call.could_try_again(ServiceCall::Reached::nobody));
    EXPECT_TRUE(call.try_again(ServiceCall::Reached::nobody));
}

TEST_F(CallsTest, are_refused_while_all_circuits_are_open_and_probe_after_the_rest) {
    set({"a"});
    fail(20);
    EXPECT_EQ(code_of_begin(), "upstream.circuit_open");
    EXPECT_EQ(code_of_begin(OperationClass::change), "") << "another class of operations";
    EXPECT_TRUE(has_counted("circuit_opened", 1));
    EXPECT_TRUE(has_counted("circuit_refused", 1));

    clock.advance(60s);
    ServiceCall one{calls(), OperationClass::read};
    ServiceCall two{calls(), OperationClass::read};
    ServiceCall three{calls(), OperationClass::read};
    one.begin();
    two.begin();
    three.begin();
    EXPECT_EQ(code_of_begin(), "upstream.circuit_open") << "three probes";
    one.end(success);
    two.end(success);
    three.end(success);
    EXPECT_EQ(code_of_begin(), "");
}

TEST_F(CallsTest, look_again_and_again_for_one_that_was_not_there) {
    set({"a"});
    find_nobody(20);
    EXPECT_EQ(code_of_begin(), "upstream.circuit_open");

    clock.advance(10s);
    {
        ServiceCall looking{calls(), OperationClass::read};
        looking.begin();
        EXPECT_EQ(code_of_begin(), "upstream.circuit_open") << "one looks, the others do not wait";
        looking.end(unreachable);
    }
    EXPECT_EQ(code_of_begin(), "upstream.circuit_open");
    clock.advance(2s);
    {
        ServiceCall looking{calls(), OperationClass::read};
        looking.begin();
        looking.end(success);
    }

    EXPECT_EQ(code_of_begin(), "") << "it is there again: probes decide, long before the rest ends";
}

TEST_F(CallsTest, let_one_rest_that_was_not_there_and_is_ill_when_it_comes) {
    set({"a"});
    find_nobody(20);
    clock.advance(10s);

    fail(1);

    clock.advance(10s);
    EXPECT_EQ(code_of_begin(), "upstream.circuit_open");
}

TEST_F(CallsTest, go_back_at_once_to_one_of_several_that_is_there_again) {
    set({"a", "b"});
    const auto call_until_aside = [&] {
        for (int i = 0; i < 100; ++i) {
            ServiceCall call{calls(), OperationClass::read};
            call.end(call.begin()->endpoint.id == "a" ? unreachable : success);
        }
    };
    call_until_aside();
    const Balancer::Target& a = *calls().targets()[0];
    EXPECT_GT(a.aside_until, clock.steady());

    clock.advance(2s);
    ServiceCall call{calls(), OperationClass::read};
    EXPECT_EQ(call.begin()->endpoint.id, "a");
    call.end(success);

    EXPECT_LE(a.aside_until, clock.steady());
}

TEST_F(CallsTest, that_look_long_leave_longer_pauses) {
    set({"a"});
    find_nobody(20);
    clock.advance(10s);
    {
        ServiceCall looking{calls(), OperationClass::read};
        looking.begin();
        clock.advance(2s);  // a network that loses everything
        looking.end(unreachable);
    }

    clock.advance(15s);
    EXPECT_EQ(code_of_begin(), "upstream.circuit_open");
    clock.advance(2s);
    EXPECT_EQ(code_of_begin(), "");
}

TEST_F(CallsTest, that_nobody_ended_free_their_probe) {
    set({"a"});
    fail(20);
    clock.advance(60s);

    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(code_of_begin(), "") << "canceled before";
    }
}

TEST_F(CallsTest, beyond_the_bulkhead_are_refused_at_once) {
    config.calls_max = 2;
    std::optional<ServiceCall> one{std::in_place, calls(), OperationClass::read};
    const ServiceCall two{calls(), OperationClass::read};

    EXPECT_EQ(code_of_begin(), "upstream.busy");
    one.reset();
    EXPECT_EQ(code_of_begin(), "");
    EXPECT_TRUE(has_counted("bulkhead_refused", 1));
}

TEST_F(CallsTest, never_go_to_one_that_does_not_offer_the_contract) {
    instances.set({instance("stranger", "7001", {}), instance("ours", "7002", {"AuthApi"})});
    for (int i = 0; i < 20; ++i) {
        ServiceCall call{calls(), OperationClass::read};
        EXPECT_EQ(call.begin()->endpoint.id, "ours");
        call.end(success);
    }

    instances.set({instance("stranger", "7001", {"ShopApi"})});
    try {
        ServiceCall call{calls(), OperationClass::read};
        call.begin();
        FAIL() << "was called";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "upstream.other_contract");
        EXPECT_EQ(failure.detail,
                  "none of the 1 instances of auth offers AuthApi, such as http://127.0.0.1:7001");
    }
}

TEST_F(CallsTest, know_at_once_who_has_left_and_who_has_come) {
    ServiceCall call{calls(), OperationClass::read};
    call.begin();
    set({"d"});

    ServiceCall next{calls(), OperationClass::read};
    EXPECT_EQ(next.begin()->endpoint.id, "d");
    call.end(success);
    instances.set({});
    EXPECT_EQ(code_of_begin(), "upstream.unavailable");
    EXPECT_TRUE(has_counted("no_instance", 1));
}

TEST_F(CallsTest, skip_addresses_that_nobody_can_call) {
    instances.set(
        {{.id = "x", .url = "gopher://x", .contracts = {"AuthApi"}}, instance("a", "7001", {"*"})});

    EXPECT_EQ(calls().targets().size(), 1u);
}

TEST_F(CallsTest, go_to_another_one_beside_a_silent_one) {
    set({"a", "b"});
    ServiceCall call{calls(), OperationClass::read};
    const std::string silent = call.begin()->endpoint.id;
    const auto patience = call.patience();

    const auto other = call.beside();
    const std::string asked = other->at()->endpoint.id;
    clock.advance(10ms);
    call.overtaken_by(*other);
    EXPECT_EQ(call.at()->endpoint.id, asked);
    EXPECT_NE(asked, silent);
    call.end(success);

    EXPECT_GT(patience, 0ms);
    EXPECT_TRUE(has_counted("asked_beside", 1));
    for (const auto& target : calls().targets()) {
        EXPECT_EQ(target->failures, target->endpoint.id == silent ? 1 : 0);
        EXPECT_EQ(target->under_way, 0);
    }
}

TEST_F(CallsTest, blame_nobody_where_all_are_slow) {
    set({"a", "b"});
    ServiceCall call{calls(), OperationClass::read};
    call.begin();
    const auto other = call.beside();

    clock.advance(call.patience() + 1s);
    call.overtaken_by(*other);
    call.end(success);

    EXPECT_EQ(calls().targets()[0]->failures + calls().targets()[1]->failures, 0);
}

TEST_F(CallsTest, ask_nobody_beside_where_there_is_no_other_one_or_no_repeat_left) {
    config.retry_percent = 0;
    config.retries_per_second_min = 1;
    set({"a", "b"});
    ServiceCall first{calls(), OperationClass::read};
    first.begin();
    ServiceCall second{calls(), OperationClass::read};
    second.begin();

    const auto one = first.beside();
    set({"a"});
    ServiceCall alone{calls(), OperationClass::read};
    alone.begin();

    EXPECT_NE(one, nullptr);
    EXPECT_EQ(second.beside(), nullptr);
    EXPECT_EQ(alone.patience(), 0ms);
}

TEST_F(CallsTest, show_their_state) {
    fail(1);
    const wire::Value state = calls().to_value();

    EXPECT_EQ(*state.find("service")->if_string(), "auth");
    EXPECT_EQ(state.find("instances")->if_array()->size(), 3u);
    EXPECT_TRUE(wire::to_json(state).contains("\"circuits\":{\"read\":\"closed\"}"));
    EXPECT_TRUE(wire::to_json(state).contains("\"retries_left\":3"));
}

TEST(OutcomeOf, is_a_refusal_of_what_a_server_cannot_reach_and_of_nothing_else) {
    EXPECT_EQ(outcome_of(503), CallOutcome::refused);
    EXPECT_EQ(outcome_of(500), success);
    EXPECT_EQ(outcome_of(404), success);
}

TEST_F(CallsTest, ask_instances_that_refuse_while_nobody_does_better) {
    set({"a", "b"});
    when_all_open = WhenAllOpen::ask_who_answers;

    be_refused(200);  // what both need is away: the circuits of both are open

    EXPECT_EQ(code_of_begin(), "");
}

TEST_F(CallsTest, close_circuits_soon_after_what_all_needed_is_back) {
    set({"a", "b"});
    when_all_open = WhenAllOpen::ask_who_answers;
    be_refused(200);

    for (int i = 0; i < 50; ++i) {
        ServiceCall call{calls(), OperationClass::read};
        call.begin();
        call.end(success);
    }

    const std::string shown = wire::to_json(calls().to_value());
    EXPECT_EQ(shown.find("\"open\""), std::string::npos) << shown;
}

TEST_F(CallsTest, leave_instances_alone_that_are_silent_after_they_had_refused) {
    set({"a"});
    when_all_open = WhenAllOpen::ask_who_answers;
    be_refused(200);

    fail(1);

    EXPECT_EQ(code_of_begin(), "upstream.circuit_open");
}

TEST_F(CallsTest, leave_instances_of_others_alone_that_refuse) {
    set({"a", "b"});

    EXPECT_THROW(be_refused(200), Failure);

    EXPECT_EQ(code_of_begin(), "upstream.circuit_open");
}

}  // namespace
}  // namespace loquat::runtime
