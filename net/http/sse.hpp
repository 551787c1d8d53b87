#pragma once
#include <string>
#include <string_view>

namespace loquat::net::http {

inline constexpr std::string_view event_stream_type = "text/event-stream";

// One event of the event stream format (HTML standard, section 9.2).
struct SseEvent {
    std::string_view event;  // the type; empty: "message"
    std::string_view data;   // any text; CRLF, CR and LF all end a line
    std::string_view id;     // empty: none is sent
    int retry_ms = -1;       // reconnection time; negative: not sent
};

// Appends the event with its closing empty line.  Line ends in `event` or `id`, and NUL in `id`,
// cannot be expressed: such characters are dropped.
void append_sse(std::string& out, const SseEvent& event);
std::string to_sse(const SseEvent& event);
// A line that readers ignore; keeps a quiet connection alive.  Line ends in `text` start further
// comment lines.
void append_sse_comment(std::string& out, std::string_view text);

}  // namespace loquat::net::http
