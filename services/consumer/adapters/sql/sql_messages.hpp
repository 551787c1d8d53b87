#pragma once
#include <memory>
#include <span>

#include "services/consumer/ports.hpp"
#include "store/folder/marks.hpp"
#include "store/sql/database.hpp"
#include "store/sql/database_need.hpp"

namespace loquat::consumer {

// The schema that the database must be opened with (SQLite).
std::span<const store::Migration> message_schema();

// `messages`, with Durability::crash and room for many conversations that are written at once.
store::DatabaseNeed message_database();

// Messages in a SQL database that nobody else writes to.
//
// The log is the truth until it is trimmed, so the database may be opened with Durability::crash:
// after a loss of power it is an older but whole state, rows and position together, and the records
// that follow are applied again with the same sequence numbers.  That holds only while the log
// still has them.  The rule: trim the log behind a position that `secure` returned, never behind
// `position`.
// `marks` are told of each number before it is committed.
std::unique_ptr<MessageStore> make_sql_messages(store::Database& database,
                                                store::SeqMarks marks = {});

}  // namespace loquat::consumer
