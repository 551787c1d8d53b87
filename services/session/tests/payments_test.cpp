#include "services/session/adapters/payments.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::session {
namespace {

struct PaymentsTest : testing::Test {
    aio::Loop loop{"test"};

    std::string end_of(const std::string& token) {
        const auto payments = make_payments(loop, {});
        Charge wanted{.id = CheckoutId::make(),
                      .amount = {100, *Currency::parse("EUR")},
                      .payment = {.token = token}};
        return test::await(loop, test::code_of(payments->charge(wanted)));
    }
};

TEST_F(PaymentsTest, simulated_ones_do_what_the_token_says) {
    EXPECT_EQ(end_of("ok"), "ok");
    EXPECT_EQ(end_of("declined"), "payment.declined");
    EXPECT_EQ(end_of("error"), "payment.unavailable");
    EXPECT_EQ(end_of("slow:1"), "ok");
}

TEST_F(PaymentsTest, simulated_ones_take_no_other_token_or_method) {
    const auto payments = make_payments(loop, {});
    const auto check = [&](contracts::Payment payment) {
        return test::code_of([&] { payments->check(payment); });
    };

    EXPECT_EQ(check({}), "");
    EXPECT_EQ(check({.token = "slow:30000"}), "");
    for (const char* token : {"slow:30001", "slow:", "slow:-1", "slow:x", "free", ""}) {
        EXPECT_EQ(check({.token = token}), "request.invalid") << token;
    }
    EXPECT_EQ(check({.method = "card"}), "request.invalid");
}

TEST_F(PaymentsTest, a_provider_needs_an_address_and_a_key) {
    test::TemporaryFolder folder;
    const auto file = folder.path() / "key";
    const auto make = [&](std::string url, std::string key_file) {
        return test::code_of(
            [&] { make_payments(loop, {.url = std::move(url), .key_file = std::move(key_file)}); });
    };

    EXPECT_EQ(make("http://127.0.0.1:1", file.string()), "config.invalid");
    std::ofstream{file} << "secret\n";
    EXPECT_EQ(make("http://127.0.0.1:1", file.string()), "");
    EXPECT_EQ(make("127.0.0.1:1", file.string()), "config.invalid");
}

}  // namespace
}  // namespace loquat::session
