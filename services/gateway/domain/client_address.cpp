#include "services/gateway/domain/client_address.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::gateway {
namespace {

bool shares_prefix(const net::Address& a, const net::Address& b, int bits) {
    for (std::size_t i = 0; i < a.bytes.size() && bits > 0; ++i, bits -= 8) {
        const int mask = bits >= 8 ? 0xff : 0xff << (8 - bits) & 0xff;
        if (((a.bytes[i] ^ b.bytes[i]) & mask) != 0) {
            return false;
        }
    }
    return true;
}

// `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
std::optional<net::Address> parse_hop(std::string_view text) {
    text = trim(text);
    if (text.starts_with('[')) {
        return net::Address::parse(text.substr(1, text.find(']') - 1));
    }
    if (auto address = net::Address::parse(text)) {
        return address;
    }
    const std::size_t colon = text.find(':');
    return colon != std::string_view::npos ? net::Address::parse(text.substr(0, colon))
                                           : std::nullopt;
}

}  // namespace

std::optional<Networks::Network> Networks::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = net::Address::parse(text.substr(0, slash));
    if (!address || slash == std::string_view::npos) {
        return address ? std::optional{Network{*address, 128}} : std::nullopt;
    }
    const bool is_v4 = address->is_v4();
    const auto bits = parse_number(text.substr(slash + 1));
    if (!bits || *bits > (is_v4 ? 32U : 128U)) {
        return std::nullopt;
    }
    return Network{*address, static_cast<int>(*bits) + (is_v4 ? 96 : 0)};
}

Networks::Networks(std::string_view setting, std::span<const std::string> networks) {
    for (const std::string& text : networks) {
        const auto network = parse(text);
        if (!network) {
            throw Failure{
                Kind::invalid, "config.invalid",
                std::string{setting} + ": " + text + " is neither an address nor a network."};
        }
        networks_.push_back(*network);
    }
}

bool Networks::covers(const net::Address& address) const {
    for (const Network& network : networks_) {
        if (shares_prefix(network.address, address, network.bits)) {
            return true;
        }
    }
    return false;
}

ClientPlace find_client(const Networks& trusted, const net::Address& peer, bool is_tls,
                        const net::http::HeaderViews& headers) {
    ClientPlace place{.address = peer, .is_secure = is_tls};
    if (!trusted.covers(peer)) {
        return place;
    }
    place.is_forwarded = true;
    const auto fields = headers.all();
    for (std::size_t i = fields.size(); i > 0; --i) {
        if (!net::http::equal_names(fields[i - 1].name, "X-Forwarded-For")) {
            continue;
        }
        std::string_view list = fields[i - 1].value;
        while (!list.empty()) {
            const std::size_t comma = list.rfind(',');
            const auto hop =
                parse_hop(comma == std::string_view::npos ? list : list.substr(comma + 1));
            list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
            if (!hop) {
                return place;
            }
            place.address = *hop;
            if (!trusted.covers(*hop)) {
                i = 1;
                break;
            }
        }
    }
    const std::string_view proto = headers.get("X-Forwarded-Proto");
    if (!proto.empty()) {
        const std::size_t comma = proto.rfind(',');
        place.is_secure = equal_ignoring_case(
            trim(comma == std::string_view::npos ? proto : proto.substr(comma + 1)), "https");
    }
    return place;
}

}  // namespace loquat::gateway
