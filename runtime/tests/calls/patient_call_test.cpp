#include "runtime/calls/patient_call.hpp"

#include <gtest/gtest.h>

#include "aio/latch.hpp"
#include "aio/run.hpp"
#include "base/failure.hpp"
#include "net/http/server.hpp"
#include "runtime/discovery/instances.hpp"

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;

// Answers with its name, once it may.
class Instance final : public net::http::Handler {
  public:
    Instance(aio::Loop& loop, std::string name, int status = 200)
        : name_(std::move(name)), status_(status), server_(loop, {}, *this) {
        url_ = "http://127.0.0.1:" + std::to_string(server_.listen({}).port);
    }

    Task<void> handle(net::http::Exchange& exchange) override {
        co_await exchange.read_body(1'000);
        ++asked_;
        co_await may_answer.wait_until(Steady::max());
        net::http::Response response{.status = status_, .body = name_};
        co_await exchange.respond(std::move(response));
    }

    const std::string& url() const { return url_; }
    int asked() const { return asked_; }
    Task<void> end() {
        may_answer.open();
        co_await server_.drain(std::chrono::steady_clock::now() + 10s);
    }

    aio::Latch may_answer;

  private:
    std::string name_;
    int status_;
    int asked_ = 0;
    net::http::Server server_;
    std::string url_;
};

// Lives as long as a request to one of them.
struct Calls {
    Calls(std::array<std::string, 2> urls, Metrics& metrics, const Clock& clock)
        : instances(urls), calls({"chat", {}, instances, metrics, clock}, impatient()) {}

    static CallRules impatient() {
        CallRules rules = to_rules(ClientsConfig{}, {});
        rules.patience = 1ms;
        return rules;
    }

    FixedInstances instances;
    ServiceCalls calls;
};

class PatientCallTest : public testing::Test {
  protected:
    // What answers a call whose first attempt goes to `sleeper`, and the status.
    Task<std::string> ask(Instance& sleeper, Instance& other) {
        const std::array urls{sleeper.url(), other.url()};
        const auto both = std::make_shared<Calls>(urls, metrics, clock);
        for (;;) {
            ServiceCall call{both->calls, OperationClass::read};
            if (call.begin()->endpoint.address == sleeper.url()) {
                co_return co_await ask(call, both);
            }
            call.end(CallOutcome::ignored);
        }
    }

    // The answer when the first one is let answer once the other one was asked.
    std::string ask_slow(Instance& slow, Instance& other) {
        std::string answer;
        auto release = [&]() -> Task<void> {
            while (other.asked() == 0) {
                co_await loop.sleep_for(1ms);
            }
            slow.may_answer.open();
        };
        auto body = [&]() -> Task<void> {
            aio::Scope scope{loop, "test"};
            scope.start(release());
            answer = co_await ask(slow, other);
            co_await scope.close();
            co_await slow.end();
            co_await other.end();
        };
        aio::run_to_end(loop, body());
        return answer;
    }

    aio::Loop loop{"test"};

  private:
    Task<std::string> ask(ServiceCall& call, std::shared_ptr<Calls> keep) {
        const Steady deadline = std::chrono::steady_clock::now() + 20s;
        const net::http::Origin origin = call.at()->endpoint.origin;
        const auto request_to = [&](const net::http::Origin& to) {
            auto request = std::make_unique<net::http::ClientCall>(client, to, deadline);
            net::http::HeadWriter head = request->start("POST", "/");
            head.add("Host", to.authority());
            return request;
        };
        const auto first = request_to(origin);
        PatientCall patient{{loop, call, *first,
                             [&](const Endpoint& to) { return request_to(to.origin); },
                             std::move(keep)}};
        net::http::ClientCall* answered = co_await patient.ask("x", net::http::Replay::allowed);
        const std::string body{co_await answered->read_body()};
        co_return std::to_string(answered->head().status) + " " + body;
    }

    Metrics metrics;
    SystemClock clock;
    net::http::Client client{loop, {}};
};

TEST_F(PatientCallTest, is_answered_by_another_instance_while_the_first_sleeps) {
    Instance sleeper{loop, "sleeper"};
    Instance other{loop, "other"};
    other.may_answer.open();
    std::string answer;
    int asked = 0;
    auto body = [&]() -> Task<void> {
        answer = co_await ask(sleeper, other);
        asked = sleeper.asked();
        co_await sleeper.end();
        co_await other.end();
    };

    aio::run_to_end(loop, body());

    EXPECT_EQ(answer, "200 other");
    EXPECT_EQ(asked, 1);
}

TEST_F(PatientCallTest, is_answered_by_the_first_that_is_only_slow_when_the_other_one_is_slower) {
    Instance slow{loop, "slow"};
    Instance slower{loop, "slower"};
    EXPECT_EQ(ask_slow(slow, slower), "200 slow");
}

TEST_F(PatientCallTest, is_not_answered_by_one_that_cannot) {
    Instance slow{loop, "slow"};
    Instance unable{loop, "unable", 503};
    unable.may_answer.open();
    EXPECT_EQ(ask_slow(slow, unable), "200 slow");
}

}  // namespace
}  // namespace loquat::runtime
