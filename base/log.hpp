#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace loquat {

enum class Level { debug, info, warn, error };
enum class LogFormat { json, pretty };

// One named value of a record.  Strings are copied only when the record is written.
struct LogField {
    using Value = std::variant<std::string_view, std::int64_t, double, bool>;
    std::string_view name;
    Value value;

    LogField(std::string_view name, std::string_view value) : name(name), value(value) {}
    LogField(std::string_view name, const char* value)
        : name(name), value(std::string_view{value}) {}
    LogField(std::string_view name, const std::string& value)
        : name(name), value(std::string_view{value}) {}
    LogField(std::string_view name, bool value) : name(name), value(value) {}
    LogField(std::string_view name, double value) : name(name), value(value) {}
    template <class Number>
        requires(std::is_integral_v<Number> && !std::is_same_v<Number, bool>)
    LogField(std::string_view name, Number value)
        : name(name), value(static_cast<std::int64_t>(value)) {}
};

// Who a record speaks of.  Set for the length of a request by the pipeline, on the thread that runs
// it.
struct LogContext {
    std::string_view service;
    std::string_view request_id;
    std::string_view trace_id;
    std::string_view user_id;
};

// Call once, before threads start.  Records go to standard error.
void start_logging(Level level, LogFormat format);
bool is_logged(Level level);

// One record: `message` is constant text, what varies goes into fields.
void log(Level level, const LogContext& context, std::string_view message,
         std::initializer_list<LogField> fields = {});

inline void log_info(const LogContext& context, std::string_view message,
                     std::initializer_list<LogField> fields = {}) {
    log(Level::info, context, message, fields);
}
inline void log_warn(const LogContext& context, std::string_view message,
                     std::initializer_list<LogField> fields = {}) {
    log(Level::warn, context, message, fields);
}
inline void log_error(const LogContext& context, std::string_view message,
                      std::initializer_list<LogField> fields = {}) {
    log(Level::error, context, message, fields);
}

}  // namespace loquat
