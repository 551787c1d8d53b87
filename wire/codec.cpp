#include "wire/codec.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace loquat::wire {

void Problems::add(std::string code, std::string message) {
    constexpr std::size_t errors_max = 20;
    if (errors_.size() < errors_max) {
        errors_.push_back({path_, std::move(code), std::move(message)});
    }
}

void Problems::throw_if_any() const {
    if (errors_.empty()) {
        return;
    }
    const FieldError& first = errors_.front();
    const std::string where = first.field.empty() ? "The body" : first.field;
    Failure failure{Kind::invalid, "request.invalid", where + " " + first.message + "."};
    failure.fields = errors_;
    throw failure;
}

Problems::Step::Step(Problems& problems, std::string_view name)
    : problems_(problems), before_(problems.path_.size()) {
    if (before_ > 0) {
        problems.path_.push_back('.');
    }
    problems.path_.append(name);
}

Problems::Step::Step(Problems& problems, std::size_t index)
    : problems_(problems), before_(problems.path_.size()) {
    problems.path_.append("[" + std::to_string(index) + "]");
}

namespace detail {
namespace {

bool outside(std::int64_t value, const Field& field, Problems& problems, std::string_view what) {
    const bool has_min = field.min != std::numeric_limits<std::int64_t>::min();
    const bool has_max = field.max != std::numeric_limits<std::int64_t>::max();
    if (value >= field.min && value <= field.max) {
        return false;
    }
    std::string message = "must ";
    message.append(what.empty() ? "be" : "have");
    if (has_min && has_max) {
        message += " " + std::to_string(field.min) + " to " + std::to_string(field.max);
    } else if (has_min) {
        message += " at least " + std::to_string(field.min);
    } else {
        message += " at most " + std::to_string(field.max);
    }
    if (!what.empty()) {
        message.append(" ").append(what);
    }
    problems.add(value < field.min ? (what.empty() ? "too_small" : "too_short")
                                   : (what.empty() ? "too_large" : "too_long"),
                 std::move(message));
    return true;
}

}  // namespace

void read_tag(const Value& value, std::string_view tag, Problems& problems) {
    const Value* type = value.find("type");
    const std::string* text = type != nullptr ? type->if_string() : nullptr;
    if (text == nullptr || *text != tag) {
        const Problems::Step step{problems, "type"};
        problems.add("type", "must be " + std::string{tag});
    }
}

bool read_bool(const Value& value, Problems& problems) {
    if (const bool* found = value.if_bool()) {
        return *found;
    }
    problems.add("type", "must be true or false");
    return false;
}

std::int64_t read_integer(const Value& value, const Field& field, Problems& problems) {
    std::int64_t whole = 0;
    if (const auto* number = std::get_if<std::int64_t>(&value.any())) {
        whole = *number;
    } else if (std::holds_alternative<std::uint64_t>(value.any())) {
        problems.add("too_large", "must be at most " +
                                      std::to_string(std::min(
                                          field.max, std::numeric_limits<std::int64_t>::max())));
        return 0;
    } else if (const auto* real = std::get_if<double>(&value.any());
               real != nullptr && std::trunc(*real) == *real && std::abs(*real) < 9e15) {
        whole = static_cast<std::int64_t>(*real);
    } else {
        problems.add("type", "must be a whole number");
        return 0;
    }
    return outside(whole, field, problems, {}) ? 0 : whole;
}

double read_real(const Value& value, const Field& field, Problems& problems) {
    double number = 0;
    if (const auto* real = std::get_if<double>(&value.any())) {
        number = *real;
    } else if (const auto* whole = std::get_if<std::int64_t>(&value.any())) {
        number = static_cast<double>(*whole);
    } else if (const auto* big = std::get_if<std::uint64_t>(&value.any())) {
        number = static_cast<double>(*big);
    } else {
        problems.add("type", "must be a number");
        return 0;
    }
    const bool below = field.min != std::numeric_limits<std::int64_t>::min() &&
                       number < static_cast<double>(field.min);
    const bool above = field.max != std::numeric_limits<std::int64_t>::max() &&
                       number > static_cast<double>(field.max);
    if (below || above) {
        problems.add(below ? "too_small" : "too_large",
                     "must be " + std::to_string(field.min) + " to " + std::to_string(field.max));
        return 0;
    }
    return number;
}

std::string read_string(const Value& value, const Field& field, Problems& problems) {
    const std::string* text = value.if_string();
    if (text == nullptr) {
        problems.add("type", "must be a string");
        return {};
    }
    outside(static_cast<std::int64_t>(count_characters(*text)), field, problems, "characters");
    return *text;
}

Time read_time(const Value& value, Problems& problems) {
    const std::string* text = value.if_string();
    const auto time = text != nullptr ? parse_rfc3339(*text) : std::nullopt;
    if (!time) {
        problems.add("type", "must be an RFC 3339 time such as 2026-11-21T07:26:00.000Z");
        return {};
    }
    return *time;
}

Uuid read_uuid(const Value& value, Problems& problems) {
    const std::string* text = value.if_string();
    const auto uuid = text != nullptr ? Uuid::parse(*text) : std::nullopt;
    if (!uuid) {
        problems.add("type", "must be an id (a UUID)");
        return {};
    }
    return *uuid;
}

void check_count(std::size_t count, const Field& field, Problems& problems) {
    outside(static_cast<std::int64_t>(count), field, problems, "items");
}

void unknown_enum(const std::string& text, const std::vector<std::string>& known,
                  Problems& problems) {
    std::string message = "must be one of";
    for (std::size_t i = 0; i < known.size(); ++i) {
        message += (i == 0 ? " " : ", ") + known[i];
    }
    if (const auto near = suggest(text, known)) {
        message += "; did you mean " + *near + "?";
    }
    problems.add("unknown_value", std::move(message));
}

void append_time(std::string& out, Time time) {
    out.push_back('"');
    out.append(to_rfc3339(time));
    out.push_back('"');
}

void append_uuid(std::string& out, const Uuid& uuid) {
    std::array<char, 38> text;
    text.front() = '"';
    uuid.write(text.data() + 1);
    text.back() = '"';
    out.append(text.data(), text.size());
}

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

}  // namespace detail
}  // namespace loquat::wire
