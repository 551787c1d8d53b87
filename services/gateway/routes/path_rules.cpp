#include "services/gateway/routes/path_rules.hpp"

#include <algorithm>
#include <array>

namespace loquat::gateway {
namespace {

constexpr std::size_t escape_size = 3;

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Of the escape that `text` begins with; below 0 when it begins with none.
int escaped_value(std::string_view text) {
    if (text.size() < escape_size || text[0] != '%') {
        return -1;
    }
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool is_unreserved(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

bool is_dangerous_escape(int c) { return c < 0x20 || c == 0x7f; }

// Servers on Windows, and some others, read a backslash as a slash.
bool is_slash(int c) { return c == '/' || c == '\\'; }

// `rest` begins with the escape of `value`.
bool is_disguise(int value, std::string_view rest) {
    if (value == '%') {
        return rest.size() >= escape_size + 2 && hex_value(rest[escape_size]) >= 0 &&
               hex_value(rest[escape_size + 1]) >= 0;
    }
    const int next = escaped_value(rest.substr(std::min(escape_size, rest.size())));
    return value == 0xc0 || value == 0xc1 || (value == 0xe0 && next >= 0x80 && next < 0xa0) ||
           (value == 0xf0 && next >= 0x80 && next < 0x90);
}

// Of a path whose escapes are undone as far as they are: a third reading may hide behind two.
bool has_disguise(std::string_view path) {
    for (std::size_t i = path.find('%'); i != std::string_view::npos; i = path.find('%', i + 1)) {
        if (is_disguise(escaped_value(path.substr(i)), path.substr(i))) {
            return true;
        }
    }
    return false;
}

// Undoes the escapes of unreserved characters; false for one that must not be there.
bool undo_escapes(std::string_view path, std::string& scratch, PathOddities& oddities) {
    scratch.clear();
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '%') {
            scratch.push_back(path[i]);
            continue;
        }
        const std::string_view rest = path.substr(i);
        const int value = escaped_value(rest);
        if (value < 0 || is_dangerous_escape(value)) {
            return false;
        }
        oddities.has_encoded_slash = oddities.has_encoded_slash || is_slash(value);
        oddities.has_parameters = oddities.has_parameters || value == ';';
        if (is_unreserved(value)) {
            scratch.push_back(static_cast<char>(value));
        } else {
            scratch.append(rest.substr(0, escape_size));
        }
        i += escape_size - 1;
    }
    return true;
}

// Size of the semicolon at the front of `text`, written or escaped; 0 without one.
std::size_t semicolon_size(std::string_view text) {
    if (text.front() == ';') {
        return 1;
    }
    return escaped_value(text) == ';' ? escape_size : 0;
}

std::size_t slash_size(std::string_view text) {
    if (text.front() == '/') {
        return 1;
    }
    return is_slash(escaped_value(text)) ? escape_size : 0;
}

bool is_dots(std::string_view segment) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (semicolon_size(segment.substr(i)) > 0) {
            segment = segment.substr(0, i);
        }
    }
    return segment == "." || segment == "..";
}

bool has_empty_segment(std::string_view path) { return path.find("//") != std::string_view::npos; }

// Where a segment ends at a slash, escaped or not.
bool has_dots(std::string_view path) {
    std::size_t begin = 1;
    for (std::size_t i = 1; i < path.size();) {
        const std::size_t slash = slash_size(path.substr(i));
        if (slash > 0 && is_dots(path.substr(begin, i - begin))) {
            return true;
        }
        i += std::max<std::size_t>(slash, 1);
        begin = slash > 0 ? i : begin;
    }
    return is_dots(path.substr(begin));
}

std::string with_plain_slashes(std::string_view path) {
    std::string out;
    for (std::size_t i = 0; i < path.size();) {
        const std::size_t slash = slash_size(path.substr(i));
        out.push_back(slash > 0 ? '/' : path[i]);
        i += std::max<std::size_t>(slash, 1);
    }
    return out;
}

// Up to the next slash that is written as one.
std::string without_parameters(std::string_view path) {
    std::string out;
    bool skips = false;
    for (std::size_t i = 0; i < path.size(); ++i) {
        skips = path[i] != '/' && (skips || semicolon_size(path.substr(i)) > 0);
        if (!skips) {
            out.push_back(path[i]);
        }
    }
    return out;
}

std::string with_single_slashes(std::string path) {
    const auto same = [](char a, char b) { return a == '/' && b == '/'; };
    path.erase(std::ranges::unique(path, same).begin(), path.end());
    if (path.size() > 1 && path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

}  // namespace

std::optional<CheckedPath> check_path(std::string_view path, std::string& scratch) {
    if (!path.starts_with('/') || path.find('\\') != std::string_view::npos) {
        return std::nullopt;
    }
    CheckedPath checked{.path = path};
    checked.oddities.has_parameters = path.find(';') != std::string_view::npos;
    if (path.find('%') != std::string_view::npos) {
        if (!undo_escapes(path, scratch, checked.oddities)) {
            return std::nullopt;
        }
        checked.path = scratch;
        checked.oddities.is_disguised = has_disguise(scratch);
    }
    if (has_empty_segment(checked.path) || has_dots(checked.path)) {
        return std::nullopt;
    }
    return checked;
}

std::vector<std::string> other_readings(std::string_view path) {
    // Some servers drop parameters before they undo escapes, some after.
    const std::array<std::string, 4> forms{std::string{path}, with_plain_slashes(path),
                                           with_plain_slashes(without_parameters(path)),
                                           without_parameters(with_plain_slashes(path))};
    std::vector<std::string> readings;
    for (const std::string& form : forms) {
        std::string reading = with_single_slashes(form);
        if (reading != path && std::ranges::find(readings, reading) == readings.end()) {
            readings.push_back(std::move(reading));
        }
    }
    return readings;
}

}  // namespace loquat::gateway
