#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace loquat::net {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
    const std::string copy{text};
    Address address;
    in_addr v4{};
    if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
        std::memcpy(address.bytes.data(), v4_prefix.data(), v4_prefix.size());
        std::memcpy(address.bytes.data() + 12, &v4, 4);
        return address;
    }
    if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) {
        return address;
    }
    return std::nullopt;
}

bool Address::is_v4() const {
    return std::memcmp(bytes.data(), v4_prefix.data(), v4_prefix.size()) == 0;
}

bool Address::is_loopback() const {
    if (is_v4()) {
        return bytes[12] == 127;
    }
    Address loopback;
    loopback.bytes[15] = 1;
    return *this == loopback;
}

std::string Address::to_string() const {
    char text[INET6_ADDRSTRLEN];
    if (is_v4()) {
        inet_ntop(AF_INET, bytes.data() + 12, text, sizeof text);
    } else {
        inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
    }
    return text;
}

Endpoint Endpoint::from_sockaddr(const sockaddr_storage& from) {
    Endpoint endpoint;
    if (from.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &from, sizeof v4);
        std::memcpy(endpoint.address.bytes.data(), v4_prefix.data(), v4_prefix.size());
        std::memcpy(endpoint.address.bytes.data() + 12, &v4.sin_addr, 4);
        endpoint.port = ntohs(v4.sin_port);
    } else if (from.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &from, sizeof v6);
        std::memcpy(endpoint.address.bytes.data(), &v6.sin6_addr, 16);
        endpoint.port = ntohs(v6.sin6_port);
    }
    return endpoint;
}

socklen_t Endpoint::to_sockaddr(sockaddr_storage& to) const {
    std::memset(&to, 0, sizeof to);
    if (address.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes.data() + 12, 4);
        std::memcpy(&to, &v4, sizeof v4);
        return sizeof v4;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
    std::memcpy(&to, &v6, sizeof v6);
    return sizeof v6;
}

std::string Endpoint::to_string() const {
    const std::string host = address.to_string();
    const std::string shown = address.is_v4() ? host : "[" + host + "]";
    return shown + ":" + std::to_string(port);
}

}  // namespace loquat::net
