#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/log/event_log.hpp"
#include "store/log/sqlite_log.hpp"
#include "store/sqlite/connection.hpp"

namespace loquat::store {

// The log's SQLite file: one row per batch and topic.  The row's key is topic number * 2^44 + first
// offset, so that a batch is one insertion into one tree.  One thread at a time.
class LogFile {
  public:
    struct Topic {
        std::int64_t number = 0;
        LogEnds ends;
    };
    // What one commit appends: consecutive records of one topic.
    using Batch = std::map<std::string, std::vector<LogRecordPtr>>;

    static LogFile open_writer(const SqliteLogOptions& options);
    static LogFile open_reader(const SqliteLogOptions& options);

    // Made at the first call.
    Uuid load_identity();

    // Topics with their ends; checks the last batch of each.  `store.damaged`.
    std::map<std::string, Topic> load_topics();

    // One durable commit.  On failure nothing is appended.  New topics get their number.
    void append(const Batch& batch, std::map<std::string, Topic>& topics);

    // Durably forgets records below `before` and deletes at most `rows_max` rows that hold nothing
    // else. True when rows are left to delete.
    bool trim(const Topic& topic, Offset before, std::int64_t rows_max);

    // Records after `after`.  `store.damaged` when the first of them is, or when it is missing.
    std::vector<LogRecordPtr> read(const std::string& name, Offset after, ReadLimit limit);

    // Writes and removes something of the size of a batch.  Fails with `store.full` while there is
    // no space.
    void probe_space();

  private:
    explicit LogFile(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

    std::int64_t add_topic(const std::string& name);
    Offset last_offset(const std::string& name, std::int64_t number);
    template <class Work>
    void commit(Work work);

    std::unique_ptr<Connection> connection_;
};

}  // namespace loquat::store
