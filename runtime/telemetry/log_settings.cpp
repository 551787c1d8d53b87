#include "runtime/telemetry/log_settings.hpp"

#include <unistd.h>

#include "base/log.hpp"

namespace loquat::runtime {
namespace {

Level to_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return Level::debug;
        case LogLevel::info:
            return Level::info;
        case LogLevel::warn:
            return Level::warn;
        case LogLevel::error:
            break;
    }
    return Level::error;
}

}  // namespace

void start_log(const PlatformConfig& settings) {
    const bool is_pretty =
        settings.log_style == LogStyle::pretty ||
        (settings.log_style == LogStyle::automatic && ::isatty(STDERR_FILENO) == 1);
    start_logging(to_level(settings.log_level), is_pretty ? LogFormat::pretty : LogFormat::json);
}

}  // namespace loquat::runtime
