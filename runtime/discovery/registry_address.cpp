#include "runtime/discovery/registry_address.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace loquat::runtime {

std::optional<RegistryAddress> RegistryAddress::parse(std::string url) {
    RegistryAddress address;
    const std::size_t host = url.find("://");
    const std::size_t at = url.rfind('@');
    if (host != std::string::npos && at != std::string::npos && at > host) {
        const std::string said = url.substr(host + 3, at - host - 3);
        address.credentials = "Basic " + to_base64(percent_decode(said).value_or(said));
        url.erase(host + 3, at - host - 2);
    }
    const auto origin = net::http::Origin::parse(url);
    if (!origin) {
        return std::nullopt;
    }
    address.origin = *origin;
    return address;
}

}  // namespace loquat::runtime
