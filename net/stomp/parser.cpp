#include "net/stomp/parser.hpp"

#include "base/text.hpp"
#include "net/stomp/escape.hpp"

namespace loquat::net::stomp {
namespace {

Failure malformed(const char* message) {
    return Failure{Kind::malformed, "stomp.malformed", message};
}
Failure too_large(const char* message) {
    return Failure{Kind::too_large, "request.too_large", message};
}

}  // namespace

struct Parser::Partial {
    Frame frame;
    std::string line;  // the part of a line that has come so far
    std::size_t head_bytes = 0;
    std::optional<std::uint64_t> body_bytes;  // what content-length says
    bool has_command = false;
    bool in_body = false;
};

Parser::Parser(const ParseLimits& limits) : limits_(&limits) {}
Parser::~Parser() = default;

void Parser::stop() {
    // The frame in hand is dropped by `feed`, which may be on the stack.
    stopped_ = true;
}

std::optional<Failure> Parser::feed(std::string_view bytes, FrameSink& sink) {
    while (!stopped_ && !bytes.empty()) {
        Error error;
        if (!partial_) {
            error = skip_line_ends(bytes);
            if (!error && !bytes.empty()) {
                partial_ = std::make_unique<Partial>();
            }
        } else if (!partial_->in_body) {
            error = take_head(bytes);
        } else {
            error = take_body(bytes, sink);
        }
        if (error) {
            return fail(std::move(*error));
        }
    }
    if (stopped_) {
        partial_.reset();
    }
    return std::nullopt;
}

std::optional<Failure> Parser::fail(Failure failure) {
    stopped_ = true;
    if (partial_) {
        broken_receipt_ = partial_->frame.get_or_empty("receipt");
        partial_.reset();
    }
    return failure;
}

std::optional<Failure> Parser::skip_line_ends(std::string_view& bytes) {
    while (!bytes.empty()) {
        const char c = bytes.front();
        if (after_return_ && c != '\n') {
            return malformed("A carriage return must be followed by a line feed.");
        }
        after_return_ = c == '\r';
        if (c != '\r' && c != '\n') {
            return std::nullopt;
        }
        bytes.remove_prefix(1);
    }
    return std::nullopt;
}

std::optional<Failure> Parser::take_head(std::string_view& bytes) {
    // Looking only one byte beyond the limit makes the outcome the same wherever the input is cut.
    const std::size_t room =
        limits_->head_bytes_max - std::min(limits_->head_bytes_max, partial_->head_bytes);
    const std::string_view window = bytes.substr(0, room + 1);
    const std::size_t end = window.find('\n');
    const std::string_view piece = window.substr(0, end);
    if (piece.find('\0') != std::string_view::npos) {
        return malformed("The frame ends within its headers.");
    }
    const bool whole = end != std::string_view::npos;
    const std::size_t used = piece.size() + (whole ? 1 : 0);
    if (used > room) {
        return too_large("The headers of the frame are too long.");
    }
    partial_->head_bytes += used;
    bytes.remove_prefix(used);
    if (!whole || !partial_->line.empty()) {
        partial_->line.append(piece);
    }
    if (!whole) {
        return std::nullopt;
    }
    if (partial_->line.empty()) {
        return take_line(piece);
    }
    const std::string line = std::move(partial_->line);
    partial_->line.clear();
    return take_line(line);
}

std::optional<Failure> Parser::take_line(std::string_view line) {
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    if (line.find('\r') != std::string_view::npos) {
        return malformed("A carriage return must be followed by a line feed.");
    }
    if (!is_utf8(line)) {
        return malformed("A header is not UTF-8.");
    }
    if (partial_->has_command) {
        return line.empty() ? end_head() : take_header(line);
    }
    const auto command = parse_command(line);
    if (!command) {
        return malformed("Unknown command.");
    }
    partial_->frame.command = *command;
    partial_->has_command = true;
    return std::nullopt;
}

std::optional<Failure> Parser::take_header(std::string_view line) {
    Frame& frame = partial_->frame;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        return malformed("A header line must be NAME:VALUE.");
    }
    if (frame.header_count() >= limits_->headers_max) {
        return too_large("The frame has too many headers.");
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 1);
    if (!has_escapes(version_, frame.command) || line.find('\\') == std::string_view::npos) {
        frame.add(name, value);
        return std::nullopt;
    }
    const auto plain_name = unescape(version_, name);
    const auto plain_value = unescape(version_, value);
    if (!plain_name || !plain_value) {
        return malformed("A header holds an undefined escape.");
    }
    frame.add(*plain_name, *plain_value);
    return std::nullopt;
}

std::optional<Failure> Parser::end_head() {
    if (const auto text = partial_->frame.find("content-length")) {
        partial_->body_bytes = parse_number(*text);
        if (!partial_->body_bytes) {
            return malformed("content-length must be a number of bytes.");
        }
        if (*partial_->body_bytes > limits_->body_bytes_max) {
            return too_large("The body of the frame is too long.");
        }
    }
    partial_->in_body = true;
    return std::nullopt;
}

std::optional<Failure> Parser::take_body(std::string_view& bytes, FrameSink& sink) {
    return partial_->body_bytes ? take_counted_body(bytes, sink) : take_open_body(bytes, sink);
}

std::optional<Failure> Parser::take_counted_body(std::string_view& bytes, FrameSink& sink) {
    std::string& body = partial_->frame.body;
    const auto missing = static_cast<std::size_t>(*partial_->body_bytes - body.size());
    if (missing > 0 && !may_have_body(partial_->frame.command)) {
        return malformed("Only SEND, MESSAGE and ERROR may have a body.");
    }
    const std::string_view piece = bytes.substr(0, missing);
    body.append(piece);
    bytes.remove_prefix(piece.size());
    if (piece.size() < missing || bytes.empty()) {
        return std::nullopt;
    }
    if (bytes.front() != '\0') {
        return malformed("The body is longer than content-length; count bytes, not characters.");
    }
    bytes.remove_prefix(1);
    finish(sink);
    return std::nullopt;
}

std::optional<Failure> Parser::take_open_body(std::string_view& bytes, FrameSink& sink) {
    std::string& body = partial_->frame.body;
    const std::size_t end = bytes.find('\0');
    const std::string_view piece = bytes.substr(0, end);
    if (!piece.empty() && !may_have_body(partial_->frame.command)) {
        return malformed("Only SEND, MESSAGE and ERROR may have a body.");
    }
    if (body.size() + piece.size() > limits_->body_bytes_max) {
        return too_large("The body of the frame is too long.");
    }
    body.append(piece);
    bytes.remove_prefix(piece.size());
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    bytes.remove_prefix(1);
    finish(sink);
    return std::nullopt;
}

void Parser::finish(FrameSink& sink) {
    Frame frame = std::move(partial_->frame);
    partial_.reset();
    sink.on_frame(std::move(frame));
}

}  // namespace loquat::net::stomp
