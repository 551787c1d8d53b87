#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::store {

struct ServerAddress {
    std::string host;
    std::uint16_t port = 0;

    friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

// SCHEME://USER:PASSWORD@HOST:PORT,HOST:PORT/PATH?NAME=VALUE&...
struct ServerUrl {
    std::string scheme;
    std::string user;
    std::string password;
    std::vector<ServerAddress> hosts;  // at least one
    std::string path;                  // without its first slash
    bool has_path = false;             // there was a slash
    std::map<std::string, std::string> options;
};

// Escapes (%2F) are read in user, password, path and options; [::1] is an address.  None for what
// has another form, or an option twice.
std::optional<ServerUrl> parse_server_url(std::string_view text, std::uint16_t default_port);

}  // namespace loquat::store
