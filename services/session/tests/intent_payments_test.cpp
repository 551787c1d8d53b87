#include "services/session/adapters/intent_payments.hpp"

#include <gtest/gtest.h>

#include "net/http/server.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"

namespace loquat::session {
namespace {

// A provider that answers what the test says, and remembers what it was asked.
class ProviderOfTest final : public net::http::Handler {
  public:
    explicit ProviderOfTest(aio::Loop& loop) : server_(loop, {}, *this) {
        port = server_.listen({}).port;
    }

    Task<void> handle(net::http::Exchange& exchange) override {
        keys.emplace_back(exchange.head().headers.get("Idempotency-Key"));
        rights = exchange.head().headers.get("Authorization");
        asked = co_await exchange.read_body(10'000);
        net::http::Response response{.status = status, .body = body};
        response.headers.append("Content-Type", "application/json");
        co_await exchange.respond(std::move(response));
    }
    Task<void> close() {
        co_await server_.drain(std::chrono::steady_clock::now() + std::chrono::seconds{1});
    }

    int status = 200;
    std::string body = R"({"id":"pi_1","status":"succeeded"})";
    std::vector<std::string> keys;
    std::string rights;
    std::string asked;
    std::uint16_t port = 0;

  private:
    net::http::Server server_;
};

struct IntentPaymentsTest : testing::Test {
    aio::Loop loop{"test"};
    ProviderOfTest provider{loop};
    IntentPayments payments{
        loop, {}, {.origin = {.host = "127.0.0.1", .port = provider.port}, .key = "secret"}};
    Charge wanted{.id = CheckoutId::make(),
                  .amount = {1999, *Currency::parse("EUR")},
                  .payment = {.method = "intent", .token = "pm_card&x=1"}};

    void TearDown() override { test::await(loop, provider.close()); }

    std::string end_of(int status, std::string body) {
        provider.status = status;
        provider.body = std::move(body);
        return test::await(loop, test::code_of(payments.charge(wanted)));
    }
};

TEST_F(IntentPaymentsTest, asks_for_the_same_charge_under_one_key_however_often) {
    test::await(loop, payments.charge(wanted));
    test::await(loop, payments.charge(wanted));

    EXPECT_EQ(provider.keys, (std::vector<std::string>(2, wanted.id.to_string())));
    EXPECT_EQ(provider.rights, "Bearer secret");
    EXPECT_EQ(provider.asked,
              "amount=1999&currency=eur&payment_method=pm_card%26x%3D1&confirm=true"
              "&metadata%5Bcheckout_id%5D=" +
                  wanted.id.to_string());
}

TEST_F(IntentPaymentsTest, says_what_is_certain_and_what_is_not) {
    EXPECT_EQ(end_of(200, R"({"status":"succeeded"})"), "ok");
    EXPECT_EQ(end_of(402, R"({"error":{"code":"card_declined"}})"), "payment.declined");
    EXPECT_EQ(end_of(200, R"({"status":"requires_payment_method"})"), "payment.declined");
    EXPECT_EQ(end_of(400, R"({"error":{}})"), "payment.unavailable");
    EXPECT_EQ(end_of(401, ""), "payment.unavailable");
    EXPECT_EQ(end_of(200, R"({"status":"processing"})"), "upstream.timeout");
    EXPECT_EQ(end_of(200, "nonsense"), "upstream.timeout");
    EXPECT_EQ(end_of(409, R"({"error":{}})"), "upstream.timeout");
    EXPECT_EQ(end_of(500, ""), "upstream.timeout");
}

TEST_F(IntentPaymentsTest, takes_only_its_own_method_with_a_token) {
    const auto check = [this](contracts::Payment payment) {
        return test::code_of([&] { payments.check(payment); });
    };

    EXPECT_EQ(check({.method = "intent", .token = "pm"}), "");
    EXPECT_EQ(check({.method = "intent"}), "request.invalid");
    EXPECT_EQ(check({.method = "simulated", .token = "ok"}), "request.invalid");
}

}  // namespace
}  // namespace loquat::session
