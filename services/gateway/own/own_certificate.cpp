#include "services/gateway/own/own_certificate.hpp"

#include <ifaddrs.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>

#include "base/text.hpp"
#include "net/address.hpp"
#include "store/file/file.hpp"

namespace loquat::gateway {
namespace {

constexpr std::chrono::hours renewed_before{30 * 24};
constexpr std::size_t addresses_max = 32;
constexpr std::string_view key_start = "-----BEGIN PRIVATE KEY-----";

void add(std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) {
        names.push_back(name);
    }
}

// Letters, digits, dots and hyphens: what a certificate can say.
bool is_host_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

void add_own_addresses(std::vector<std::string>& names) {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) {
        return;
    }
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner{list, &::freeifaddrs};
    for (const ifaddrs* one = list; one != nullptr && names.size() < addresses_max;
         one = one->ifa_next) {
        if (one->ifa_addr == nullptr ||
            (one->ifa_addr->sa_family != AF_INET && one->ifa_addr->sa_family != AF_INET6)) {
            continue;
        }
        sockaddr_storage address{};
        const bool is_v4 = one->ifa_addr->sa_family == AF_INET;
        std::memcpy(&address, one->ifa_addr, is_v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
        const net::Address found = net::Endpoint::from_sockaddr(address).address;
        if (!found.is_link_local()) {
            add(names, found.to_string());
        }
    }
}

}  // namespace

std::vector<std::string> names_of_server(const std::string& address) {
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) {
        if (const std::string name = to_lower_ascii(host.data()); is_host_name(name)) {
            add(names, name);
        }
    }
    const auto parsed = net::Address::parse(address);
    if (address == "::" || address == "0.0.0.0") {
        add_own_addresses(names);
    } else if (parsed) {
        add(names, parsed->to_string());
    }
    return names;
}

net::tls::KeyPair own_certificate(const std::filesystem::path& folder,
                                  const std::vector<std::string>& names, Time now) {
    if (folder.empty()) {
        return net::tls::make_self_signed(names);
    }
    const std::filesystem::path file = folder / "self-signed.pem";
    if (std::ifstream in{file, std::ios::binary}; in) {
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        if (text.contains(key_start) && net::tls::serves(text, names, now + renewed_before)) {
            return {text, text};
        }
    }
    const net::tls::KeyPair made = net::tls::make_self_signed(names);
    store::replace_file(file, made.certificates + made.private_key);
    return made;
}

std::shared_ptr<const net::tls::ServerContext> make_server_tls(const GatewayConfig& config,
                                                               const std::filesystem::path& folder,
                                                               Time now) {
    using Offer = net::tls::ServerContext::Offer;
    const Offer offer = config.http2 ? Offer::http2 : Offer::http1;
    if (!config.tls.certificate_file.empty()) {
        return net::tls::ServerContext::make(
            net::tls::read_key_pair(config.tls.certificate_file, config.tls.key_file), offer);
    }
    if (!config.tls.self_signed) {
        return nullptr;
    }
    return net::tls::ServerContext::make(
        own_certificate(folder, names_of_server(config.address), now), offer);
}

}  // namespace loquat::gateway
