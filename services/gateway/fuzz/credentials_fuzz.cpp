#include <algorithm>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/text.hpp"
#include "contracts/core/caller.hpp"
#include "services/gateway/domain/credentials.hpp"

// Properties: what proves who somebody is never goes on in any spelling; all else goes on as it is.

namespace {

using namespace loquat;
using namespace loquat::gateway;

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

std::string without_escapes(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string two = lower(text.substr(i + 1 < text.size() ? i + 1 : i, 2));
        const bool is_escape = text[i] == '%' && i + 2 < text.size() &&
                               digits.find(two[0]) != std::string_view::npos &&
                               digits.find(two[1]) != std::string_view::npos;
        out.push_back(is_escape ? static_cast<char>(digits.find(two[0]) * 16 + digits.find(two[1]))
                                : text[i]);
        i += is_escape ? 2 : 0;
    }
    return out;
}

std::vector<std::string_view> parts_of(std::string_view text, char sign) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(sign, begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::string_view name_in(std::string_view pair) { return trim(pair.substr(0, pair.find('='))); }

void check_query(std::string_view query) {
    std::string wanted;
    bool is_first = true;
    bool has_token = false;
    for (const std::string_view pair : parts_of(query, '&')) {
        if (lower(without_escapes(name_in(pair))) == "access_token") {
            has_token = true;
            continue;
        }
        wanted.append(is_first ? "" : "&").append(pair);
        is_first = false;
    }
    const std::string left = without_token_parameters(query);
    LOQUAT_CHECK(has_token_parameter(query) == has_token, "a token is seen in any spelling");
    LOQUAT_CHECK(left == wanted, "all else goes on byte for byte");
    LOQUAT_CHECK(!has_token_parameter(left), "no token goes on");
}

void check_cookies(std::string_view cookies) {
    std::vector<std::string_view> wanted;
    bool has_own = false;
    for (const std::string_view pair : parts_of(cookies, ';')) {
        const bool is_own = lower(name_in(pair)) == lower(contracts::refresh_cookie_name);
        LOQUAT_CHECK(sets_own_cookie(pair) == is_own, "a cookie of ours is known by its name");
        has_own = has_own || is_own;
        if (!is_own && !trim(pair).empty()) {
            wanted.push_back(trim(pair));
        }
    }
    const std::string left = without_own_cookies(cookies);
    LOQUAT_CHECK(has_own_cookie(cookies) == has_own, "a cookie of ours is seen");
    LOQUAT_CHECK(!has_own_cookie(left), "no cookie of ours goes on");
    LOQUAT_CHECK(left == without_own_cookies(left), "what goes on stays as it is");
    std::vector<std::string_view> kept;
    for (const std::string_view pair : parts_of(left, ';')) {
        if (!trim(pair).empty()) {
            kept.push_back(trim(pair));
        }
    }
    LOQUAT_CHECK(kept == wanted, "all other cookies go on, in their order");
}

void check_authorization(std::string_view field) {
    const std::string padded = " \t" + lower(field) + " ";
    LOQUAT_CHECK(is_bearer(field) == is_bearer(padded), "spaces and case hide no token");
    LOQUAT_CHECK(is_bearer("bEARER " + std::string{field}), "a bearer token is one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_query(text);
    check_cookies(text);
    check_authorization(text);
    // Beside a real one, which random bytes seldom spell.
    check_query("a=b&acc%45ss_Token=x&" + std::string{text});
    check_cookies(std::string{text} + "; " + std::string{contracts::refresh_cookie_name} + "=x");
    return 0;
}
