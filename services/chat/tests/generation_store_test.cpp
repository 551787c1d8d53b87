#include <gtest/gtest.h>

#include <algorithm>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "services/chat/adapters/file_journal.hpp"
#include "services/chat/adapters/memory_generations.hpp"
#include "services/chat/adapters/sql_chats.hpp"
#include "services/chat/adapters/sql_generations.hpp"
#include "store/folder/numbered_files.hpp"
#include "testing/database_place.hpp"

// One suite for every adapter of the ports.
namespace loquat::chat {
namespace {

struct Memory {
    std::unique_ptr<GenerationStore> store = make_memory_generations();
    std::unique_ptr<GenerationJournal> journal = make_memory_journal();
};

template <test::Keeping keeping>
class Sql {
    test::DatabasePlace place_{keeping};
    test::TemporaryFolder folder_;
    std::unique_ptr<store::Database> database_ =
        place_.open({.name = "chat", .schema = chat_schema()});

  public:
    std::unique_ptr<GenerationStore> store = make_sql_generations(*database_);
    store::Marks marks{folder_ / "marks", Uuid{}};
    std::unique_ptr<GenerationJournal> journal = open_file_journal(
        {.folder = folder_ / "journal", .stamp = store::files_stamp(marks, "journal", Uuid{})});
};

template <class Adapter>
class GenerationStoreTest : public testing::Test {
  public:
    void run(Task<void> body) { aio::run_to_end(loop, std::move(body)); }

    aio::Loop loop{"test"};
    Adapter adapter;
};
using Adapters = testing::Types<Memory, Sql<test::Keeping::sqlite>, Sql<test::Keeping::postgres>>;
TYPED_TEST_SUITE(GenerationStoreTest, Adapters);

GenerationRecord make_record(UserId user, ChatId chat, std::string client_id) {
    GenerationRecord record;
    record.id = GenerationId::make();
    record.user = user;
    record.chat = chat;
    record.client_id = std::move(client_id);
    record.request_hash = 0xFFFF'FFFF'FFFF'FFF0;
    record.model = "small";
    record.model_label = "Small";
    record.provider = "fake";
    record.system_prompt = "Be kind.";
    record.temperature = 0.25;
    record.max_tokens = 99;
    record.prompt = MessageId::make();
    record.request_id = "r1";
    record.created_at = Time{std::chrono::milliseconds{1'000}};
    return record;
}

GenerationRecord ended(GenerationRecord record, std::string text) {
    record.state = GenerationState::failed;
    record.text = std::move(text);
    record.events = std::string{"\0\1\2", 3};
    record.tokens = {7, 8, UsageSource::partial};
    record.cost_micros = 12;
    record.error = GenerationError{"provider.timeout", "late"};
    record.context = GenerationContext{3, 1, 40, 100};
    record.answer = MessageId::make();
    record.finished_at = Time{std::chrono::milliseconds{3'000}};
    return record;
}

TYPED_TEST(GenerationStoreTest, keeps_everything_of_an_answer) {
    GenerationStore& store = *this->adapter.store;
    auto body = [&]() -> Task<void> {
        const GenerationRecord made = make_record(UserId::make(), ChatId::make(), "c1");
        co_await store.insert(made);
        const GenerationRecord wanted = ended(made, "text");

        const bool began = co_await store.begin(made.id, Time{std::chrono::milliseconds{2'000}});
        std::vector<GenerationRecord> one{wanted};
        const auto finished = co_await store.finish(std::move(one));

        EXPECT_TRUE(began);
        EXPECT_EQ(finished, std::vector<bool>{true});
        const auto found = co_await store.find(made.id);
        EXPECT_EQ(found->state, GenerationState::failed);
        EXPECT_EQ(found->request_hash, made.request_hash);
        EXPECT_EQ(found->system_prompt, "Be kind.");
        EXPECT_EQ(found->temperature, 0.25);
        EXPECT_EQ(found->max_tokens, 99);
        EXPECT_EQ(found->prompt, made.prompt);
        EXPECT_EQ(found->text, "text");
        EXPECT_EQ(found->events, wanted.events);
        EXPECT_EQ(found->tokens.source, UsageSource::partial);
        EXPECT_EQ(found->cost_micros, 12);
        EXPECT_EQ(found->error->code, "provider.timeout");
        EXPECT_EQ(found->context->tokens_max, 100);
        EXPECT_EQ(found->answer, wanted.answer);
        EXPECT_EQ(found->started_at, Time{std::chrono::milliseconds{2'000}});
        EXPECT_EQ(found->finished_at, wanted.finished_at);
        EXPECT_FALSE(found->is_settled);
    };

    this->run(body());
}

TYPED_TEST(GenerationStoreTest, ends_each_answer_once) {
    GenerationStore& store = *this->adapter.store;
    auto body = [&]() -> Task<void> {
        const GenerationRecord made = make_record(UserId::make(), ChatId::make(), "");
        co_await store.insert(made);
        std::vector<GenerationRecord> first{ended(made, "first")};
        std::vector<GenerationRecord> second{ended(made, "second")};

        const auto once = co_await store.finish(std::move(first));
        const auto twice = co_await store.finish(std::move(second));
        const bool began = co_await store.begin(made.id, Time{});

        EXPECT_TRUE(once.front());
        EXPECT_FALSE(twice.front());
        EXPECT_FALSE(began);
        EXPECT_EQ((co_await store.find(made.id))->text, "first");
    };

    this->run(body());
}

TYPED_TEST(GenerationStoreTest, erases_the_text_of_an_ended_answer_only) {
    GenerationStore& store = *this->adapter.store;
    auto body = [&]() -> Task<void> {
        const GenerationRecord made = make_record(UserId::make(), ChatId::make(), "");
        co_await store.insert(made);
        co_await store.erase_text(made.id);
        std::vector<GenerationRecord> one{ended(made, "text")};
        co_await store.finish(std::move(one));
        const auto before = co_await store.find(made.id);

        co_await store.erase_text(made.id);

        const auto after = co_await store.find(made.id);
        EXPECT_EQ(before->text, "text");
        EXPECT_EQ(after->text, "");
        EXPECT_EQ(after->events, before->events);
    };

    this->run(body());
}

TYPED_TEST(GenerationStoreTest, takes_each_client_id_once_of_a_person_in_a_chat) {
    GenerationStore& store = *this->adapter.store;
    auto body = [&]() -> Task<void> {
        const UserId user = UserId::make();
        const ChatId chat = ChatId::make();
        const GenerationRecord made = make_record(user, chat, "c1");
        co_await store.insert(made);
        co_await store.insert(make_record(user, ChatId::make(), "c1"));
        co_await store.insert(make_record(UserId::make(), chat, "c1"));
        co_await store.insert(make_record(user, chat, ""));
        co_await store.insert(make_record(user, chat, ""));
        bool is_refused = false;

        try {
            co_await store.insert(make_record(user, chat, "c1"));
        } catch (const store::ConstraintFailure&) {
            is_refused = true;
        }

        EXPECT_TRUE(is_refused);
        EXPECT_EQ((co_await store.find_by_client_id(user, chat, "c1"))->id, made.id);
        EXPECT_FALSE((co_await store.find_by_client_id(user, chat, "c2")).has_value());
    };

    this->run(body());
}

TYPED_TEST(GenerationStoreTest, lists_what_is_left_to_do) {
    GenerationStore& store = *this->adapter.store;
    auto body = [&]() -> Task<void> {
        const ChatId chat = ChatId::make();
        std::vector<GenerationRecord> made;
        for (int i = 0; i < 3; ++i) {
            made.push_back(make_record(UserId::make(), chat, "c"));
            co_await store.insert(made.back());
        }
        std::vector<GenerationRecord> two{ended(made[0], "a"), ended(made[1], "b")};
        co_await store.finish(std::move(two));

        co_await store.settle({made[0].id});

        const auto unfinished = co_await store.list_unfinished();
        const auto unsettled = co_await store.list_unsettled();
        EXPECT_EQ(unfinished.size(), 1U);
        EXPECT_EQ(unfinished.front().id, made[2].id);
        EXPECT_EQ(unsettled.size(), 1U);
        EXPECT_EQ(unsettled.front().id, made[1].id);
        EXPECT_EQ((co_await store.find_last_prompted(chat))->id, made[2].id);
    };

    this->run(body());
}

// A clock that was set back makes a later answer an earlier id.
TYPED_TEST(GenerationStoreTest, lists_in_the_order_of_the_conversation_whatever_the_clock_said) {
    GenerationStore& store = *this->adapter.store;
    auto body = [&]() -> Task<void> {
        const ChatId chat = ChatId::make();
        std::vector<GenerationRecord> made;
        const auto add = [&](const char* id, std::int64_t prompt_seq) -> Task<void> {
            made.push_back(make_record(UserId::make(), chat, "c"));
            made.back().id = *GenerationId::parse(id);
            made.back().prompt_seq = prompt_seq;
            co_await store.insert(made.back());
        };
        co_await add("0198f2a0-0000-7000-8000-000000000009", 3);
        co_await add("0198f2a0-0000-7000-8000-000000000007", 5);
        co_await add("0198f2a0-0000-7000-8000-000000000005", 3);  // once more
        co_await add("0198f2a0-0000-7000-8000-000000000003", 0);  // not known yet
        const auto order = [&]() -> Task<std::vector<std::size_t>> {
            std::vector<std::size_t> places;
            std::optional<GenerationId> before;
            for (bool has_more = true; has_more;) {
                const GenerationPage page = co_await store.list(chat, before, 1);
                has_more = page.has_more;
                before = page.items.front().id;
                const auto at = std::ranges::find(made, *before, &GenerationRecord::id);
                places.push_back(static_cast<std::size_t>(at - made.begin()));
            }
            co_return places;
        };

        const auto at_first = co_await order();
        const auto last = co_await store.find_last_prompted(chat);
        made[3].prompt_seq = 4;
        std::vector<GenerationRecord> one{ended(made[3], "text")};
        co_await store.finish(std::move(one));
        const auto in_the_end = co_await order();
        const auto strange = co_await store.list(ChatId::make(), made[1].id, 5);

        EXPECT_EQ(at_first, (std::vector<std::size_t>{3, 1, 2, 0}));
        EXPECT_EQ(last->id, made[3].id);
        EXPECT_EQ(in_the_end, (std::vector<std::size_t>{1, 3, 2, 0}));
        EXPECT_TRUE(strange.items.empty());
    };

    this->run(body());
}

TYPED_TEST(GenerationStoreTest, pages_by_number_and_by_length_of_texts) {
    GenerationStore& store = *this->adapter.store;
    auto body = [&]() -> Task<void> {
        const ChatId chat = ChatId::make();
        std::vector<GenerationRecord> made;
        for (int i = 0; i < 4; ++i) {
            made.push_back(make_record(UserId::make(), chat, "c"));
            co_await store.insert(made.back());
        }
        const std::string large(GenerationStore::page_bytes_max * 3 / 4, 'x');
        std::vector<GenerationRecord> two{ended(made[0], large), ended(made[1], large)};
        co_await store.finish(std::move(two));

        const auto first = co_await store.list(chat, std::nullopt, 3);
        const auto by_number = co_await store.list(chat, std::nullopt, 2);
        const auto last = co_await store.list(chat, made[1].id, 3);

        EXPECT_EQ(first.items.size(), 3U);
        EXPECT_TRUE(first.has_more);
        EXPECT_EQ(by_number.items.size(), 2U);
        EXPECT_EQ(by_number.items.front().id, made[3].id);
        EXPECT_TRUE(by_number.has_more);
        EXPECT_EQ(last.items.size(), 1U);
        EXPECT_FALSE(last.has_more);
        const auto whole = co_await store.list(chat, std::nullopt, 4);
        EXPECT_EQ(whole.items.size(), 3U);
        EXPECT_TRUE(whole.has_more);
    };

    this->run(body());
}

JournalPartsPtr one_delta(GenerationId id, std::int64_t event, std::string text) {
    GenerationEvent delta;
    delta.kind = EventKind::delta;
    delta.delta = std::move(text);
    return std::make_shared<const JournalParts>(JournalParts{{id, event, 7, {delta}}});
}

TYPED_TEST(GenerationStoreTest, journal_gives_rows_in_order_and_forgets) {
    GenerationJournal& journal = *this->adapter.journal;
    auto body = [&]() -> Task<void> {
        const GenerationId id = GenerationId::make();
        const JournalPartsPtr parts = one_delta(id, 1, std::string{"\0a", 2});
        const auto first = co_await journal.append(parts);
        const auto second = co_await journal.append(one_delta(id, 2, "b"));

        const auto rows = co_await journal.read(0);
        co_await journal.trim(second + 1);
        const auto third = co_await journal.append(one_delta(id, 3, "c"));

        EXPECT_LT(first, second);
        EXPECT_LT(second, third);
        EXPECT_EQ(rows.size(), 2U);
        EXPECT_EQ(rows.front().parts, *parts);
        const auto left = co_await journal.read(0);
        EXPECT_EQ(left.size(), 1U);
        EXPECT_EQ(left.front().number, third);
        EXPECT_EQ(left.front().parts, *one_delta(id, 3, "c"));
        EXPECT_TRUE((co_await journal.read(third)).empty());
    };

    this->run(body());
}

TYPED_TEST(GenerationStoreTest, journal_reads_on_where_it_was_also_in_what_has_come_since) {
    GenerationJournal& journal = *this->adapter.journal;
    auto body = [&]() -> Task<void> {
        const GenerationId id = GenerationId::make();
        std::uint64_t last = 0;
        for (std::size_t i = 1; i <= GenerationJournal::read_rows_max; ++i) {
            last = co_await journal.append(one_delta(id, static_cast<std::int64_t>(i), "x"));
        }
        const auto rows = co_await journal.read(0);
        const auto later = co_await journal.append(one_delta(id, 1, "again"));

        const auto more = co_await journal.read(last);

        EXPECT_EQ(rows.back().number, last);
        EXPECT_EQ(more.size(), 1U);
        EXPECT_EQ(more.front().number, later);
        EXPECT_EQ(more.front().parts, *one_delta(id, 1, "again"));
    };

    this->run(body());
}

}  // namespace
}  // namespace loquat::chat
