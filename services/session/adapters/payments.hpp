#pragma once
#include <memory>

#include "aio/loop.hpp"
#include "services/session/config.hpp"
#include "services/session/ports.hpp"

namespace loquat::session {

// Simulated ones, or those of the provider that is configured.  `config.invalid` for an address
// that is none and a key that cannot be read.
std::unique_ptr<Payments> make_payments(aio::Loop& loop, const PaymentConfig& config);

}  // namespace loquat::session
