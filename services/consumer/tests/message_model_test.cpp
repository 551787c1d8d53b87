#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "services/consumer/tests/messages_under_test.hpp"
#include "services/consumer/tests/read_all.hpp"
#include "testing/await.hpp"

// Batches in which new messages, repeats, conflicts and changes meet: every adapter does what the
// one in memory does.
namespace loquat::consumer {
namespace {

using contracts::MessageRecord;
using contracts::Outcome;
using contracts::OutcomeKind;
using test::await;

struct MessageModel : testing::TestWithParam<test::Keeping>, MessagesUnderTest {
    MessageModel() : MessagesUnderTest(GetParam()) {}

    std::vector<std::int64_t> seqs(ChatId chat) {
        std::vector<std::int64_t> found;
        for (const contracts::StoredMessage& message : read_all(loop, *store, {chat})) {
            found.push_back(message.seq);
        }
        return found;
    }
};

using Seqs = std::vector<std::int64_t>;

TEST_P(MessageModel, tells_what_is_new_from_what_is_not_within_one_batch) {
    // Chats are applied one behind the other, in the order of their ids.
    const auto [a, b] = std::minmax({ChatId::make(), ChatId::make()});
    const MessageRecord first = make.message(a, "first");
    MessageRecord again = first;
    again.message_id = MessageId::make();
    MessageRecord other_text = first;
    other_text.message_id = MessageId::make();
    other_text.text = "other";
    MessageRecord taken = make.message(b, "taken");
    taken.message_id = first.message_id;
    MessageRecord with_all = make.message(a, "second");
    with_all.mentions = {UserId::make()};
    with_all.generation_id = "gen-1";
    const MessageRecord last = make.message(b, "last");

    // What was promised is kept, under a client id of its own.
    const auto outcomes = apply({first, again, taken, std::nullopt, other_text, with_all,
                                 make.edit(first, "changed"), last, last});

    const std::vector<OutcomeKind> kinds{
        OutcomeKind::stored,  OutcomeKind::duplicate, OutcomeKind::refused,
        OutcomeKind::refused, OutcomeKind::stored,    OutcomeKind::stored,
        OutcomeKind::edited,  OutcomeKind::stored,    OutcomeKind::duplicate};
    std::vector<OutcomeKind> found;
    for (const Outcome& outcome : outcomes) {
        found.push_back(outcome.kind);
    }
    EXPECT_EQ(found, kinds);
    EXPECT_EQ(seqs(a), (Seqs{1, 2, 3}));
    EXPECT_EQ(seqs(b), (Seqs{1}));
}

TEST_P(MessageModel, does_what_the_model_does_for_any_stream_of_records) {
    std::uint64_t seeds = 5;
    if (GetParam() != test::Keeping::sqlite) {
        seeds = GetParam() == test::Keeping::postgres ? 2 : 1;
    }
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        MessagesUnderTest tried{GetParam()};
        const auto model = make_memory_messages();
        store::take_up(tried.loop, *model, "chat.messages", tried.at.log);
        RecordStream stream{seed};
        std::mt19937_64 random{seed};

        for (int round = 0; round < 40; ++round) {
            std::vector<std::optional<MessageRecord>> records(1 + random() % 60);
            for (auto& record : records) {
                record = stream.next();
            }
            const MessageBatch batch = store::next_batch(tried.at, records);
            const auto expected = await(tried.loop, model->apply_batch(batch));
            const auto outcomes = await(tried.loop, tried.store->apply_batch(batch));
            tried.at = store::moved(tried.at, batch.through);
            ASSERT_EQ(outcomes.size(), expected.size());
            for (std::size_t i = 0; i < outcomes.size(); ++i) {
                ASSERT_EQ(outcomes[i].kind, expected[i].kind) << "seed " << seed;
                ASSERT_EQ(outcomes[i].code, expected[i].code) << "seed " << seed;
                ASSERT_EQ(outcomes[i].message, expected[i].message) << "seed " << seed;
            }
        }

        EXPECT_EQ(read_all(tried.loop, *tried.store, stream.chats()),
                  read_all(tried.loop, *model, stream.chats()));
    }
}

INSTANTIATE_TEST_SUITE_P(Adapters, MessageModel,
                         testing::Values(test::Keeping::sqlite, test::Keeping::postgres,
                                         test::Keeping::mongo),
                         [](const auto& suite) { return test::name_of(suite.param); });

}  // namespace
}  // namespace loquat::consumer
