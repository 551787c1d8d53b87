#pragma once
#include <memory>
#include <string>

#include "contracts/core/operation.hpp"
#include "net/http/client.hpp"
#include "runtime/front/dispatcher.hpp"

namespace loquat::runtime {

class PlatformTls;
class ServiceCalls;

// How a caller shows who it is.
struct CallProof {
    std::string key;             // shown where it is not empty
    PlatformTls* tls = nullptr;  // for https; outlives the transport
    std::string service = {};    // whose certificate it must be, where TLS is mutual
};

// Calls to a service behind HTTP, whose instances `calls` chooses.  What a row lets repeat is tried
// again on another instance, within the rules of `calls`, with full jitter in between; so is what
// cannot have reached anyone.  The caller's deadline goes along; while another instance could still
// be asked one attempt gets half of what is left of it.
std::shared_ptr<contracts::Transport> make_http_transport(aio::Loop& loop,
                                                          std::shared_ptr<ServiceCalls> calls,
                                                          CallProof proof);
// The same to one address, `url`.  Throws Failure `config.bad_url` for another text.
std::shared_ptr<contracts::Transport> make_http_transport(aio::Loop& loop, std::string_view url,
                                                          CallProof proof);

// Through encoding, routes and pipeline, but no socket: what tests use to find mistakes at the
// boundary.
std::shared_ptr<contracts::Transport> make_loopback_transport(const Dispatcher& dispatcher);

}  // namespace loquat::runtime
