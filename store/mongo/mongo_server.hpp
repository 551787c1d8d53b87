#pragma once
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "aio/completion.hpp"
#include "store/mongo/connection.hpp"
#include "store/sql/job_queue.hpp"
#include "store/work_job.hpp"

namespace loquat::store {

// For metrics; any thread.
struct MongoCounts {
    std::atomic<std::uint64_t> units{0};   // of work since the start
    std::atomic<std::uint64_t> failed{0};  // because the server was away or did not answer
};

struct MongoOptions {
    MongoTarget target;
    std::string_view collection;  // read from at the start: who may not cannot use the server
    std::size_t reader_threads = 3;
    std::size_t writer_threads = 2;
    std::size_t queue_max = 4096;                  // of reads, and of writes
    std::chrono::milliseconds answer_max{30'000};  // of a unit, with its time in the queue
    // While opening, a server that is not there yet is waited for; one that refuses (a wrong
    // password) is not.
    std::chrono::milliseconds start_max{60'000};
    std::shared_ptr<MongoCounts> counts = std::make_shared<MongoCounts>();
    // Told why, again and again while it waits; false gives up.
    std::function<bool(const std::string& why)> keep_waiting;
};

// A MongoDB server or replica set, 4.4 or newer, or what speaks as one, and the threads that wait
// for its answers: libmongoc has no calls that do not block.  Each thread has a connection of its
// own.  While nobody answers, work is refused at once between tries.
//
// Fails as MongoConnection does, and with `store.overloaded` (503, queue full).  A cancelled caller
// stops waiting; the work goes on.  Destroying it finishes what is queued.
class MongoServer {
  public:
    // Blocks until the server answers.  Throws Failure with one line for who starts the program:
    // `store.unavailable` after `start_max`, and at once `store.denied`, `store.unfit` (too old),
    // `config.invalid` and `store.driver_missing`.
    explicit MongoServer(MongoOptions options);
    ~MongoServer();
    MongoServer(const MongoServer&) = delete;
    MongoServer& operator=(const MongoServer&) = delete;

    // Runs `work(MongoConnection&)` on another thread; it owns what it uses and gives a value.
    template <class Work>
    auto read(Work work) -> Task<std::invoke_result_t<Work&, MongoConnection&>> {
        return run_on(reads_, std::move(work));
    }
    template <class Work>
    auto write(Work work) -> Task<std::invoke_result_t<Work&, MongoConnection&>> {
        return run_on(writes_, std::move(work));
    }

  private:
    class Job {
      public:
        virtual ~Job() = default;
        virtual void run(MongoConnection& connection) = 0;
        // Called once, with what went wrong or none.
        virtual void finish(std::exception_ptr error) = 0;
    };
    using Queue = JobQueue<std::unique_ptr<Job>>;

    template <class Work>
    auto run_on(Queue& queue, Work work) -> Task<std::invoke_result_t<Work&, MongoConnection&>> {
        using Made = WorkJob<Job, MongoConnection, Work>;
        auto done = std::make_shared<typename Made::Done>(aio::Loop::current());
        queue.push(std::make_unique<Made>(std::move(work), done));
        co_return co_await done->wait_until(std::chrono::steady_clock::now() + answer_max_);
    }

    // Whether the server answered the last time, for all threads.
    class Presence {
      public:
        // `store.unavailable` while it is too soon to try again.
        void check();
        void note_answer();
        void note_failure(std::string why);
        // How often nobody answered.
        std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

      private:
        std::mutex mutex_;
        Steady next_{};
        std::chrono::milliseconds pause_{0};
        std::string why_;
        std::atomic<std::uint64_t> failures_{0};
    };

    void serve(Queue& queue, const MongoTarget& target);
    void run_one(MongoConnection& connection, Job& job);
    // Gives what went wrong, or none.
    std::exception_ptr run_present(MongoConnection& connection, Job& job);
    void stop();

    std::chrono::milliseconds answer_max_;
    std::shared_ptr<MongoCounts> counts_;
    Presence presence_;
    Queue reads_;
    Queue writes_;
    std::vector<std::jthread> threads_;
};

// Whether it has the form of a URL of MongoDB; the library itself reads it when it connects.
bool is_mongo_url(std::string_view url);

}  // namespace loquat::store
