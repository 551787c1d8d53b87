#include "net/http/head_lines.hpp"
#include "net/http/target.hpp"

namespace loquat::net::http {
namespace {

using detail::LineState;

enum Seen : std::uint8_t { seen_host = 1, seen_length = 2, seen_upgrade = 4 };

ParseError take_request_line(std::string_view line, RequestHead& head) {
    const std::size_t first = line.find(' ');
    const std::size_t second = line.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
        return ParseError::bad_request_line;
    }
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, second - first - 1);
    if (!is_token(head.method)) {
        return ParseError::bad_method;
    }
    const int minor = detail::parse_version(line.substr(second + 1));
    if (minor < 0) {
        return minor == -1 ? ParseError::unsupported_version : ParseError::bad_version;
    }
    head.minor = static_cast<std::uint8_t>(minor);
    if (head.method == "CONNECT") {
        return ParseError::unsupported_method;
    }
    return detail::split_target(head) ? ParseError::none : ParseError::bad_target;
}

ParseError take_host(std::string_view value, RequestHead& head) {
    if (!detail::is_valid_authority(value)) {
        return ParseError::bad_host;
    }
    // An absolute target names the host; a different Host field is an attempt to confuse someone.
    if (!head.host.empty() && !equal_names(head.host, value)) {
        return ParseError::bad_host;
    }
    head.host = value;
    return ParseError::none;
}

}  // namespace

void RequestParser::reset() {
    lines_ = {};
    options_ = {};
    codings_ = {};
    seen_ = 0;
    error_ = ParseError::none;
    begun_ = false;
}

ParseState RequestParser::fail(ParseError error) {
    error_ = error;
    return ParseState::failed;
}

ParseState RequestParser::parse(std::string_view bytes, RequestHead& head) {
    if (error_ != ParseError::none) {
        return ParseState::failed;
    }
    for (;;) {
        if (!lines_.first_line_seen && bytes.size() > lines_.line_begin && !begun_) {
            const char first = bytes[lines_.line_begin];
            begun_ = is_in(first, token_class);
            if (!begun_ && (first != '\r' || lines_.line_begin != 0)) {
                return fail(ParseError::bad_request_line);
            }
        }
        std::string_view line;
        switch (detail::next_line(bytes, limits_, lines_, line)) {
            case LineState::need_more:
                return ParseState::need_more;
            case LineState::too_large:
                return fail(lines_.first_line_seen ? ParseError::header_too_large
                                                   : ParseError::target_too_long);
            case LineState::bad_end:
                return fail(lines_.first_line_seen ? ParseError::bad_header
                                                   : ParseError::bad_request_line);
            case LineState::line:
                break;
        }
        if (lines_.first_line_seen && line.empty()) {
            const ParseError error = complete(head);
            return error == ParseError::none ? ParseState::done : fail(error);
        }
        const ParseError error = take_line(line, head);
        if (error != ParseError::none) {
            return fail(error);
        }
    }
}

ParseError RequestParser::take_line(std::string_view line, RequestHead& head) {
    if (lines_.first_line_seen) {
        return take_field(line, head);
    }
    if (line.empty()) {
        return ParseError::none;  // one empty line before a request is let through (RFC 9112
                                  // section 2.2)
    }
    lines_.first_line_seen = true;
    head.clear();
    return take_request_line(line, head);
}

ParseError RequestParser::take_field(std::string_view line, RequestHead& head) {
    HeaderView header;
    if (!detail::split_field(line, header)) {
        return ParseError::bad_header;
    }
    if (head.headers.size() >= limits_.fields_max || !head.headers.add(header)) {
        return ParseError::too_many_headers;
    }
    const std::string_view value = header.value;
    switch (header.name.size()) {
        case 4:
            if (equal_names(header.name, "host")) {
                return note(seen_host) ? take_host(value, head) : ParseError::bad_host;
            }
            break;
        case 6:
            if (equal_names(header.name, "expect")) {
                head.expects_continue = equal_names(value, "100-continue");
                return head.expects_continue ? ParseError::none : ParseError::bad_expectation;
            }
            break;
        case 7:
            if (equal_names(header.name, "upgrade")) {
                note(seen_upgrade);
            }
            break;
        case 10:
            if (equal_names(header.name, "connection")) {
                options_.take(value);
            }
            break;
        case 14:
            if (equal_names(header.name, "content-length")) {
                const bool good =
                    note(seen_length) && detail::parse_length(value, head.content_length);
                return good ? ParseError::none : ParseError::bad_length;
            }
            break;
        case 17:
            if (equal_names(header.name, "transfer-encoding")) {
                return codings_.take(value) ? ParseError::none : ParseError::bad_encoding;
            }
            break;
        default:
            break;
    }
    return ParseError::none;
}

bool RequestParser::note(std::uint8_t what) {
    const bool first = (seen_ & what) == 0;
    seen_ |= what;
    return first;
}

ParseError RequestParser::complete(RequestHead& head) const {
    const bool has_length = (seen_ & seen_length) != 0;
    const bool has_encoding = codings_.seen();
    if (has_length && has_encoding) {
        return ParseError::length_and_encoding;
    }
    if (has_encoding && head.minor == 0) {
        return ParseError::bad_encoding;
    }
    if (has_encoding && codings_.judge() != ParseError::none) {
        return codings_.judge();
    }
    if ((seen_ & seen_host) == 0 && head.minor == 1) {
        return ParseError::bad_host;
    }
    const bool has_body = has_encoding || head.content_length > 0;
    if (has_body && head.minor == 0 && (head.is("GET") || head.is("HEAD") || head.is("DELETE"))) {
        return ParseError::unexpected_body;
    }
    if (has_encoding) {
        head.framing = Framing::chunked;
    } else if (has_body) {
        head.framing = Framing::length;
    }
    head.keep_alive = !options_.close && (head.minor == 1 || options_.keep_alive);
    head.upgrades = options_.upgrade && (seen_ & seen_upgrade) != 0 && head.minor == 1;
    head.expects_continue = head.expects_continue && head.minor == 1 && has_body;
    return ParseError::none;
}

}  // namespace loquat::net::http
