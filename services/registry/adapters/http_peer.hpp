#pragma once
#include <string>

#include "net/http/client.hpp"
#include "runtime/discovery/registry_address.hpp"
#include "runtime/tls/platform_tls.hpp"
#include "services/registry/ports.hpp"

namespace loquat::registry {

// A peer at `http://[user:password@]host:port`, or https.
class HttpPeer final : public PeerPort {
  public:
    // Throws `config.bad_url`.
    // `key`: for registries alone; empty with certificates.
    HttpPeer(aio::Loop& loop, const std::string& url, std::string key,
             const runtime::PlatformTls& tls);

    const std::string& name() const override { return name_; }
    Task<PeerAnswer> send_batch(std::string body, Steady deadline) override;
    Task<PeerAnswer> fetch_all(Steady deadline) override;

  private:
    Task<PeerAnswer> ask(net::http::ClientRequest request, Steady deadline);

    net::http::Client client_;
    runtime::RegistryAddress address_;
    std::string name_;
    std::string key_;
};

}  // namespace loquat::registry
