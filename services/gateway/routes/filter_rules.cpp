#include "services/gateway/routes/filter_rules.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/http/characters.hpp"

namespace loquat::gateway {
namespace {

bool is_ours(std::string_view name) {
    const std::string lower = to_lower_ascii(name);
    return lower.starts_with("x-loquat-") || lower == "x-internal-api-key" || lower == "host" ||
           lower == "content-length" || lower == "transfer-encoding" || lower == "connection";
}

}  // namespace

bool is_field_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
}

std::optional<std::string> fault_of_field(const std::string& filter, const std::string& field) {
    return net::http::is_token(field) && !is_ours(field)
               ? std::nullopt
               : std::optional{filter + " must not change the field " + field};
}

std::string_view find_larger(const net::http::HeaderViews& headers, std::int64_t bytes_max) {
    for (const net::http::HeaderView& one : headers) {
        std::size_t bytes = one.name.size();
        for (const net::http::HeaderView& other : headers) {
            bytes += net::http::equal_names(one.name, other.name) ? other.value.size() : 0;
        }
        if (bytes > static_cast<std::size_t>(bytes_max)) {
            return one.name;
        }
    }
    return {};
}

std::string replacement_of(std::string text) {
    for (std::size_t at = 0; (at = text.find("$\\", at)) != std::string::npos; ++at) {
        text.erase(at + 1, 1);
    }
    return text;
}

}  // namespace loquat::gateway
