#include "services/chat/adapters/file_journal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "services/chat/adapters/journal_form.hpp"
#include "services/chat/adapters/old_journal.hpp"
#include "store/file/frame.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::chat {
namespace {

namespace fs = std::filesystem;

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

JournalPartsPtr share(JournalParts parts) {
    return std::make_shared<const JournalParts>(std::move(parts));
}

class FileJournal : public testing::Test {
  public:
    FileJournal() { fs::create_directories(folder_); }
    ~FileJournal() override { fs::remove_all(folder_); }

    FileJournalOptions options(std::uint64_t segment_bytes = 8'000'000) const {
        return {.folder = folder_ / "journal", .segment_bytes = segment_bytes};
    }
    void run(Task<void> body) {
        aio::Loop loop{"test"};
        aio::run_to_end(loop, std::move(body));
    }
    // `count` rows of one answer, "1,", "2,", ...
    Task<void> append_counted(GenerationJournal& journal, GenerationId id, std::int64_t count) {
        for (std::int64_t i = 1; i <= count; ++i) {
            co_await journal.append(share({{id, i, 0, {delta(std::to_string(i) + ",")}}}));
        }
    }
    Task<std::string> text_of(GenerationJournal& journal, GenerationId id) {
        std::string text;
        std::uint64_t after = 0;
        for (;;) {
            const auto rows = co_await journal.read(after);
            if (rows.empty()) {
                co_return text;
            }
            for (const JournalRow& row : rows) {
                for (const JournalPart& part : row.parts) {
                    if (part.id == id) {
                        text += part.events.front().delta;
                    }
                }
            }
            after = rows.back().number;
        }
    }
    std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator{folder_ / "journal"}) {
            found.push_back(entry.path());
        }
        std::ranges::sort(found);
        return found;
    }

    const fs::path folder_ = fs::path{testing::TempDir()} / Uuid::make().to_string();
};

std::string counted(int last) {
    std::string text;
    for (int i = 1; i <= last; ++i) {
        text += std::to_string(i) + ",";
    }
    return text;
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

TEST_F(FileJournal, survives_the_process_over_many_files) {
    auto body = [&]() -> Task<void> {
        const GenerationId ana = GenerationId::make();
        const GenerationId eve = GenerationId::make();
        {
            const auto journal = open_file_journal(options(500));
            co_await append_counted(*journal, ana, 300);
            co_await append_counted(*journal, eve, 200);
        }

        const auto journal = open_file_journal(options(500));

        EXPECT_GT(files().size(), 10U);
        EXPECT_EQ(co_await text_of(*journal, ana), counted(300));
        EXPECT_EQ(co_await text_of(*journal, eve), counted(200));
    };

    run(body());
}

TEST_F(FileJournal, keeps_files_only_for_rows_that_are_needed) {
    auto body = [&]() -> Task<void> {
        const GenerationId id = GenerationId::make();
        const auto journal = open_file_journal(options(500));
        co_await append_counted(*journal, id, 300);
        const std::size_t before = files().size();
        const auto rows = co_await journal->read(0);

        co_await journal->trim(rows.back().number);

        EXPECT_LT(files().size(), before);
        EXPECT_EQ((co_await journal->read(0)).front().number, rows.back().number);
        co_await journal->trim(std::numeric_limits<std::uint64_t>::max());
        EXPECT_TRUE(files().empty());
    };

    run(body());
}

TEST_F(FileJournal, cut_at_every_byte_gives_what_was_whole_before) {
    auto body = [&]() -> Task<void> {
        const GenerationId id = GenerationId::make();
        {
            const auto journal = open_file_journal(options());
            co_await append_counted(*journal, id, 6);
        }
        const fs::path file = files().front();
        std::string before = counted(6);
        for (auto size = fs::file_size(file); size-- > 0;) {
            fs::resize_file(file, size);
            const auto journal = open_file_journal(options());

            const std::string text = co_await text_of(*journal, id);

            EXPECT_TRUE(before.starts_with(text)) << size;
            before = text;
        }
        EXPECT_EQ(before, "");
    };

    run(body());
}

TEST_F(FileJournal, with_any_flipped_bit_gives_a_beginning_and_never_another_text) {
    auto body = [&]() -> Task<void> {
        const GenerationId id = GenerationId::make();
        {
            const auto journal = open_file_journal(options());
            co_await append_counted(*journal, id, 6);
        }
        const fs::path file = files().front();
        std::ifstream in{file, std::ios::binary};
        const std::string good{std::istreambuf_iterator<char>{in}, {}};
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            std::string bad = good;
            bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
            std::ofstream{file, std::ios::binary | std::ios::trunc} << bad;
            const auto journal = open_file_journal(options());

            const std::string text = co_await text_of(*journal, id);

            EXPECT_LT(text.size(), counted(6).size()) << bit;
            EXPECT_TRUE(counted(6).starts_with(text)) << bit;
        }
    };

    run(body());
}

TEST_F(FileJournal, takes_over_the_database_that_held_it_before) {
    auto body = [&]() -> Task<void> {
        const fs::path old = folder_ / "chat-journal.db";
        const GenerationId id = GenerationId::make();
        store::Encoder batch;
        batch.byte(1);
        batch.number(1);
        batch.uuid(id.uuid);
        batch.number(3);
        batch.number(77);
        batch.number(2);
        batch.number(1);
        batch.bytes("text");
        batch.number(0);
        batch.number(static_cast<std::uint64_t>(GenerationState::streaming));
        {
            const auto database = store::open_sqlite({.file = old, .schema = old_journal_schema()});
            auto work = [bytes = batch.take()](store::Transaction& transaction) {
                transaction.execute("INSERT INTO journal (number, batch) VALUES (1, $1), (2, $2)",
                                    {store::BlobView{bytes}, store::BlobView{"nonsense"}});
            };
            co_await database->transact(std::move(work));
        }
        const auto journal = open_file_journal(options());

        co_await take_over_journal(old, *journal);
        co_await take_over_journal(old, *journal);

        const auto rows = co_await journal->read(0);
        const JournalParts wanted{{id, 3, 77, {delta("text"), state(GenerationState::streaming)}}};
        EXPECT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows.front().parts, wanted);
        EXPECT_FALSE(fs::exists(old));
    };

    run(body());
}

}  // namespace
}  // namespace loquat::chat
