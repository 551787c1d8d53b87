#pragma once
#include <memory>
#include <string>

#include "contracts/core/operation.hpp"
#include "net/http/client.hpp"
#include "runtime/dispatcher.hpp"

namespace loquat::runtime {

// Calls to a service behind HTTP.  `url` is its base address.  Throws Failure `config.bad_url` for
// another text. Calls that their row lets repeat are tried up to three times while the deadline
// allows, with full jitter in between.
std::shared_ptr<contracts::Transport> make_http_transport(aio::Loop& loop, std::string_view url,
                                                          std::string internal_key);

// Through encoding, routes and pipeline, but no socket: what tests use to find mistakes at the
// boundary.
std::shared_ptr<contracts::Transport> make_loopback_transport(const Dispatcher& dispatcher);

// For a service that is neither here nor has an address: every call fails with
// `upstream.unavailable`.
std::shared_ptr<contracts::Transport> make_absent_transport(std::string service);

}  // namespace loquat::runtime
