#include "store/folder/numbered_files.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

#include "store/file/append_file.hpp"
#include "store/folder/copy.hpp"
#include "store/folder/folder.hpp"
#include "store/folder/inspect.hpp"
#include "store/folder/repair.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {
namespace {

using test::code_of;
using test::TemporaryFolder;

namespace fs = std::filesystem;

constexpr std::string_view name = "chat-journal";

// Writes rows as the journal of answers does, a file for every few of them.
class Writer {
  public:
    static constexpr int rows_of_file = 3;

    explicit Writer(Folder& folder)
        : path_(folder.path() / name),
          stamp_(folder.stamp_files(name)),
          number_(to_files_end(stamp_.end->value()).number) {
        make_folder(path_);
        stamp_.first->raise(1);
    }
    void append(const std::string& row) {
        std::string head;
        if (!file_ || rows_ == rows_of_file) {
            const std::uint64_t before = file_ ? file_->size() : 0;
            begin_file();
            head =
                encode_head({.folder = stamp_.folder, .number = number_, .before_bytes = before});
        }
        write(head, row);
    }
    // As a version before did, in a file of its own.
    void append_unnamed(const std::string& row) {
        begin_file();
        stamp_.unnamed->raise(number_);
        write("", row);
    }
    // Forgets all but so many files.
    void trim(std::uint64_t kept) {
        while (stamp_.first->value() + kept <= number_) {
            const std::uint64_t first = stamp_.first->value();
            stamp_.first->raise(first + 1);
            remove_file(path_of(first));
        }
        if (kept == 0) {
            file_.reset();
        }
    }
    std::uint64_t number() const { return number_; }
    fs::path path_of(std::uint64_t number) const {
        return path_ / (std::to_string(number) + std::string{numbered_suffix});
    }

  private:
    void begin_file() {
        rows_ = 0;
        file_.emplace(path_of(++number_), [](std::string_view) {});
    }
    void write(std::string_view head, std::string_view row) {
        std::vector<std::string_view> records{head, row};
        records.erase(records.begin(), records.begin() + (head.empty() ? 1 : 0));
        file_->append(records);
        ++rows_;
        stamp_.end->raise(to_mark({.number = number_, .bytes = file_->size()}));
    }

    fs::path path_;
    FilesStamp stamp_;
    std::optional<AppendFile> file_;
    std::uint64_t number_;
    int rows_ = 0;
};

struct NumberedFilesTest : testing::Test {
    TemporaryFolder place;
    fs::path data = place / "data";

    template <class Work>
    static void run(const fs::path& data, Work work) {
        Folder folder{data};
        const FilesStamp stamp = folder.stamp_files(name);
        const NumberedFiles found = examine_numbered(data / name, stamp);
        if (!found.wrong.empty()) {
            throw found.wrong.front();
        }
        Writer writer{folder};
        folder.settle();
        work(writer);
    }
    void append(int rows) {
        run(data, [&](Writer& writer) {
            for (int i = 1; i <= rows; ++i) {
                writer.append(std::to_string(i));
            }
        });
    }
    static std::string start(const fs::path& data) {
        return code_of([&] { run(data, [](Writer&) {}); });
    }
    void copy_to(const std::string& to) {
        copy_folder(data, place / to, [](const std::string&) {});
    }
    // All that are needed, in order.
    static std::vector<int> rows_of(const fs::path& data) {
        Folder folder{data};
        const NumberedFiles found = examine_numbered(data / name, folder.stamp_files(name));
        std::vector<int> rows;
        for (const NumberedFile& file : found.files) {
            const fs::path path =
                data / name / (std::to_string(file.number) + std::string{numbered_suffix});
            examine_append_file(path, [&](std::string_view record, std::uint64_t) {
                if (!is_head(record)) {
                    rows.push_back(std::stoi(std::string{record}));
                }
            });
        }
        return rows;
    }
    std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator{data / name}) {
            found.push_back(entry.path());
        }
        std::ranges::sort(found);
        return found;
    }
};

TEST_F(NumberedFilesTest, are_copied_while_they_are_written_with_all_that_was_marked) {
    run(data, [&](Writer& writer) {
        for (int i = 1; i <= 10; ++i) {
            writer.append(std::to_string(i));
        }
        std::ofstream{writer.path_of(writer.number()), std::ios::app} << "LqFr half";

        copy_to("copy");
    });

    EXPECT_TRUE(inspect_folder(place / "copy").empty());
    EXPECT_EQ(start(place / "copy"), "");
    EXPECT_EQ(rows_of(place / "copy"), (std::vector{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

// Row 0 is one that is always needed: it is written again before a file that has it is removed.
TEST_F(NumberedFilesTest, are_copied_whole_and_without_a_hole_while_the_oldest_are_removed) {
    constexpr std::size_t copies = 20;
    std::array<int, copies> marked{};  // before the copy
    run(data, [&](Writer& writer) {
        std::atomic<int> last = 0;
        std::jthread thread{[&](const std::stop_token& stop) {
            for (int row = 1; !stop.stop_requested(); ++row) {
                writer.append(std::to_string(row));
                writer.append("0");
                writer.trim(2);
                last = row;
                last.notify_one();
            }
        }};
        for (std::size_t i = 0; i < copies; ++i) {
            last.wait(i == 0 ? 0 : marked[i - 1]);
            marked[i] = last;
            copy_to("copy" + std::to_string(i));
        }
    });

    for (std::size_t i = 0; i < copies; ++i) {
        SCOPED_TRACE(i);
        const fs::path copy = place / ("copy" + std::to_string(i));
        EXPECT_TRUE(inspect_folder(copy).empty());
        EXPECT_EQ(start(copy), "");
        std::vector<int> rows = rows_of(copy);
        EXPECT_GT(std::erase(rows, 0), 0U);
        ASSERT_FALSE(rows.empty());
        EXPECT_EQ(rows.back() - rows.front() + 1, static_cast<int>(rows.size()));
        EXPECT_GE(rows.back(), marked[i]);
    }
}

TEST_F(NumberedFilesTest, that_were_all_forgotten_leave_their_numbers_to_the_copy) {
    run(data, [&](Writer& writer) {
        writer.append("1");
        writer.trim(0);
        copy_to("copy");
    });

    std::uint64_t number = 0;
    run(place / "copy", [&](Writer& writer) {
        writer.append("2");
        number = writer.number();
    });

    EXPECT_GE(number, 2U);
    EXPECT_EQ(rows_of(place / "copy"), std::vector{2});
}

TEST_F(NumberedFilesTest, of_a_version_before_say_nothing_in_the_copy_either) {
    run(data, [&](Writer& writer) {
        for (int i = 1; i <= 4; ++i) {
            writer.append_unnamed(std::to_string(i));
        }
        copy_to("copy");
    });

    EXPECT_TRUE(inspect_folder(place / "copy").empty());
    EXPECT_EQ(start(place / "copy"), "");
    EXPECT_EQ(rows_of(place / "copy"), (std::vector{1, 2, 3, 4}));
}

// Each kind of harm, and what the start says of it.
struct Harm {
    const char* code;
    std::function<void(NumberedFilesTest&)> make;
};

std::vector<Harm> harms() {
    const auto replace = [](const fs::path& file, const fs::path& with) {
        fs::copy_file(with, file, fs::copy_options::overwrite_existing);
    };
    return {
        {"folder.missing_file", [](auto& test) { fs::remove_all(test.data / name); }},
        {"folder.missing_file", [](auto& test) { fs::remove(test.files().front()); }},
        {"folder.older_file", [](auto& test) { fs::resize_file(test.files().back(), 60); }},
        {"folder.foreign_file",
         [replace](auto& test) { replace(test.files()[0], test.files()[1]); }},
        {"folder.newer_file",
         [](auto& test) {
             const std::string_view row = "row";
             AppendFile{test.files().back(), [](std::string_view) {}}.append({&row, 1});
         }},
        {"store.damaged",
         [](auto& test) {
             std::fstream file{test.files().front()};
             file.seekp(70);
             file << "other";
         }},
    };
}

TEST_F(NumberedFilesTest, that_are_wrong_are_set_aside_when_that_was_agreed_to_and_only_then) {
    for (const Harm& harm : harms()) {
        SCOPED_TRACE(harm.code);
        fs::remove_all(data);
        append(10);
        harm.make(*this);
        std::string offered;
        const auto decline = [&](const std::string& offer) {
            offered += offer;
            return false;
        };
        EXPECT_EQ(start(data), harm.code);
        EXPECT_EQ(inspect_folder(data).front().code, harm.code);
        EXPECT_EQ(repair_folder(data, LogRepair::if_missing, decline), 0);
        EXPECT_TRUE(offered.contains(name)) << offered;
        EXPECT_EQ(start(data), harm.code);

        EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return true; }), 1);

        EXPECT_TRUE(inspect_folder(data).empty());
        EXPECT_EQ(start(data), "");
        EXPECT_TRUE(rows_of(data).empty());
    }
}

TEST_F(NumberedFilesTest, keep_what_was_set_aside_and_never_give_its_numbers_again) {
    append(10);
    const std::vector<fs::path> before = files();
    fs::resize_file(before.back(), 60);

    repair_folder(data, LogRepair::if_missing, [](const auto&) { return true; });
    append(10);

    for (const fs::path& file : files()) {
        EXPECT_EQ(std::ranges::count(before, file), 0) << file;
    }
    const auto is_aside = [](const fs::directory_entry& entry) {
        return entry.path().filename().string().starts_with("chat-journal.aside-") &&
               std::distance(fs::directory_iterator{entry}, {}) == 4;
    };
    EXPECT_EQ(std::ranges::count_if(fs::directory_iterator{data}, is_aside), 1);
    EXPECT_EQ(start(data), "");
}

TEST_F(NumberedFilesTest, that_are_as_they_were_left_are_not_offered_to_be_replaced) {
    append(10);

    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return true; }), 0);

    EXPECT_EQ(rows_of(data).size(), 10U);
}

}  // namespace
}  // namespace loquat::store
