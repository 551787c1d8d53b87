#include "net/http/target.hpp"

#include "net/http/characters.hpp"

namespace loquat::net::http::detail {
namespace {

bool is_valid_port(std::string_view text) {
    unsigned port = 0;
    if (text.empty() || text.size() > 5) {
        return false;
    }
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return false;
        }
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return port <= 65'535;
}

bool is_valid_ipv6(std::string_view text) {
    bool colon = false;
    for (const char c : text) {
        if (!is_in(c, hex_class) && c != ':' && c != '.') {
            return false;
        }
        colon = colon || c == ':';
    }
    return colon;
}

bool has_good_escapes(std::string_view path) {
    for (std::size_t i = path.find('%'); i != std::string_view::npos; i = path.find('%', i + 3)) {
        if (i + 2 >= path.size() || !is_in(path[i + 1], hex_class) ||
            !is_in(path[i + 2], hex_class) || (path[i + 1] == '0' && path[i + 2] == '0')) {
            return false;
        }
    }
    return true;
}

// Cuts `scheme://authority` off the front.
bool take_authority(RequestHead& head, std::string_view& rest) {
    for (const std::string_view scheme :
         {std::string_view{"http://"}, std::string_view{"https://"}}) {
        if (rest.size() > scheme.size() && equal_names(rest.substr(0, scheme.size()), scheme)) {
            rest.remove_prefix(scheme.size());
            head.host = rest.substr(0, rest.find_first_of("/?"));
            rest.remove_prefix(head.host.size());
            return is_valid_authority(head.host);
        }
    }
    return false;
}

}  // namespace

bool is_valid_authority(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !is_valid_ipv6(text.substr(1, end - 1))) {
            return false;
        }
        text.remove_prefix(end + 1);
        return text.empty() || (text.front() == ':' && is_valid_port(text.substr(1)));
    }
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    if (name.empty() || !are_all_in(name, host_class) || !has_good_escapes(name)) {
        return false;
    }
    return colon == std::string_view::npos || is_valid_port(text.substr(colon + 1));
}

bool split_target(RequestHead& head) {
    std::string_view rest = head.target;
    if (rest.empty() || !are_all_in(rest, target_class)) {
        return false;
    }
    if (rest == "*") {
        head.path = rest;
        return head.method == "OPTIONS";
    }
    if (rest.front() != '/' && !take_authority(head, rest)) {
        return false;
    }
    const std::size_t mark = rest.find('?');
    head.path = rest.substr(0, mark);
    head.query = mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1);
    if (head.path.empty()) {
        head.path = "/";
    }
    return has_good_escapes(head.path);
}

}  // namespace loquat::net::http::detail
