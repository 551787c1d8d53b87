#pragma once
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "store/postgres/pq_library.hpp"
#include "store/sql/database.hpp"
#include "store/sql/database_need.hpp"

namespace loquat::store {

class BoundParams;

// Where a connection goes and how it behaves.
struct PostgresTarget {
    std::string url;     // as libpq takes it: postgresql://... or host=... port=...
    std::string schema;  // where names without one are looked for
    Durability durability = Durability::power_loss;
    std::chrono::milliseconds connect_max{5'000};
    std::chrono::milliseconds answer_max{10'000};  // of one statement
    std::chrono::milliseconds lock_max{5'000};     // waits so long for others' locks
    // So long a transaction may do nothing: whoever sleeps in one loses it, and its locks.
    std::chrono::milliseconds idle_max{2'000};
    std::size_t statements_max = 256;  // prepared ones that are kept
};

// One connection; one thread at a time.  Blocks, each call for `answer_max` at most.  What only
// prepares the next statement (BEGIN, a savepoint, the end of one) travels with it.
//
// A failure that is about the connection closes it: is_open() says so, and the server rolls back.
class PostgresConnection final : public Transaction {
  public:
    explicit PostgresConnection(PostgresTarget target);
    ~PostgresConnection() override;
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    // `store.unavailable` when it is not reached in time; its detail has libpq's words.
    void open();
    bool is_open() const { return connection_ != nullptr; }
    bool is_near() const override { return false; }
    // Closes one that the server has closed meanwhile.
    void notice_end();
    void close();

    // Takes a turn: one transaction at a time holds the turn of a number, over all processes.
    void begin(std::int64_t turn);
    void begin_reading();  // a snapshot, made by the first statement
    void begin_unit();
    void end_unit();
    void undo_unit();
    void commit();
    // Commits what only read, without waiting for the answer.
    void end_reading();
    void rollback();

    // As the server keeps it: what is sent is no password any more.
    std::string encrypted_password(const std::string& user, const std::string& password) const;

  private:
    struct Prepared {
        std::string key;   // the statement and the types of its parameters
        std::string name;  // at the server
    };
    struct Finish {
        void operator()(PGconn* connection) const { PqLibrary::get().finish(connection); }
    };
    struct Clear {
        void operator()(PGresult* result) const { PqLibrary::get().clear(result); }
    };
    using Result = std::unique_ptr<PGresult, Clear>;

    Rows run_query(std::string_view sql, std::span<const Param> params) override;
    std::int64_t run_execute(std::string_view sql, std::span<const Param> params) override;
    std::vector<Rows> run_query_each(std::string_view sql, std::span<const Params> sets) override;
    std::int64_t run_execute_each(std::string_view sql, std::span<const Params> sets) override;
    Result run(std::string_view sql, std::span<const Param> params);
    // Sends it behind what was sent.
    void send(std::string_view sql, const BoundParams& params);
    std::vector<Result> run_each(std::string_view sql, std::span<const Params> sets);
    void prepare(std::string key, std::string_view sql, const BoundParams& params);
    void forget(const std::string& name);
    void send_text(const std::string& sql);
    void send_ahead();
    void set_up();
    // Of the last command of an exchange; throws what the first that failed says.  `kept`: takes
    // those of statements among the last `kept_max` ones.
    Result receive(Steady deadline);
    Result receive(Steady deadline, std::vector<Result>* kept, std::size_t kept_max);
    Result receive_one(Steady deadline);
    Result next_result(Steady deadline);
    void synchronize(Steady deadline);
    void wait(short events, Steady deadline);
    [[noreturn]] void lose(const std::string& why);
    void check_sent(int sent);

    const PqLibrary& pq_;
    PostgresTarget target_;
    std::unique_ptr<PGconn, Finish> connection_;
    std::vector<std::string> ahead_;  // to be sent before the next statement
    std::vector<std::string> drops_;  // likewise, once no transaction is open
    std::size_t awaited_ = 0;         // commands of this exchange whose results are to come
    std::size_t sent_ahead_ = 0;      // how many of them are the transaction's frame
    struct Preparing {
        std::size_t at;    // which of them prepares it
        std::string name;  // the statement
    };
    std::vector<Preparing> preparing_;
    std::size_t owed_ = 0;    // exchanges that were not waited for
    bool has_begun_ = false;  // at the server, or as soon as something is sent
    bool is_committing_ = false;
    std::uint64_t names_ = 0;
    std::list<Prepared> statements_;  // most recently used first
    std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_key_;
};

}  // namespace loquat::store
