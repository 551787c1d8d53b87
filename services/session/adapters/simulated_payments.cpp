#include "services/session/adapters/simulated_payments.hpp"

#include "base/text.hpp"

namespace loquat::session {
namespace {

constexpr std::string_view slow = "slow:";
constexpr std::uint64_t slow_ms_max = 30'000;

// Of `slow:MS`; none for anything else.
std::optional<std::chrono::milliseconds> pause_in(std::string_view token) {
    if (!token.starts_with(slow)) {
        return std::nullopt;
    }
    const auto wait = parse_number(token.substr(slow.size()));
    return wait && *wait <= slow_ms_max ? std::optional{std::chrono::milliseconds{*wait}}
                                        : std::nullopt;
}

}  // namespace

void SimulatedPayments::check(const contracts::Payment& payment) const {
    if (payment.method != "simulated") {
        throw invalid_field("payment.method", "unknown", "must be simulated");
    }
    const std::string token = payment.token.value_or("ok");
    const bool is_known =
        token == "ok" || token == "declined" || token == "error" || pause_in(token);
    if (!is_known) {
        throw invalid_field("payment.token", "unknown",
                            "must be ok, declined, error, or slow: and milliseconds up to 30000");
    }
}

Task<void> SimulatedPayments::charge(Charge wanted) {
    const std::string token = wanted.payment.token.value_or("ok");
    if (token == "declined") {
        throw Failure{Kind::unpaid, "payment.declined",
                      "The payment was declined. Try another way to pay."};
    }
    if (token == "error") {
        throw Failure{Kind::unavailable, "payment.unavailable",
                      "Payments cannot be made now. Try again later."};
    }
    if (const auto pause = pause_in(token)) {
        co_await loop_.sleep_for(*pause);
    }
}

}  // namespace loquat::session
