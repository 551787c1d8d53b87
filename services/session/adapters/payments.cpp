#include "services/session/adapters/payments.hpp"

#include <fstream>

#include "base/text.hpp"
#include "net/tls/context.hpp"
#include "services/session/adapters/intent_payments.hpp"
#include "services/session/adapters/simulated_payments.hpp"

namespace loquat::session {
namespace {

Failure bad_config(std::string what) {
    return {Kind::invalid, "config.invalid", "session.payment." + std::move(what)};
}

std::string read_key(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    std::string line;
    std::getline(in, line);
    const std::string key{trim(line)};
    if (key.empty()) {
        throw bad_config("key_file: no key can be read from " + file);
    }
    return key;
}

}  // namespace

std::unique_ptr<Payments> make_payments(aio::Loop& loop, const PaymentConfig& config) {
    if (config.url.empty()) {
        return std::make_unique<SimulatedPayments>(loop);
    }
    const auto origin = net::http::Origin::parse(config.url);
    if (!origin) {
        throw bad_config("url: must be of the form https://HOST:PORT");
    }
    net::http::ClientConfig client;
    if (origin->scheme == net::http::Scheme::https) {
        client.tls = net::tls::ClientContext::make();
    }
    return std::make_unique<IntentPayments>(
        loop, std::move(client),
        IntentPayments::Options{.origin = *origin, .key = read_key(config.key_file)});
}

}  // namespace loquat::session
