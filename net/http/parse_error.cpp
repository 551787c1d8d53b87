#include "net/http/codec.hpp"

#include <array>

namespace loquat::net::http {
namespace {

struct Row {
    int status;
    std::string_view code;
    std::string_view text;
};

// In the order of ParseError.
constexpr std::array rows{
    Row{500, "http.none", "There is no error."},
    Row{400, "http.bad_request_line", "The request line is malformed."},
    Row{400, "http.bad_method", "The method is not a token."},
    Row{501, "http.unsupported_method", "This method is not supported."},
    Row{400, "http.bad_target", "The request target is malformed."},
    Row{414, "http.target_too_long", "The request target is too long."},
    Row{400, "http.bad_version", "The protocol version is malformed."},
    Row{505, "http.unsupported_version", "Only HTTP/1.0 and HTTP/1.1 are spoken here."},
    Row{400, "http.bad_status_line", "The status line is malformed."},
    Row{400, "http.bad_header", "A header field is malformed."},
    Row{431, "http.header_too_large", "The header fields are too large."},
    Row{431, "http.too_many_headers", "There are too many header fields."},
    Row{400, "http.bad_host", "The Host field is missing, repeated or malformed."},
    Row{400, "http.bad_length", "The Content-Length field is repeated or malformed."},
    Row{400, "http.length_and_encoding",
        "Content-Length and Transfer-Encoding exclude each other."},
    Row{400, "http.bad_encoding", "The Transfer-Encoding field is not acceptable here."},
    Row{501, "http.unsupported_encoding", "Only the chunked transfer coding is supported."},
    Row{400, "http.unexpected_body", "This request cannot have a body."},
    Row{417, "http.bad_expectation", "Only 100-continue can be expected."},
    Row{400, "http.bad_chunk", "The chunked body is malformed."},
    Row{413, "http.chunk_too_large", "A chunk is too large."},
    Row{400, "http.chunk_line_too_long", "A chunk extension is too long."},
    Row{431, "http.trailer_too_large", "The trailer fields are too large."},
    Row{413, "request.too_large", "The request body is too large."},
    Row{408, "http.body_timeout", "The request body did not arrive in time."},
    Row{408, "http.head_timeout", "The request did not arrive in time."},
    Row{503, "http.too_many_connections", "There are too many connections. Try again later."},
    Row{400, "http.needs_tls", "TLS is spoken here: ask with https."},
};
static_assert(rows.size() == static_cast<std::size_t>(ParseError::needs_tls) + 1);

const Row& row_of(ParseError error) { return rows[static_cast<std::size_t>(error)]; }

}  // namespace

int status_of(ParseError error) { return row_of(error).status; }
std::string_view code_of(ParseError error) { return row_of(error).code; }
std::string_view text_of(ParseError error) { return row_of(error).text; }

}  // namespace loquat::net::http
