#include "services/chat/adapters/journal_form.hpp"

#include <gtest/gtest.h>

#include "store/file/frame.hpp"

namespace loquat::chat {
namespace {

GenerationEvent delta(std::string text) {
    GenerationEvent event;
    event.kind = EventKind::delta;
    event.delta = std::move(text);
    return event;
}

GenerationEvent state(GenerationState to, std::int64_t position = 0) {
    GenerationEvent event;
    event.kind = EventKind::state;
    event.state = to;
    event.queue_position = position;
    return event;
}

TEST(JournalForm, is_read_back_and_nothing_else_is) {
    const JournalParts parts{
        {GenerationId::make(), 5, 77, {state(GenerationState::queued, 4), delta("one ")}},
        {GenerationId::make(), 1, 0, {}},
        {GenerationId::make(), 1, 3, {state(GenerationState::streaming)}}};
    JournalEncoder encoder;

    const auto records = encoder.encode(parts);

    ASSERT_EQ(records.size(), 1U);
    const std::string& record = records.front();
    EXPECT_EQ(JournalDecoder{}.decode(record), parts);
    EXPECT_FALSE(JournalDecoder{}.decode(record + "x").has_value());
    for (std::size_t size = 1; size < record.size(); ++size) {
        const auto cut = JournalDecoder{}.decode(std::string_view{record}.substr(0, size));
        EXPECT_TRUE(!cut || cut->size() < parts.size()) << size;
    }
}

TEST(JournalForm, adds_three_bytes_to_a_small_delta) {
    const GenerationId id = GenerationId::make();
    JournalEncoder encoder;
    encoder.encode({{id, 1, 40, {state(GenerationState::streaming)}}});

    std::size_t bytes = 0;
    for (std::int64_t event = 2; event < 102; ++event) {
        bytes += encoder.encode({{id, event, 40, {delta("nine byte")}}}).front().size();
    }

    EXPECT_LE(bytes, 100U * (9 + 3));
}

TEST(JournalForm, says_again_where_an_answer_goes_on_when_it_is_not_the_next_event) {
    const GenerationId id = GenerationId::make();
    const JournalParts first{{id, 1, 0, {delta("a"), delta("b")}}};
    const JournalParts again{{id, 2, 0, {delta("b")}}};
    JournalEncoder encoder;
    JournalDecoder decoder;

    const auto one = decoder.decode(encoder.encode(first).front());
    const auto two = decoder.decode(encoder.encode(again).front());

    EXPECT_EQ(one, first);
    EXPECT_EQ(two, again);
}

TEST(JournalForm, of_many_long_texts_fits_into_frames) {
    JournalParts parts;
    for (int i = 0; i < 40; ++i) {
        parts.push_back({GenerationId::make(), 1, 0, {delta(std::string(400'000, 'x'))}});
    }
    JournalEncoder encoder;
    JournalDecoder decoder;

    const auto records = encoder.encode(parts);

    JournalParts decoded;
    for (const std::string& record : records) {
        EXPECT_LT(record.size(), store::frame_body_max);
        const auto some = decoder.decode(record);
        decoded.insert(decoded.end(), some->begin(), some->end());
    }
    EXPECT_EQ(decoded, parts);
}

}  // namespace
}  // namespace loquat::chat
