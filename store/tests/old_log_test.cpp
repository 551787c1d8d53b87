#include <gtest/gtest.h>

#include "store/log/import/old_batch.hpp"
#include "store/sqlite/open.hpp"
#include "store/tests/log_support.hpp"
#include "testing/failure_code.hpp"
#include "wire/binary.hpp"

// A data folder of version 0.1.0, whose log was a SQLite file.
namespace loquat::store {
namespace {

using test::code_of;

constexpr std::array<Migration, 1> old_schema{{{1, "log", R"sql(
CREATE TABLE identity (
    id BLOB NOT NULL
);
CREATE TABLE topics (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    first INTEGER NOT NULL
);
CREATE TABLE batches (
    place INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    body BLOB NOT NULL
);
)sql"}}};

struct OldLogFile : testing::Test, LogUnderTest {
    OldLogFile()
        : file(folder / "log.db"), connection(open_writer({.file = file, .schema = old_schema})) {
        connection->execute("INSERT INTO identity (id) VALUES ($1)", {identity});
    }

    void add_topic(std::int64_t number, const std::string& name, Offset first) {
        connection->execute("INSERT INTO topics (number, name, first) VALUES ($1, $2, $3)",
                            {number, name, static_cast<std::int64_t>(first)});
    }
    void add_batch(std::int64_t topic, const std::string& name, Offset first, int count) {
        wire::Encoder out;
        for (int i = 0; i < count; ++i) {
            const LogRecord record{first + static_cast<Offset>(i), "key",
                                   name + std::to_string(first + static_cast<Offset>(i))};
            out.bytes(record.key);
            out.bytes(record.payload);
            const std::uint32_t sum = old_record_checksum(name, record);
            for (int shift = 0; shift < 32; shift += 8) {
                out.byte(static_cast<std::uint8_t>(sum >> shift));
            }
        }
        const std::string body = out.take();
        connection->execute(
            "INSERT INTO batches (place, count, body) VALUES ($1, $2, $3)",
            {(topic << 44) + static_cast<std::int64_t>(first), count, BlobView{body}});
    }
    // "messages" has 4 to 9 of batches that begin at 3, "usage" nothing before 8.
    void fill() {
        add_topic(1, "messages", 4);
        add_topic(2, "usage", 8);
        add_batch(1, "messages", 3, 3);
        add_batch(1, "messages", 6, 4);
        connection.reset();
    }

    const Uuid identity = Uuid::make();
    std::filesystem::path file;
    std::unique_ptr<Connection> connection;
};

TEST_F(OldLogFile, moves_with_its_identity_offsets_and_records) {
    options.segment_bytes = 4096;
    options.tail_bytes_max = 1;
    fill();

    open();
    const Uuid moved = log->folder_identity();
    const LogEnds messages = ends("messages");
    const LogEnds usage = ends("usage");
    const auto payloads = read(3, "messages");
    const std::string trimmed = code_of([&] { read(2, "messages"); });
    const Offset next = append("new", "messages");
    const Offset next_usage = append("new", "usage");
    close();
    open();

    EXPECT_EQ(moved, identity);
    EXPECT_EQ(messages.first, 4U);
    EXPECT_EQ(messages.last, 9U);
    EXPECT_EQ(usage.first, 8U);
    EXPECT_EQ(usage.last, 7U);
    EXPECT_EQ(payloads, (std::vector<std::string>{"messages4", "messages5", "messages6",
                                                  "messages7", "messages8", "messages9"}));
    EXPECT_EQ(trimmed, "log.trimmed");
    EXPECT_EQ(next, 10U);
    EXPECT_EQ(next_usage, 8U);
    EXPECT_EQ(log->folder_identity(), identity);
    EXPECT_EQ(read(9, "messages"), std::vector<std::string>{"new"});
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal"));
}

TEST_F(OldLogFile, moves_again_when_the_first_time_was_cut_off) {
    fill();
    std::filesystem::create_directories(folder / "log.new");
    set_content(folder / "log.new/identity", "half");
    set_content(folder / "log.new/000000000001.segment", "half");

    open();

    EXPECT_EQ(read(3, "messages").size(), 6U);
    EXPECT_FALSE(std::filesystem::exists(folder / "log.new"));
}

TEST_F(OldLogFile, is_removed_when_it_had_been_moved_already) {
    fill();
    const std::string copy = content_of(file);
    open();
    append("new", "messages");
    close();
    set_content(file, copy);

    open();

    EXPECT_EQ(ends("messages").last, 10U);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(OldLogFile, of_another_log_is_refused_and_left) {
    fill();
    const std::string copy = content_of(file);
    std::filesystem::remove(file);
    open();
    append("own");
    close();
    set_content(file, copy);

    EXPECT_TRUE(failure_of_open().starts_with("store.foreign_file"));
    EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(OldLogFile, that_is_damaged_is_refused_and_left) {
    fill();
    std::string content = content_of(file);
    const std::size_t at = content.find("messages7");
    content[at] = 'M';
    set_content(file, content);

    EXPECT_TRUE(failure_of_open().starts_with("store.damaged"));
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_FALSE(std::filesystem::exists(options.folder));
}

}  // namespace
}  // namespace loquat::store
