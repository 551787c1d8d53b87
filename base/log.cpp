#include "base/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "base/clock.hpp"
#include "base/log_levels.hpp"

namespace loquat {
namespace {

std::atomic<int> lowest{static_cast<int>(Level::info)};  // of all thresholds
std::atomic<LogFormat> format_in_use{LogFormat::json};

struct Thresholds {
    std::shared_mutex mutex;
    LogThreshold of_all = LogThreshold::info;
    std::map<std::string, LogThreshold, std::less<>> own;
};

Thresholds& thresholds() {
    static auto* made = new Thresholds;  // leaked as the sink is
    return *made;
}

// Asked for only where the record passes the lowest of all thresholds.
bool passes(Level level, std::string_view logger) {
    Thresholds& known = thresholds();
    const std::shared_lock lock{known.mutex};
    const auto own = known.own.find(logger);
    const LogThreshold least = own == known.own.end() ? known.of_all : own->second;
    return static_cast<int>(level) >= static_cast<int>(least);
}

spdlog::logger& sink() {
    // Leaked on purpose: a record may be written while static objects are destroyed.
    static spdlog::logger* logger = [] {
        auto* made =
            new spdlog::logger("loquat", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    return *logger;
}

constexpr std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warn:
            return "warn";
        case Level::error:
            return "error";
    }
    return "info";
}

void append_json_string(fmt::memory_buffer& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (byte < 0x20 || byte == 0x7F) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

void append_json_value(fmt::memory_buffer& out, const LogField::Value& value) {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        append_json_string(out, *text);
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        fmt::format_to(std::back_inserter(out), "{}", *whole);
    } else if (const auto* real = std::get_if<double>(&value)) {
        fmt::format_to(std::back_inserter(out), "{:.6g}", *real);
    } else {
        fmt::format_to(std::back_inserter(out), "{}", std::get<bool>(value));
    }
}

void append_pair(fmt::memory_buffer& out, std::string_view name, std::string_view text) {
    if (text.empty()) {
        return;
    }
    fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
    append_json_string(out, text);
}

void write_json(Level level, const LogContext& context, std::string_view message,
                std::initializer_list<LogField> fields) {
    fmt::memory_buffer out;
    fmt::format_to(std::back_inserter(out), "{{\"time\":\"{}\",\"level\":\"{}\"",
                   to_rfc3339(SystemClock{}.now()), name_of(level));
    append_pair(out, "service", context.service);
    append_pair(out, "request_id", context.request_id);
    append_pair(out, "trace_id", context.trace_id);
    append_pair(out, "user_id", context.user_id);
    append_pair(out, "message", message);
    for (const LogField& field : fields) {
        fmt::format_to(std::back_inserter(out), ",\"{}\":", field.name);
        append_json_value(out, field.value);
    }
    out.push_back('}');
    sink().log(spdlog::level::info, fmt::string_view{out.data(), out.size()});
}

void write_pretty(Level level, const LogContext& context, std::string_view message,
                  std::initializer_list<LogField> fields) {
    constexpr std::array<std::string_view, 4> colours{"\033[2m", "", "\033[33m", "\033[31m"};
    fmt::memory_buffer out;
    const std::string time = to_rfc3339(SystemClock{}.now());
    fmt::format_to(std::back_inserter(out), "\033[2m{}\033[0m {}{:5}\033[0m {:9} {}",
                   time.substr(11, 12), colours[static_cast<std::size_t>(level)], name_of(level),
                   context.service, message);
    for (const LogField& field : fields) {
        fmt::format_to(std::back_inserter(out), " \033[2m{}=\033[0m", field.name);
        append_json_value(out, field.value);
    }
    if (!context.request_id.empty()) {
        fmt::format_to(std::back_inserter(out), " \033[2m{}\033[0m", context.request_id);
    }
    sink().log(spdlog::level::info, fmt::string_view{out.data(), out.size()});
}

}  // namespace

void start_logging(Level level, LogFormat format) {
    set_log_threshold({}, static_cast<LogThreshold>(level));
    format_in_use.store(format, std::memory_order_relaxed);
}

bool is_logged(Level level) {
    return static_cast<int>(level) >= lowest.load(std::memory_order_relaxed);
}

bool set_log_threshold(std::string_view logger, std::optional<LogThreshold> threshold) {
    Thresholds& known = thresholds();
    const std::unique_lock lock{known.mutex};
    if (logger.empty()) {
        known.of_all = threshold.value_or(known.of_all);
    } else if (!threshold) {
        known.own.erase(std::string{logger});
    } else if (known.own.size() < log_thresholds_max || known.own.contains(logger)) {
        known.own[std::string{logger}] = *threshold;
    } else {
        return false;
    }
    int least = static_cast<int>(known.of_all);
    for (const auto& [name, own] : known.own) {
        least = std::min(least, static_cast<int>(own));
    }
    lowest.store(least, std::memory_order_relaxed);
    return true;
}

std::optional<LogThreshold> find_log_threshold(std::string_view logger) {
    Thresholds& known = thresholds();
    const std::shared_lock lock{known.mutex};
    if (logger.empty()) {
        return known.of_all;
    }
    const auto own = known.own.find(logger);
    return own == known.own.end() ? std::nullopt : std::optional{own->second};
}

void log(Level level, const LogContext& context, std::string_view message,
         std::initializer_list<LogField> fields) {
    if (!is_logged(level) || !passes(level, context.service)) {
        return;
    }
    if (format_in_use.load(std::memory_order_relaxed) == LogFormat::pretty) {
        write_pretty(level, context, message, fields);
    } else {
        write_json(level, context, message, fields);
    }
}

}  // namespace loquat
