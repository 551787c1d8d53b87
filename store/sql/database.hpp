#pragma once
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "aio/completion.hpp"
#include "base/failure.hpp"
#include "store/sql/value.hpp"
#include "store/work_job.hpp"

namespace loquat::store {

// A unique or foreign-key constraint was violated: Kind::conflict, code `store.conflict`.  Services
// catch it and give the user their own code.
class ConstraintFailure : public Failure {
  public:
    ConstraintFailure(std::string constraint, std::string detail)
        : Failure(Kind::conflict, "store.conflict", "This conflicts with what is already stored.",
                  std::move(detail)),
          constraint(std::move(constraint)) {}

    // `table.column`, several joined by ", " in the order of the constraint; empty for a foreign
    // key.
    std::string constraint;
};

// Of one statement, in the order of $1, $2 ...
using Params = std::vector<Param>;

// What a unit of work sees.  Only within the call, only on the thread that makes it.
//
// SQL is what SQLite and PostgreSQL share, and what store/sql/dialect.hpp translates; parameters
// are $1, $2 ... (one may be used twice). Statements are prepared once and kept: pass constant
// text, never text with values in it.
class Transaction {
  public:
    virtual ~Transaction() = default;

    Rows query(std::string_view sql, std::initializer_list<Param> params = {}) {
        return run_query(sql, {params.begin(), params.size()});
    }
    Rows query(std::string_view sql, std::span<const Param> params) {
        return run_query(sql, params);
    }
    // Gives the number of rows inserted, changed or deleted.
    std::int64_t execute(std::string_view sql, std::initializer_list<Param> params = {}) {
        return run_execute(sql, {params.begin(), params.size()});
    }
    std::int64_t execute(std::string_view sql, std::span<const Param> params) {
        return run_execute(sql, params);
    }

    // The same statement for each of them, in this order, as if one after the other: in as few
    // exchanges with a server as that takes.  What each gives.
    std::vector<Rows> query_each(std::string_view sql, std::span<const Params> sets) {
        return run_query_each(sql, sets);
    }
    // Gives the number of rows of all together.
    std::int64_t execute_each(std::string_view sql, std::span<const Params> sets) {
        return run_execute_each(sql, sets);
    }

    // Whether a statement costs no more than its work: whoever would ask for many things one by one
    // asks for all of them ahead where it does.
    virtual bool is_near() const { return true; }

  private:
    virtual Rows run_query(std::string_view sql, std::span<const Param> params) = 0;
    virtual std::int64_t run_execute(std::string_view sql, std::span<const Param> params) = 0;
    virtual std::vector<Rows> run_query_each(std::string_view sql, std::span<const Params> sets);
    virtual std::int64_t run_execute_each(std::string_view sql, std::span<const Params> sets);
};

// A relational database.  Call from any loop; results arrive on the caller's loop.
//
// Fails with `store.overloaded` (503, queue full), `store.unavailable` (503), `store.full` (503,
// disk full), `store.damaged` (503), `store.conflict` (409, ConstraintFailure), `store.constraint`
// (500), `upstream.timeout` (504, no answer in time: whether the work was done is unknown). A
// cancelled caller stops waiting; the work goes on.
class Database {
  public:
    virtual ~Database() = default;

    // One statement on a snapshot.
    Task<Rows> query(std::string sql, std::vector<Value> params = {});

    // Runs `work(Transaction&)` on another thread and commits.  What it throws rolls back this work
    // alone and reaches the caller.  Returns once the commit is as durable as the database was
    // opened to be. `work` runs at most once, must not block on anything but the transaction, and
    // owns what it uses.
    template <class Work>
    auto transact(Work work) -> Task<std::invoke_result_t<Work&, Transaction&>> {
        return run_on(Lane::write, std::move(work));
    }

    // Several reads of one snapshot; sees every commit that was reported before the call.
    template <class Work>
    auto read(Work work) -> Task<std::invoke_result_t<Work&, Transaction&>> {
        return run_on(Lane::read, std::move(work));
    }

    // Makes all that was committed before the call survive a loss of power, whatever the durability
    // of single commits.  False when it cannot be done now because older states are being read; it
    // does not wait for them.
    virtual Task<bool> secure() = 0;

  protected:
    enum class Lane { read, write };

    class Job {
      public:
        virtual ~Job() = default;
        virtual void run(Transaction& transaction) = 0;
        // Called once, after the commit or with what went wrong.
        virtual void finish(std::exception_ptr error) = 0;
    };

    explicit Database(std::chrono::milliseconds answer_max) : answer_max_(answer_max) {}

    // Any thread.  Throws `store.overloaded`.
    virtual void submit(Lane lane, std::unique_ptr<Job> job) = 0;

  private:
    template <class Work>
    auto run_on(Lane lane, Work work) -> Task<std::invoke_result_t<Work&, Transaction&>> {
        using Made = WorkJob<Job, Transaction, Work>;
        auto done = std::make_shared<typename Made::Done>(aio::Loop::current());
        submit(lane, std::make_unique<Made>(std::move(work), done));
        co_return co_await done->wait_until(std::chrono::steady_clock::now() + answer_max_);
    }

    std::chrono::milliseconds answer_max_;
};

}  // namespace loquat::store
