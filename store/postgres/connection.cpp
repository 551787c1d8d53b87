#include "store/postgres/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/values.hpp"
#include "store/sql/dialect.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view unit_begin = "SAVEPOINT unit";

Steady after(std::chrono::milliseconds wait) { return std::chrono::steady_clock::now() + wait; }

std::string words_of(const PqLibrary& pq, const PGconn* connection) {
    return std::string{trim(pq.errorMessage(connection))};
}

}  // namespace

PostgresConnection::PostgresConnection(PostgresTarget target)
    : pq_(PqLibrary::get()), target_(std::move(target)) {}

PostgresConnection::~PostgresConnection() { close(); }

void PostgresConnection::close() {
    connection_.reset();
    ahead_.clear();
    drops_.clear();
    preparing_.clear();
    by_key_.clear();
    statements_.clear();
    awaited_ = 0;
    sent_ahead_ = 0;
    owed_ = 0;
    has_begun_ = false;
}

void PostgresConnection::lose(const std::string& why) {
    close();
    throw std::exchange(is_committing_, false) ? postgres_unknown(why) : postgres_unavailable(why);
}

void PostgresConnection::open() {
    close();
    const std::array<const char*, 4> names{"dbname", "fallback_application_name", "client_encoding",
                                           nullptr};
    const std::array<const char*, 4> values{target_.url.c_str(), "loquat", "UTF8", nullptr};
    connection_.reset(pq_.connectStartParams(names.data(), values.data(), 1));
    if (!connection_ || pq_.status(connection_.get()) == CONNECTION_BAD) {
        lose(connection_ ? words_of(pq_, connection_.get()) : "no memory");
    }
    const Steady deadline = after(target_.connect_max);
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
        if (state == PGRES_POLLING_FAILED) {
            lose(words_of(pq_, connection_.get()));
        }
        wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
        state = pq_.connectPoll(connection_.get());
    }
    auto ignore = [](void*, const PGresult*) {};
    pq_.setNoticeReceiver(connection_.get(), ignore, nullptr);
    pq_.setnonblocking(connection_.get(), 1);
    pq_.enterPipelineMode(connection_.get());
    set_up();
}

void PostgresConnection::set_up() {
    const auto ms = [](std::chrono::milliseconds limit) {
        return std::to_string(limit.count()) + "ms";
    };
    const std::string_view commit = target_.durability == Durability::crash ? "off" : "on";
    run_query(
        "SELECT set_config('search_path', $1, false), set_config('synchronous_commit', $2, false), "
        "set_config('statement_timeout', $3, false), set_config('lock_timeout', $4, false), "
        "set_config('idle_in_transaction_session_timeout', $5, false)",
        std::array<Param, 5>{Param{target_.schema}, Param{commit}, Param{ms(target_.answer_max)},
                             Param{ms(target_.lock_max)}, Param{ms(target_.idle_max)}});
}

std::string PostgresConnection::encrypted_password(const std::string& user,
                                                   const std::string& password) const {
    const std::unique_ptr<char, void (*)(void*)> made{
        pq_.encryptPasswordConn(connection_.get(), password.c_str(), user.c_str(), "scram-sha-256"),
        pq_.freemem};
    if (!made) {
        throw postgres_unavailable(words_of(pq_, connection_.get()));
    }
    return made.get();
}

void PostgresConnection::notice_end() {
    if (!is_open()) {
        return;
    }
    pollfd socket{pq_.socket(connection_.get()), POLLIN, 0};
    if (::poll(&socket, 1, 0) > 0 && pq_.consumeInput(connection_.get()) == 0) {
        close();
    }
}

void PostgresConnection::wait(short events, Steady deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd socket{pq_.socket(connection_.get()), events, 0};
        const int ready =
            left.count() <= 0 ? 0 : ::poll(&socket, 1, static_cast<int>(left.count()));
        if (ready > 0) {
            return;
        }
        if (ready == 0) {
            lose(std::string{pq_.host(connection_.get())} + ":" + pq_.port(connection_.get()) +
                 " gives no answer in time");
        }
        if (errno != EINTR) {
            lose(std::strerror(errno));
        }
    }
}

void PostgresConnection::begin(std::int64_t turn) {
    ahead_ = std::exchange(drops_, {});
    ahead_.emplace_back("BEGIN");
    ahead_.push_back("SELECT pg_advisory_xact_lock(" + std::to_string(turn) + ")");
}

void PostgresConnection::begin_reading() {
    ahead_ = std::exchange(drops_, {});
    ahead_.emplace_back("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

void PostgresConnection::begin_unit() { ahead_.emplace_back(unit_begin); }

void PostgresConnection::end_unit() {
    if (!ahead_.empty() && ahead_.back() == unit_begin) {
        ahead_.pop_back();
        return;
    }
    ahead_.emplace_back("RELEASE unit");
}

void PostgresConnection::undo_unit() {
    if (!ahead_.empty() && ahead_.back() == unit_begin) {
        ahead_.pop_back();
        return;
    }
    ahead_.emplace_back("ROLLBACK TO unit");
    ahead_.emplace_back("RELEASE unit");
}

void PostgresConnection::commit() {
    if (!std::exchange(has_begun_, false)) {
        ahead_.clear();
        return;
    }
    const Steady deadline = after(target_.answer_max);
    send_ahead();
    send_text("COMMIT");
    is_committing_ = true;
    synchronize(deadline);
    const Result result = receive(deadline);
    is_committing_ = false;
    if (std::string_view{pq_.cmdStatus(result.get())} != "COMMIT") {
        throw postgres_unavailable("the server has rolled back");
    }
}

void PostgresConnection::end_reading() {
    ahead_.clear();
    if (std::exchange(has_begun_, false)) {
        send_text("COMMIT");
        synchronize(after(target_.answer_max));
        awaited_ = 0;
        ++owed_;
    }
}

void PostgresConnection::rollback() {
    ahead_.clear();
    if (!is_open() || !std::exchange(has_begun_, false)) {
        return;
    }
    try {
        const Steady deadline = after(target_.answer_max);
        send_text("ROLLBACK");
        synchronize(deadline);
        receive(deadline);
    } catch (const Failure&) {
        // Who closes it rolls back too.
        close();
    }
}

Rows PostgresConnection::run_query(std::string_view sql, std::span<const Param> params) {
    return rows_of(pq_, *run(sql, params));
}

std::int64_t PostgresConnection::run_execute(std::string_view sql, std::span<const Param> params) {
    const Result result = run(sql, params);
    if (pq_.resultStatus(result.get()) != PGRES_COMMAND_OK) {
        return 0;  // it only read
    }
    const std::string_view count = pq_.cmdTuples(result.get());
    return static_cast<std::int64_t>(parse_number(count).value_or(0));
}

PostgresConnection::Result PostgresConnection::run(std::string_view sql,
                                                   std::span<const Param> params) {
    if (!is_open()) {
        throw postgres_unavailable("the connection was lost");
    }
    const BoundParams bound{params};
    const Steady deadline = after(target_.answer_max);
    send_ahead();
    send(sql, bound);
    synchronize(deadline);
    return receive(deadline);
}

void PostgresConnection::send(std::string_view sql, const BoundParams& params) {
    const std::string key = params.signature() + " " + std::string{sql};
    if (const auto known = by_key_.find(key); known != by_key_.end()) {
        statements_.splice(statements_.begin(), statements_, known->second);
    } else {
        prepare(key, sql, params);
    }
    check_sent(pq_.sendQueryPrepared(connection_.get(), statements_.front().name.c_str(),
                                     params.count(), params.values(), params.lengths(),
                                     params.formats(), 1));
}

void PostgresConnection::prepare(std::string key, std::string_view sql, const BoundParams& params) {
    const std::string name = "s" + std::to_string(++names_);
    const std::string text = in_dialect(Dialect::postgres, sql);
    check_sent(pq_.sendPrepare(connection_.get(), name.c_str(), text.c_str(), params.count(),
                               params.types()));
    preparing_.push_back({awaited_ - 1, name});
    statements_.push_front({std::move(key), name});
    by_key_.emplace(statements_.front().key, statements_.begin());
    if (statements_.size() > target_.statements_max) {
        drops_.push_back("DEALLOCATE " + statements_.back().name);
        by_key_.erase(statements_.back().key);
        statements_.pop_back();
    }
}

void PostgresConnection::forget(const std::string& name) {
    const auto found = std::ranges::find(statements_, name, &Prepared::name);
    if (found != statements_.end()) {
        by_key_.erase(found->key);
        statements_.erase(found);
    }
}

void PostgresConnection::send_ahead() {
    for (const std::string& sql : std::exchange(ahead_, {})) {
        send_text(sql);
        has_begun_ = true;
    }
    sent_ahead_ = awaited_;
}

void PostgresConnection::send_text(const std::string& sql) {
    check_sent(pq_.sendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr,
                                   nullptr, 1));
}

void PostgresConnection::check_sent(int sent) {
    if (sent == 0) {
        lose(words_of(pq_, connection_.get()));
    }
    ++awaited_;
}

void PostgresConnection::synchronize(Steady deadline) {
    if (pq_.pipelineSync(connection_.get()) == 0) {
        lose(words_of(pq_, connection_.get()));
    }
    for (;;) {
        const int left = pq_.flush(connection_.get());
        if (left == 0) {
            return;
        }
        if (left < 0) {
            lose(words_of(pq_, connection_.get()));
        }
        // It may want to be read before it reads on.
        wait(POLLIN | POLLOUT, deadline);
        if (pq_.consumeInput(connection_.get()) == 0) {
            lose(words_of(pq_, connection_.get()));
        }
    }
}

PostgresConnection::Result PostgresConnection::next_result(Steady deadline) {
    while (pq_.isBusy(connection_.get()) != 0) {
        wait(POLLIN, deadline);
        if (pq_.consumeInput(connection_.get()) == 0) {
            lose(words_of(pq_, connection_.get()));
        }
    }
    Result result{pq_.getResult(connection_.get())};
    if (pq_.status(connection_.get()) == CONNECTION_BAD) {
        lose(result ? std::string{trim(pq_.resultErrorMessage(result.get()))}
                    : words_of(pq_, connection_.get()));
    }
    return result;
}

// Results of commands are parted by nothing, exchanges by a result of their own.
PostgresConnection::Result PostgresConnection::receive_one(Steady deadline) {
    for (;;) {
        if (Result result = next_result(deadline)) {
            return result;
        }
    }
}

PostgresConnection::Result PostgresConnection::receive(Steady deadline) {
    return receive(deadline, nullptr, 0);
}

PostgresConnection::Result PostgresConnection::receive(Steady deadline, std::vector<Result>* kept,
                                                       std::size_t kept_max) {
    while (owed_ > 0) {
        const Result result = receive_one(deadline);
        owed_ -= pq_.resultStatus(result.get()) == PGRES_PIPELINE_SYNC ? 1 : 0;
    }
    Result last;
    Result failed;
    std::size_t succeeded = 0;
    const std::vector<Preparing> preparing = std::exchange(preparing_, {});
    const auto is_of_statement = [&preparing](std::size_t at) {
        return std::ranges::find(preparing, at, &Preparing::at) == preparing.end();
    };
    const std::size_t all = awaited_;
    for (; awaited_ > 0; --awaited_) {
        const std::size_t at = all - awaited_;
        last = receive_one(deadline);
        const ExecStatusType status = pq_.resultStatus(last.get());
        if (status == PGRES_FATAL_ERROR && !failed) {
            failed = std::move(last);
        }
        succeeded += failed ? 0 : 1;
        if (kept != nullptr && at + kept_max >= all && is_of_statement(at)) {
            kept->push_back(std::move(last));
        }
    }
    receive_one(deadline);  // the end of the exchange
    const std::size_t ahead = std::exchange(sent_ahead_, 0);
    if (!failed) {
        return last;
    }
    for (const Preparing& one : preparing) {
        if (one.at >= succeeded) {
            forget(one.name);
        }
    }
    is_committing_ = false;
    try {
        throw_postgres(pq_, *failed);
    } catch (...) {
        // Without its frame (a turn that did not come) nothing of the transaction can go on.
        if (succeeded < ahead) {
            close();
        }
        throw;
    }
}

}  // namespace loquat::store
