#include "store/sqlite/connection.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <mutex>

#include "store/sqlite/failure.hpp"
#include "store/sqlite/page_sums.hpp"

namespace loquat::store {
namespace {

// SQLite's own memory statistics take a global lock at every allocation.
void configure_once() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

// SQLite gives its other files the mode of this one.
void make_private(const std::filesystem::path& file, Access access) {
    const int create = access == Access::write ? O_CREAT : 0;
    const int opened = ::open(file.c_str(), O_RDWR | create | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (opened >= 0) {
        ::close(opened);
    }
}

std::string immutable_name(const std::filesystem::path& file) {
    std::string name = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        constexpr std::string_view special = "%?#";
        const auto byte = static_cast<unsigned char>(c);
        name += special.contains(c) ? fmt::format("%{:02x}", byte) : std::string(1, c);
    }
    return name + "?immutable=1";
}

int bind_one(sqlite3_stmt* statement, int place, const Param::Data& data) {
    struct Visitor {
        sqlite3_stmt* statement;
        int place;

        int operator()(std::monostate) const { return sqlite3_bind_null(statement, place); }
        int operator()(std::int64_t number) const {
            return sqlite3_bind_int64(statement, place, number);
        }
        int operator()(double number) const {
            return sqlite3_bind_double(statement, place, number);
        }
        // A null pointer would be bound as NULL, not as empty.
        int operator()(std::string_view text) const {
            const char* from = text.data() == nullptr ? "" : text.data();
            return sqlite3_bind_text64(statement, place, from, text.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        }
        int operator()(BlobView blob) const {
            const char* from = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
            return sqlite3_bind_blob64(statement, place, from, blob.bytes.size(), SQLITE_STATIC);
        }
    };
    return std::visit(Visitor{statement, place}, data);
}

Value column_value(sqlite3_stmt* statement, int column) {
    const auto bytes = [&](const void* from) {
        const auto count = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        return count == 0 ? std::string{} : std::string{static_cast<const char*>(from), count};
    };
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER:
            return Value{static_cast<std::int64_t>(sqlite3_column_int64(statement, column))};
        case SQLITE_FLOAT:
            return Value{sqlite3_column_double(statement, column)};
        case SQLITE_TEXT:
            return Value{bytes(sqlite3_column_text(statement, column))};
        case SQLITE_BLOB:
            return Value{Blob{bytes(sqlite3_column_blob(statement, column))}};
        default:
            return Value{};
    }
}

}  // namespace

// Ends a statement's run on every way out, so that it holds no lock and refers to no parameter.
class Connection::Running {
  public:
    explicit Running(sqlite3_stmt* statement) : statement_(statement) {}
    ~Running() { sqlite3_reset(statement_); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

  private:
    sqlite3_stmt* statement_;
};

Connection::Connection(std::filesystem::path file, Access access, std::size_t statements_max)
    : file_(std::move(file)), statements_max_(statements_max) {
    configure_once();
    make_private(file_, access);
    const bool is_alone = access == Access::file_alone;
    const int create = access == Access::write ? SQLITE_OPEN_CREATE : 0;
    const int use = is_alone ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE;
    const int flags = use | create | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const std::string name = is_alone ? immutable_name(file_) : file_.string();
    const int code = sqlite3_open_v2(name.c_str(), &handle_, flags, checked_file_system());
    if (code != SQLITE_OK) {
        sqlite3* failed = std::exchange(handle_, nullptr);
        sqlite3_close_v2(failed);
        throw_sqlite(code, nullptr, file_);
    }
    set_busy_wait(busy_wait);
    reserve_page_sums(handle_);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // It takes the place of SQLite's own checkpoints, which readers can put off for ever.
    auto count_pages = [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<std::size_t*>(pages) = static_cast<std::size_t>(count);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(handle_, count_pages, &log_pages_);
}

Connection::~Connection() {
    by_sql_.clear();
    for (const Prepared& prepared : statements_) {
        sqlite3_finalize(prepared.statement);
    }
    sqlite3_close_v2(handle_);
}

void Connection::fold_log_at_end() {
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void Connection::begin() { execute("BEGIN IMMEDIATE"); }
void Connection::begin_reading() { execute("BEGIN"); }
void Connection::commit() { execute("COMMIT"); }

void Connection::rollback() {
    if (in_transaction()) {
        execute("ROLLBACK");
    }
}

void Connection::count_cache() {
    int used = 0;
    int unused = 0;
    sqlite3_db_status(handle_, SQLITE_DBSTATUS_CACHE_USED, &used, &unused, 0);
    cached_.set(used);
}

void Connection::set_busy_wait(std::chrono::milliseconds wait) {
    sqlite3_busy_timeout(handle_, static_cast<int>(wait.count()));
}

std::int64_t Connection::rows_changed() const { return sqlite3_total_changes64(handle_); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Connection::Prepared Connection::prepare(std::string_view sql) {
    Prepared made{std::string{sql}, nullptr, {}};
    const int code = sqlite3_prepare_v3(handle_, made.sql.data(), static_cast<int>(made.sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &made.statement, nullptr);
    if (code != SQLITE_OK) {
        throw_sqlite(code, handle_, file_);
    }
    const int places = sqlite3_bind_parameter_count(made.statement);
    for (int place = 1; place <= places; ++place) {
        const char* name = sqlite3_bind_parameter_name(made.statement, place);
        const std::string_view digits = name != nullptr ? std::string_view{name}.substr(1) : "";
        std::size_t argument = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), argument);
        if (argument == 0) {
            sqlite3_finalize(made.statement);
            throw Failure{Kind::internal, "store.statement", "The store could not do this.",
                          "parameters are written $1, $2: " + made.sql};
        }
        made.params.push_back(argument - 1);
    }
    return made;
}

Connection::Prepared& Connection::prepared(std::string_view sql) {
    if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
        statements_.splice(statements_.begin(), statements_, found->second);
        return statements_.front();
    }
    statements_.push_front(prepare(sql));
    by_sql_.emplace(statements_.front().sql, statements_.begin());
    if (statements_.size() > statements_max_) {
        by_sql_.erase(statements_.back().sql);
        sqlite3_finalize(statements_.back().statement);
        statements_.pop_back();
    }
    return statements_.front();
}

void Connection::bind(const Prepared& prepared, std::span<const Param> params) {
    for (std::size_t i = 0; i < prepared.params.size(); ++i) {
        if (prepared.params[i] >= params.size()) {
            throw Failure{Kind::internal, "store.statement", "The store could not do this.",
                          "too few parameters: " + prepared.sql};
        }
        const int code = bind_one(prepared.statement, static_cast<int>(i) + 1,
                                  params[prepared.params[i]].data());
        if (code != SQLITE_OK) {
            throw_sqlite(code, handle_, file_);
        }
    }
}

bool Connection::step(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        throw_sqlite(code, handle_, file_);
    }
    return code == SQLITE_ROW;
}

Rows Connection::collect(sqlite3_stmt* statement) {
    const int columns = sqlite3_column_count(statement);
    std::vector<Value> values;
    while (step(statement)) {
        for (int column = 0; column < columns; ++column) {
            values.push_back(column_value(statement, column));
        }
    }
    return Rows{static_cast<std::size_t>(columns), std::move(values)};
}

Rows Connection::run_query(std::string_view sql, std::span<const Param> params) {
    Prepared& found = prepared(sql);
    const Running running{found.statement};
    bind(found, params);
    return collect(found.statement);
}

std::int64_t Connection::run_execute(std::string_view sql, std::span<const Param> params) {
    Prepared& found = prepared(sql);
    const Running running{found.statement};
    bind(found, params);
    while (step(found.statement)) {
    }
    return sqlite3_stmt_readonly(found.statement) != 0 ? 0 : sqlite3_changes64(handle_);
}

Rows Connection::run_once(const std::string& sql) {
    Prepared once = prepare(sql);
    try {
        Rows rows = collect(once.statement);
        sqlite3_finalize(once.statement);
        return rows;
    } catch (...) {
        sqlite3_finalize(once.statement);
        throw;
    }
}

}  // namespace loquat::store
