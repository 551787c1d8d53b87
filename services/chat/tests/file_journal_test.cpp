#include "services/chat/adapters/file_journal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "services/chat/adapters/journal_form.hpp"
#include "services/chat/adapters/old_journal.hpp"
#include "store/file/append_file.hpp"
#include "store/folder/numbered_files.hpp"
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

JournalPartsPtr share(JournalParts parts) {
    return std::make_shared<const JournalParts>(std::move(parts));
}

class FileJournal : public testing::Test {
  public:
    FileJournal() {
        fs::create_directories(folder_);
        begin_marks();
    }
    ~FileJournal() override { fs::remove_all(folder_); }

    // As the next process finds them.
    void begin_marks() { marks_ = std::make_unique<store::Marks>(folder_ / "marks", id_); }
    FileJournalOptions options(std::uint64_t segment_bytes = 8'000'000,
                               store::LastEnd last_end = store::LastEnd::process) const {
        FileJournalOptions options{.folder = folder_ / "journal",
                                   .stamp = store::files_stamp(*marks_, "journal", id_),
                                   .segment_bytes = segment_bytes};
        options.stamp.last_end = last_end;
        return options;
    }
    // Why the files are refused; empty when they are taken.
    std::string refused(store::LastEnd last_end = store::LastEnd::process) const {
        try {
            open_file_journal(options(500, last_end));
            return {};
        } catch (const Failure& failure) {
            EXPECT_EQ(std::ranges::count(failure.message, '\n'), 0);
            EXPECT_TRUE(failure.message.contains((folder_ / "journal").string()));
            EXPECT_TRUE(failure.message.contains("doctor") || failure.message.contains("copy"));
            return failure.code;
        }
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

    // Files of one answer that has not ended.
    void leave_files(std::int64_t rows = 300) {
        auto body = [&]() -> Task<void> {
            const auto journal = open_file_journal(options(500));
            co_await append_counted(*journal, GenerationId::make(), rows);
        };
        run(body());
    }

    const fs::path folder_ = fs::path{testing::TempDir()} / Uuid::make().to_string();
    const Uuid id_ = Uuid::make();
    std::unique_ptr<store::Marks> marks_;
};

std::string counted(int last) {
    std::string text;
    for (int i = 1; i <= last; ++i) {
        text += std::to_string(i) + ",";
    }
    return text;
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

TEST_F(FileJournal, after_a_loss_of_power_cut_at_every_byte_gives_what_was_whole_before) {
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
            EXPECT_NE(refused(), "") << size;
            const auto journal = open_file_journal(options(500, store::LastEnd::machine));

            const std::string text = co_await text_of(*journal, id);

            EXPECT_TRUE(before.starts_with(text)) << size;
            before = text;
        }
        EXPECT_EQ(before, "");
    };

    run(body());
}

TEST_F(
    FileJournal,
    with_any_flipped_bit_is_refused_and_after_a_loss_of_power_gives_a_beginning_and_never_another_text) {
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
            EXPECT_EQ(refused(), "store.damaged") << bit;
            const auto journal = open_file_journal(options(500, store::LastEnd::machine));

            const std::string text = co_await text_of(*journal, id);

            EXPECT_LT(text.size(), counted(6).size()) << bit;
            EXPECT_TRUE(counted(6).starts_with(text)) << bit;
        }
    };

    run(body());
}

TEST_F(FileJournal, with_a_missing_file_is_refused) {
    leave_files();
    const std::vector<fs::path> all = files();
    for (const fs::path& file : all) {
        fs::rename(file, folder_ / "away");

        EXPECT_EQ(refused(), "folder.missing_file") << file;

        fs::rename(folder_ / "away", file);
    }
    EXPECT_EQ(refused(), "");
    EXPECT_EQ(files(), all);
    fs::remove(all[1]);
    EXPECT_EQ(refused(store::LastEnd::machine), "");
}

TEST_F(FileJournal, with_an_older_copy_of_any_file_is_refused) {
    leave_files();
    for (const fs::path& file : files()) {
        fs::copy_file(file, folder_ / "whole");
        std::uint64_t before_last = 0;
        std::uint64_t last = 0;
        store::examine_append_file(file, [&](std::string_view, std::uint64_t end) {
            before_last = std::exchange(last, end);
        });
        fs::resize_file(file, before_last);

        EXPECT_EQ(refused(), "folder.older_file") << file;
        EXPECT_EQ(fs::file_size(file), before_last);

        fs::rename(folder_ / "whole", file);
    }
}

TEST_F(FileJournal, of_another_folder_or_in_anothers_place_is_refused) {
    leave_files();
    const std::vector<fs::path> all = files();
    fs::rename(all[0], folder_ / "away");
    fs::copy_file(all[1], all[0]);
    EXPECT_EQ(refused(), "folder.foreign_file");
    EXPECT_EQ(refused(store::LastEnd::machine), "folder.foreign_file");
    fs::remove(all[0]);
    {
        store::Marks marks{folder_ / "other-marks", Uuid::make()};
        FileJournalOptions other = options();
        other.stamp = store::files_stamp(marks, "journal", Uuid::make());
        other.folder = folder_ / "other";
        auto body = [&]() -> Task<void> {
            const auto journal = open_file_journal(other);
            co_await append_counted(*journal, GenerationId::make(), 300);
        };
        run(body());
    }

    fs::copy_file(folder_ / "other/1.journal", all[0]);

    EXPECT_EQ(refused(), "folder.foreign_file");
}

TEST_F(FileJournal, with_one_row_that_was_not_marked_is_taken_only_after_a_kill) {
    leave_files(3);
    const fs::path file = files().front();
    store::AppendFile appended{file, [](std::string_view) {}};
    const std::string_view row = "row";
    appended.append({&row, 1});
    EXPECT_EQ(refused(), "");
    EXPECT_EQ(refused(store::LastEnd::clean), "folder.newer_file");

    appended.append({&row, 1});

    EXPECT_EQ(refused(), "folder.newer_file");
    EXPECT_EQ(refused(store::LastEnd::machine), "");
}

TEST_F(FileJournal, cut_off_behind_what_was_marked_is_taken) {
    auto body = [&]() -> Task<void> {
        const GenerationId id = GenerationId::make();
        {
            const auto journal = open_file_journal(options());
            co_await append_counted(*journal, id, 6);
        }
        std::ofstream{files().front(), std::ios::binary | std::ios::app} << "LqFr torn";

        const auto journal = open_file_journal(options());

        EXPECT_EQ(co_await text_of(*journal, id), counted(6));
    };

    run(body());
}

TEST_F(FileJournal, never_gives_a_number_twice) {
    auto body = [&]() -> Task<void> {
        fs::path first;
        {
            const auto journal = open_file_journal(options());
            co_await append_counted(*journal, GenerationId::make(), 3);
            first = files().front();
            fs::copy_file(first, folder_ / "kept");
            co_await journal->trim(std::numeric_limits<std::uint64_t>::max());
        }
        fs::copy_file(folder_ / "kept", first);
        begin_marks();

        const auto journal = open_file_journal(options());
        co_await append_counted(*journal, GenerationId::make(), 3);

        EXPECT_FALSE(fs::exists(first));
        EXPECT_EQ(files().size(), 1U);
    };

    run(body());
}

TEST_F(FileJournal, of_a_version_that_named_no_files_is_taken_over_until_it_is_forgotten) {
    auto body = [&]() -> Task<void> {
        const GenerationId id = GenerationId::make();
        fs::create_directories(folder_ / "journal");
        for (const char* name : {"4.journal", "5.journal"}) {
            store::AppendFile file{folder_ / "journal" / name, [](std::string_view) {}};
            const std::int64_t event = name[0] == '4' ? 1 : 2;
            const auto records = JournalEncoder{}.encode({{id, event, 0, {delta("text")}}});
            const std::string_view record = records.front();
            file.append({&record, 1});
        }
        {
            const auto journal = open_file_journal(options());
            EXPECT_EQ(co_await text_of(*journal, id), "texttext");
            co_await append_counted(*journal, GenerationId::make(), 1);
        }
        begin_marks();

        const auto journal = open_file_journal(options());

        EXPECT_EQ(co_await text_of(*journal, id), "texttext");
        fs::remove(folder_ / "journal/4.journal");
        EXPECT_EQ(refused(), "folder.missing_file");
    };

    run(body());
}

TEST_F(FileJournal, takes_over_the_database_that_held_it_before) {
    auto body = [&]() -> Task<void> {
        const fs::path old = folder_ / "chat-journal.db";
        const GenerationId id = GenerationId::make();
        wire::Encoder batch;
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

        GenerationEvent streaming;
        streaming.kind = EventKind::state;
        streaming.state = GenerationState::streaming;
        const auto rows = co_await journal->read(0);
        const JournalParts wanted{{id, 3, 77, {delta("text"), streaming}}};
        EXPECT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows.front().parts, wanted);
        EXPECT_FALSE(fs::exists(old));
    };

    run(body());
}

}  // namespace
}  // namespace loquat::chat
