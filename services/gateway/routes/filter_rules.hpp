#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "net/http/message.hpp"

namespace loquat::gateway {

// What holds for arguments of filters of several kinds.

// Whether a field can have this value.
bool is_field_value(std::string_view text);
// Why `filter` must not change this field: it is none, or what services of ours believe, or what
// frames a message, which the gateway alone writes.
std::optional<std::string> fault_of_field(const std::string& filter, const std::string& field);
// The name of a field that is larger, its name and all its values; empty: there is none.
std::string_view find_larger(const net::http::HeaderViews& headers, std::int64_t bytes_max);
// What Spring's YAML writes as $\{name} is ${name}, and $\ is $.
std::string replacement_of(std::string text);

}  // namespace loquat::gateway
