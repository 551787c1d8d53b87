#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "net/http/head_writer.hpp"

namespace loquat::gateway {

// Which other web origins may call (Fetch standard, CORS protocol).  Origins are compared as whole
// texts: `https://app.example.org`, no wildcards, because credentials are allowed.
class Cors {
  public:
    explicit Cors(const std::vector<std::string>& origins);

    bool allows(std::string_view origin) const;
    // True for an origin that may open a WebSocket: the host itself, or an allowed one.  Without
    // one (no browser) always.
    bool may_connect(std::string_view origin, std::string_view host) const;

    // For every answer to an allowed origin.
    static void add_fields(net::http::HeadWriter& head, std::string_view origin);
    // For the answer to a preflight of an allowed origin.
    static void add_preflight_fields(net::http::HeadWriter& head, std::string_view methods);

  private:
    std::vector<std::string> origins_;
};

}  // namespace loquat::gateway
