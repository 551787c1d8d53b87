#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "aio/loop.hpp"
#include "store/sql/database.hpp"

namespace loquat::store {

// A database that remembers which statements it was given.  From one loop.
class RecordingDatabase final : public Database {
  public:
    explicit RecordingDatabase(Database& inner)
        : Database(std::chrono::milliseconds{30'000}), inner_(inner) {}

    std::set<std::string> statements() const {
        const std::lock_guard lock{mutex_};
        return statements_;
    }
    Task<bool> secure() override { return inner_.secure(); }

  private:
    class Recorder final : public Transaction {
      public:
        Recorder(Transaction& inner, RecordingDatabase& all) : inner_(inner), all_(all) {}

      private:
        Rows run_query(std::string_view sql, std::span<const Param> params) override {
            all_.note(sql);
            return inner_.query(sql, params);
        }
        std::int64_t run_execute(std::string_view sql, std::span<const Param> params) override {
            all_.note(sql);
            return inner_.execute(sql, params);
        }

        Transaction& inner_;
        RecordingDatabase& all_;
    };

    void submit(Lane lane, std::unique_ptr<Job> job) override {
        aio::Loop::current().spawn(run(lane, std::move(job)));
    }
    Task<void> run(Lane lane, std::shared_ptr<Job> job) {
        std::exception_ptr error;
        auto work = [this, job](Transaction& transaction) {
            Recorder recorder{transaction, *this};
            job->run(recorder);
        };
        try {
            if (lane == Lane::write) {
                co_await inner_.transact(work);
            } else {
                co_await inner_.read(work);
            }
        } catch (...) {
            error = std::current_exception();
        }
        job->finish(std::move(error));
    }
    void note(std::string_view sql) {
        const std::lock_guard lock{mutex_};
        statements_.emplace(sql);
    }

    Database& inner_;
    mutable std::mutex mutex_;
    std::set<std::string> statements_;
};

}  // namespace loquat::store
