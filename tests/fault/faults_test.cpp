#include <gtest/gtest.h>
#include <signal.h>

#include <cstdio>
#include <set>

#include "tests/fault/lanes.hpp"
#include "tests/fault/town.hpp"
#include "tests/fault/witness.hpp"

// What callers notice of faults of each process of a platform, under load through its gateways.
// Prints a table; asserts what must hold at any speed.
namespace loquat::test {
namespace {

enum class Fault { killed, paused, ended, cut };

constexpr std::string_view name_of(Fault fault) {
    switch (fault) {
        case Fault::killed:
            return "kill -9";
        case Fault::paused:
            return "stop, continue";
        case Fault::ended:
            return "SIGTERM";
        case Fault::cut:
            break;
    }
    return "cut off, healed";
}

class FaultTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (!Network::is_possible()) {
            return;
        }
        town_ = std::make_unique<Town>();
        witness_ = std::make_unique<Witness>(*town_);
        const std::string token = witness_->sign_up();
        lanes_ = std::make_unique<Lanes>(
            std::vector<std::string>{town_->url("gateway-1"), town_->url("gateway-2")}, token,
            std::vector<Lanes::Lane>{{"auth", "/api/auth/me"},
                                     {"chat", "/api/chats"},
                                     {"model", "/api/models"},
                                     {"demo", "/demo/x"}});
        std::printf("%-12s %-16s %8s %7s %9s %9s %8s  %s\n", "process", "fault", "requests",
                    "failed", "longest", "noticed", "back", "lanes with failures");
    }
    static void TearDownTestSuite() {
        lanes_.reset();
        witness_.reset();
        town_.reset();
    }
    void SetUp() override {
        if (!town_) {
            GTEST_SKIP() << "needs root and the program ip";
        }
    }

    // Lanes that may fail while the only process that serves them is away.
    static std::set<std::string> lanes_of(const std::string& process) {
        if (process == "auth" || process == "chat") {
            return {process};
        }
        return {};
    }

    static bool is_noticed(const std::string& process) {
        if (process.starts_with("registry")) {
            return witness_->is_news_told(process == "registry-1" ? "registry-2" : "registry-1");
        }
        const bool has_no_other = process == "auth" || process == "chat" || process == "config";
        if (has_no_other || process.starts_with("gateway")) {
            return !witness_->is_registered(process);
        }
        return witness_->do_gateways_hold(process, Witness::Opinion::unfit) ||
               !witness_->is_registered(process);
    }
    static bool is_back(const std::string& process) {
        if (process.starts_with("registry")) {
            return witness_->is_news_told(process);
        }
        if (process == "config" || process.starts_with("gateway")) {
            return witness_->is_registered(process);
        }
        if (process == "auth" || process == "chat") {
            return witness_->is_answered(process == "auth" ? "/api/auth/me" : "/api/chats");
        }
        return witness_->do_gateways_hold(process, Witness::Opinion::fit);
    }

    static void begin(const std::string& process, Fault fault) {
        switch (fault) {
            case Fault::killed:
                town_->kill(process);
                break;
            case Fault::paused:
                town_->signal(process, SIGSTOP);
                break;
            case Fault::ended:
                town_->signal(process, SIGTERM);
                break;
            case Fault::cut:
                town_->cut(process);
                break;
        }
    }
    static void heal(const std::string& process, Fault fault) {
        switch (fault) {
            case Fault::ended:
                EXPECT_EQ(town_->end(process), 0) << process;
                [[fallthrough]];
            case Fault::killed:
                town_->start(process);
                break;
            case Fault::paused:
                town_->signal(process, SIGCONT);
                break;
            case Fault::cut:
                town_->heal(process);
                break;
        }
    }

    static std::string shown(std::optional<std::int64_t> time) {
        return time ? std::to_string(*time) + " ms" : "never";
    }

    // Never is later than any time.
    static std::optional<std::int64_t> later(std::optional<std::int64_t> one,
                                             std::optional<std::int64_t> other) {
        return one && other ? std::max(one, other) : std::nullopt;
    }

    struct Times {
        std::optional<std::int64_t> noticed;
        std::optional<std::int64_t> back;
    };

    static void report(const std::string& process, std::string_view fault, const Times& times) {
        lanes_->wait_for_another_round();
        Lanes::Counts all;
        std::string failing;
        for (const auto& [lane, counts] : lanes_->take()) {
            all.made += counts.made;
            all.failed += counts.failed;
            all.longest_ms = std::max(all.longest_ms, counts.longest_ms);
            if (counts.failed > 0) {
                failing +=
                    lane + " " + std::to_string(counts.failed) + " " + counts.last_failure + " ";
            }
            if (!lanes_of(process).contains(lane)) {
                EXPECT_EQ(counts.failed, 0)
                    << process << " " << fault << ": " << lane << ": " << counts.last_failure;
            }
        }
        std::printf("%-12s %-16s %8d %7d %6lld ms %9s %8s  %s\n", process.c_str(),
                    std::string{fault}.c_str(), all.made, all.failed,
                    static_cast<long long>(all.longest_ms), shown(times.noticed).c_str(),
                    shown(times.back).c_str(), failing.c_str());
        std::fflush(stdout);
        EXPECT_TRUE(times.noticed) << process << " " << fault;
        EXPECT_TRUE(times.back) << process << " " << fault;
    }

    static Times suffer(const std::string& process, Fault fault) {
        Times times;
        begin(process, fault);
        witness_->leave_out(process);
        times.noticed = Witness::time_until([&] { return is_noticed(process); });
        heal(process, fault);
        witness_->leave_out("");
        times.back = Witness::time_until([&] { return is_back(process); });
        return times;
    }

    static void expect_survives(const std::string& process) {
        for (const Fault fault : {Fault::killed, Fault::paused, Fault::ended, Fault::cut}) {
            lanes_->wait_for_another_round();
            lanes_->take();
            report(process, name_of(fault), suffer(process, fault));
        }
    }

    static inline std::unique_ptr<Town> town_;
    static inline std::unique_ptr<Witness> witness_;
    static inline std::unique_ptr<Lanes> lanes_;
};

TEST_F(FaultTest, of_a_registry_are_noticed_by_nobody) { expect_survives("registry-1"); }
TEST_F(FaultTest, of_the_config_server_are_noticed_by_nobody) { expect_survives("config"); }
TEST_F(FaultTest, of_one_of_two_gateways_lose_no_request) { expect_survives("gateway-1"); }
TEST_F(FaultTest, of_one_of_two_instances_lose_no_safe_request) { expect_survives("model-1"); }
TEST_F(FaultTest, of_an_application_behind_a_route_lose_no_safe_request) {
    expect_survives("demo-1");
}
TEST_F(FaultTest, of_auth_touch_nothing_else) { expect_survives("auth"); }
TEST_F(FaultTest, of_chat_touch_nothing_else) { expect_survives("chat"); }

TEST_F(FaultTest, replacing_one_by_one_loses_no_safe_request) {
    for (const std::string service : {"registry", "gateway", "model", "demo"}) {
        lanes_->wait_for_another_round();
        lanes_->take();
        Times slowest{0, 0};
        for (const std::string& process : {service + "-1", service + "-2"}) {
            const Times times = suffer(process, Fault::ended);
            slowest.noticed = later(slowest.noticed, times.noticed);
            slowest.back = later(slowest.back, times.back);
        }
        report(service, "replaced", slowest);
    }
}

TEST_F(FaultTest, of_all_registries_are_noticed_by_nobody) {
    lanes_->wait_for_another_round();
    lanes_->take();
    town_->kill("registry-1");
    town_->kill("registry-2");
    lanes_->wait_for_another_round();
    town_->start("registry-1");
    town_->start("registry-2");

    const auto back = Witness::time_until(
        [&] { return witness_->is_registered("model-1") && witness_->is_registered("demo-1"); });

    report("registries", "kill -9 of all", {0, back});
}

}  // namespace
}  // namespace loquat::test
