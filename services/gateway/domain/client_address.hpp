#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.hpp"
#include "net/http/message.hpp"

namespace loquat::gateway {

// Addresses and networks: `10.0.0.0/8`, `::1`.
class Networks {
  public:
    // Throws Failure `config.invalid` for what is neither; `setting` is where it was written.
    Networks(std::string_view setting, std::span<const std::string> networks);

    static bool is_one(std::string_view text) { return parse(text).has_value(); }
    bool covers(const net::Address& address) const;

  private:
    struct Network {
        net::Address address;
        int bits;  // of 128; an IPv4 prefix counts from ::ffff:0:0/96
    };
    static std::optional<Network> parse(std::string_view text);

    std::vector<Network> networks_;
};

struct ClientPlace {
    net::Address address;
    bool is_secure = false;
    bool is_forwarded = false;  // a trusted proxy stands between
};

// Where a request comes from: the connection's peer, or, when that is a trusted proxy, the
// rightmost address of X-Forwarded-For that is not one, and the last word of X-Forwarded-Proto.
ClientPlace find_client(const Networks& trusted, const net::Address& peer, bool is_tls,
                        const net::http::HeaderViews& headers);

}  // namespace loquat::gateway
