#include <gtest/gtest.h>

#include "net/http/codec.hpp"

namespace loquat::net::http {
namespace {

struct Outcome {
    ParseState state;
    ParseError error;
    std::size_t consumed;
};

Outcome parse(std::string_view text, RequestHead& head, const Limits& limits = {}) {
    RequestParser parser{limits};
    const ParseState state = parser.parse(text, head);
    return {state, parser.error(), parser.consumed()};
}

// The same bytes, one more at each call.
Outcome parse_by_bytes(std::string_view text, RequestHead& head) {
    RequestParser parser;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const ParseState state = parser.parse(text.substr(0, size), head);
        if (state != ParseState::need_more) {
            return {state, parser.error(), parser.consumed()};
        }
    }
    return {ParseState::need_more, ParseError::none, parser.consumed()};
}

struct Case {
    const char* what;
    std::string text;
    ParseError error;
};

std::string with(std::string_view line) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string{line} + "\r\n\r\n";
}
std::string post(std::string_view lines) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string{lines} + "\r\n\r\n";
}

using enum ParseError;
const Case refused[] = {
    {"only one word", "GET\r\n\r\n", bad_request_line},
    {"no version", "GET /\r\n\r\n", bad_request_line},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", bad_version},
    {"a space at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", bad_version},
    {"a space in front", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", bad_request_line},
    {"two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", bad_request_line},
    {"a tab as separator", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", bad_request_line},
    {"a method with a colon", "G:T / HTTP/1.1\r\nHost: a\r\n\r\n", bad_method},
    {"a method with a bracket", "GET( / HTTP/1.1\r\nHost: a\r\n\r\n", bad_method},
    {"CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", unsupported_method},
    {"a TLS hello", std::string{"\x16\x03\x01\x02\x00\x01", 6}, bad_request_line},
    {"a target without slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a star for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a control character in the target", "GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"DEL in the target", "GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a byte above ASCII in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a quote in the target", "GET /\" HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a backslash in the target", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a short escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"a bad escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"an escaped NUL", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"user information", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", bad_target},
    {"small letters in the version", "GET / http/1.1\r\nHost: a\r\n\r\n", bad_version},
    {"a long version", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", bad_version},
    {"a version without point", "GET / HTTP/11\r\nHost: a\r\n\r\n", bad_version},
    {"HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", unsupported_version},
    {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\n", unsupported_version},
    {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", unsupported_version},
    {"a lone LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", bad_request_line},
    {"a lone LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", bad_header},
    {"a lone LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", bad_header},
    {"a lone CR in a value", with("X: a\rb"), bad_header},
    {"two CRs", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", bad_header},
    {"NUL in a value", with(std::string_view{"X: a\0b", 6}), bad_header},
    {"NUL in a name", with(std::string_view{"X\0: a", 5}), bad_header},
    {"a control character in a value",
     with("X: a\x0b"
          "b"),
     bad_header},
    {"DEL in a value", with("X: \x7f"), bad_header},
    {"a space before the colon", with("X : a"), bad_header},
    {"a tab before the colon", with("X\t: a"), bad_header},
    {"a space in a name", with("X Y: a"), bad_header},
    {"no name", with(": a"), bad_header},
    {"no colon", with("X"), bad_header},
    {"a folded line", with("X: a\r\n b"), bad_header},
    {"a line folded with a tab", with("X: a\r\n\tb"), bad_header},
    {"a folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", bad_header},
    {"a name above ASCII", with("\xc3\xa4: a"), bad_header},
    {"a bracket in a name", with("X[0]: a"), bad_header},
    {"no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n", bad_host},
    {"two Hosts", with("Host: a"), bad_host},
    {"two Hosts in other cases", with("hOST: a"), bad_host},
    {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", bad_host},
    {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", bad_host},
    {"a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", bad_host},
    {"a Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", bad_host},
    {"a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", bad_host},
    {"a Host with an empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", bad_host},
    {"a Host with a large port", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", bad_host},
    {"a Host with a named port", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", bad_host},
    {"a Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", bad_host},
    {"a Host with a name in brackets", "GET / HTTP/1.1\r\nHost: [name]\r\n\r\n", bad_host},
    {"a Host that is not the target's", "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", bad_host},
    {"a length with a sign", post("Content-Length: +1"), bad_length},
    {"a negative length", post("Content-Length: -1"), bad_length},
    {"a hexadecimal length", post("Content-Length: 0x1"), bad_length},
    {"an empty length", post("Content-Length:"), bad_length},
    {"a length with a space within", post("Content-Length: 1 1"), bad_length},
    {"a length list", post("Content-Length: 5, 5"), bad_length},
    {"two equal lengths", post("Content-Length: 5\r\nContent-Length: 5"), bad_length},
    {"two lengths", post("Content-Length: 5\r\nContent-Length: 6"), bad_length},
    {"a length beyond 63 bits", post("Content-Length: 9223372036854775808"), bad_length},
    {"a length of 20 digits", post("Content-Length: 00000000000000000001"), bad_length},
    {"length and encoding", post("Content-Length: 5\r\nTransfer-Encoding: chunked"),
     length_and_encoding},
    {"encoding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 0"),
     length_and_encoding},
    {"two encodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
     bad_encoding},
    {"an empty encoding", post("Transfer-Encoding:"), bad_encoding},
    {"an encoding list", post("Transfer-Encoding: gzip, chunked"), unsupported_encoding},
    {"an encoding list with parameters",
     post("Transfer-Encoding: x;a=b ; c = \"d, \\\"e\", Chunked"), unsupported_encoding},
    {"an encoding list in two lines", post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"),
     unsupported_encoding},
    {"chunked not last", post("Transfer-Encoding: chunked, gzip"), bad_encoding},
    {"chunked not last in two lines", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip"),
     bad_encoding},
    {"no chunked", post("Transfer-Encoding: gzip"), bad_encoding},
    {"only empty members of an encoding list", post("Transfer-Encoding: , ,"), bad_encoding},
    {"encodings without a comma", post("Transfer-Encoding: gzip chunked"), bad_encoding},
    {"a parameter without a value", post("Transfer-Encoding: gzip;a, chunked"), bad_encoding},
    {"a parameter without a name", post("Transfer-Encoding: gzip;=a, chunked"), bad_encoding},
    {"a parameter without an end", post("Transfer-Encoding: gzip;a=\"b, chunked"), bad_encoding},
    {"no parameter", post("Transfer-Encoding: gzip;, chunked"), bad_encoding},
    {"a coding that is no token", post("Transfer-Encoding: gz/ip, chunked"), bad_encoding},
    {"chunked twice", post("Transfer-Encoding: chunked, chunked"), bad_encoding},
    {"identity", post("Transfer-Encoding: identity"), bad_encoding},
    {"a word like chunked", post("Transfer-Encoding: xchunked"), bad_encoding},
    {"chunked with a parameter", post("Transfer-Encoding: chunked;q=1"), bad_encoding},
    {"a quoted chunked", post("Transfer-Encoding: \"chunked\""), bad_encoding},
    {"chunked behind a vertical tab",
     post("Transfer-Encoding: \x0b"
          "chunked"),
     bad_header},
    {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", bad_encoding},
    {"a body for GET in HTTP/1.0", "GET / HTTP/1.0\r\nContent-Length: 1\r\n\r\n", unexpected_body},
    {"another expectation", post("Expect: 200-ok"), bad_expectation},
};

TEST(RequestParser, refuses_what_two_readers_could_read_differently) {
    for (const Case& one : refused) {
        SCOPED_TRACE(one.what);
        RequestHead head;

        const Outcome whole = parse(one.text, head);
        const Outcome pieces = parse_by_bytes(one.text, head);

        EXPECT_EQ(whole.state, ParseState::failed);
        EXPECT_EQ(code_of(whole.error), code_of(one.error));
        EXPECT_EQ(pieces.state, ParseState::failed);
        EXPECT_EQ(pieces.error, whole.error);
    }
}

TEST(RequestParser, maps_every_error_to_a_status_and_a_code) {
    for (int i = 1; i <= static_cast<int>(ParseError::needs_tls); ++i) {
        const auto error = static_cast<ParseError>(i);

        EXPECT_GE(status_of(error), 400);
        EXPECT_NE(reason_of(status_of(error)), "Unknown");
        EXPECT_TRUE(code_of(error).starts_with("http.") || code_of(error) == "request.too_large");
        EXPECT_TRUE(text_of(error).ends_with('.'));
    }
    EXPECT_EQ(status_of(ParseError::target_too_long), 414);
    EXPECT_EQ(status_of(ParseError::too_many_headers), 431);
    EXPECT_EQ(status_of(ParseError::unsupported_version), 505);
    EXPECT_EQ(code_of(ParseError::bad_header), "http.bad_header");
}

TEST(RequestParser, gives_views_of_every_part) {
    const std::string text =
        "\r\nPOST /a/b%20c?x=1&y=? HTTP/1.1\r\nHost: example.com:8080\r\nAccept:  text/html \t\r\n"
        "Content-Length: 12\r\nX-Empty:\r\n\r\nhello";
    RequestHead head;

    const Outcome outcome = parse(text, head);

    ASSERT_EQ(outcome.state, ParseState::done);
    EXPECT_EQ(outcome.consumed, text.size() - 5);
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.target, "/a/b%20c?x=1&y=?");
    EXPECT_EQ(head.path, "/a/b%20c");
    EXPECT_EQ(head.query, "x=1&y=?");
    EXPECT_EQ(head.host, "example.com:8080");
    EXPECT_EQ(head.headers.get("accept"), "text/html");
    EXPECT_TRUE(head.headers.contains("x-empty"));
    EXPECT_EQ(head.headers.get("x-empty"), "");
    EXPECT_EQ(head.headers.size(), 4U);
    EXPECT_EQ(head.framing, Framing::length);
    EXPECT_EQ(head.content_length, 12U);
    EXPECT_TRUE(head.keep_alive);
}

TEST(RequestParser, takes_the_authority_of_an_absolute_target) {
    RequestHead head;

    const std::string text = "GET http://Example.com?q HTTP/1.1\r\nHost: example.com\r\n\r\n";
    const Outcome outcome = parse(text, head);

    ASSERT_EQ(outcome.state, ParseState::done);
    EXPECT_EQ(head.host, "example.com");
    EXPECT_EQ(head.path, "/");
    EXPECT_EQ(head.query, "q");
}

TEST(RequestParser, takes_the_hosts_that_are_allowed) {
    for (const char* host :
         {"a", "a-b.c_d:1", "127.0.0.1:65535", "[::1]", "[::ffff:1.2.3.4]:80", "a%41"}) {
        RequestHead head;
        const std::string text = "GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n";

        const Outcome outcome = parse(text, head);

        EXPECT_EQ(outcome.state, ParseState::done) << host;
        EXPECT_EQ(head.host, host);
    }
}

TEST(RequestParser, decides_about_the_connection) {
    struct Row {
        const char* line;
        const char* version;
        bool keep_alive;
    };
    const Row rows[] = {
        {"X: a", "1.1", true},
        {"Connection: close", "1.1", false},
        {"Connection: Foo, CLOSE ", "1.1", false},
        {"Connection: keep-alive\r\nConnection: close", "1.1", false},
        {"Connection: closed", "1.1", true},
        {"X: a", "1.0", false},
        {"Connection: Keep-Alive", "1.0", true},
        {"X: a", "1.9", true},
    };
    for (const Row& row : rows) {
        RequestHead head;
        const std::string text =
            "GET / HTTP/" + std::string{row.version} + "\r\nHost: a\r\n" + row.line + "\r\n\r\n";

        parse(text, head);

        EXPECT_EQ(head.keep_alive, row.keep_alive) << row.version << " " << row.line;
    }
}

TEST(RequestParser, takes_chunked_wherever_the_list_has_empty_members) {
    for (const char* lines :
         {"Transfer-Encoding: chunked", "transfer-encoding:\tCHUNKED ",
          "Transfer-Encoding: , chunked", "Transfer-Encoding: chunked,",
          "Transfer-Encoding: ,, ,chunked , ,", "Transfer-Encoding:\r\nTransfer-Encoding: chunked",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: ,"}) {
        RequestHead head;
        const std::string text = post(lines);

        const Outcome outcome = parse(text, head);

        EXPECT_EQ(outcome.state, ParseState::done) << lines;
        EXPECT_EQ(head.framing, Framing::chunked) << lines;
    }
}

TEST(RequestParser, knows_an_upgrade_and_an_expectation) {
    RequestHead head;
    const std::string upgrade = with("Connection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket");
    parse(upgrade, head);
    EXPECT_TRUE(head.wants_upgrade("websocket"));
    EXPECT_FALSE(head.wants_upgrade("stomp"));

    const std::string lone = with("Upgrade: websocket");
    parse(lone, head);
    EXPECT_FALSE(head.wants_upgrade("websocket"));

    const std::string expecting = post("Content-Length: 3\r\nExpect: 100-Continue");
    parse(expecting, head);
    EXPECT_TRUE(head.expects_continue);
}

TEST(RequestParser, holds_to_its_limits) {
    const Limits limits{.line_bytes_max = 30, .header_bytes_max = 100, .fields_max = 3};
    RequestHead head;
    const auto error_of = [&](const std::string& text) { return parse(text, head, limits).error; };

    EXPECT_EQ(error_of("GET /" + std::string(30, 'a')), ParseError::target_too_long);
    EXPECT_EQ(error_of("GET / HTTP/1.1\r\nHost: " + std::string(30, 'a')),
              ParseError::header_too_large);
    EXPECT_EQ(error_of(with("A: 1\r\nB: 2\r\nC: 3")), ParseError::too_many_headers);
    const std::string long_line = std::string(20, 'a') + ": b\r\n";
    EXPECT_EQ(error_of("GET / HTTP/1.1\r\n" + long_line + long_line + long_line + long_line),
              ParseError::header_too_large);
    EXPECT_EQ(error_of(with("A: 1\r\nB: 2")), ParseError::none);
}

TEST(RequestParser, says_the_same_however_the_bytes_are_cut) {
    const std::string text = post("Content-Length: 3\r\nX: y");
    RequestHead whole_head;
    RequestHead piece_head;

    const Outcome whole = parse(text, whole_head);
    const Outcome pieces = parse_by_bytes(text, piece_head);

    EXPECT_EQ(pieces.state, whole.state);
    EXPECT_EQ(pieces.consumed, whole.consumed);
    EXPECT_EQ(piece_head.content_length, whole_head.content_length);
    EXPECT_EQ(piece_head.headers.size(), whole_head.headers.size());
}

TEST(RequestParser, holds_a_hundred_fields_and_no_more) {
    std::string lines;
    for (int i = 0; i < 99; ++i) {
        lines += "X" + std::to_string(i) + ": v\r\n";
    }
    RequestHead head;

    const std::string most = "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
    const std::string more = "GET / HTTP/1.1\r\nHost: a\r\nY: z\r\n" + lines + "\r\n";

    EXPECT_EQ(parse(most, head).state, ParseState::done);
    EXPECT_EQ(head.headers.size(), 100U);
    EXPECT_EQ(parse(more, head).error, ParseError::too_many_headers);
}

}  // namespace
}  // namespace loquat::net::http
