#pragma once
#include "net/http/client.hpp"
#include "services/session/ports.hpp"

namespace loquat::session {

// A provider that speaks of payment intents over HTTP: POST ORIGIN/v1/payment_intents, form
// encoded, with the checkout's id as Idempotency-Key, so that the same charge is made once however
// often it is asked for.
class IntentPayments final : public Payments {
  public:
    struct Options {
        net::http::Origin origin;
        std::string key;  // Bearer
        std::chrono::milliseconds time_max{20'000};
    };

    IntentPayments(aio::Loop& loop, net::http::ClientConfig config, Options options)
        : client_(loop, std::move(config)), options_(std::move(options)) {}

    // Method `intent` with the token of a way to pay.
    void check(const contracts::Payment& payment) const override;
    // Besides what Payments says: `upstream.timeout` while the provider is at it.
    Task<void> charge(Charge wanted) override;

  private:
    Task<net::http::ClientResponse> ask(const Charge& wanted);

    net::http::Client client_;
    Options options_;
};

}  // namespace loquat::session
