#include <gtest/gtest.h>

#include <random>

#include "net/websocket/reader.hpp"

namespace loquat::net::websocket {
namespace {

using namespace std::literals;

// Writes down what a reader reports, one line each.
class Recorder : public ReadSink {
  public:
    void on_data(MessageType type, std::string_view piece, Part part) override {
        text += piece;
        if (part == Part::last) {
            events.push_back((type == MessageType::text ? "text:" : "binary:") + text);
            text.clear();
        }
    }
    void on_ping(std::string_view payload) override {
        events.push_back("ping:" + std::string{payload});
    }
    void on_pong(std::string_view payload) override {
        events.push_back("pong:" + std::string{payload});
    }
    void on_close(std::uint16_t code, std::string_view reason) override {
        events.push_back("close:" + std::to_string(code) + ":" + std::string{reason});
    }

    std::vector<std::string> events;
    std::string text;
};

struct Outcome {
    std::vector<std::string> events;
    int error = 0;
    bool operator==(const Outcome&) const = default;
};

class ReaderTest : public testing::Test {
  protected:
    ReaderTest() {
        settings.message_bytes_max = 100'000;
        settings.inflaters = &inflaters;
    }

    Outcome read(std::string bytes, std::size_t step = std::string::npos) {
        Reader reader{settings, extension};
        Recorder recorder;
        int code = 0;
        for (std::size_t at = 0; at < bytes.size(); at += std::min(step, bytes.size() - at)) {
            const std::size_t count = std::min(step, bytes.size() - at);
            if (const auto error = reader.feed({bytes.data() + at, count}, recorder)) {
                code = error->close_code;
                break;
            }
        }
        return {recorder.events, code};
    }
    int error_of(std::string bytes) { return read(std::move(bytes)).error; }

    static std::string masked(Opcode opcode, std::string_view payload,
                              Fragment fragment = Fragment::last,
                              Compression compression = Compression::plain) {
        std::string out;
        append_masked_frame(out, {opcode, fragment, compression, 0x37fa213d}, payload);
        return out;
    }

    InflaterPool inflaters;
    ReadSettings settings;
    Reader::Extension extension = Reader::Extension::none;
};

TEST_F(ReaderTest, reads_the_masked_hello_of_the_rfc) {
    EXPECT_EQ(read("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s).events,
              std::vector{"text:Hello"s});
}

TEST_F(ReaderTest, gives_the_same_for_every_cut) {
    const std::string bytes = masked(Opcode::text, "h\xc3\xa9llo", Fragment::more) +
                              masked(Opcode::ping, "are you there") +
                              masked(Opcode::continuation, std::string(300, 'x')) +
                              masked(Opcode::binary, "\0\xff"s) + masked(Opcode::pong, "") +
                              masked(Opcode::binary, std::string(70'000, 'b')) +
                              masked(Opcode::close, "\x03\xe8"s + "bye");

    const Outcome whole = read(bytes);

    ASSERT_EQ(whole.events.size(), 6U);
    EXPECT_EQ(whole.events[0], "ping:are you there");
    EXPECT_EQ(whole.events[5], "close:1000:bye");
    for (const std::size_t step : {1U, 2U, 3U, 7U, 64U, 1000U}) {
        EXPECT_EQ(read(bytes, step), whole) << step;
    }
}

TEST_F(ReaderTest, ignores_everything_after_a_close_frame) {
    const Outcome outcome = read(masked(Opcode::close, "") + masked(Opcode::text, "late"));

    EXPECT_EQ(outcome.events, std::vector{"close:1005:"s});
}

TEST_F(ReaderTest, refuses_frames_without_mask_from_a_client) {
    EXPECT_EQ(error_of("\x81\x05Hello"), 1002);
    settings.role = Role::client;
    EXPECT_EQ(read("\x81\x05Hello").events, std::vector{"text:Hello"s});
    EXPECT_EQ(error_of(masked(Opcode::text, "Hello")), 1002);
}

TEST_F(ReaderTest, refuses_reserved_bits_and_opcodes_at_the_first_bytes) {
    for (const unsigned first : {0xC1U, 0xA1U, 0x91U, 0x83U, 0x87U, 0x8BU, 0x8FU}) {
        EXPECT_EQ(error_of(std::string{static_cast<char>(first), '\x80'}), 1002) << first;
    }
}

TEST_F(ReaderTest, refuses_fragmented_or_long_control_frames) {
    EXPECT_EQ(error_of("\x09\x80"s), 1002);
    EXPECT_EQ(error_of("\x89\xFE"s), 1002);
    EXPECT_EQ(read(masked(Opcode::ping, std::string(125, 'p'))).error, 0);
}

TEST_F(ReaderTest, refuses_wrong_fragmentation) {
    EXPECT_EQ(error_of(masked(Opcode::continuation, "x")), 1002);
    EXPECT_EQ(error_of(masked(Opcode::text, "a", Fragment::more) + masked(Opcode::text, "b")),
              1002);
    EXPECT_EQ(error_of(masked(Opcode::text, "a") + masked(Opcode::continuation, "b")), 1002);
}

TEST_F(ReaderTest, refuses_lengths_that_are_not_the_shortest) {
    EXPECT_EQ(error_of("\x82\xFE\x00\x7D\0\0\0\0"s), 1002);
    EXPECT_EQ(error_of("\x82\xFF\0\0\0\0\0\0\xFF\xFF\0\0\0\0"s), 1002);
    EXPECT_EQ(error_of("\x82\xFF\x80\0\0\0\0\x01\0\0\0\0\0\0"s), 1002);
}

TEST_F(ReaderTest, checks_close_frames) {
    const auto close_with = [this](int code) {
        return error_of(masked(Opcode::close, std::string{static_cast<char>(code >> 8),
                                                          static_cast<char>(code & 0xFF)}));
    };

    EXPECT_EQ(error_of(masked(Opcode::close, "x")), 1002);
    for (const int bad : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
        EXPECT_EQ(close_with(bad), 1002) << bad;
    }
    for (const int good : {1000, 1001, 1002, 1003, 1007, 1011, 1012, 3000, 3999, 4000, 4999}) {
        EXPECT_EQ(close_with(good), 0) << good;
    }
    EXPECT_EQ(error_of(masked(Opcode::close, "\x03\xe8\xff"s)), 1007);
}

TEST_F(ReaderTest, checks_text_across_fragments_and_fails_fast) {
    const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
    std::string pieces;
    for (std::size_t i = 0; i < kosme.size(); ++i) {
        pieces += masked(i == 0 ? Opcode::text : Opcode::continuation, kosme.substr(i, 1),
                         i + 1 == kosme.size() ? Fragment::last : Fragment::more);
    }

    EXPECT_EQ(read(pieces).events, std::vector{"text:" + kosme});
    EXPECT_EQ(error_of(masked(Opcode::text, "\xf4\x90", Fragment::more)), 1007);
    EXPECT_EQ(error_of(masked(Opcode::text, "\xed\xa0", Fragment::more)), 1007);
    EXPECT_EQ(error_of(masked(Opcode::text, "\xc0\xaf")), 1007);
    EXPECT_EQ(error_of(masked(Opcode::text, "\xce")), 1007);
    EXPECT_EQ(error_of(masked(Opcode::text, "\xce", Fragment::more) + masked(Opcode::ping, "")), 0);
    EXPECT_EQ(error_of(masked(Opcode::binary, "\xce")), 0);
}

TEST_F(ReaderTest, refuses_messages_beyond_the_limit_before_they_come) {
    settings.message_bytes_max = 1000;

    EXPECT_EQ(error_of(masked(Opcode::binary, std::string(1001, 'x')).substr(0, 8)), 1009);
    EXPECT_EQ(error_of(masked(Opcode::binary, std::string(600, 'x'), Fragment::more) +
                       masked(Opcode::continuation, std::string(401, 'x')).substr(0, 8)),
              1009);
    EXPECT_EQ(read(masked(Opcode::binary, std::string(1000, 'x'))).error, 0);
}

TEST_F(ReaderTest, inflates_messages_of_the_rfc_examples) {
    extension = Reader::Extension::deflate;
    const auto compressed = [](std::string_view payload) {
        return masked(Opcode::text, payload, Fragment::last, Compression::deflated);
    };

    // RFC 7692 section 7.2.3: one block, stored, with BFINAL, two blocks.
    EXPECT_EQ(read(compressed("\xf2\x48\xcd\xc9\xc9\x07\x00"sv)).events,
              std::vector{"text:Hello"s});
    EXPECT_EQ(read(compressed("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv)).events,
              std::vector{"text:Hello"s});
    EXPECT_EQ(read(compressed("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv)).events,
              std::vector{"text:Hello"s});
    EXPECT_EQ(read(compressed("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv)).events,
              std::vector{"text:Hello"s});
    EXPECT_EQ(read(compressed("\x00"sv)).events, std::vector{"text:"s});
}

TEST_F(ReaderTest, inflates_fragments_with_a_ping_between) {
    extension = Reader::Extension::deflate;
    const std::string bytes =
        masked(Opcode::text, "\xf2\x48\xcd", Fragment::more, Compression::deflated) +
        masked(Opcode::ping, "p") + masked(Opcode::continuation, "\xc9\xc9\x07\x00"s) +
        masked(Opcode::text, "plain");

    for (const std::size_t step : {1U, 5U, 100U}) {
        EXPECT_EQ(read(bytes, step).events, (std::vector{"ping:p"s, "text:Hello"s, "text:plain"s}));
    }
}

TEST_F(ReaderTest, refuses_bad_compression) {
    EXPECT_EQ(error_of(masked(Opcode::text, "x", Fragment::last, Compression::deflated)), 1002);
    extension = Reader::Extension::deflate;
    EXPECT_EQ(error_of(masked(Opcode::text, "\xff\xff\xff", Fragment::last, Compression::deflated)),
              1007);
    EXPECT_EQ(error_of(masked(Opcode::text, "\xf2\x48", Fragment::more, Compression::deflated) +
                       masked(Opcode::continuation, "x", Fragment::last, Compression::deflated)),
              1002);
}

TEST_F(ReaderTest, stops_a_compression_bomb_at_the_limit) {
    extension = Reader::Extension::deflate;
    Deflater deflater{9};
    std::string bomb;
    deflater.append_compressed(bomb, std::string(50'000'000, 'a'));

    const Outcome outcome = read(masked(Opcode::text, bomb, Fragment::last, Compression::deflated));

    EXPECT_EQ(outcome.error, 1009);
    EXPECT_LT(bomb.size(), 60'000U);
}

TEST_F(ReaderTest, reads_back_what_the_deflater_wrote) {
    extension = Reader::Extension::deflate;
    Deflater deflater;
    std::mt19937 random{7};
    std::string bytes;
    std::vector<std::string> expected;
    for (const std::size_t size : {0U, 1U, 5U, 1000U, 40'000U}) {
        std::string message(size, '\0');
        for (char& c : message) {
            c = static_cast<char>('a' + random() % 20);
        }
        std::string compressed;
        deflater.append_compressed(compressed, message);
        bytes += masked(Opcode::text, compressed, Fragment::last, Compression::deflated);
        expected.push_back("text:" + message);
    }

    EXPECT_EQ(read(bytes).events, expected);
    EXPECT_EQ(read(bytes, 13).events, expected);
}

TEST(Deflater, keeps_to_its_window) {
    std::mt19937 random{11};
    std::string half(3'000, '\0');
    for (char& c : half) {
        c = static_cast<char>(random());
    }
    for (int bits = window_bits_min; bits <= window_bits_max; ++bits) {
        Deflater deflater{9, bits};
        std::string compressed;

        deflater.append_compressed(compressed, half + half);  // repeats only what is 3,000 away

        const bool reaches = (1 << bits) > 3'000 + 262;
        EXPECT_EQ(compressed.size() < half.size() * 3 / 2, reaches) << bits;
    }
}

TEST(Frame, cuts_a_close_reason_at_a_character) {
    std::string out;

    append_close_frame(out, 1001, std::string(122, 'x') + "\xc3\xa9");

    EXPECT_EQ(out.size(), 2 + 2 + 122U);
    EXPECT_EQ(out.substr(0, 4), "\x88\x7c\x03\xe9");
}

TEST(Frame, uses_the_shortest_length) {
    const auto header_of = [](std::size_t size) {
        std::string out;
        append_frame_header(out, Opcode::binary, size);
        return out;
    };

    EXPECT_EQ(header_of(125), "\x82\x7d");
    EXPECT_EQ(header_of(126), "\x82\x7e\x00\x7e"s);
    EXPECT_EQ(header_of(65535), "\x82\x7e\xff\xff"s);
    EXPECT_EQ(header_of(65536), "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Reader, is_small_when_idle) { EXPECT_LE(sizeof(Reader), 80U); }

}  // namespace
}  // namespace loquat::net::websocket
