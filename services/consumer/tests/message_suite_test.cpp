#include <gtest/gtest.h>

#include "services/consumer/domain/rules.hpp"
#include "services/consumer/tests/messages_under_test.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"

// What every MessageStore promises, run over all of them.
namespace loquat::consumer {
namespace {

using contracts::MessageRecord;
using contracts::Outcome;
using contracts::OutcomeKind;
using test::await;
using test::code_of;

struct MessageStoreSuite : testing::TestWithParam<test::Keeping>, MessagesUnderTest {
    MessageStoreSuite() : MessagesUnderTest(GetParam()) {}

    Outcome apply_one(MessageRecord record) { return apply({std::move(record)}).front(); }
    std::vector<std::int64_t> seqs(store::PageQuery query) {
        std::vector<std::int64_t> found;
        for (const contracts::StoredMessage& message : await(loop, store->page(query)).items) {
            found.push_back(message.seq);
        }
        return found;
    }
};

using Seqs = std::vector<std::int64_t>;

TEST_P(MessageStoreSuite, numbers_messages_from_one_without_a_hole_in_each_chat) {
    const ChatId a = ChatId::make();
    const ChatId b = ChatId::make();

    const auto outcomes = apply(
        {make.message(a, "1"), make.message(b, "1"), make.message(a, "2"), make.message(a, "3")});

    EXPECT_EQ(outcomes[0].kind, OutcomeKind::stored);
    EXPECT_EQ(outcomes[0].message.seq, 1);
    EXPECT_EQ(outcomes[1].message.seq, 1);
    EXPECT_EQ(outcomes[3].message.seq, 3);
    EXPECT_EQ(seqs({.chat = a}), (Seqs{1, 2, 3}));
}

TEST_P(MessageStoreSuite, keeps_everything_that_a_message_has) {
    MessageRecord record = make.message(ChatId::make(), "grüße 👋\n\ttext");
    record.reply_to = MessageId::make();
    record.mentions = {UserId::make(), UserId::make()};
    record.generation_id = "gen-1";
    record.sender.kind = contracts::ParticipantKind::assistant;

    const Outcome outcome = apply_one(record);
    const auto found = await(loop, store->find_by_id(record.message_id));

    ASSERT_TRUE(found);
    EXPECT_EQ(*found, outcome.message);
    EXPECT_EQ(found->chat, record.chat);
    EXPECT_EQ(found->sender, record.sender);
    EXPECT_EQ(found->text, record.text);
    EXPECT_EQ(found->reply_to, record.reply_to);
    EXPECT_EQ(found->mentions, record.mentions);
    EXPECT_EQ(found->generation_id, "gen-1");
    EXPECT_EQ(found->created_at, record.at);
    EXPECT_FALSE(found->edited_at);
}

TEST_P(MessageStoreSuite, gives_the_first_message_again_for_the_same_client_id_and_text) {
    const ChatId chat = ChatId::make();
    const MessageRecord first = make.message(chat, "hello");
    MessageRecord again = first;
    again.message_id = MessageId::make();

    const auto outcomes = apply({first, make.message(chat, "other"), again});
    const Outcome later = apply_one(again);
    const Outcome next = apply_one(make.message(chat, "next"));

    EXPECT_EQ(outcomes[2].kind, OutcomeKind::duplicate);
    EXPECT_EQ(outcomes[2].message, outcomes[0].message);
    EXPECT_EQ(later.kind, OutcomeKind::duplicate);
    EXPECT_EQ(later.message.id, first.message_id);
    EXPECT_EQ(next.message.seq, 3);
}

TEST_P(MessageStoreSuite, refuses_another_text_under_a_used_client_id) {
    const MessageRecord first = make.message(ChatId::make(), "hello");
    MessageRecord other = first;
    other.message_id = MessageId::make();
    other.text = "goodbye";
    other.origin = "somebody waits";

    apply_one(first);
    const Outcome outcome = apply_one(other);

    EXPECT_EQ(outcome.kind, OutcomeKind::conflict);
    EXPECT_EQ(outcome.message.text, "hello");
}

TEST_P(MessageStoreSuite, keeps_what_was_promised_though_its_client_id_was_used) {
    const MessageRecord first = make.message(ChatId::make(), "hello");
    MessageRecord other = first;
    other.message_id = MessageId::make();
    other.text = "goodbye";

    apply_one(first);
    const Outcome outcome = apply_one(other);
    const Outcome again = apply_one(other);
    const Outcome next = apply_one(make.message(first.chat, "next"));

    EXPECT_EQ(outcome.kind, OutcomeKind::stored);
    EXPECT_EQ(outcome.message.text, "goodbye");
    EXPECT_EQ(outcome.message.id, other.message_id);
    EXPECT_NE(outcome.message.client_id, first.client_id);
    EXPECT_EQ(again.kind, OutcomeKind::duplicate);
    EXPECT_EQ(again.message, outcome.message);
    EXPECT_EQ(next.message.seq, 3);
}

TEST_P(MessageStoreSuite, says_beforehand_what_a_used_client_id_would_be) {
    const MessageRecord sent = make.message(ChatId::make(), "hello");
    const MessageRecord gone = make.message(sent.chat, "gone");
    apply({sent, make.edit(sent, "edited"), gone, make.removal(gone)});
    const auto ask = [&](const MessageRecord& first, std::string_view text) {
        const auto repeat = await(loop, store->find_repeat(first.chat, first.sender.id,
                                                           first.client_id, store::text_sum(text)));
        return repeat ? std::optional{repeat->kind} : std::nullopt;
    };
    MessageRecord elsewhere = sent;
    elsewhere.chat = ChatId::make();
    MessageRecord stranger = sent;
    stranger.sender.id = UserId::make();

    EXPECT_EQ(ask(sent, "hello"), OutcomeKind::duplicate);
    EXPECT_EQ(ask(sent, "edited"), OutcomeKind::conflict);
    EXPECT_EQ(ask(gone, "gone"), OutcomeKind::duplicate);
    EXPECT_EQ(ask(elsewhere, "hello"), std::nullopt);
    EXPECT_EQ(ask(stranger, "hello"), std::nullopt);
}

TEST_P(MessageStoreSuite, takes_the_same_client_id_from_another_sender_or_in_another_chat) {
    const MessageRecord first = make.message(ChatId::make(), "hello");
    MessageRecord other_sender = first;
    other_sender.message_id = MessageId::make();
    other_sender.sender.id = UserId::make();
    MessageRecord other_chat = first;
    other_chat.message_id = MessageId::make();
    other_chat.chat = ChatId::make();

    const auto outcomes = apply({first, other_sender, other_chat});

    EXPECT_EQ(outcomes[1].kind, OutcomeKind::stored);
    EXPECT_EQ(outcomes[1].message.seq, 2);
    EXPECT_EQ(outcomes[2].kind, OutcomeKind::stored);
}

TEST_P(MessageStoreSuite, still_knows_a_repeat_after_the_message_was_edited_or_deleted) {
    const ChatId chat = ChatId::make();
    const MessageRecord edited = make.message(chat, "one");
    const MessageRecord deleted = make.message(chat, "two");
    MessageRecord edited_again = edited;
    edited_again.message_id = MessageId::make();
    MessageRecord deleted_again = deleted;
    deleted_again.message_id = MessageId::make();

    apply({edited, deleted, make.edit(edited, "changed"), make.removal(deleted)});
    const auto outcomes = apply({edited_again, deleted_again});

    EXPECT_EQ(outcomes[0].kind, OutcomeKind::duplicate);
    EXPECT_EQ(outcomes[0].message.text, "changed");
    EXPECT_EQ(outcomes[1].kind, OutcomeKind::duplicate);
    EXPECT_TRUE(outcomes[1].message.deleted_at);
}

TEST_P(MessageStoreSuite, edits_in_place) {
    MessageRecord record = make.message(ChatId::make(), "one @ann");
    record.mentions = {UserId::make()};
    MessageRecord edit = make.edit(record, "two");
    edit.mentions = {UserId::make(), UserId::make()};

    apply_one(record);
    const Outcome outcome = apply_one(edit);
    const Outcome repeat = apply_one(edit);
    const auto found = await(loop, store->find_by_id(record.message_id));

    EXPECT_EQ(outcome.kind, OutcomeKind::edited);
    EXPECT_EQ(outcome.message.seq, 1);
    EXPECT_EQ(repeat.kind, OutcomeKind::duplicate);
    EXPECT_EQ(found->text, "two");
    EXPECT_EQ(found->mentions, edit.mentions);
    EXPECT_EQ(found->edited_at, edit.at);
    EXPECT_EQ(seqs({.chat = record.chat}), (Seqs{1}));
}

TEST_P(MessageStoreSuite, blanks_a_deleted_message_everywhere_and_keeps_its_place) {
    const ChatId chat = ChatId::make();
    MessageRecord record = make.message(chat, "secret");
    record.mentions = {UserId::make()};

    apply({record, make.message(chat, "next")});
    const Outcome outcome = apply_one(make.removal(record));
    const Outcome repeat = apply_one(make.removal(record));
    const store::Page page = await(loop, store->page({.chat = chat}));
    const auto by_client =
        await(loop, store->find_by_client_id(chat, record.sender.id, record.client_id));

    EXPECT_EQ(outcome.kind, OutcomeKind::deleted);
    EXPECT_EQ(outcome.message.text, "");
    EXPECT_EQ(repeat.kind, OutcomeKind::duplicate);
    ASSERT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items[0].seq, 1);
    EXPECT_EQ(page.items[0].text, "");
    EXPECT_TRUE(page.items[0].mentions.empty());
    EXPECT_TRUE(outcome.message.mentions.empty());
    EXPECT_TRUE(page.items[0].deleted_at);
    EXPECT_EQ(by_client->text, "");
}

TEST_P(MessageStoreSuite, refuses_changes_that_are_not_allowed) {
    const MessageRecord record = make.message(ChatId::make(), "one");
    const MessageRecord gone = make.message(record.chat, "gone");
    MessageRecord foreign_edit = make.edit(record, "two");
    foreign_edit.sender.id = UserId::make();
    foreign_edit.authority = contracts::Authority::moderator;
    MessageRecord foreign_removal = make.removal(record);
    foreign_removal.sender.id = UserId::make();
    MessageRecord other_chat = make.edit(record, "two");
    other_chat.chat = ChatId::make();
    MessageRecord unknown = make.removal(record);
    unknown.message_id = MessageId::make();

    apply({record, gone, make.removal(gone)});
    const auto outcomes = apply({foreign_edit, foreign_removal, other_chat, unknown,
                                 make.edit(gone, "back"), std::nullopt});

    EXPECT_EQ(outcomes[0].code, "chat.forbidden");
    EXPECT_EQ(outcomes[1].code, "chat.forbidden");
    EXPECT_EQ(outcomes[2].code, "message.not_found");
    EXPECT_EQ(outcomes[3].code, "message.not_found");
    EXPECT_EQ(outcomes[4].code, "message.deleted");
    EXPECT_EQ(outcomes[5].code, "record.unreadable");
    EXPECT_EQ(await(loop, store->find_by_id(record.message_id))->text, "one");
}

TEST_P(MessageStoreSuite, lets_a_moderator_delete) {
    const MessageRecord record = make.message(ChatId::make(), "one");
    MessageRecord removal = make.removal(record);
    removal.sender.id = UserId::make();
    removal.authority = contracts::Authority::moderator;

    apply_one(record);

    EXPECT_EQ(apply_one(removal).kind, OutcomeKind::deleted);
}

TEST_P(MessageStoreSuite, refuses_a_message_id_that_is_taken) {
    const MessageRecord first = make.message(ChatId::make(), "one");
    MessageRecord second = make.message(first.chat, "two");
    second.message_id = first.message_id;

    const auto outcomes = apply({first, second, make.message(first.chat, "three")});

    EXPECT_EQ(outcomes[1].code, "message.id_taken");
    EXPECT_EQ(outcomes[2].message.seq, 2);
}

TEST_P(MessageStoreSuite, pages_in_ascending_order_from_either_side) {
    const ChatId chat = ChatId::make();
    std::vector<std::optional<MessageRecord>> records;
    for (int i = 1; i <= 10; ++i) {
        records.push_back(make.message(chat, std::to_string(i)));
    }
    apply(std::move(records));

    EXPECT_EQ(seqs({.chat = chat, .limit = 3}), (Seqs{8, 9, 10}));
    EXPECT_EQ(seqs({.chat = chat, .before_seq = 4, .limit = 2}), (Seqs{2, 3}));
    EXPECT_EQ(seqs({.chat = chat, .before_seq = 1}), Seqs{});
    EXPECT_EQ(seqs({.chat = chat, .before_seq = -7}), Seqs{});
    EXPECT_EQ(seqs({.chat = chat, .before_seq = 99, .limit = 1}), (Seqs{10}));
    EXPECT_EQ(seqs({.chat = chat, .after_seq = 7}), (Seqs{8, 9, 10}));
    EXPECT_EQ(seqs({.chat = chat, .after_seq = 0, .limit = 2}), (Seqs{1, 2}));
    EXPECT_EQ(seqs({.chat = chat, .after_seq = 10}), Seqs{});
    EXPECT_EQ(seqs({.chat = ChatId::make()}), Seqs{});
    EXPECT_EQ(await(loop, store->page({.chat = chat, .limit = 1})).head_seq, 10);
    EXPECT_EQ(code_of([&] { seqs({.chat = chat, .limit = 0}); }), "request.invalid");
    EXPECT_EQ(code_of([&] { seqs({.chat = chat, .limit = 201}); }), "request.invalid");
}

TEST_P(MessageStoreSuite, gives_the_head_of_each_chat_in_the_order_asked_for) {
    const ChatId a = ChatId::make();
    const ChatId empty = ChatId::make();
    const ChatId b = ChatId::make();
    apply({make.message(a, "a1"), make.message(b, "b1"), make.message(a, "a2")});

    const auto heads = await(loop, store->heads({b, empty, a}));

    ASSERT_EQ(heads.size(), 3U);
    EXPECT_EQ(heads[0].last->text, "b1");
    EXPECT_EQ(heads[1].last_seq, 0);
    EXPECT_FALSE(heads[1].last);
    EXPECT_EQ(heads[2].last_seq, 2);
    EXPECT_EQ(heads[2].last->text, "a2");
    EXPECT_EQ(code_of([&] { await(loop, store->heads(std::vector<ChatId>(501))); }),
              "request.invalid");
}

TEST_P(MessageStoreSuite, lists_the_numbers_of_deleted_messages_of_each_chat) {
    const ChatId a = ChatId::make();
    const ChatId empty = ChatId::make();
    const ChatId b = ChatId::make();
    auto first = make.message(a, "a1");
    auto second = make.message(a, "a2");
    auto third = make.message(a, "a3");
    apply({first, second, make.message(b, "b1"), third});
    third.kind = first.kind = contracts::RecordKind::remove;
    apply({third, first});

    const auto deleted = await(loop, store->list_deleted({b, empty, a}));

    EXPECT_EQ(deleted, (std::vector<Seqs>{{}, {}, {1, 3}}));
    EXPECT_EQ(code_of([&] { await(loop, store->list_deleted(std::vector<ChatId>(501))); }),
              "request.invalid");
}

TEST_P(MessageStoreSuite, stores_nothing_of_a_batch_from_another_place) {
    const ChatId chat = ChatId::make();
    const std::vector<std::optional<MessageRecord>> more{make.message(chat, "x")};
    const store::Position before = at;
    apply({make.message(chat, "1"), make.message(chat, "2")});

    const std::string again =
        code_of([&] { await(loop, store->apply_batch(store::next_batch(before, more))); });

    EXPECT_EQ(again, "store.position_moved");
    EXPECT_EQ(seqs({.chat = chat}), (Seqs{1, 2}));
    EXPECT_EQ(apply_one(make.message(chat, "3")).message.seq, 3);
}

TEST_P(MessageStoreSuite, numbers_messages_without_a_hole_over_a_log_that_has_holes) {
    const ChatId chat = ChatId::make();
    const std::vector<std::optional<MessageRecord>> records{make.message(chat, "1"), std::nullopt,
                                                            make.message(chat, "2")};

    await(loop, store->apply_batch({at, 7, records}));
    at = store::moved(at, 7);
    apply({make.message(chat, "3")});

    EXPECT_EQ(at.applied, 8U);
    EXPECT_EQ(seqs({.chat = chat}), (Seqs{1, 2, 3}));
}

TEST_P(MessageStoreSuite, numbers_each_partition_s_chats_by_its_own_position) {
    const ChatId chat = ChatId::make();
    const ChatId other = ChatId::make();
    const std::vector<std::optional<MessageRecord>> first{make.message(other, "1")};
    const std::vector<std::optional<MessageRecord>> second{make.message(other, "2")};
    store::Position beside = await(loop, store->position("consumer", {"chat.messages", 3}));
    beside = await(loop, store->adopt(beside, Uuid::make(), 40));

    apply({make.message(chat, "1")});
    await(loop, store->apply_batch({beside, 50, first}));
    apply({make.message(chat, "2")});
    await(loop, store->apply_batch({store::moved(beside, 50), 51, second}));

    EXPECT_EQ(seqs({.chat = chat}), (Seqs{1, 2}));
    EXPECT_EQ(seqs({.chat = other}), (Seqs{1, 2}));
}

INSTANTIATE_TEST_SUITE_P(Adapters, MessageStoreSuite,
                         testing::Values(test::Keeping::memory, test::Keeping::sqlite,
                                         test::Keeping::postgres, test::Keeping::mongo),
                         [](const auto& suite) { return test::name_of(suite.param); });

}  // namespace
}  // namespace loquat::consumer
