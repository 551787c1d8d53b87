#include "services/registry/config_check.hpp"

#include "base/redact.hpp"
#include "net/address.hpp"
#include "runtime/discovery/registry_address.hpp"
#include "services/registry/config.hpp"

namespace loquat::registry {

void check_config(const runtime::Config& config, runtime::ConfigFindings& findings) {
    const auto own = config.get<Config>("registry");
    if (!net::Address::parse(own.address)) {
        findings.add("registry.address", "must be numeric, such as 127.0.0.1 or 0.0.0.0");
    }
    for (std::size_t i = 0; i < own.peers.size(); ++i) {
        if (!runtime::RegistryAddress::parse(own.peers[i])) {
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
