#include <gtest/gtest.h>

#include "net/stomp/encoder.hpp"
#include "net/stomp/parser.hpp"

namespace loquat::net::stomp {
namespace {

using namespace std::literals;

class Recorder : public FrameSink {
  public:
    void on_frame(Frame frame) override { frames.push_back(std::move(frame)); }
    std::vector<Frame> frames;
};

struct Outcome {
    std::vector<Frame> frames;
    std::string code;
    std::string receipt;
};

ParseLimits limits{.headers_max = 5, .head_bytes_max = 200, .body_bytes_max = 50};

Outcome parse(std::string_view bytes, Version version = Version::v1_2,
              std::size_t step = std::string::npos) {
    Parser parser{limits};
    parser.set_version(version);
    Recorder recorder;
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        if (auto failure = parser.feed(piece, recorder)) {
            return {std::move(recorder.frames), failure->code, parser.broken_receipt()};
        }
    }
    return {std::move(recorder.frames), "", ""};
}

std::string code_of(std::string_view bytes, Version version = Version::v1_2) {
    return parse(bytes, version).code;
}

TEST(StompParser, reads_a_frame_with_headers_and_body) {
    const Outcome outcome = parse("SEND\ndestination:/app/chat\nreceipt:7\n\n{\"a\":1}\0"sv);

    ASSERT_EQ(outcome.frames.size(), 1U);
    const Frame& frame = outcome.frames[0];
    EXPECT_EQ(frame.command, Command::send);
    EXPECT_EQ(frame.find("destination"), "/app/chat");
    EXPECT_EQ(frame.find("receipt"), "7");
    EXPECT_FALSE(frame.find("absent"));
    EXPECT_EQ(frame.body, "{\"a\":1}");
}

TEST(StompParser, gives_the_same_for_every_cut) {
    const auto bytes =
        "\n\r\nCONNECT\naccept-version:1.2\n\n\0\n\n\r\nSEND\r\ncontent-length:3\r\n\r\na\0b\0"
        "SEND\nx:\\c\\n\n\nopen\0\nDISCONNECT\n\n\0"sv;
    const Outcome whole = parse(bytes);
    ASSERT_EQ(whole.frames.size(), 4U);

    for (std::size_t step = 1; step < bytes.size(); ++step) {
        const Outcome pieces = parse(bytes, Version::v1_2, step);

        ASSERT_EQ(pieces.frames.size(), 4U) << step;
        for (std::size_t i = 0; i < 4; ++i) {
            std::string a;
            std::string b;
            append_frame(a, Version::v1_2, whole.frames[i]);
            append_frame(b, Version::v1_2, pieces.frames[i]);
            EXPECT_EQ(a, b);
        }
    }
}

TEST(StompParser, trap_2_takes_no_heart_beat_inside_a_frame) {
    const Outcome outcome = parse("SEND\na:b\n\nbo\n\ndy\0"sv, Version::v1_2, 9);

    ASSERT_EQ(outcome.frames.size(), 1U);
    EXPECT_EQ(outcome.frames[0].body, "bo\n\ndy");
}

TEST(StompParser, trap_3_takes_crlf_but_no_lone_carriage_return) {
    EXPECT_EQ(parse("SEND\r\na:b\r\n\r\nx\0"sv).frames[0].find("a"), "b");
    EXPECT_EQ(code_of("SEND\ra:b\n\n\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("SEND\na:b\rc\n\n\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("\rSEND\n\n\0"sv), "stomp.malformed");
}

TEST(StompParser, trap_4_takes_an_empty_value_but_no_line_without_colon) {
    EXPECT_EQ(parse("SEND\na:\n\n\0"sv).frames[0].find("a"), "");
    EXPECT_EQ(code_of("SEND\nnocolon\n\n\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("SEND\n:value\n\n\0"sv), "stomp.malformed");
}

TEST(StompParser, trap_8_takes_nul_in_a_counted_body) {
    EXPECT_EQ(parse("SEND\ncontent-length:5\n\na\0b\0c\0"sv).frames[0].body, "a\0b\0c"s);
}

TEST(StompParser, trap_9_refuses_strange_content_lengths) {
    for (const char* length :
         {"-1", "+1", " 3", "3 ", "0x3", "", "99999999999999999999999", "1e3"}) {
        const std::string bytes = "SEND\ncontent-length:"s + length + "\n\nabc\0"s;
        EXPECT_EQ(code_of(bytes), "stomp.malformed") << length;
    }
    EXPECT_EQ(code_of("SEND\ncontent-length:18446744073709551615\n\n"), "request.too_large");
    EXPECT_EQ(code_of("SEND\ncontent-length:51\n\n"), "request.too_large");
}

TEST(StompParser, trap_17_unescapes_a_colon_in_a_destination) {
    EXPECT_EQ(parse("SEND\ndestination:/topic/a\\cb\n\n\0"sv).frames[0].find("destination"),
              "/topic/a:b");
    EXPECT_EQ(parse("SEND\ndestination:/topic/a:b\n\n\0"sv).frames[0].find("destination"),
              "/topic/a:b");
}

TEST(StompParser, refuses_a_body_that_counts_characters_instead_of_bytes) {
    EXPECT_EQ(code_of("SEND\ncontent-length:1\n\n\xc3\xa9\0"sv), "stomp.malformed");
}

TEST(StompParser, obeys_the_escapes_of_each_version) {
    const auto value = [](std::string_view frame, Version version) {
        const Outcome outcome = parse(frame, version);
        return outcome.code.empty() ? std::string{outcome.frames[0].get_or_empty("a")}
                                    : outcome.code;
    };

    EXPECT_EQ(value("SEND\na:\\r\\n\\c\\\\\n\n\0"sv, Version::v1_2), "\r\n:\\");
    EXPECT_EQ(value("SEND\na:\\n\\c\\\\\n\n\0"sv, Version::v1_1), "\n:\\");
    EXPECT_EQ(value("SEND\na:\\r\n\n\0"sv, Version::v1_1), "stomp.malformed");
    EXPECT_EQ(value("SEND\na:\\t\n\n\0"sv, Version::v1_2), "stomp.malformed");
    EXPECT_EQ(value("SEND\na:\\\n\n\0"sv, Version::v1_2), "stomp.malformed");
    EXPECT_EQ(value("SEND\na:\\t\\n\n\n\0"sv, Version::v1_0), "\\t\\n");
    EXPECT_EQ(value("CONNECT\na:\\c\\t\n\n\0"sv, Version::v1_2), "\\c\\t");
    EXPECT_EQ(value("CONNECTED\na:\\t\n\n\0"sv, Version::v1_2), "\\t");
    EXPECT_EQ(value("STOMP\na:\\c\n\n\0"sv, Version::v1_2), ":");
}

TEST(StompParser, keeps_spaces_and_the_first_of_repeated_headers) {
    const Outcome outcome = parse("SEND\na: x \na:second\n\n\0"sv);

    EXPECT_EQ(outcome.frames[0].find("a"), " x ");
    EXPECT_EQ(outcome.frames[0].header_count(), 2U);
}

TEST(StompParser, refuses_bodies_where_none_may_be) {
    EXPECT_EQ(code_of("SUBSCRIBE\nid:1\n\nbody\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("SUBSCRIBE\ncontent-length:1\n\nb\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("SUBSCRIBE\ncontent-length:0\n\n\0"sv), "");
}

TEST(StompParser, refuses_unknown_commands_and_broken_heads) {
    EXPECT_EQ(code_of("HELLO\n\n\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("send\n\n\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("SEND \n\n\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("SEND\na:b\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("SEND\na:\xff\n\n\0"sv), "stomp.malformed");
    EXPECT_EQ(code_of("\0"sv), "stomp.malformed");
}

TEST(StompParser, names_the_receipt_of_a_broken_frame) {
    EXPECT_EQ(parse("SEND\nreceipt:r9\nbroken\n\n\0"sv).receipt, "r9");
}

TEST(StompParser, obeys_its_limits) {
    EXPECT_EQ(code_of("SEND\na:1\nb:1\nc:1\nd:1\ne:1\n\n\0"sv), "");
    EXPECT_EQ(code_of("SEND\na:1\nb:1\nc:1\nd:1\ne:1\nf:1\n\n\0"sv), "request.too_large");
    EXPECT_EQ(code_of("SEND\na:" + std::string(200, 'x')), "request.too_large");
    EXPECT_EQ(code_of("SEND\n\n" + std::string(50, 'x') + "\0"s), "");
    EXPECT_EQ(code_of("SEND\n\n" + std::string(51, 'x')), "request.too_large");
}

TEST(StompParser, ignores_everything_after_stop) {
    struct Stopper : FrameSink {
        void on_frame(Frame) override {
            ++count;
            parser->stop();
        }
        Parser* parser = nullptr;
        int count = 0;
    };
    Parser parser{limits};
    Stopper stopper;
    stopper.parser = &parser;

    EXPECT_FALSE(parser.feed("SEND\n\n\0SEND\n\n\0SE"sv, stopper));
    EXPECT_FALSE(parser.feed("ND\n"sv, stopper));

    EXPECT_EQ(stopper.count, 1);
}

TEST(StompParser, uses_a_version_set_in_the_middle_of_a_chunk) {
    struct Setter : FrameSink {
        void on_frame(Frame frame) override {
            parser->set_version(Version::v1_2);
            last = std::string{frame.get_or_empty("a")};
        }
        Parser* parser = nullptr;
        std::string last;
    };
    Parser parser{limits};
    Setter setter;
    setter.parser = &parser;

    EXPECT_FALSE(parser.feed("CONNECT\n\n\0SEND\na:\\c\n\n\0"sv, setter));

    EXPECT_EQ(setter.last, ":");
}

TEST(StompParser, holds_nothing_between_frames) {
    Parser parser{limits};
    Recorder recorder;

    EXPECT_FALSE(parser.feed("SEND\n\nx\0\n"sv, recorder));

    EXPECT_TRUE(parser.is_between_frames());
    EXPECT_LE(sizeof(Parser), 64U);
}

}  // namespace
}  // namespace loquat::net::stomp
