#pragma once
#include <chrono>
#include <filesystem>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/sql/database.hpp"
#include "store/sqlite/cached_bytes.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace loquat::store {

enum class Access {
    write,
    read,
    file_alone,  // reads what is in the file without its write-ahead log; nobody may write to it
};

// One connection; one thread at a time.  Statements are kept prepared, the least used ones are
// dropped.
class Connection final : public Transaction {
  public:
    static constexpr std::chrono::milliseconds busy_wait{5000};

    // Creates the file when it is missing and access is `write`.
    Connection(std::filesystem::path file, Access access, std::size_t statements_max);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void begin();  // takes the write lock at once
    void begin_reading();
    void commit();
    void rollback();  // nothing when SQLite has rolled back by itself
    bool in_transaction() const;
    std::int64_t rows_changed() const;  // since it was opened
    // In the write-ahead log when this connection last committed.
    std::size_t log_pages() const { return log_pages_; }
    // The write-ahead log is what belongs to this file: the last connection to close folds it in.
    // Without this it is left as it is.
    void fold_log_at_end();
    void set_busy_wait(std::chrono::milliseconds wait);  // for locks of other connections

    // Tells `cached_bytes` what this connection's page cache holds now.
    void count_cache();

    // For PRAGMA and the like, whose text is made at run time; nothing is kept.
    Rows run_once(const std::string& sql);

    const std::filesystem::path& file() const { return file_; }

  private:
    struct Prepared {
        std::string sql;
        sqlite3_stmt* statement = nullptr;
        std::vector<std::size_t> params;  // place i takes argument params[i]
    };
    class Running;

    Rows run_query(std::string_view sql, std::span<const Param> params) override;
    std::int64_t run_execute(std::string_view sql, std::span<const Param> params) override;
    Prepared& prepared(std::string_view sql);
    Prepared prepare(std::string_view sql);
    void bind(const Prepared& prepared, std::span<const Param> params);
    Rows collect(sqlite3_stmt* statement);
    bool step(sqlite3_stmt* statement);

    std::filesystem::path file_;
    sqlite3* handle_ = nullptr;
    std::size_t log_pages_ = 0;
    CachedBytes cached_;
    std::size_t statements_max_;
    std::list<Prepared> statements_;  // most recently used first
    std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_sql_;
};

}  // namespace loquat::store
