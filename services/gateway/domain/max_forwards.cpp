#include "services/gateway/domain/max_forwards.hpp"

#include <algorithm>

#include "base/failure.hpp"

namespace loquat::gateway {
namespace {

// More hops than anybody has; what is larger counts as this (RFC 9110 section 7.6.2).
constexpr std::size_t digits_max = 18;

}  // namespace

std::optional<std::uint64_t> max_forwards(const net::http::RequestHead& head) {
    if (!head.is("OPTIONS") && !head.is("TRACE")) {
        return std::nullopt;
    }
    const std::size_t count = head.headers.count(max_forwards_field);
    if (count == 0) {
        return std::nullopt;
    }
    std::string_view text = head.headers.get(max_forwards_field);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (count > 1 || text.empty() || !std::ranges::all_of(text, is_digit)) {
        throw Failure{Kind::malformed, "http.bad_header", "The Max-Forwards field is malformed."};
    }
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    std::uint64_t value = 0;
    for (const char c : text.substr(0, digits_max)) {
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

}  // namespace loquat::gateway
