#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"

namespace loquat {

// The least important records that are written; `off` writes none.  There are no records below
// `debug`: `trace` is there because tools offer it.
enum class LogThreshold : std::int8_t { trace = -1, debug, info, warn, error, off };

// How many loggers may have a threshold of their own.
inline constexpr std::size_t log_thresholds_max = 256;

// Any thread.  Of one logger, which is the service that a record names, or of all that have none of
// their own when `logger` is empty.  Without a threshold the logger follows the others again; the
// one of all cannot be taken away.  False when too many loggers have one.
bool set_log_threshold(std::string_view logger, std::optional<LogThreshold> threshold);
// What was set for it; none when it follows the others.
std::optional<LogThreshold> find_log_threshold(std::string_view logger);

}  // namespace loquat
