#include "store/log/import/old_log.hpp"

#include <array>

#include "base/log.hpp"
#include "store/log/import/old_batch.hpp"
#include "store/log/segments/load.hpp"
#include "store/log/segments/writer.hpp"
#include "store/sqlite/open.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr int offset_bits = 44;
constexpr std::int64_t rows_at_once = 64;

constexpr std::array<Migration, 1> schema{{{1, "log", R"sql(
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

struct OldTopic {
    std::int64_t number = 0;
    TopicState state;  // `next`: where its stored records begin
};

class OldLog {
  public:
    explicit OldLog(const fs::path& file)
        : file_(file), connection_(open_writer({.file = file, .schema = schema})) {}

    // None when nothing was ever written.
    std::optional<Uuid> identity() {
        const Rows rows = connection_->query("SELECT id FROM identity");
        return rows.empty() ? std::nullopt : std::optional{rows.front().uuid(0)};
    }

    std::vector<OldTopic> topics() {
        std::vector<OldTopic> topics;
        for (const Row row :
             connection_->query("SELECT number, name, first FROM topics ORDER BY number")) {
            OldTopic topic{row.integer(0), {}};
            topic.state.number = topics.size() + 1;
            topic.state.name = row.text(1);
            topic.state.first = static_cast<Offset>(row.integer(2));
            const Rows first = read(topic.number, 0, 1);
            topic.state.next =
                first.empty() ? topic.state.first : offset_of(first.front().integer(0));
            topics.push_back(std::move(topic));
        }
        return topics;
    }

    // Records from `from` on, as many as stand in a few rows; none at the end.
    std::vector<LogRecordPtr> records(const OldTopic& topic, Offset from) {
        std::vector<LogRecordPtr> records;
        for (const Row row : read(topic.number, from, rows_at_once)) {
            const Offset first = offset_of(row.integer(0));
            auto batch = decode_old_batch(topic.state.name, first,
                                          static_cast<std::size_t>(row.integer(1)), row.blob(2));
            const Offset expected = records.empty() ? from : records.back()->offset + 1;
            if (!batch || first != expected) {
                throw damaged_part(file_,
                                   "record " + std::to_string(expected) + " of " +
                                       topic.state.name + " is not as it was written",
                                   "Restore it from a copy, or move it aside to start without it.");
            }
            records.insert(records.end(), batch->begin(), batch->end());
        }
        return records;
    }

  private:
    static Offset offset_of(std::int64_t place) {
        return static_cast<Offset>(place) & ((Offset{1} << offset_bits) - 1);
    }

    Rows read(std::int64_t topic, Offset from, std::int64_t rows_max) {
        return connection_->query(
            "SELECT place, count, body FROM batches WHERE place >= $1 AND place < $2 "
            "ORDER BY place LIMIT $3",
            {(topic << offset_bits) + static_cast<std::int64_t>(from), (topic + 1) << offset_bits,
             rows_max});
    }

    fs::path file_;
    std::unique_ptr<Connection> connection_;
};

void copy_records(OldLog& old, const OldTopic& topic, SegmentWriter& writer) {
    for (Offset next = topic.state.next;;) {
        const std::vector<LogRecordPtr> records = old.records(topic, next);
        if (records.empty()) {
            return;
        }
        const SegmentWriter::Group group{{topic.state.name, records}};
        if (!writer.fits(group)) {
            writer.rotate(SegmentWriter::bytes_of(group));
        }
        const SegmentWriter::Written written = writer.write(group);
        written.segment->file.sync();
        writer.set_durable(written.end);
        next = records.back()->offset + 1;
    }
}

void copy_log(OldLog& old, const Uuid& identity, SegmentLogOptions options) {
    options.file_bytes_max = 0;
    const std::vector<OldTopic> topics = old.topics();
    std::vector<TopicState> states;
    for (const OldTopic& topic : topics) {
        states.push_back(topic.state);
    }
    const LogContent made = make_log(options, identity, states);
    SegmentSet set;
    set.add(made.segments.front());
    SegmentWriter writer{options, identity, made.topics, set};
    for (const OldTopic& topic : topics) {
        copy_records(old, topic, writer);
    }
}

void remove_old(const fs::path& file, FileCalls& calls) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
        remove_file(file.string() + suffix, calls);
    }
    sync_folder(file.parent_path(), calls);
}

}  // namespace

void import_old_log(const SegmentLogOptions& options) {
    const fs::path file = options.folder.parent_path() / "log.db";
    if (!fs::exists(file)) {
        return;
    }
    std::optional<Uuid> identity;
    {
        OldLog old{file};
        identity = old.identity();
        if (identity && !fs::exists(options.folder / "identity")) {
            SegmentLogOptions beside = options;
            beside.folder += ".new";
            fs::remove_all(beside.folder);
            copy_log(old, *identity, beside);
            fs::rename(beside.folder, options.folder);
            sync_folder(options.folder.parent_path(), *options.calls);
        }
    }
    if (identity && check_log(options).identity != *identity) {
        throw Failure{Kind::unavailable, "store.foreign_file",
                      "The file " + file.string() + " belongs to another log than " +
                          options.folder.string() +
                          ". Both were left as they are. Move the file aside."};
    }
    remove_old(file, *options.calls);
    log_info({.service = "log"}, "the log was moved into files of its own",
             {{"folder", options.folder.string()}});
}

}  // namespace loquat::store
