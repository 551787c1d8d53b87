#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "base/failure.hpp"
#include "store/folder/inspect.hpp"
#include "store/folder/repair.hpp"
#include "testing/sanitized.hpp"
#include "tests/support/kept_folders.hpp"

// Each file of a data folder, damaged in each way.  Either the start refuses with one line that
// names the file, or everything that was acknowledged is there and unchanged.
namespace loquat::test {
namespace {

namespace fs = std::filesystem;

enum class Damage { missing, older, newer, cut, swapped, flipped };
constexpr std::array damages{Damage::missing, Damage::older,   Damage::newer,
                             Damage::cut,     Damage::swapped, Damage::flipped};
constexpr std::array damage_names{"missing", "older", "newer", "cut", "swapped", "flipped"};
constexpr std::array files{"manifest",       "marks",           "auth.db",
                           "auth.db-wal",    "chat.db",         "chat.db-wal",
                           "messages.db",    "messages.db-wal", "usage.db",
                           "usage.db-wal",   "log/identity",    "log/000000000001.segment",
                           "auth-keys.json", "internal.key",    "chat-journal/JOURNAL"};
constexpr int flips = is_sanitized ? 25 : 100;
constexpr int whole_starts = 2;

struct Case {
    std::string file;
    Damage damage;
    std::string end;  // of the process that left the folder
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
    std::string name = info.param.file + "_" +
                       damage_names[static_cast<std::size_t>(info.param.damage)] + "_" +
                       info.param.end;
    std::ranges::replace_if(name, [](char c) { return c != '_' && !std::isalnum(c); }, '_');
    return name;
}

// The one file of the journal has a number of its own at each time.
fs::path find_file(const fs::path& folder, const std::string& name) {
    if (!name.ends_with("JOURNAL")) {
        return folder / name;
    }
    fs::path last;
    for (const auto& entry : fs::directory_iterator{folder / "chat-journal"}) {
        last = entry.path().extension() == ".journal" ? std::max(last, entry.path()) : last;
    }
    return last;
}

// Segments of the log are long and nearly empty.
std::string read_begin(const fs::path& file) {
    constexpr std::uintmax_t most = 1024 * 1024;
    std::string bytes(std::min(fs::file_size(file), most), '\0');
    std::ifstream{file, std::ios::binary}.read(bytes.data(),
                                               static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

void flip(const fs::path& file, std::size_t at, int bit) {
    std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
    stream.seekg(static_cast<std::streamoff>(at));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ (1 << bit)));
}

class DamageTest : public testing::TestWithParam<Case> {
  protected:
    static void SetUpTestSuite() { kept_ = std::make_unique<KeptFolders>(); }
    static void TearDownTestSuite() { kept_.reset(); }

    void SetUp() override {
        copy_folder_sparsely(kept_->of("now", GetParam().end), data_);
        file_ = find_file(data_, GetParam().file);
        if (file_.empty() || !fs::exists(file_)) {
            GTEST_SKIP() << "not there after such an end";
        }
        // Its process may have died between a record and its mark, so the log may say more.
        if (GetParam().file.ends_with(".segment") && GetParam().damage == Damage::newer &&
            GetParam().end == "killed") {
            GTEST_SKIP() << "what was logged and not acknowledged is taken for such";
        }
    }
    void TearDown() override { fs::remove_all(data_); }

    // False when there is none.
    bool put_from(const std::string& time) {
        const fs::path from = find_file(kept_->of(time, GetParam().end), GetParam().file);
        if (from.empty() || !fs::exists(from)) {
            return false;
        }
        copy_file_sparsely(from, file_);
        return true;
    }

    const Told& told() const { return kept_->told.at("now-" + GetParam().end); }

    // The damaged file, and what belongs together with it.
    std::map<fs::path, std::string> content() const {
        const std::string name = GetParam().file.substr(0, GetParam().file.find("-wal"));
        std::map<fs::path, std::string> all;
        for (const fs::path& path : {file_, data_ / name, data_ / (name + "-wal")}) {
            if (name != "marks" && fs::is_regular_file(path) && fs::file_size(path) > 0) {
                all[path] = read_begin(path);
            }
        }
        return all;
    }

    // The damage was done: one of the two promises holds.
    void expect_refused_or_whole() {
        const auto before = content();
        std::unique_ptr<PlatformUnderTest> platform;
        try {
            platform = start_on(data_);
        } catch (const Failure& failure) {
            expect_useful(failure);
            EXPECT_TRUE(before == content()) << "changed by a refused start: " << failure.message;
            return;
        }
        EXPECT_EQ(find_difference(*platform, told()), "");
    }

    void expect_useful(const Failure& failure) const {
        const std::string line = failure.message;
        EXPECT_EQ(std::ranges::count(line, '\n'), 0) << line;
        EXPECT_TRUE(line.contains(data_.string())) << failure.code << " " << line;
        EXPECT_TRUE(line.contains("copy") || line.contains("doctor")) << line;
    }

    void flip_one_after_the_other() {
        const std::size_t used = read_begin(file_).find_last_not_of('\0') + 1;
        std::mt19937 random{20260727};
        int starts = 0;
        for (int i = 0; i < flips; ++i) {
            const std::size_t at = random() % used;
            const int bit = static_cast<int>(random() % 8);
            flip(file_, at, bit);
            const std::vector<Failure> found = store::inspect_folder(data_);
            for (const Failure& one : found) {
                expect_useful(one);
            }
            if (found.empty() || starts < whole_starts) {
                SCOPED_TRACE("byte " + std::to_string(at) + " of " + std::to_string(used));
                starts += found.empty() ? 0 : 1;
                expect_refused_or_whole();
                copy_folder_sparsely(kept_->of("now", GetParam().end), data_);
            } else {
                flip(file_, at, bit);
            }
        }
    }

    static inline std::unique_ptr<KeptFolders> kept_;
    const fs::path data_ = make_quick_folder();
    fs::path file_;
};

TEST_P(DamageTest, is_refused_or_nothing_is_lost) {
    switch (GetParam().damage) {
        case Damage::missing:
            fs::remove(file_);
            break;
        case Damage::older:
        case Damage::newer:
        case Damage::swapped: {
            const bool is_older = GetParam().damage == Damage::older;
            const bool is_newer = GetParam().damage == Damage::newer;
            if (!put_from(is_older ? "old" : is_newer ? "new" : "other")) {
                GTEST_SKIP() << "there is no such copy";
            }
            break;
        }
        case Damage::cut: {
            fs::resize_file(file_, (read_begin(file_).find_last_not_of('\0') + 1) / 2);
            break;
        }
        case Damage::flipped:
            flip_one_after_the_other();
            return;
    }

    expect_refused_or_whole();
}

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    for (const char* file : files) {
        for (const Damage damage : damages) {
            for (const char* end : {"killed", "closed"}) {
                cases.push_back({file, damage, end});
            }
        }
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Folder, DamageTest, testing::ValuesIn(all_cases()), name_of);

TEST(LostAccounts, make_nobody_administrator_by_being_first_after_a_repair) {
    const fs::path data = make_quick_folder();
    const auto registered = [&](const std::string& name) {
        const auto platform = start_on(data);
        aio::Loop loop{"client"};
        HttpCaller caller{loop, platform->port()};
        std::string body;
        auto ask = [&]() -> Task<void> {
            const std::string who =
                R"({"username":")" + name + R"(","password":"a long password 1"})";
            body = (co_await caller.call("POST", "/api/auth/register", "", who)).body;
        };
        run_to_end(loop, ask());
        return body;
    };
    EXPECT_TRUE(registered("ana").contains("\"admin\""));
    fs::remove(data / "auth.db");
    EXPECT_THROW(start_on(data), Failure);
    store::repair_folder(data, store::LogRepair::if_missing, [](const auto&) { return true; });

    const std::string stranger = registered("mallory");
    fs::remove_all(data);

    EXPECT_TRUE(stranger.contains("\"user\"")) << stranger;
    EXPECT_FALSE(stranger.contains("\"admin\"")) << stranger;
}

}  // namespace
}  // namespace loquat::test
