#include <gtest/gtest.h>

#include <array>

#include "store/file/append_file.hpp"
#include "store/tests/log_support.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {
namespace {

using test::code_of;
using test::TemporaryFolder;

using Records = std::vector<std::string>;

Records open_and_read(const std::filesystem::path& path) {
    Records records;
    const AppendFile file{path, [&](std::string_view record) { records.emplace_back(record); }};
    return records;
}

void append_all(const std::filesystem::path& path, const Records& records) {
    AppendFile file{path, [](std::string_view) {}};
    for (const std::string& record : records) {
        file.append(std::array{std::string_view{record}});
    }
}

// The first records, as many as `found` has.
bool is_beginning(const Records& found, const Records& all) {
    return found.size() <= all.size() && std::equal(found.begin(), found.end(), all.begin());
}

TEST(AppendFile, gives_back_what_was_appended_in_its_order) {
    const TemporaryFolder folder;
    const Records records{"one", "", std::string(300'000, 'x'), std::string("\0LqFr", 5)};

    append_all(folder / "f", records);
    append_all(folder / "f", {"more"});

    Records expected = records;
    expected.emplace_back("more");
    EXPECT_EQ(open_and_read(folder / "f"), expected);
    EXPECT_EQ(std::filesystem::status(folder / "f").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(AppendFile, loses_at_every_cut_the_last_records_only_and_goes_on) {
    const TemporaryFolder folder;
    const Records records{"first", "second", "third"};
    append_all(folder / "f", records);
    const std::string whole = content_of(folder / "f");

    for (std::size_t size = 0; size < whole.size(); ++size) {
        set_content(folder / "cut", whole.substr(0, size));
        const Records found = open_and_read(folder / "cut");
        ASSERT_TRUE(is_beginning(found, records)) << size;
        ASSERT_LT(found.size(), records.size());
        append_all(folder / "cut", {"next"});
        ASSERT_EQ(open_and_read(folder / "cut").back(), "next") << size;
        ASSERT_EQ(open_and_read(folder / "cut").size(), found.size() + 1);
    }
}

TEST(AppendFile, never_gives_out_a_record_with_a_flipped_bit) {
    const TemporaryFolder folder;
    const Records records{"first", "second", "third"};
    append_all(folder / "f", records);
    const std::string whole = content_of(folder / "f");

    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        std::string changed = whole;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        set_content(folder / "flipped", changed);
        Records found;
        const std::string code = code_of([&] { found = open_and_read(folder / "flipped"); });
        ASSERT_TRUE(is_beginning(found, records)) << bit;
        // Only the last record can pass for one that was never finished.
        ASSERT_TRUE(code == "store.damaged" || found.size() == 2) << bit;
        ASSERT_TRUE(code.empty() || content_of(folder / "flipped") == changed) << bit;
    }
}

TEST(AppendFile, refuses_frames_of_another_file_and_of_another_place) {
    const TemporaryFolder folder;
    append_all(folder / "a", {"aaaa", "AAAA"});
    append_all(folder / "b", {"bbbb", "BBBB"});
    const std::string a = content_of(folder / "a");
    const std::string b = content_of(folder / "b");
    const std::size_t frame = frame_overhead + 4;
    const std::size_t first = a.size() - 2 * frame;

    std::string foreign = a;
    foreign.replace(first, frame, b.substr(first, frame));
    std::string moved = a.substr(0, first) + a.substr(first + frame) + a.substr(first, frame);
    set_content(folder / "foreign", foreign);
    set_content(folder / "moved", moved);

    EXPECT_EQ(code_of([&] { open_and_read(folder / "foreign"); }), "store.damaged");
    EXPECT_EQ(open_and_read(folder / "moved"), Records{});
}

// Takes half of what it is given, then has no space.
struct FullDisk final : FileCalls {
    bool full = false;

    ssize_t write(int file, const char* bytes, std::size_t count, std::uint64_t at) override {
        if (!full) {
            return FileCalls::write(file, bytes, count, at);
        }
        if (count < 10) {
            errno = ENOSPC;
            return -1;
        }
        return FileCalls::write(file, bytes, count / 2, at);
    }
};

TEST(AppendFile, leaves_nothing_behind_of_what_did_not_fit) {
    const TemporaryFolder folder;
    FullDisk disk;
    AppendFile file{folder / "f", [](std::string_view) {}, disk};
    file.append(std::array{std::string_view{"kept"}});
    const std::uint64_t size = file.size();

    disk.full = true;
    const std::string large(1000, 'x');
    const std::string code = code_of([&] { file.append(std::array{std::string_view{large}}); });
    const std::uint64_t size_while_full = std::filesystem::file_size(folder / "f");
    disk.full = false;
    file.append(std::array{std::string_view{"next"}});

    EXPECT_EQ(code, "store.full");
    EXPECT_EQ(size_while_full, size);
    EXPECT_EQ(open_and_read(folder / "f"), (Records{"kept", "next"}));
}

}  // namespace
}  // namespace loquat::store
