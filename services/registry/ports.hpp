#pragma once
#include <string>

#include "aio/task.hpp"
#include "base/clock.hpp"

namespace loquat::registry {

struct PeerAnswer {
    int status = 0;
    bool is_starting = false;  // it has not caught up itself, and knows no more than we do
    std::string body;
};

// Another registry.  Failures are those of net::http::Client.
class PeerPort {
  public:
    virtual ~PeerPort() = default;
    // Its address, without credentials.
    virtual const std::string& name() const = 0;
    // POST peerreplication/batch/
    virtual Task<PeerAnswer> send_batch(std::string body, Steady deadline) = 0;
    // GET apps, as JSON.
    virtual Task<PeerAnswer> fetch_all(Steady deadline) = 0;
};

}  // namespace loquat::registry
