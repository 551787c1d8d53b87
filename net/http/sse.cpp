#include "net/http/sse.hpp"

#include <algorithm>

namespace loquat::net::http {
namespace {

// Calls `take` for each line; CRLF, CR and LF each end one, and a final line end begins an empty
// line.
template <class Take>
void for_each_line(std::string_view text, Take take) {
    for (;;) {
        const std::size_t end = text.find_first_of("\r\n");
        take(text.substr(0, end));
        if (end == std::string_view::npos) {
            return;
        }
        const bool pair = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
        text.remove_prefix(end + (pair ? 2 : 1));
    }
}

void append_one_line(std::string& out, std::string_view field, std::string_view value) {
    out += field;
    std::ranges::copy_if(value, std::back_inserter(out),
                         [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
    out += '\n';
}

}  // namespace

void append_sse(std::string& out, const SseEvent& event) {
    if (!event.event.empty()) {
        append_one_line(out, "event: ", event.event);
    }
    if (!event.id.empty()) {
        append_one_line(out, "id: ", event.id);
    }
    if (event.retry_ms >= 0) {
        out += "retry: " + std::to_string(event.retry_ms) + "\n";
    }
    for_each_line(event.data, [&](std::string_view line) {
        out += "data: ";
        out += line;
        out += '\n';
    });
    out += '\n';
}

std::string to_sse(const SseEvent& event) {
    std::string out;
    out.reserve(event.data.size() + event.event.size() + event.id.size() + 32);
    append_sse(out, event);
    return out;
}

void append_sse_comment(std::string& out, std::string_view text) {
    for_each_line(text, [&](std::string_view line) {
        out += ": ";
        out += line;
        out += '\n';
    });
    out += '\n';
}

}  // namespace loquat::net::http
