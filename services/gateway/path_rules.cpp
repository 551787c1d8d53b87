#include "services/gateway/path_rules.hpp"

namespace loquat::gateway {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_unreserved(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

bool is_dangerous_escape(int c) { return c < 0x20 || c == 0x7f || c == '/' || c == '\\'; }

// Undoes the escapes of unreserved characters; none for one that must not be there.
std::optional<std::string_view> undo_escapes(std::string_view path, std::string& scratch) {
    scratch.clear();
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '%') {
            scratch.push_back(path[i]);
            continue;
        }
        const int high = i + 2 < path.size() ? hex_value(path[i + 1]) : -1;
        const int low = i + 2 < path.size() ? hex_value(path[i + 2]) : -1;
        const int value = high * 16 + low;
        if (high < 0 || low < 0 || is_dangerous_escape(value)) {
            return std::nullopt;
        }
        if (is_unreserved(value)) {
            scratch.push_back(static_cast<char>(value));
        } else {
            scratch.append(path.substr(i, 3));
        }
        i += 2;
    }
    return scratch;
}

bool has_bad_segment(std::string_view path) {
    for (std::size_t slash = 0; slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
        const std::string_view rest = path.substr(slash + 1);
        const std::string_view segment = rest.substr(0, rest.find('/'));
        const bool is_last = segment.size() == rest.size();
        if (segment == "." || segment == ".." || (segment.empty() && !is_last)) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::optional<std::string_view> check_path(std::string_view path, std::string& scratch) {
    if (!path.starts_with('/') || path.find('\\') != std::string_view::npos) {
        return std::nullopt;
    }
    std::optional<std::string_view> plain{path};
    if (path.find('%') != std::string_view::npos) {
        plain = undo_escapes(path, scratch);
    }
    if (!plain || has_bad_segment(*plain)) {
        return std::nullopt;
    }
    return plain;
}

}  // namespace loquat::gateway
