#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "net/http/codec.hpp"
#include "net/http/sse.hpp"

namespace loquat::net::http {
namespace {

ParseError error_of_response(std::string_view text) {
    ResponseParser parser;
    ResponseHead head;
    const ParseState whole = parser.parse(text, "GET", head);
    ResponseParser slow;
    ParseState state = ParseState::need_more;
    for (std::size_t size = 0; size <= text.size() && state == ParseState::need_more; ++size) {
        state = slow.parse(text.substr(0, size), "GET", head);
    }
    EXPECT_EQ(state, whole);
    EXPECT_EQ(slow.error(), parser.error());
    return parser.error();
}

TEST(ResponseParser, refuses_what_could_be_read_differently) {
    using enum ParseError;
    struct Case {
        const char* text;
        ParseError error;
    };
    const Case cases[] = {
        {"HTTP/1.1\r\n\r\n", bad_status_line},
        {"HTTP/1.1 20\r\n\r\n", bad_status_line},
        {"HTTP/1.1 2000 OK\r\n\r\n", bad_status_line},
        {"HTTP/1.1 099 X\r\n\r\n", bad_status_line},
        {"HTTP/1.1 600 X\r\n\r\n", bad_status_line},
        {"HTTP/1.1  200 OK\r\n\r\n", bad_status_line},
        {"HTTP/1.1 200 a\x01\r\n\r\n", bad_status_line},
        {"HTTP/1.1 200 OK\n\r\n", bad_status_line},
        {"HTTP/2.0 200 OK\r\n\r\n", unsupported_version},
        {"SSH-2.0-x\r\n", bad_status_line},
        {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", bad_header},
        {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", bad_header},
        {"HTTP/1.1 200 OK\r\nA: b\n\r\n", bad_header},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", bad_length},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n", bad_length},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         length_and_encoding},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", bad_encoding},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", unsupported_encoding},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", bad_encoding},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: ,\r\n\r\n", bad_encoding},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: , chunked ,\r\n\r\n", none},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", bad_encoding},
        {"HTTP/1.1 200 OK\r\n\r\n", none},
        {"HTTP/1.1 200 \r\n\r\n", none},
        {"HTTP/1.1 200\r\n\r\n", none},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(code_of(error_of_response(one.text)), code_of(one.error)) << one.text;
    }
}

TEST(ResponseParser, decides_how_the_body_ends) {
    struct Case {
        const char* text;
        const char* method;
        Framing framing;
        bool keep_alive;
    };
    const Case cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "GET", Framing::length, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET", Framing::none, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", Framing::none, true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", Framing::chunked, true},
        {"HTTP/1.1 200 OK\r\n\r\n", "GET", Framing::until_close, false},
        {"HTTP/1.1 204 No Content\r\n\r\n", "GET", Framing::none, true},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "GET", Framing::none, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", "GET",
         Framing::length, false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", "GET", Framing::length, false},
    };
    for (const Case& one : cases) {
        ResponseParser parser;
        ResponseHead head;

        const ParseState state = parser.parse(one.text, one.method, head);

        EXPECT_EQ(state, ParseState::done) << one.text;
        EXPECT_EQ(head.framing, one.framing) << one.text;
        EXPECT_EQ(head.keep_alive, one.keep_alive) << one.text;
    }
}

// Decodes `text` in pieces of `step` bytes.  None when it is refused or has no end.
std::optional<std::string> decode(std::string_view text, std::size_t step, std::size_t& used) {
    ChunkedDecoder decoder;
    std::string out;
    used = 0;
    while (used < text.size() && !decoder.is_done()) {
        std::string_view piece = text.substr(used, step);
        while (!piece.empty() && !decoder.is_done()) {
            const ChunkedDecoder::Step taken = decoder.decode(piece);
            if (taken.state == ParseState::failed) {
                return std::nullopt;
            }
            out += taken.data;
            used += taken.consumed;
            piece.remove_prefix(taken.consumed);
        }
    }
    return decoder.is_done() ? std::optional{out} : std::nullopt;
}

TEST(ChunkedDecoder, says_the_same_however_the_bytes_are_cut) {
    const std::string text =
        "5\r\nhello\r\n1;a=b;c=\"d\"\r\n \r\n00A\r\n0123456789\r\n0\r\nTrailer: "
        "x\r\nOther:\r\n\r\nGET / HTTP";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        std::size_t used = 0;

        const auto body = decode(text, step, used);

        EXPECT_EQ(body, "hello 0123456789");
        EXPECT_EQ(text.substr(used), "GET / HTTP");
    }
}

TEST(ChunkedDecoder, takes_every_extension_that_the_grammar_has) {
    for (const char* extension :
         {"", ";a", ";a=b", ";a=\"\"", ";a=\"b c;d=,\\\"\\\\\"", ";a;b;c", ";a=b;c=\"d\";e", " ;a",
          " ; a", "\t;\ta\t=\tb\t;\tc", ";a =b", ";a= b", ";a = \"b\" ;c", "; a = b ; c = d",
          ";a=\"\xc3\xa4\"", ";!#$%&'*+-.^_`|~=1"}) {
        const std::string line{extension};
        const std::string text = "00000000000000000001" + line + "\r\nx\r\n0" + line + "\r\n\r\n";
        for (std::size_t step = 1; step <= text.size(); ++step) {
            std::size_t used = 0;

            const auto body = decode(text, step, used);

            EXPECT_EQ(body, "x") << line;
            EXPECT_EQ(used, text.size()) << line;
        }
    }
}

TEST(ChunkedDecoder, refuses_what_could_be_read_differently) {
    const std::string cases[] = {
        "\r\n",
        "g\r\n",
        "-1\r\n",
        "0x1\r\na\r\n",
        " 1\r\na\r\n",
        "1 \r\na\r\n",
        "1\na\r\n",
        "1\r\na\n",
        "1\r\nab\r\n",
        "1\rXa\r\n",
        "1\r\na\rX",
        ";a\r\n",
        "1;a\nb\r\n",
        std::string{"1;\0\r\na\r\n", 8},
        "1000000000000000\r\n",
        "fffffffffffffffff\r\n",
        "01000000000000000\r\n",
        std::string(300, '0'),
        "1;\r\na\r\n",
        "1; \r\na\r\n",
        "1;a=\r\na\r\n",
        "1;a= \r\na\r\n",
        "1;=b\r\na\r\n",
        "1;a;\r\na\r\n",
        "1;;a\r\na\r\n",
        "1;a=b \r\na\r\n",
        "1;a \r\na\r\n",
        "1;a=\"b\" \r\na\r\n",
        "1;a=\"b\r\na\r\n",
        "1;a=\"b\\\r\na\r\n",
        "1;a=\"b\"c\r\na\r\n",
        "1;a=b=c\r\na\r\n",
        "1;a b\r\na\r\n",
        "1;a=b c\r\na\r\n",
        "1 a\r\na\r\n",
        "1=a\r\na\r\n",
        "1;a/b\r\na\r\n",
        "1;\"a\"\r\na\r\n",
        "0;\r\n\r\n",
        "0 \r\n\r\n",
        "0\r\nA : x\r\n\r\n",
        "0\r\n: x\r\n\r\n",
        "0\r\nA b: x\r\n\r\n",
        "0\r\n folded\r\n\r\n",
        "0\r\nA: x\n\r\n",
        "0\r\nA: \x01\r\n\r\n",
        "0\r\n\rX",
        "1;" + std::string(300, 'a'),
        "0\r\nA: " + std::string(5000, 'a'),
    };
    for (const std::string& text : cases) {
        ChunkedDecoder decoder;
        std::string_view rest = text;
        ParseState state = ParseState::need_more;
        while (!rest.empty() && state == ParseState::need_more) {
            const ChunkedDecoder::Step step = decoder.decode(rest);
            state = step.state;
            rest.remove_prefix(step.consumed);
        }

        EXPECT_EQ(state, ParseState::failed) << text.substr(0, 40);
        EXPECT_NE(decoder.error(), ParseError::none);
    }
}

TEST(Encoder, stops_header_injection) {
    std::string out;

    EXPECT_THROW(append_checked_field(out, "Location", "/a\r\nSet-Cookie: b"), Failure);
    EXPECT_THROW(append_checked_field(out, "A b", "c"), Failure);
    EXPECT_THROW(append_checked_field(out, "", "c"), Failure);
    append_checked_field(out, "Location", "/a");

    EXPECT_EQ(out, "Location: /a\r\n");
}

TEST(Encoder, appends_exactly_the_field_while_the_text_grows) {
    std::string out;
    std::string expected;

    for (int i = 0; i < 200; ++i) {
        append_field(out, "Name",
                     std::string_view{"value"}.substr(0, static_cast<std::size_t>(i % 6)));
        expected +=
            "Name: " + std::string{"value"}.substr(0, static_cast<std::size_t>(i % 6)) + "\r\n";
    }

    EXPECT_EQ(out, expected);
}

TEST(Encoder, writes_a_date_and_a_problem) {
    std::string date;
    append_date(date);

    EXPECT_EQ(date.size(), std::string_view{"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"}.size());
    EXPECT_TRUE(date.starts_with("Date: "));
    EXPECT_TRUE(date.ends_with(" GMT\r\n"));
    EXPECT_EQ(
        problem_json(400, "http.bad_header", "A \"quoted\" text."),
        R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"A \"quoted\" text.",)"
        R"("code":"http.bad_header"})");
}

TEST(Headers, keep_order_and_ignore_case) {
    Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};

    headers.set("A", "4");
    headers.append("C", "5");

    EXPECT_EQ(headers.size(), 3U);
    EXPECT_EQ(headers.get("a"), "4");
    EXPECT_EQ(headers.begin()->name, "A");
    EXPECT_EQ(headers.find("D"), nullptr);
    EXPECT_EQ(headers.remove("b"), 1U);
    EXPECT_EQ(headers.size(), 2U);
}

TEST(HopByHop, covers_the_fixed_fields_and_the_named_ones) {
    EXPECT_TRUE(is_hop_by_hop("Connection", ""));
    EXPECT_TRUE(is_hop_by_hop("TE", ""));
    EXPECT_TRUE(is_hop_by_hop("X-Mine", "close, x-mine"));
    EXPECT_FALSE(is_hop_by_hop("X-Mine", "close"));
    EXPECT_FALSE(is_hop_by_hop("Accept", ""));
}

TEST(Sse, splits_data_over_lines) {
    EXPECT_EQ(to_sse({.event = "delta", .data = "a\nb\r\nc\rd", .id = "7"}),
              "event: delta\nid: 7\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
    EXPECT_EQ(to_sse({.data = ""}), "data: \n\n");
    EXPECT_EQ(to_sse({.data = "x\n", .retry_ms = 50}), "retry: 50\ndata: x\ndata: \n\n");
    EXPECT_EQ(to_sse({.event = "a\nb", .data = "x", .id = "1\r2"}),
              "event: ab\nid: 12\ndata: x\n\n");
    std::string comment;
    append_sse_comment(comment, "still\nhere");
    EXPECT_EQ(comment, ": still\n: here\n\n");
}

}  // namespace
}  // namespace loquat::net::http
