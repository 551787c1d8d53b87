#include "services/registry/config_check.hpp"

#include "base/redact.hpp"
#include "net/address.hpp"
#include "net/http/client.hpp"
#include "services/registry/config.hpp"

namespace loquat::registry {

void check_config(const runtime::Config& config, runtime::ConfigFindings& findings) {
    const auto own = config.get<Config>("registry");
    if (!net::Address::parse(own.address)) {
        findings.add("registry.address", "must be numeric, such as 127.0.0.1 or 0.0.0.0");
    }
    for (std::size_t i = 0; i < own.peers.size(); ++i) {
        std::string address = own.peers[i];
        const std::size_t host = address.find("://");
        const std::size_t at = address.rfind('@');
        if (host != std::string::npos && at != std::string::npos && at > host) {
            address.erase(host + 3, at - host - 2);
        }
        const auto origin = net::http::Origin::parse(address);
        if (!origin || origin->scheme != net::http::Scheme::http) {
            findings.add(
                "registry.peers[" + std::to_string(i) + "]",
                "must be of the form http://host:port, not " + hide_credentials(own.peers[i]));
        }
    }
    if (own.username.empty() != own.password.empty()) {
        findings.add(own.username.empty() ? "registry.username" : "registry.password",
                     std::string{"is needed beside registry."} +
                         (own.username.empty() ? "password" : "username"));
    }
}

}  // namespace loquat::registry
