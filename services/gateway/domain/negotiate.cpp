#include "services/gateway/domain/negotiate.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace loquat::gateway {
namespace {

// Cuts the next item off a comma-separated list.
std::string_view next_item(std::string_view& list) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = trim(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    return item;
}

std::string_view without_parameters(std::string_view item) {
    return trim(item.substr(0, item.find(';')));
}

// `;q=0`, `; q=0.000`.
bool has_no_weight(std::string_view item) {
    for (std::size_t at = item.find(';'); at != std::string_view::npos;
         at = item.find(';', at + 1)) {
        const std::string_view parameter =
            trim(item.substr(at + 1, item.find(';', at + 1) - at - 1));
        if (parameter.size() >= 3 && (parameter[0] | 0x20) == 'q' && parameter[1] == '=') {
            return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
        }
    }
    return false;
}

}  // namespace

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
    std::optional<bool> by_star;
    while (!accept_encoding.empty()) {
        const std::string_view item = next_item(accept_encoding);
        const std::string_view name = without_parameters(item);
        if (equal_ignoring_case(name, coding)) {
            return !has_no_weight(item);
        }
        if (name == "*") {
            by_star = !has_no_weight(item);
        }
    }
    return by_star.value_or(false);
}

bool names_type(std::string_view accept, std::string_view type) {
    while (!accept.empty()) {
        const std::string_view item = next_item(accept);
        if (equal_ignoring_case(without_parameters(item), type)) {
            return !has_no_weight(item);
        }
    }
    return false;
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
    while (!if_none_match.empty()) {
        std::string_view item = next_item(if_none_match);
        if (item.starts_with("W/")) {
            item.remove_prefix(2);
        }
        if (item == "*" || item == etag) {
            return true;
        }
    }
    return false;
}

bool is_json_type(std::string_view content_type) {
    const std::string_view type = without_parameters(content_type);
    constexpr std::string_view suffix = "+json";
    return equal_ignoring_case(type, "application/json") ||
           (type.size() > suffix.size() &&
            equal_ignoring_case(type.substr(type.size() - suffix.size()), suffix));
}

}  // namespace loquat::gateway
