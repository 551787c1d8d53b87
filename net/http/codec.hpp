#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http/message.hpp"

// HTTP/1.1 as bytes (RFC 9110, RFC 9112), without input or output.  Strict: what two
// implementations could read differently is refused.
namespace loquat::net::http {

struct Limits {
    std::size_t line_bytes_max = 8 * 1024;     // request line, status line, or one field
    std::size_t header_bytes_max = 16 * 1024;  // the whole head, final empty line included
    std::size_t fields_max = headers_max;      // at most `headers_max`
    std::size_t chunk_line_bytes_max = 256;    // chunk size with its extensions
    std::size_t trailer_bytes_max = 4 * 1024;
};

enum class ParseError : std::uint8_t {
    none,
    bad_request_line,     // 400 http.bad_request_line
    bad_method,           // 400 http.bad_method: not a token
    unsupported_method,   // 501 http.unsupported_method: CONNECT
    bad_target,           // 400 http.bad_target
    target_too_long,      // 414 http.target_too_long
    bad_version,          // 400 http.bad_version
    unsupported_version,  // 505 http.unsupported_version
    bad_status_line,      // 400 http.bad_status_line: responses only
    bad_header,  // 400 http.bad_header: syntax, obs-fold, bare CR or LF, NUL, space before the
                 // colon
    header_too_large,  // 431 http.header_too_large
    too_many_headers,  // 431 http.too_many_headers
    bad_host,    // 400 http.bad_host: missing, twice, malformed, or not the target's authority
    bad_length,  // 400 http.bad_length: not a number, or more than one
    length_and_encoding,  // 400 http.length_and_encoding
    bad_encoding,  // 400 http.bad_encoding: malformed, empty, in HTTP/1.0, or `chunked` not once
                   // and last
    unsupported_encoding,  // 501 http.unsupported_encoding: another coding before `chunked`
    unexpected_body,       // 400 http.unexpected_body: HTTP/1.0 GET, HEAD or DELETE with one
    bad_expectation,       // 417 http.bad_expectation
    bad_chunk,             // 400 http.bad_chunk
    chunk_too_large,       // 413 http.chunk_too_large: a size that does not fit into 60 bits
    chunk_line_too_long,   // 400 http.chunk_line_too_long
    trailer_too_large,     // 431 http.trailer_too_large
    // Found by the server, not by a parser.
    body_too_large,        // 413 request.too_large
    body_stalled,          // 408 http.body_timeout
    head_stalled,          // 408 http.head_timeout
    too_many_connections,  // 503 http.too_many_connections
    needs_tls,             // 400 http.needs_tls: plain HTTP where TLS is spoken
};
int status_of(ParseError error);
std::string_view code_of(ParseError error);
// One plain sentence for the client.
std::string_view text_of(ParseError error);

enum class ParseState : std::uint8_t { need_more, done, failed };

namespace detail {

// Cuts a head into lines; shared by both head parsers.
struct HeadLines {
    std::size_t line_begin = 0;  // offset of the line that is not complete yet
    std::size_t scanned = 0;     // no line end before here
    bool first_line_seen = false;
};

// All Transfer-Encoding fields of a head: one list (RFC 9112 section 6.1, RFC 9110 section 5.3).
class TransferCodings {
  public:
    // False when the line is malformed, or when something follows `chunked`.
    bool take(std::string_view value);
    bool seen() const { return lines_; }
    // The whole, once all lines are taken.
    ParseError judge() const;

  private:
    bool lines_ = false;
    bool others_ = false;
    bool chunked_ = false;
};

// What the Connection fields of a head ask for.
struct ConnectionOptions {
    bool close = false;
    bool keep_alive = false;
    bool upgrade = false;
    void take(std::string_view value);
};

}  // namespace detail

// Parses a head piece by piece.  Call `parse` with all bytes so far, always from the same address;
// only new ones are looked at.  A bad line fails as soon as it is complete.
class RequestParser {
  public:
    explicit RequestParser(const Limits& limits = {}) : limits_(limits) {}

    ParseState parse(std::string_view bytes, RequestHead& head);
    // After done: how many bytes the head took.
    std::size_t consumed() const { return lines_.line_begin; }
    ParseError error() const { return error_; }
    // True once the first byte of a request has been seen (empty lines before it do not count).
    bool has_begun() const { return begun_; }
    void reset();

  private:
    ParseState fail(ParseError error);
    ParseError take_line(std::string_view line, RequestHead& head);
    ParseError take_field(std::string_view line, RequestHead& head);
    ParseError complete(RequestHead& head) const;
    bool note(std::uint8_t what);

    Limits limits_;
    detail::HeadLines lines_;
    detail::ConnectionOptions options_;
    detail::TransferCodings codings_;
    std::uint8_t seen_ = 0;
    ParseError error_ = ParseError::none;
    bool begun_ = false;
};

class ResponseParser {
  public:
    explicit ResponseParser(const Limits& limits = {}) : limits_(limits) {}

    // `request_method` decides the framing: the answer to HEAD has no body.
    ParseState parse(std::string_view bytes, std::string_view request_method, ResponseHead& head);
    std::size_t consumed() const { return lines_.line_begin; }
    ParseError error() const { return error_; }
    void reset();

  private:
    ParseState fail(ParseError error);
    ParseError take_field(std::string_view line, ResponseHead& head);
    ParseError complete(std::string_view request_method, ResponseHead& head) const;

    Limits limits_;
    detail::HeadLines lines_;
    detail::ConnectionOptions options_;
    detail::TransferCodings codings_;
    bool has_length_ = false;
    ParseError error_ = ParseError::none;
};

// Decodes chunked (RFC 9112 section 7.1).  Extensions are checked and dropped, and so are trailers.
class ChunkedDecoder {
  public:
    explicit ChunkedDecoder(const Limits& limits = {}) : limits_(limits) {}

    struct Step {
        ParseState state = ParseState::need_more;
        std::size_t consumed = 0;
        std::string_view data;  // payload, a part of the input; may be empty
    };
    // Takes bytes from the front of `in`: at most one run of payload a call.  Call again with what
    // is left until `consumed` is 0 or the state is done; bytes after the end are not taken.
    Step decode(std::string_view in);
    bool is_done() const { return phase_ == Phase::done; }
    ParseError error() const { return error_; }
    void reset();

  private:
    enum class Phase : std::uint8_t {
        size,
        size_end,  // blanks, which only another extension may follow
        name_begin,
        name,
        name_end,
        value_begin,
        value,
        quoted,
        escaped,
        quoted_end,
        value_end,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer,
        trailer_lf,
        last_lf,
        done,
        failed
    };
    bool take_control_byte(unsigned char byte);
    bool take_size_byte(unsigned char byte);
    bool take_extension_byte(unsigned char byte);
    bool take_after_word(unsigned char byte, Phase blanks);
    bool take_trailer_byte(unsigned char byte);
    bool refuse(ParseError error);

    Limits limits_;
    std::uint64_t left_ = 0;
    std::uint32_t line_bytes_ = 0;
    std::uint32_t trailer_bytes_ = 0;
    bool has_digit_ = false;   // in the current size
    bool colon_seen_ = false;  // in the current trailer line
    Phase phase_ = Phase::size;
    ParseError error_ = ParseError::none;
};

// Encoders append to `out`.
void append_status_line(std::string& out, int status);
void append_request_line(std::string& out, std::string_view method, std::string_view target);
// Trusted parts only, such as fields that a parser has let through.
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_field(std::string& out, std::string_view name, std::uint64_t value);
// True if both could be sent: a token, and a value without control characters.
bool is_valid_field(std::string_view name, std::string_view value);
// Throws Failure `http.bad_header` (internal) for a field that cannot be sent: header injection
// stops here.
void append_checked_field(std::string& out, std::string_view name, std::string_view value);
// `Date: ...` of the current second (RFC 9110 section 5.6.7); the text is made once a second and
// thread.
void append_date(std::string& out);
// The line before a chunk of that size.  After the payload comes "\r\n"; the body ends with
// `last_chunk`.
void append_chunk_line(std::string& out, std::uint64_t size);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

// application/problem+json (RFC 9457) for an error below the routes; the whole JSON text.  An empty
// id is left out.
std::string problem_json(int status, std::string_view code, std::string_view detail,
                         std::string_view request_id = {});

}  // namespace loquat::net::http
