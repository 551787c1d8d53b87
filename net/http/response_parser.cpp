#include "net/http/head_lines.hpp"

namespace loquat::net::http {
namespace {

using detail::LineState;

// The reason may be empty, and some servers then leave out the space before it.
ParseError take_status_line(std::string_view line, ResponseHead& head) {
    const int minor = detail::parse_version(line.substr(0, 8));
    if (minor == -1) {
        return ParseError::unsupported_version;
    }
    if (minor < 0 || line.size() < 12 || line[8] != ' ' || (line.size() > 12 && line[12] != ' ')) {
        return ParseError::bad_status_line;
    }
    for (const char c : line.substr(9, 3)) {
        if (c < '0' || c > '9') {
            return ParseError::bad_status_line;
        }
        head.status = head.status * 10 + (c - '0');
    }
    head.minor = static_cast<std::uint8_t>(minor);
    head.reason = line.substr(std::min<std::size_t>(13, line.size()));
    const bool good =
        head.status >= 100 && head.status <= 599 && are_all_in(head.reason, value_class);
    return good ? ParseError::none : ParseError::bad_status_line;
}

}  // namespace

void ResponseParser::reset() {
    lines_ = {};
    options_ = {};
    codings_ = {};
    has_length_ = false;
    error_ = ParseError::none;
}

ParseState ResponseParser::fail(ParseError error) {
    error_ = error;
    return ParseState::failed;
}

ParseState ResponseParser::parse(std::string_view bytes, std::string_view request_method,
                                 ResponseHead& head) {
    if (error_ != ParseError::none) {
        return ParseState::failed;
    }
    for (;;) {
        std::string_view line;
        switch (detail::next_line(bytes, limits_, lines_, line)) {
            case LineState::need_more:
                return ParseState::need_more;
            case LineState::too_large:
                return fail(ParseError::header_too_large);
            case LineState::bad_end:
                return fail(lines_.first_line_seen ? ParseError::bad_header
                                                   : ParseError::bad_status_line);
            case LineState::line:
                break;
        }
        if (lines_.first_line_seen && line.empty()) {
            const ParseError error = complete(request_method, head);
            return error == ParseError::none ? ParseState::done : fail(error);
        }
        ParseError error = ParseError::none;
        if (lines_.first_line_seen) {
            error = take_field(line, head);
        } else {
            lines_.first_line_seen = true;
            head.clear();
            error = take_status_line(line, head);
        }
        if (error != ParseError::none) {
            return fail(error);
        }
    }
}

ParseError ResponseParser::take_field(std::string_view line, ResponseHead& head) {
    HeaderView header;
    if (!detail::split_field(line, header)) {
        return ParseError::bad_header;
    }
    if (head.headers.size() >= limits_.fields_max || !head.headers.add(header)) {
        return ParseError::too_many_headers;
    }
    if (header.name.size() == 10 && equal_names(header.name, "connection")) {
        options_.take(header.value);
    } else if (header.name.size() == 14 && equal_names(header.name, "content-length")) {
        const bool good = !has_length_ && detail::parse_length(header.value, head.content_length);
        has_length_ = true;
        return good ? ParseError::none : ParseError::bad_length;
    } else if (header.name.size() == 17 && equal_names(header.name, "transfer-encoding")) {
        return codings_.take(header.value) ? ParseError::none : ParseError::bad_encoding;
    }
    return ParseError::none;
}

ParseError ResponseParser::complete(std::string_view request_method, ResponseHead& head) const {
    const bool has_encoding = codings_.seen();
    if (has_length_ && has_encoding) {
        return ParseError::length_and_encoding;
    }
    if (has_encoding && head.minor == 0) {
        return ParseError::bad_encoding;
    }
    if (has_encoding && codings_.judge() != ParseError::none) {
        return codings_.judge();
    }
    if (has_no_body(head.status) || request_method == "HEAD") {
        head.framing = Framing::none;
    } else if (has_encoding) {
        head.framing = Framing::chunked;
    } else if (has_length_) {
        head.framing = head.content_length == 0 ? Framing::none : Framing::length;
    } else {
        head.framing = Framing::until_close;
    }
    head.keep_alive = !options_.close && head.framing != Framing::until_close &&
                      (head.minor == 1 || options_.keep_alive);
    return ParseError::none;
}

}  // namespace loquat::net::http
