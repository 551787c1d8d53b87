#include "services/gateway/domain/credentials.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "contracts/core/caller.hpp"
#include "net/http/message.hpp"

namespace loquat::gateway {
namespace {

constexpr std::string_view token_parameter = "access_token";

// Calls `take` with each part of `text` between two signs.
template <class Take>
void for_each_part(std::string_view text, char sign, Take take) {
    for (bool goes_on = true; goes_on;) {
        const std::size_t end = std::min(text.find(sign), text.size());
        take(text.substr(0, end));
        goes_on = end < text.size();
        text.remove_prefix(goes_on ? end + 1 : end);
    }
}

std::string_view name_of(std::string_view pair) {
    return trim(pair.substr(0, std::min(pair.find('='), pair.size())));
}

bool is_own_cookie(std::string_view pair) {
    return equal_ignoring_case(name_of(pair), contracts::refresh_cookie_name);
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Any spelling: letters may be escaped.
bool is_token_parameter(std::string_view pair) {
    std::string_view name = name_of(pair);
    if (name.size() < token_parameter.size()) {
        return false;
    }
    for (const char wanted : token_parameter) {
        if (name.empty()) {
            return false;
        }
        const bool is_escape =
            name.size() > 2 && name[0] == '%' && hex_value(name[1]) >= 0 && hex_value(name[2]) >= 0;
        const char c =
            is_escape ? static_cast<char>(hex_value(name[1]) * 16 + hex_value(name[2])) : name[0];
        if (!equal_ignoring_case({&c, 1}, {&wanted, 1})) {
            return false;
        }
        name.remove_prefix(is_escape ? 3 : 1);
    }
    return name.empty();
}

}  // namespace

bool is_bearer(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer";
    const std::string_view text = trim(authorization);
    return text.size() >= scheme.size() &&
           equal_ignoring_case(text.substr(0, scheme.size()), scheme) &&
           (text.size() == scheme.size() || text[scheme.size()] == ' ' ||
            text[scheme.size()] == '\t');
}

bool has_own_cookie(std::string_view cookies) {
    bool found = false;
    for_each_part(cookies, ';',
                  [&](std::string_view pair) { found = found || is_own_cookie(pair); });
    return found;
}

std::string without_own_cookies(std::string_view cookies) {
    std::string out;
    for_each_part(cookies, ';', [&](std::string_view pair) {
        if (!is_own_cookie(pair) && !trim(pair).empty()) {
            out.append(out.empty() ? "" : "; ").append(trim(pair));
        }
    });
    return out;
}

bool sets_own_cookie(std::string_view set_cookie) { return is_own_cookie(set_cookie); }

bool has_token_parameter(std::string_view query) {
    bool found = false;
    for_each_part(query, '&',
                  [&](std::string_view pair) { found = found || is_token_parameter(pair); });
    return found;
}

std::string without_token_parameters(std::string_view query) {
    std::string out;
    bool is_first = true;
    for_each_part(query, '&', [&](std::string_view pair) {
        if (!is_token_parameter(pair)) {
            out.append(is_first ? "" : "&").append(pair);
            is_first = false;
        }
    });
    return out;
}

}  // namespace loquat::gateway
