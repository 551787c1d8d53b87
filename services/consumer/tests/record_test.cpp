#include <gtest/gtest.h>

#include "contracts/audit/audit_record.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "contracts/dead/dead_record.hpp"
#include "contracts/usage/usage_record.hpp"
#include "services/consumer/tests/message_support.hpp"

namespace loquat::consumer {
namespace {

contracts::MessageRecord full_record() {
    RecordMaker make;
    contracts::MessageRecord record =
        make.message(ChatId::make(), std::string("text\0with zero", 14));
    record.reply_to = MessageId::make();
    record.mentions = {UserId::make(), UserId::make()};
    record.generation_id = "gen";
    record.origin = "node-1";
    record.origin_ref = 0xffffffffffffffffULL;
    record.authority = contracts::Authority::moderator;
    return record;
}

contracts::StoredMessage full_message() {
    contracts::StoredMessage message;
    message.id = MessageId::make();
    message.chat = ChatId::make();
    message.seq = 42;
    message.client_id = "c";
    message.sender = {UserId::make(), "ann", "Ann", contracts::ParticipantKind::system};
    message.text = "hello";
    message.reply_to = MessageId::make();
    message.mentions = {UserId::make()};
    message.generation_id = "g";
    message.created_at = from_unix_ms(1'767'225'600'123);
    message.edited_at = from_unix_ms(-5);
    return message;
}

// Every prefix, and the whole with something behind it, is refused.
template <class Decode>
void expect_strict(const std::string& bytes, Decode decode) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        ASSERT_FALSE(decode(std::string_view{bytes}.substr(0, size))) << size;
    }
    ASSERT_FALSE(decode(bytes + std::string(1, '\0')));
}

TEST(MessageRecord, keeps_the_name_of_an_author_and_is_written_as_ever_without_one) {
    contracts::MessageRecord record = full_record();
    const std::string without = encode(record);
    record.author =
        contracts::Sender{UserId::make(), "ann", "Ann", contracts::ParticipantKind::person, true};

    const std::string with = encode(record);

    EXPECT_EQ(without.front(), '\1');
    EXPECT_EQ(contracts::decode<contracts::MessageRecord>(with), record);
    expect_strict(with, contracts::decode<contracts::MessageRecord>);
}

TEST(MessageRecord, comes_back_as_it_was) {
    const contracts::MessageRecord record = full_record();
    RecordMaker make;
    const contracts::MessageRecord removal = make.removal(record);

    EXPECT_EQ(contracts::decode<contracts::MessageRecord>(encode(record)), record);
    EXPECT_EQ(contracts::decode<contracts::MessageRecord>(encode(removal)), removal);
}

TEST(MessageRecord, is_refused_unless_it_is_whole_and_of_a_known_version) {
    std::string bytes = encode(full_record());

    expect_strict(bytes, contracts::decode<contracts::MessageRecord>);
    bytes[0] = 2;
    EXPECT_FALSE(contracts::decode<contracts::MessageRecord>(bytes));
}

TEST(Events, come_back_as_they_were_and_are_refused_unless_whole) {
    const contracts::RoomEvent room{.type = "message_edited",
                                    .seq = 7,
                                    .subject = UserId::make(),
                                    .body = R"({"type":"message_edited"})",
                                    .mentions = {UserId::make()},
                                    .number = 6,
                                    .stream = "01a1",
                                    .ends = true,
                                    .preview = "{}"};
    const contracts::OutcomeEvent stored{9, {contracts::OutcomeKind::stored, full_message(), ""}};
    const contracts::OutcomeEvent refusal{10,
                                          {contracts::OutcomeKind::refused, {}, "message.deleted"}};
    const contracts::StoredEvent change{contracts::OutcomeKind::edited, full_message()};

    EXPECT_EQ(contracts::decode<contracts::RoomEvent>(encode(room)), room);
    EXPECT_EQ(contracts::decode<contracts::OutcomeEvent>(encode(stored))->outcome.message,
              stored.outcome.message);
    EXPECT_EQ(contracts::decode<contracts::OutcomeEvent>(encode(refusal))->outcome.code,
              "message.deleted");
    EXPECT_EQ(contracts::decode<contracts::StoredEvent>(encode(change))->message, change.message);
    expect_strict(encode(room), contracts::decode<contracts::RoomEvent>);
    expect_strict(encode(stored), contracts::decode<contracts::OutcomeEvent>);
    expect_strict(encode(refusal), contracts::decode<contracts::OutcomeEvent>);
    expect_strict(encode(change), contracts::decode<contracts::StoredEvent>);
}

TEST(UsageRecord, comes_back_as_it_was_and_is_refused_unless_it_is_whole) {
    contracts::UsageRecord record{.user = UserId::make(),
                                  .chat = ChatId::make(),
                                  .generation_id = "gen",
                                  .purpose = contracts::UsagePurpose::title,
                                  .model = "small",
                                  .provider = "own",
                                  .input_tokens = contracts::usage_tokens_max,
                                  .output_tokens = 3,
                                  .source = contracts::UsageSource::partial,
                                  .state = contracts::UsageState::canceled,
                                  .cost_micros = 12,
                                  .at = from_unix_ms(1'767'225'600'123)};
    contracts::UsageRecord without_price = record;
    without_price.cost_micros.reset();

    EXPECT_EQ(contracts::decode<contracts::UsageRecord>(encode(record)), record);
    EXPECT_EQ(contracts::decode<contracts::UsageRecord>(encode(without_price)), without_price);
    expect_strict(encode(record), contracts::decode<contracts::UsageRecord>);
    record.input_tokens = contracts::usage_tokens_max + 1;
    EXPECT_FALSE(contracts::decode<contracts::UsageRecord>(encode(record)));
    record.input_tokens = -1;
    EXPECT_FALSE(contracts::decode<contracts::UsageRecord>(encode(record)));
}

TEST(AuditRecord, comes_back_as_it_was_and_is_refused_unless_it_is_whole) {
    const contracts::AuditRecord record{.id = Uuid::make(),
                                        .at = from_unix_ms(1'767'225'600'123),
                                        .action = "auth.signed_in",
                                        .actor = UserId::make(),
                                        .actor_name = "ann",
                                        .subject = "s",
                                        .outcome = "done",
                                        .address = "::1",
                                        .user_agent = "browser",
                                        .request_id = "r",
                                        .count = 7};
    contracts::AuditRecord nobody = record;
    nobody.actor.reset();

    EXPECT_EQ(contracts::decode<contracts::AuditRecord>(encode(record)), record);
    EXPECT_EQ(contracts::decode<contracts::AuditRecord>(encode(nobody)), nobody);
    expect_strict(encode(record), contracts::decode<contracts::AuditRecord>);
    nobody.count = 0;
    EXPECT_FALSE(contracts::decode<contracts::AuditRecord>(encode(nobody)));
}

TEST(DeadRecord, comes_back_as_it_was_and_is_refused_unless_it_is_whole) {
    contracts::DeadRecord record{
        .step = contracts::DeadStep::given_up,
        .origin = {.topic = "chat.messages", .partition = 3, .offset = 7, .log = Uuid::make()},
        .at = from_unix_ms(1'767'225'600'123),
        .reason = "store.constraint",
        .detail = "why",
        .tries = 5,
        .payload = std::string{"a\0b", 3},
        .bytes = 3};

    EXPECT_EQ(contracts::decode<contracts::DeadRecord>(encode(record)), record);
    EXPECT_TRUE(record.is_whole());
    expect_strict(encode(record), contracts::decode<contracts::DeadRecord>);
    record.bytes = 4;
    EXPECT_FALSE(record.is_whole());
}

}  // namespace
}  // namespace loquat::consumer
