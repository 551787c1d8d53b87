#pragma once
#include <string>

#include "net/http/client.hpp"
#include "runtime/discovery/registry_address.hpp"
#include "services/registry/ports.hpp"

namespace loquat::registry {

// A peer at `http://[user:password@]host:port`.
class HttpPeer final : public PeerPort {
  public:
    // Throws `config.bad_url`.
    HttpPeer(aio::Loop& loop, const std::string& url, std::string internal_key);

    const std::string& name() const override { return name_; }
    Task<PeerAnswer> send_batch(std::string body, Steady deadline) override;
    Task<PeerAnswer> fetch_all(Steady deadline) override;

  private:
    Task<PeerAnswer> ask(net::http::ClientRequest request, Steady deadline);

    net::http::Client client_;
    runtime::RegistryAddress address_;
    std::string name_;
    std::string internal_key_;
};

}  // namespace loquat::registry
