#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/tls/context.hpp"
#include "services/gateway/config.hpp"

namespace loquat::gateway {

// What a server that listens on `address` is called: localhost, this machine's name, that address;
// for all addresses each of this machine's.
std::vector<std::string> names_of_server(const std::string& address);

// The certificate of `gateway.tls.self_signed`.  It is kept in `folder` as self-signed.pem, with
// its key, for this user alone: who trusted it once goes on doing so.  A new one is made where
// there is none, where a name is missing, and a month before it ends.  An empty folder keeps
// nothing.  Throws store.* when it cannot be written.
net::tls::KeyPair own_certificate(const std::filesystem::path& folder,
                                  const std::vector<std::string>& names, Time now);

// What the port speaks TLS with: the configured files, or the certificate of its own; null: plain
// HTTP.  Throws tls.* and store.*.
std::shared_ptr<const net::tls::ServerContext> make_server_tls(const GatewayConfig& config,
                                                               const std::filesystem::path& folder,
                                                               Time now);

}  // namespace loquat::gateway
