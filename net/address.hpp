#pragma once
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::net {

// An IP address: always 16 bytes, IPv4 as ::ffff:a.b.c.d, so that it can be a key without a branch.
struct Address {
    std::array<std::uint8_t, 16> bytes{};

    // Numeric text only; no names, no brackets, no scope.
    static std::optional<Address> parse(std::string_view text);
    bool is_v4() const;
    // Belongs to one link or machine: link-local (169.254/16, fe80::/10) and the addresses at which
    // clouds tell a machine its secrets; also where it is written inside an IPv6 address (mapped,
    // compatible, NAT64, 6to4).
    bool is_link_local() const;
    std::string to_string() const;
    friend auto operator<=>(const Address&, const Address&) = default;
};

struct Endpoint {
    Address address;
    std::uint16_t port = 0;

    static Endpoint from_sockaddr(const sockaddr_storage& from);
    // Fills `to` and returns its length; an IPv4 address gives an AF_INET one.
    socklen_t to_sockaddr(sockaddr_storage& to) const;
    std::string to_string() const;  // 127.0.0.1:80, [::1]:80
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace loquat::net

template <>
struct std::hash<loquat::net::Address> {
    std::size_t operator()(const loquat::net::Address& address) const noexcept {
        std::uint64_t halves[2];
        std::memcpy(halves, address.bytes.data(), sizeof halves);
        return (halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL;
    }
};
