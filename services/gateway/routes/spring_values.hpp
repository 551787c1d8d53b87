#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace loquat::gateway {

// Values as files of Spring write them; none for what is none.

// 404, or one of the names that Spring has for the usual ones: NOT_FOUND.
std::optional<int> status_of(std::string_view text);
// 5 of SERVER_ERROR.
std::optional<int> series_of(std::string_view text);
// 5000000, 5MB, 500KB.
std::optional<std::int64_t> bytes_of(std::string_view text);
// 100ms, 30s, 5m, 1h, 2d, 250 (milliseconds), PT1M30S.
std::optional<std::chrono::milliseconds> duration_of(std::string_view text);

}  // namespace loquat::gateway
