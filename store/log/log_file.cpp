#include "store/log/log_file.hpp"

#include <array>

#include "base/failure.hpp"
#include "store/log/batch.hpp"
#include "store/sqlite/failure.hpp"
#include "store/sqlite/open.hpp"

namespace loquat::store {
namespace {

constexpr int offset_bits = 44;
constexpr std::int64_t probe_row = 0;
constexpr std::int64_t probe_bytes = 256 * 1024;

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

OpenOptions open_options(const SqliteLogOptions& options) {
    return {.file = options.file,
            .schema = schema,
            .durability = Durability::power_loss,
            .statements_max = 16,
            .cache_kib = 4096,
            .file_bytes_max = options.file_bytes_max,
            .check_bytes_max = options.check_bytes_max};
}

std::int64_t place_of(std::int64_t topic, Offset offset) {
    return (topic << offset_bits) + static_cast<std::int64_t>(offset);
}

Offset offset_of(std::int64_t place) {
    return static_cast<Offset>(place) & ((Offset{1} << offset_bits) - 1);
}

Failure damaged_record(const std::filesystem::path& file, const std::string& topic, Offset offset) {
    return damaged_file(
        file, "record " + std::to_string(offset) + " of " + topic + " is not as it was written");
}

}  // namespace

LogFile LogFile::open_writer(const SqliteLogOptions& options) {
    return LogFile{store::open_writer(open_options(options))};
}

LogFile LogFile::open_reader(const SqliteLogOptions& options) {
    return LogFile{store::open_reader(open_options(options))};
}

template <class Work>
void LogFile::commit(Work work) {
    connection_->begin();
    try {
        work();
        connection_->commit();
    } catch (...) {
        connection_->rollback();
        throw;
    }
}

Offset LogFile::last_offset(const std::string& name, std::int64_t number) {
    const Rows rows = connection_->query(
        "SELECT place, count, body FROM batches WHERE place >= $1 AND place < $2 "
        "ORDER BY place DESC LIMIT 1",
        {place_of(number, 0), place_of(number + 1, 0)});
    if (rows.empty()) {
        return 0;
    }
    const Row row = rows.front();
    const Offset first = offset_of(row.integer(0));
    const auto count = static_cast<std::size_t>(row.integer(1));
    const DecodedBatch batch = decode_batch(name, first, count, row.blob(2));
    if (batch.damaged) {
        throw damaged_record(connection_->file(), name, *batch.damaged);
    }
    return first + count - 1;
}

Uuid LogFile::load_identity() {
    commit([this] {
        connection_->execute(
            "INSERT INTO identity (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM identity)",
            {Uuid::make()});
    });
    return connection_->query("SELECT id FROM identity").front().uuid(0);
}

std::map<std::string, LogFile::Topic> LogFile::load_topics() {
    std::map<std::string, Topic> topics;
    for (const Row row : connection_->query("SELECT number, name, first FROM topics")) {
        Topic topic{row.integer(0), {}};
        topic.ends.first = static_cast<Offset>(row.integer(2));
        topic.ends.last = std::max(last_offset(row.text(1), topic.number), topic.ends.first - 1);
        topics.emplace(row.text(1), topic);
    }
    return topics;
}

std::int64_t LogFile::add_topic(const std::string& name) {
    connection_->execute("INSERT INTO topics (name, first) VALUES ($1, 1)", {name});
    const Rows rows = connection_->query("SELECT number FROM topics WHERE name = $1", {name});
    return rows.front().integer(0);
}

void LogFile::append(const Batch& batch, std::map<std::string, Topic>& topics) {
    std::map<std::string, std::int64_t> added;
    commit([&] {
        for (const auto& [name, records] : batch) {
            const auto known = topics.find(name);
            const std::int64_t number =
                known != topics.end() ? known->second.number : (added[name] = add_topic(name));
            const std::string body = encode_batch(name, records);
            connection_->execute(
                "INSERT INTO batches (place, count, body) VALUES ($1, $2, $3)",
                {place_of(number, records.front()->offset), records.size(), BlobView{body}});
        }
    });
    for (const auto& [name, number] : added) {
        topics[name].number = number;
    }
    for (const auto& [name, records] : batch) {
        topics[name].ends.last = records.back()->offset;
    }
}

bool LogFile::trim(const Topic& topic, Offset before, std::int64_t rows_max) {
    std::int64_t deleted = 0;
    commit([&] {
        const auto until = static_cast<std::int64_t>(before);
        connection_->execute("UPDATE topics SET first = $1 WHERE number = $2 AND first < $1",
                             {until, topic.number});
        // A batch ends at place + count - 1; one that reaches `before` stays.
        deleted = connection_->execute(
            "DELETE FROM batches WHERE place IN (SELECT place FROM batches "
            "WHERE place >= $1 AND place + count <= $2 ORDER BY place LIMIT $3)",
            {place_of(topic.number, 0), place_of(topic.number, before), rows_max});
    });
    return deleted == rows_max;
}

std::vector<LogRecordPtr> LogFile::read(const std::string& name, Offset after, ReadLimit limit) {
    const Rows found = connection_->query("SELECT number FROM topics WHERE name = $1", {name});
    std::vector<LogRecordPtr> records;
    std::size_t bytes = 0;
    for (Offset next = after + 1; !found.empty();) {
        const std::int64_t number = found.front().integer(0);
        const Rows rows = connection_->query(
            "SELECT place, count, body FROM batches WHERE place >= $1 AND place <= $2 "
            "ORDER BY place DESC LIMIT 1",
            {place_of(number, 0), place_of(number, next)});
        const Offset first = rows.empty() ? 0 : offset_of(rows.front().integer(0));
        const auto count = rows.empty() ? 0 : static_cast<std::size_t>(rows.front().integer(1));
        if (next >= first + count) {
            break;
        }
        const DecodedBatch batch = decode_batch(name, first, count, rows.front().blob(2));
        for (std::size_t i = next - first; i < batch.records.size(); ++i, ++next) {
            const LogRecordPtr& record = batch.records[i];
            bytes += record->key.size() + record->payload.size();
            if (!records.empty() &&
                (records.size() >= limit.records_max || bytes > limit.bytes_max)) {
                return records;
            }
            records.push_back(record);
        }
        if (batch.damaged) {
            if (records.empty()) {
                throw damaged_record(connection_->file(), name, *batch.damaged);
            }
            break;
        }
    }
    if (records.empty()) {
        throw damaged_record(connection_->file(), name, after + 1);
    }
    return records;
}

void LogFile::probe_space() {
    connection_->execute(
        "INSERT OR REPLACE INTO batches (place, count, body) VALUES ($1, 0, zeroblob($2))",
        {probe_row, probe_bytes});
    connection_->execute("DELETE FROM batches WHERE place = $1", {probe_row});
}

}  // namespace loquat::store
