#pragma once
#include <optional>
#include <string>

#include "net/http/client.hpp"

namespace loquat::runtime {

// Where a registry is: `http://[user:password@]host:port`, or https.
struct RegistryAddress {
    net::http::Origin origin;
    std::string credentials;  // the value of Authorization; empty: none

    // None when it is malformed.
    static std::optional<RegistryAddress> parse(std::string url);
};

}  // namespace loquat::runtime
