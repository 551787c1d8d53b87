#include "store/sqlite/file_stamp.hpp"

#include <algorithm>

namespace loquat::store {
namespace {

struct Written {
    Uuid folder;
    Uuid file;
    std::uint64_t changes = 0;
};

std::optional<Written> find_written(Connection& connection) {
    const Rows tables = connection.run_once(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'folder_file'");
    if (tables.front().integer(0) == 0) {
        return std::nullopt;
    }
    const Rows rows = connection.run_once("SELECT folder, file, changes FROM folder_file");
    if (rows.empty()) {
        return std::nullopt;
    }
    const Row row = rows.front();
    return Written{row.uuid(0), row.uuid(1), static_cast<std::uint64_t>(row.integer(2))};
}

}  // namespace

std::optional<Failure> check_stamp(Connection& connection, const FileStamp& stamp, Loss loss) {
    const std::optional<Written> written = find_written(connection);
    if (!written) {
        return stamp.is_made ? std::optional{foreign_to_folder(connection.file())} : std::nullopt;
    }
    if (written->folder != stamp.folder || written->file != stamp.file) {
        return foreign_to_folder(connection.file());
    }
    return judge(connection.file(), stamp, written->changes, loss);
}

std::optional<Failure> check_folded(const std::filesystem::path& file, const FileStamp& stamp) {
    std::error_code error;
    const auto log_bytes = std::filesystem::file_size(file.string() + "-wal", error);
    if (error || log_bytes == 0 || stamp.folded == nullptr) {
        return std::nullopt;
    }
    std::optional<Written> written;
    try {
        Connection alone{file, Access::file_alone, 4};
        written = find_written(alone);
    } catch (const Failure&) {
        return std::nullopt;  // a checkpoint that was cut off; the log has it
    }
    // Counts of another file say nothing.
    if (written && (written->folder != stamp.folder || written->file != stamp.file)) {
        return foreign_to_folder(file);
    }
    const std::uint64_t changes = written ? written->changes : 0;
    if (changes < stamp.folded->value()) {
        return older_file(file, changes, stamp.folded->value());
    }
    const bool is_known = written && stamp.is_made && stamp.last_end != LastEnd::machine;
    if (is_known && changes > stamp.mark->value() + 1) {
        return newer_file(file, changes, stamp.mark->value());
    }
    return std::nullopt;
}

std::uint64_t write_stamp(Connection& connection, const FileStamp& stamp) {
    connection.execute(
        "CREATE TABLE IF NOT EXISTS folder_file (one INTEGER PRIMARY KEY, folder BLOB NOT NULL, "
        "file BLOB NOT NULL, changes INTEGER NOT NULL)");
    connection.execute(
        "INSERT INTO folder_file (one, folder, file, changes) VALUES (1, $1, $2, 0) "
        "ON CONFLICT (one) DO NOTHING",
        {stamp.folder, stamp.file});
    // What was lost with the power is not counted a second time.
    connection.execute("UPDATE folder_file SET changes = max(changes, $1)", {stamp.mark->value()});
    return count_change(connection);
}

std::uint64_t count_change(Transaction& transaction) {
    const Rows rows =
        transaction.query("UPDATE folder_file SET changes = changes + 1 RETURNING changes");
    return static_cast<std::uint64_t>(rows.front().integer(0));
}

}  // namespace loquat::store
