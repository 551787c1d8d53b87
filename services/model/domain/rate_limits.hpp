#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace loquat::model {

// A field of an answer's head by its name; empty when absent.
using FieldOf = std::function<std::string_view(std::string_view name)>;

// When a limit is full again, from now.  Providers write it as a Go duration (`1m30.5s`, `20ms`),
// as seconds (`2.5`), as Unix time in seconds or milliseconds, or as RFC 3339.
std::optional<std::chrono::milliseconds> parse_reset(std::string_view text, Time now);

// `retry-after-ms`, else `retry-after`: milliseconds, or seconds or an HTTP date (RFC 9110 10.2.3).
std::optional<std::chrono::milliseconds> parse_retry_after(const FieldOf& field, Time now);

// How long requests would only be refused, as `x-ratelimit-*` of an answer say: until the limit
// that has nothing left is full again.
std::optional<std::chrono::milliseconds> parse_hold(const FieldOf& field, Time now);

}  // namespace loquat::model
