#pragma once
#include "runtime/context.hpp"
#include "services/realtime/node.hpp"

namespace loquat::realtime {

// The opening handshake at `/ws`.
class Endpoint final : public runtime::UpgradeTarget {
  public:
    // `origins` of web pages besides the host's own may connect.
    Endpoint(Node& node, std::vector<std::string> origins)
        : node_(node), origins_(std::move(origins)) {}

    // Failures before the upgrade: auth.origin_not_allowed (403), server.overloaded and
    // server.restarting (503), websocket.bad_handshake (400); 426 for another version of the
    // protocol.
    Task<void> handle_upgrade(net::http::Exchange& exchange, contracts::Caller caller) override;

  private:
    void check_capacity() const;

    Node& node_;
    std::vector<std::string> origins_;
};

}  // namespace loquat::realtime
