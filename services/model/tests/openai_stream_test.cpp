#include "services/model/adapters/openai_stream.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "services/model/tests/odd_streams.hpp"

namespace loquat::model::test {
namespace {

constexpr StreamLimits limits{
    .event_bytes_max = 20'000, .answer_bytes_max = 1'000, .stream_bytes_max = 200'000};

struct Outcome {
    std::string text;
    std::string code;
    std::string finish_reason;
    std::int64_t input = -1;
    std::int64_t output = -1;
    bool operator==(const Outcome&) const = default;
    friend void PrintTo(const Outcome& outcome, std::ostream* out) {
        *out << '"' << outcome.text << "\" " << outcome.code << " " << outcome.finish_reason << " "
             << outcome.input << " " << outcome.output;
    }
};

Outcome read(std::string_view body, std::size_t first, std::size_t step) {
    OpenAiStream stream{limits};
    Outcome outcome;
    std::size_t size = first;
    for (std::size_t at = 0; at < body.size(); at += size, size = step) {
        size = std::min(size, body.size() - at);
        // A copy on the heap, so that a view that outlives its piece is found.
        const std::string piece{body.substr(at, size)};
        stream.feed(piece, outcome.text);
    }
    stream.finish(outcome.text);
    if (stream.setback()) {
        outcome.code = stream.setback()->failure.code;
    } else {
        outcome.finish_reason = stream.finish_reason();
    }
    outcome.input = stream.usage().input.value_or(-1);
    outcome.output = stream.usage().output.value_or(-1);
    return outcome;
}

TEST(OpenAiStream, knows_at_least_sixty_odd_streams) { EXPECT_GE(odd_streams().size(), 60U); }

TEST(OpenAiStream, understands_odd_streams_however_they_are_cut) {
    for (const OddStream& odd : odd_streams()) {
        const Outcome expected{odd.text, odd.code, odd.finish_reason, odd.input, odd.output};
        const std::size_t size = odd.body.size();

        const Outcome whole = read(odd.body, size, 1);
        EXPECT_EQ(whole, expected) << odd.name;
        EXPECT_TRUE(is_utf8(whole.text)) << odd.name;
        EXPECT_EQ(read(odd.body, 1, 1), expected) << odd.name << ", byte by byte";
        const std::size_t step = size < 2'000 ? 1 : 1 + size / 20;
        for (std::size_t cut = 1; cut < size; cut += step) {
            ASSERT_EQ(read(odd.body, cut, size), expected) << odd.name << ", cut at " << cut;
        }
    }
}

TEST(OpenAiStream, ends_an_answer_that_is_too_long) {
    std::string body;
    for (int i = 0; i < 30; ++i) {
        body += say(std::string(50, 'x'));
    }

    const Outcome outcome = read(body, body.size(), 1);

    EXPECT_EQ(outcome.code, "provider.too_long");
    EXPECT_LE(outcome.text.size(), 1'050U);
}

TEST(OpenAiStream, ends_a_stream_that_says_nothing_for_ever) {
    std::string body;
    while (body.size() <= limits.stream_bytes_max) {
        body += chunk(R"({"reasoning":"hm hm hm hm hm hm hm hm hm"})") + ": ping\n\n";
    }

    EXPECT_EQ(read(body, body.size(), 1).code, "provider.too_long");
}

TEST(OpenAiStream, counts_thoughts_but_does_not_give_them) {
    const std::string body = chunk(R"({"reasoning":"one two three"})") +
                             chunk(R"({"reasoning_content":" four"})") +
                             say("<think>five six</think>7") + stop;
    OpenAiStream stream{limits};
    std::string text;

    stream.feed(body, text);
    stream.finish(text);

    EXPECT_EQ(text, "7");
    EXPECT_EQ(stream.thought_tokens(), 6);
    EXPECT_TRUE(stream.has_begun());
}

TEST(OpenAiStream, has_finished_before_its_connection_ends) {
    OpenAiStream stream{limits};
    std::string text;

    stream.feed(say("Hi"), text);
    EXPECT_FALSE(stream.has_finished());
    stream.feed(stop, text);
    EXPECT_TRUE(stream.has_finished());
    EXPECT_FALSE(stream.is_over());
    stream.feed(the_end, text);

    EXPECT_TRUE(stream.is_over());
    EXPECT_FALSE(stream.setback());
}

}  // namespace
}  // namespace loquat::model::test
