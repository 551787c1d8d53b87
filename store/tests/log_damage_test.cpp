#include <gtest/gtest.h>

#include "store/tests/log_support.hpp"
#include "testing/failure_code.hpp"

// A log whose files were changed by something else. Whatever the change: a record that is given out
// is the one that was written, one that was acknowledged is there or missed, and a log that is
// refused is left as it was.
namespace loquat::store {
namespace {

using test::code_of;

// Thousands of logs are opened here; none of them has to outlive the power.
struct QuickCalls final : FileCalls {
    int sync_data(int) override { return 0; }
    int sync(int) override { return 0; }
};

enum class Outcome { damaged, whole, shorter };

struct LogDamage : testing::Test, LogUnderTest {
    LogDamage() {
        options.calls = &calls;
        options.tail_bytes_max = 1;
        options.segment_bytes = 4096;
    }

    // Records 1 to 9 of "t" and 1 to 3 of "u", of which the first was trimmed.
    void fill() {
        open();
        for (int i = 1; i <= 9; ++i) {
            written.push_back("record " + std::to_string(i));
            append(written.back());
            if (i % 3 == 0) {
                append("beside", "u");
            }
        }
        trim(2, "u");
        close();
    }
    void fill_segments() {
        open();
        for (int i = 1; i <= 40; ++i) {
            written.push_back("record " + std::to_string(i) + std::string(400, '.'));
            append(written.back());
        }
        close();
        ASSERT_GE(segments().size(), 4U);
    }
    void acknowledge_all() { options.acknowledged = {{"t", written.size()}}; }

    // Opens and reads everything. Checks that nothing wrong is given out.
    Outcome open_and_read() {
        std::vector<std::string> found;
        const std::string code = code_of([&] {
            open();
            while (found.size() < ends().last) {
                const auto more = read(found.size());
                found.insert(found.end(), more.begin(), more.end());
            }
        });
        log.reset();
        EXPECT_TRUE(code.empty() || code == "store.damaged") << code;
        EXPECT_LE(found.size(), written.size());
        EXPECT_TRUE(std::equal(found.begin(), found.end(), written.begin()));
        if (!code.empty()) {
            return Outcome::damaged;
        }
        return found == written ? Outcome::whole : Outcome::shorter;
    }

    QuickCalls calls;
    std::vector<std::string> written;
};

std::size_t used_bytes(const std::string& content) { return content.find_last_not_of('\0') + 1; }

TEST_F(LogDamage, a_last_segment_that_was_cut_at_any_byte_is_refused_and_left) {
    fill();
    acknowledge_all();
    const auto path = segments().back();
    const std::string whole = content_of(path);

    for (std::size_t size = 0; size < whole.size(); size += size < used_bytes(whole) ? 1 : 97) {
        set_content(path, whole.substr(0, size));
        ASSERT_EQ(open_and_read(), Outcome::damaged) << size;
        ASSERT_EQ(std::filesystem::file_size(path), size);
    }
}

TEST_F(LogDamage, an_end_that_was_never_written_is_cut_off_and_the_log_goes_on) {
    fill();
    const auto path = segments().back();
    const std::string whole = content_of(path);
    std::size_t kept_all = 0;

    for (std::size_t at = used_bytes(whole) - 1; at > 200; --at) {
        std::string torn = whole;
        std::fill(torn.begin() + static_cast<std::ptrdiff_t>(at), torn.end(), '\0');
        set_content(path, torn);
        open();
        const Offset last = ends().last;
        const auto found = last == 0 ? std::vector<std::string>{} : read(0);
        ASSERT_TRUE(std::equal(found.begin(), found.end(), written.begin())) << at;
        ASSERT_EQ(found.size(), last);
        ASSERT_EQ(append("next"), last + 1);
        close();
        open();
        ASSERT_EQ(read(last), std::vector<std::string>{"next"}) << at;
        close();
        kept_all += last == written.size() ? 1 : 0;
    }
    EXPECT_GT(kept_all, 0U);
}

TEST_F(LogDamage, an_end_without_what_was_acknowledged_is_refused_wherever_it_is) {
    fill();
    acknowledge_all();
    const auto path = segments().back();
    const std::string whole = content_of(path);

    for (std::size_t at = 0; at < used_bytes(whole); ++at) {
        std::string torn = whole;
        std::fill(torn.begin() + static_cast<std::ptrdiff_t>(at), torn.end(), '\0');
        set_content(path, torn);
        const Outcome outcome = open_and_read();
        ASSERT_NE(outcome, Outcome::shorter) << at;
        ASSERT_TRUE(outcome == Outcome::whole || content_of(path) == torn) << at;
    }
}

TEST_F(LogDamage, a_flipped_bit_anywhere_in_the_last_segment_is_refused_or_harmless) {
    fill();
    const auto path = segments().back();
    const std::string whole = content_of(path);
    const std::size_t used = used_bytes(whole);
    std::size_t refused = 0;

    for (std::size_t byte = 0; byte < whole.size(); byte += byte < used ? 1 : 101) {
        std::string changed = whole;
        changed[byte] = static_cast<char>(changed[byte] ^ (1 << (byte % 8)));
        set_content(path, changed);
        // A log that was closed says itself how far it was durable: no other witness is needed.
        const Outcome outcome = open_and_read();
        ASSERT_NE(outcome, Outcome::shorter) << byte;
        ASSERT_TRUE(outcome == Outcome::whole || content_of(path) == changed) << byte;
        refused += outcome == Outcome::damaged ? 1 : 0;
    }
    EXPECT_GT(refused, used * 9 / 10);
}

TEST_F(LogDamage, a_flipped_bit_anywhere_in_a_closed_segment_is_found_or_harmless) {
    fill_segments();
    const auto path = segments().at(1);
    const std::string whole = content_of(path);

    for (std::size_t byte = 0; byte < whole.size(); byte += 3) {
        std::string changed = whole;
        changed[byte] = static_cast<char>(changed[byte] ^ (1 << (byte % 8)));
        set_content(path, changed);
        ASSERT_NE(open_and_read(), Outcome::shorter) << byte;
        ASSERT_EQ(content_of(path), changed) << byte;
    }
}

TEST_F(LogDamage, a_bad_frame_that_what_follows_calls_durable_is_refused_with_its_place) {
    fill();
    const auto path = segments().back();
    std::string content = content_of(path);
    content[content.find("record 5")] = 'R';
    set_content(path, content);

    const std::string failure = failure_of_open();

    EXPECT_TRUE(failure.starts_with("store.damaged: ")) << failure;
    EXPECT_NE(failure.find(path.string()), std::string::npos) << failure;
    EXPECT_NE(failure.find("at byte "), std::string::npos) << failure;
    EXPECT_EQ(content_of(path), content);
}

TEST_F(LogDamage, of_a_closed_segment_leaves_what_is_before_and_behind_it_readable) {
    fill_segments();
    const auto path = segments().at(1);
    std::string content = content_of(path);
    content[content.find("record 1") + 1] = 'E';
    const std::size_t number_at = content.find("rEcord ") + 7;
    const Offset bad = std::stoull(content.substr(number_at, 3));
    set_content(path, content);
    open();

    std::string message;
    try {
        read(bad - 1);
    } catch (const Failure& failure) {
        message = failure.message;
    }

    EXPECT_EQ(read(0).size(), bad - 1);
    EXPECT_EQ(read(bad).size(), written.size() - bad);
    EXPECT_NE(message.find("record " + std::to_string(bad) + " of t"), std::string::npos)
        << message;
    EXPECT_NE(message.find(path.string()), std::string::npos) << message;
}

TEST_F(LogDamage, a_missing_segment_is_named) {
    fill_segments();
    for (const auto& path : segments()) {
        const std::string content = content_of(path);
        std::filesystem::remove(path);
        const std::string failure = failure_of_open();
        EXPECT_TRUE(failure.starts_with("store.damaged: ")) << path << failure;
        EXPECT_FALSE(std::filesystem::exists(path));
        set_content(path, content);
    }
    EXPECT_EQ(open_and_read(), Outcome::whole);
}

TEST_F(LogDamage, a_segment_in_the_place_of_another_is_refused) {
    fill_segments();
    const auto paths = segments();
    const std::string second = content_of(paths[1]);
    set_content(paths[1], content_of(paths[2]));

    EXPECT_EQ(open_and_read(), Outcome::damaged);
    set_content(paths[1], second);
    EXPECT_EQ(open_and_read(), Outcome::whole);
}

TEST_F(LogDamage, a_segment_of_another_log_is_called_foreign) {
    fill_segments();
    LogUnderTest other;
    other.options.segment_bytes = options.segment_bytes;
    other.open();
    for (int i = 0; i < 40; ++i) {
        other.append("other" + std::string(400, '.'));
    }
    other.close();

    for (const auto& path : segments()) {
        const std::string content = content_of(path);
        set_content(path, content_of(other.options.folder / path.filename()));
        EXPECT_TRUE(failure_of_open().starts_with("store.foreign_file: ")) << path;
        set_content(path, content);
    }
    EXPECT_EQ(open_and_read(), Outcome::whole);
}

TEST_F(LogDamage, an_older_copy_of_the_last_segment_or_of_all_is_refused) {
    fill();
    const auto path = segments().back();
    const std::string older = content_of(path);
    open();
    written.emplace_back("later");
    append(written.back());
    close();
    acknowledge_all();

    EXPECT_EQ(open_and_read(), Outcome::whole);
    set_content(path, older);
    EXPECT_EQ(open_and_read(), Outcome::damaged);
    EXPECT_EQ(content_of(path), older);
}

TEST_F(LogDamage, a_folder_that_is_gone_is_missed_when_something_was_acknowledged) {
    fill();
    acknowledge_all();
    std::filesystem::remove_all(options.folder);

    EXPECT_TRUE(failure_of_open().starts_with("store.damaged: "));
    EXPECT_FALSE(std::filesystem::exists(options.folder));
}

TEST_F(LogDamage, an_identity_that_is_missing_or_changed_is_refused) {
    fill();
    const auto path = options.folder / "identity";
    const std::string whole = content_of(path);

    std::filesystem::remove(path);
    EXPECT_TRUE(failure_of_open().starts_with("store.damaged: "));
    EXPECT_FALSE(std::filesystem::exists(path));
    for (std::size_t byte = 0; byte < whole.size(); ++byte) {
        std::string changed = whole;
        changed[byte] = static_cast<char>(changed[byte] ^ 1);
        set_content(path, changed);
        EXPECT_TRUE(failure_of_open().starts_with("store.damaged: ")) << byte;
    }
    set_content(path, whole);
    EXPECT_EQ(open_and_read(), Outcome::whole);
}

TEST_F(LogDamage, a_segment_that_was_never_begun_is_no_damage) {
    fill();
    const std::string first = content_of(segments().back());
    for (const std::string& begun : {std::string{}, std::string(4096, '\0'), first.substr(0, 30)}) {
        set_content(options.folder / "000000000002.segment", begun);
        EXPECT_EQ(open_and_read(), Outcome::whole) << begun.size();
        EXPECT_EQ(segments().size(), 1U);
    }
}

}  // namespace
}  // namespace loquat::store
