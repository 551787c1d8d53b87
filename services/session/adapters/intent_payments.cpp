#include "services/session/adapters/intent_payments.hpp"

#include "base/text.hpp"
#include "wire/json.hpp"

namespace loquat::session {
namespace {

std::string form_of(const Charge& wanted) {
    return "amount=" + std::to_string(wanted.amount.amount) +
           "&currency=" + to_lower_ascii(wanted.amount.currency.code()) +
           "&payment_method=" + percent_encode(wanted.payment.token.value_or("")) +
           "&confirm=true&metadata%5Bcheckout_id%5D=" + wanted.id.to_string();
}

Failure declined() {
    return {Kind::unpaid, "payment.declined", "The payment was declined. Try another way to pay."};
}

Failure not_taken(std::string detail) {
    return {Kind::unavailable, "payment.unavailable",
            "Payments cannot be made now. Try again later.", std::move(detail)};
}

Failure unknown_yet(std::string detail) {
    return {Kind::timed_out, "upstream.timeout", "The payment is not through yet.",
            std::move(detail)};
}

std::string status_in(const std::string& body) {
    const wire::Value intent = wire::parse(body);
    const wire::Value* status = intent.find("status");
    const std::string* text = status == nullptr ? nullptr : status->if_string();
    return text == nullptr ? std::string{} : *text;
}

// Returns when the money was taken.
void judge(const net::http::ClientResponse& response) {
    if (response.status == 402) {
        throw declined();
    }
    const bool may_be_done = response.status >= 500 || response.status == 408 ||
                             response.status == 409 || response.status == 429;
    if (may_be_done) {
        throw unknown_yet("status " + std::to_string(response.status));
    }
    if (response.status >= 300) {
        throw not_taken("status " + std::to_string(response.status));
    }
    std::string status;
    try {
        status = status_in(response.body);
    } catch (const Failure& failure) {
        throw unknown_yet(failure.message);
    }
    if (status == "requires_payment_method" || status == "requires_action" ||
        status == "canceled") {
        throw declined();
    }
    if (status != "succeeded") {
        throw unknown_yet("status " + status);
    }
}

}  // namespace

void IntentPayments::check(const contracts::Payment& payment) const {
    if (payment.method != "intent") {
        throw invalid_field("payment.method", "unknown", "must be intent");
    }
    if (!payment.token) {
        throw invalid_field("payment.token", "required", "is the provider's name of a way to pay");
    }
}

Task<net::http::ClientResponse> IntentPayments::ask(const Charge& wanted) {
    net::http::ClientRequest request{.origin = options_.origin,
                                     .method = "POST",
                                     .target = "/v1/payment_intents",
                                     .body = form_of(wanted),
                                     .replay = net::http::Replay::allowed};
    request.headers.append("Content-Type", "application/x-www-form-urlencoded");
    request.headers.append("Authorization", "Bearer " + options_.key);
    request.headers.append("Idempotency-Key", wanted.id.to_string());
    const Steady deadline = std::chrono::steady_clock::now() + options_.time_max;
    co_return co_await client_.request(std::move(request), deadline);
}

Task<void> IntentPayments::charge(Charge wanted) {
    const auto response = co_await ask(wanted);
    judge(response);
}

}  // namespace loquat::session
