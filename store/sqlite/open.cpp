#include "store/sqlite/open.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>

#include "store/sqlite/failure.hpp"
#include "store/sqlite/file_stamp.hpp"
#include "store/sqlite/page_sums.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t application_id = 0x4c6f7175;  // "Loqu"
constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr std::size_t header_size = 100;

std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes) {
        value = (value << 8) | static_cast<unsigned char>(c);
    }
    return value;
}

std::int64_t size_of(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : static_cast<std::int64_t>(size);
}

fs::path wal_of(const fs::path& file) { return file.string() + "-wal"; }

// What the header says about the file, before SQLite touches it.  Format:
// sqlite.org/fileformat2.html 1.3.
void check_header(const fs::path& file) {
    const std::int64_t size = size_of(file);
    if (size == 0) {
        return;
    }
    std::array<char, header_size> bytes{};
    std::ifstream stream{file, std::ios::binary};
    stream.read(bytes.data(), bytes.size());
    const std::string_view header{bytes.data(), static_cast<std::size_t>(stream.gcount())};
    if (header.size() < header_size || !header.starts_with(magic)) {
        throw damaged_file(file, "its beginning is not that of a database");
    }
    const std::uint32_t stored_size = big_endian(header.substr(16, 2));
    const std::int64_t page_size = stored_size == 1 ? 65'536 : stored_size;
    const std::int64_t expected = page_size * big_endian(header.substr(28, 4));
    // With a write-ahead log the missing pages may be there.
    if (size_of(wal_of(file)) == 0 && size < expected) {
        throw damaged_file(file, "it is shorter than it should be");
    }
}

void check_owner(Connection& connection) {
    const std::int64_t owner = connection.run_once("PRAGMA application_id").front().integer(0);
    if (owner == application_id) {
        return;
    }
    const Rows tables = connection.run_once("SELECT count(*) FROM sqlite_master");
    if (owner != 0 || tables.front().integer(0) != 0) {
        throw foreign_file(connection.file());
    }
}

void check_content(Connection& connection, std::int64_t check_bytes_max) {
    const fs::path& file = connection.file();
    if (size_of(file) + size_of(wal_of(file)) > check_bytes_max) {
        connection.run_once("SELECT count(*) FROM sqlite_master");
        return;
    }
    const Rows found = connection.run_once("PRAGMA quick_check(1)");
    if (found.empty() || found.front().text(0) != "ok") {
        if (const auto page = take_refused_page(file)) {
            throw damaged_file(file, "page " + std::to_string(*page) + " is not as it was written");
        }
        std::string what = found.empty() ? "it cannot be read" : found.front().text(0);
        std::ranges::replace(what, '\n', ' ');
        throw damaged_file(file, what);
    }
}

void set_limits(Connection& connection, std::size_t cache_kib) {
    connection.run_once("PRAGMA cache_size = -" + std::to_string(cache_kib));
    connection.run_once("PRAGMA temp_store = MEMORY");
    connection.run_once("PRAGMA foreign_keys = ON");
    connection.run_once("PRAGMA trusted_schema = OFF");
}

void set_writing(Connection& connection, const OpenOptions& options) {
    const Rows mode = connection.run_once("PRAGMA journal_mode = WAL");
    if (mode.front().text(0) != "wal") {
        throw Failure{Kind::unavailable, "store.unavailable",
                      "The file system of " + options.file.string() +
                          " has no shared memory, which the database needs. Use a local disk."};
    }
    const bool every_commit = options.durability == Durability::power_loss;
    connection.run_once(every_commit ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    const std::int64_t page = connection.run_once("PRAGMA page_size").front().integer(0);
    const auto pages = static_cast<std::int64_t>(options.checkpoint_pages);
    connection.run_once("PRAGMA journal_size_limit = " + std::to_string(pages * page));
    connection.run_once("PRAGMA secure_delete = FAST");
    if (options.file_bytes_max > 0) {
        connection.run_once("PRAGMA max_page_count = " + std::to_string(std::max<std::int64_t>(
                                                             options.file_bytes_max / page, 1)));
    }
}

Loss loss_of(const OpenOptions& options) {
    return options.durability == Durability::crash ? Loss::with_power : Loss::never;
}

}  // namespace

std::unique_ptr<Connection> open_writer(const OpenOptions& options) {
    check_header(options.file);
    if (auto wrong = options.stamp ? check_folded(options.file, *options.stamp) : std::nullopt) {
        throw std::move(*wrong);
    }
    auto connection =
        std::make_unique<Connection>(options.file, Access::write, options.statements_max);
    check_owner(*connection);
    check_content(*connection, options.check_bytes_max);
    if (options.stamp) {
        if (auto wrong = check_stamp(*connection, *options.stamp, loss_of(options))) {
            throw std::move(*wrong);
        }
    }
    connection->fold_log_at_end();
    set_limits(*connection, options.writer_cache_kib);
    set_writing(*connection, options);
    // What a step sorts may be larger than memory.
    connection->run_once("PRAGMA temp_store = FILE");
    connection->begin();
    try {
        connection->run_once("PRAGMA application_id = " + std::to_string(application_id));
        apply_migrations(*connection, options.schema, options.file.string());
        const std::uint64_t changes = options.stamp ? write_stamp(*connection, *options.stamp) : 0;
        connection->commit();
        if (options.stamp) {
            options.stamp->mark->raise(changes);
        }
    } catch (...) {
        connection->rollback();
        throw;
    }
    connection->run_once("PRAGMA temp_store = MEMORY");
    return connection;
}

std::unique_ptr<Connection> open_reader(const OpenOptions& options) {
    auto connection =
        std::make_unique<Connection>(options.file, Access::read, options.statements_max);
    set_limits(*connection, options.reader_cache_kib);
    connection->run_once("PRAGMA query_only = ON");
    return connection;
}

std::optional<Failure> examine(const OpenOptions& options) {
    // A page in the file may be an old one where a log is.
    const bool has_no_log = size_of(wal_of(options.file)) == 0;
    try {
        check_header(options.file);
        if (options.stamp) {
            if (auto wrong = check_folded(options.file, *options.stamp)) {
                return wrong;
            }
        }
        if (const auto page = find_bad_page(options.file); page && has_no_log) {
            return damaged_file(options.file,
                                "page " + std::to_string(*page) + " is not as it was written");
        }
        Connection connection{options.file, Access::read, options.statements_max};
        connection.run_once("PRAGMA query_only = ON");
        check_owner(connection);
        check_content(connection, std::numeric_limits<std::int64_t>::max());
        return options.stamp ? check_stamp(connection, *options.stamp, loss_of(options))
                             : std::nullopt;
    } catch (const Failure& failure) {
        return failure;
    }
}

}  // namespace loquat::store
