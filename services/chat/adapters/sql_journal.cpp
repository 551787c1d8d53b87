#include <array>

#include "services/chat/adapters/sql_generations.hpp"

namespace loquat::chat {
namespace {

using store::Row;
using store::Transaction;

constexpr char journal_sql[] = {
#embed "../schema/journal/0001_journal.sql"
};
constexpr std::array schema{
    store::Migration{1, "journal", {journal_sql, sizeof journal_sql}},
};

class SqlJournal final : public GenerationJournal {
  public:
    explicit SqlJournal(store::Database& database) : database_(database) {}

    Task<std::uint64_t> append(std::string batch) override {
        auto work = [this, batch = std::move(batch)](Transaction& transaction) {
            const std::int64_t number = next_number(transaction);
            transaction.execute("INSERT INTO journal (number, batch) VALUES ($1, $2)",
                                {number, store::BlobView{batch}});
            return static_cast<std::uint64_t>(number);
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<void> trim(std::uint64_t before) override {
        auto work = [before](Transaction& transaction) {
            transaction.execute("DELETE FROM journal WHERE number < $1", {before});
        };
        co_await database_.transact(std::move(work));
    }

    Task<std::vector<JournalRow>> read(std::uint64_t after) override {
        auto work = [after](Transaction& transaction) {
            std::vector<JournalRow> rows;
            for (const Row row : transaction.query(
                     "SELECT number, batch FROM journal WHERE number > $1 ORDER BY number LIMIT $2",
                     {after, read_rows_max})) {
                rows.push_back({static_cast<std::uint64_t>(row.integer(0)), row.blob(1)});
            }
            return rows;
        };
        co_return co_await database_.read(std::move(work));
    }

  private:
    // On the database's writer thread only.  Numbers are not used again while this process lives,
    // also when all rows are gone.
    std::int64_t next_number(Transaction& transaction) {
        if (last_number_ == 0) {
            const auto rows = transaction.query("SELECT COALESCE(MAX(number), 0) FROM journal");
            last_number_ = rows.front().integer(0);
        }
        return ++last_number_;
    }

    store::Database& database_;
    std::int64_t last_number_ = 0;
};

}  // namespace

std::span<const store::Migration> journal_schema() { return schema; }

std::unique_ptr<GenerationJournal> make_sql_journal(store::Database& database) {
    return std::make_unique<SqlJournal>(database);
}

}  // namespace loquat::chat
