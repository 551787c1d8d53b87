#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace loquat::net {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

using V4 = std::array<std::uint8_t, 4>;

// fd00:ec2::254
constexpr std::array<std::uint8_t, 16> aws_metadata_v6{0xfd, 0, 0x0e, 0xc2, 0, 0, 0,    0,
                                                       0,    0, 0,    0,    0, 0, 0x02, 0x54};
// Outside 169.254/16: Alibaba, Azure, Oracle.
constexpr std::array<V4, 3> metadata_v4{
    {{100, 100, 100, 200}, {168, 63, 129, 16}, {192, 0, 0, 192}}};

bool is_link_local_v4(const V4& v4) {
    return (v4[0] == 169 && v4[1] == 254) ||
           std::find(metadata_v4.begin(), metadata_v4.end(), v4) != metadata_v4.end();
}

// The IPv4 address that an IPv6 one stands for.
std::optional<V4> embedded_v4(const Address& address) {
    constexpr std::array<std::uint8_t, 12> compatible{};
    constexpr std::array<std::uint8_t, 12> nat64{0, 0x64, 0xff, 0x9b};
    V4 v4;
    const auto starts_with = [&](const auto& prefix) {
        return std::memcmp(address.bytes.data(), prefix.data(), prefix.size()) == 0;
    };
    if (starts_with(v4_prefix) || starts_with(compatible) || starts_with(nat64)) {
        std::memcpy(v4.data(), address.bytes.data() + 12, v4.size());
        return v4;
    }
    if (address.bytes[0] == 0x20 && address.bytes[1] == 0x02) {
        std::memcpy(v4.data(), address.bytes.data() + 2, v4.size());
        return v4;
    }
    return std::nullopt;
}

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

bool Address::is_link_local() const {
    const auto inside = embedded_v4(*this);
    if (inside) {
        return is_link_local_v4(*inside);
    }
    const bool is_unicast = bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
    return is_unicast || bytes == aws_metadata_v6;
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
