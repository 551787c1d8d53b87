#include <gtest/gtest.h>

#include "net/http/sse_reader.hpp"

namespace loquat::net::http {
namespace {

using namespace std::literals;

// Writes down what a reader gives: `type|data|id`, with the reconnection time behind it when one
// came.
struct Recorder final : SseSink {
    static std::string to_text(const SseEvent& event) {
        std::string text{event.event};
        text += "|";
        text += event.data;
        text += "|";
        text += event.id;
        return event.retry_ms < 0 ? text : text + "|" + std::to_string(event.retry_ms);
    }
    void on_event(const SseEvent& event) override { events.push_back(to_text(event)); }

    std::vector<std::string> events;
};

struct Outcome {
    std::vector<std::string> events;
    std::string unfinished = "-";
    std::string code;
    bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t first_cut, std::size_t step,
             std::size_t event_bytes_max = 1000) {
    SseReader reader{event_bytes_max};
    Recorder recorder;
    Outcome outcome;
    std::size_t size = first_cut;
    for (std::size_t at = 0; at < bytes.size(); at += size, size = step) {
        size = std::min(size, bytes.size() - at);
        // A copy on the heap, so that a view that outlives its piece is found.
        const std::string piece{bytes.substr(at, size)};
        if (const auto failure = reader.feed(piece, recorder)) {
            outcome.code = failure->code;
        }
    }
    if (const auto last = reader.take_unfinished()) {
        outcome.unfinished = Recorder::to_text(*last);
    }
    outcome.events = recorder.events;
    return outcome;
}

struct Case {
    const char* name;
    std::string bytes;
    std::vector<std::string> events;
    std::string unfinished = "-";
};

const std::vector<Case> cases{
    {"nothing", "", {}},
    {"one", "data: a\n\n", {"|a|"}},
    {"without a space", "data:a\n\n", {"|a|"}},
    {"only one space goes", "data:  a \n\n", {"| a |"}},
    {"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", {"|a|", "|b|"}},
    {"CR", "data: a\r\rdata: b\r\r", {"|a|", "|b|"}},
    {"mixed line ends",
     "data: a\r\n\ndata: b\n\r\ndata: c\r\n\rdata: d\r\r\n",
     {"|a|", "|b|", "|c|", "|d|"}},
    {"several lines", "data: a\ndata\ndata:b\n\n", {"|a\n\nb|"}},
    {"an empty line of data is an event", "data\n\n", {"||"}},
    {"two empty lines of data", "data\ndata\n\n", {"|\n|"}},
    {"fields of the standard", "event: x\nid: 7\nretry: 1500\ndata: a\n\n", {"x|a|7|1500"}},
    {"the type ends with its event", "event: x\ndata: a\n\ndata: b\n\n", {"x|a|", "|b|"}},
    {"the type ends without data too", "event: x\n\ndata: b\n\n", {"|b|"}},
    {"the id stays", "id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", {"|a|7", "|b|7", "|c|"}},
    {"an id without data counts", "id: 7\n\ndata: a\n\n", {"|a|7"}},
    {"an id with NUL is ignored", "id: a\0b\ndata: a\n\n"s, {"|a|"}},
    {"retry takes digits only", "retry: 1s\ndata: a\n\nretry: -1\ndata: b\n\n", {"|a|", "|b|"}},
    {"retry that is too large", "retry: 9999999999\ndata: a\n\n", {"|a||2147483647"}},
    {"comments anywhere", ": ping\n\n:\ndata: a\n:x\ndata: b\n\n: end\n\n", {"|a\nb|"}},
    {"unknown fields", "foo: bar\nData: a\n data: b\ndata : c\ndata: d\n\n", {"|d|"}},
    {"a colon in the data", "data: a: b\n\n", {"|a: b|"}},
    {"a mark at the beginning",
     "\xef\xbb\xbf"
     "data: a\n\n",
     {"|a|"}},
    {"only one mark",
     "\xef\xbb\xbf\xef\xbb\xbf"
     "data: a\n\ndata: b\n\n",
     {"|b|"}},
    {"half a mark",
     "\xef\xbb"
     "data: a\n\ndata: b\n\n",
     {"|b|"}},
    {"a mark later is text", "data: \xef\xbb\xbf\n\n", {"|\xef\xbb\xbf|"}},
    {"UTF-8",
     "data: gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\n\n",
     {"|gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80|"}},
    {"bytes that are no UTF-8", "data: \xff\n\n", {"|\xff|"}},
    {"the empty line is missing", "data: a\n\ndata: [DONE]\n", {"|a|"}, "|[DONE]|"},
    {"the line end is missing too", "data: a\n\nevent: e\ndata: [DONE]", {"|a|"}, "e|[DONE]|"},
    {"only a comment is left", "data: a\n\n: bye", {"|a|"}},
    {"only a type is left", "event: x\n", {}},
    {"many empty lines", "\n\n\r\r\n\ndata: a\n\n\n\n", {"|a|"}},
};

TEST(SseReader, reads_whatever_the_standard_allows_however_it_is_cut) {
    for (const Case& one : cases) {
        const Outcome expected{one.events, one.unfinished, ""};

        EXPECT_EQ(read(one.bytes, one.bytes.size(), 1), expected) << one.name;
        EXPECT_EQ(read(one.bytes, 1, 1), expected) << one.name << ", byte by byte";
        for (std::size_t cut = 1; cut < one.bytes.size(); ++cut) {
            EXPECT_EQ(read(one.bytes, cut, one.bytes.size()), expected)
                << one.name << ", cut at " << cut;
        }
    }
}

TEST(SseReader, reads_back_what_the_writer_wrote) {
    const SseEvent event{.event = "delta", .data = "a\r\nb\rc\n", .id = "12", .retry_ms = 10};
    std::string bytes;
    append_sse_comment(bytes, "hello");
    append_sse(bytes, event);

    const Outcome outcome = read(bytes, bytes.size(), 1);

    EXPECT_EQ(outcome.events, std::vector<std::string>{"delta|a\nb\nc\n|12|10"});
}

TEST(SseReader, refuses_an_event_that_is_too_large_however_it_comes) {
    const std::string one_line = "data: " + std::string(101, 'x') + "\n\n";
    std::string many_lines;
    for (int i = 0; i < 30; ++i) {
        many_lines += "data: abcd\n";
    }
    const std::string never_ends(200, 'x');

    for (const std::string& bytes : {one_line, many_lines + "\n", never_ends}) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
            const Outcome outcome = read(bytes + "data: b\n\n", step, step, 100);
            EXPECT_EQ(outcome.code, "sse.event_too_large");
            EXPECT_TRUE(outcome.events.empty());
        }
    }
}

TEST(SseReader, keeps_nothing_of_a_comment) {
    const std::string bytes = ":" + std::string(5000, 'x') + "\ndata: a\n\n";

    for (const std::size_t step : {std::size_t{1}, std::size_t{64}, bytes.size()}) {
        EXPECT_EQ(read(bytes, step, step, 100), (Outcome{{"|a|"}, "-", ""}));
    }
}

TEST(SseReader, counts_lines_that_are_something_else) {
    SseReader reader{1000};
    Recorder recorder;

    EXPECT_FALSE(reader.feed("upstream connect error\nfoo\n: fine\ndata: x\n", recorder));

    EXPECT_EQ(reader.unknown_lines(), 2U);
}

}  // namespace
}  // namespace loquat::net::http
