#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::net::websocket {

// The comma lists of the opening handshake (RFC 9110 section 5.6.1, RFC 6455 section 9.1).

// True when the list holds `token`, letters compared without case.
bool list_has_token(std::string_view list, std::string_view token);
// The members of a list of tokens, without the empty ones; at most 32.
std::vector<std::string_view> list_tokens(std::string_view list);

struct Parameter {
    std::string name;  // lower case
    std::optional<std::string> value;
};
struct Extension {
    std::string name;  // lower case
    std::vector<Parameter> parameters;
};
// None when the header is not well formed or holds more than 16 extensions or parameters.
std::optional<std::vector<Extension>> parse_extensions(std::string_view header);

}  // namespace loquat::net::websocket
