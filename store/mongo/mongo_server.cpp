#include "store/mongo/mongo_server.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "store/mongo/failure.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds pause_min{50};
constexpr milliseconds pause_max{2'000};
constexpr milliseconds retry_pause{200};
// MongoDB 4.4, by the version of its protocol.
constexpr std::int64_t wire_version_min = 9;

Failure in_one_line(const Failure& failure) {
    return Failure{
        failure.kind, failure.code,
        "MongoDB cannot be used: " + (failure.detail.empty() ? failure.message : failure.detail)};
}

bool may_pass(const Failure& failure) {
    return failure.code == "store.unavailable" || failure.code == "upstream.timeout";
}

void check_version(MongoConnection& connection, const Document& hello) {
    if (hello.find_integer("maxWireVersion").value_or(0) >= wire_version_min) {
        return;
    }
    const std::string version =
        connection.ask({{"buildInfo", 1}}).find_text("version").value_or("of unknown version");
    throw Failure{Kind::invalid, "store.unfit",
                  "MongoDB cannot be used: it is " + version + ", and 4.4 or newer is needed."};
}

void look(MongoConnection& connection, std::string_view collection) {
    // By its old name, which servers that are too old know as well.
    const Document hello = connection.ask({{"isMaster", 1}});
    if (!hello.flag("ismaster")) {
        throw mongo_unavailable("the server is no primary");
    }
    check_version(connection, hello);
    // Anybody may say hello.
    connection.find({.collection = collection, .filter = {{"_id", ""}}, .limit = 1});
}

void reach(const MongoOptions& options) {
    const Steady deadline = std::chrono::steady_clock::now() + options.start_max;
    MongoConnection connection{options.target};
    for (;;) {
        try {
            return look(connection, options.collection);
        } catch (const Failure& failure) {
            if (failure.code == "store.unfit") {
                throw;
            }
            const bool may_wait = may_pass(failure) &&
                                  std::chrono::steady_clock::now() < deadline &&
                                  (!options.keep_waiting || options.keep_waiting(failure.detail));
            if (!may_wait) {
                throw in_one_line(failure);
            }
        }
        std::this_thread::sleep_for(retry_pause);
    }
}

}  // namespace

MongoServer::MongoServer(MongoOptions options)
    : answer_max_(options.answer_max),
      counts_(options.counts),
      reads_(options.queue_max),
      writes_(options.queue_max) {
    reach(options);
    try {
        for (std::size_t i = 0; i < options.writer_threads; ++i) {
            threads_.emplace_back([this, target = options.target] { serve(writes_, target); });
        }
        for (std::size_t i = 0; i < options.reader_threads; ++i) {
            threads_.emplace_back([this, target = options.target] { serve(reads_, target); });
        }
    } catch (...) {
        stop();
        throw;
    }
}

MongoServer::~MongoServer() { stop(); }

void MongoServer::stop() {
    writes_.close();
    reads_.close();
    threads_.clear();
}

void MongoServer::Presence::check() {
    const std::lock_guard lock{mutex_};
    if (std::chrono::steady_clock::now() < next_) {
        throw mongo_unavailable(why_);
    }
}

void MongoServer::Presence::note_answer() {
    const std::lock_guard lock{mutex_};
    pause_ = milliseconds{0};
    next_ = {};
}

void MongoServer::Presence::note_failure(std::string why) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock{mutex_};
    why_ = std::move(why);
    pause_ = std::clamp(2 * pause_, pause_min, pause_max);
    next_ = std::chrono::steady_clock::now() + pause_;
}

void MongoServer::serve(Queue& queue, const MongoTarget& target) {
    MongoConnection connection{target};
    std::uint64_t failures = presence_.failures();
    for (;;) {
        const std::vector<std::unique_ptr<Job>> taken = queue.take(1);
        if (taken.empty()) {
            return;
        }
        // What others have lost is lost here too, though nobody has noticed.
        const std::uint64_t now = presence_.failures();
        if (std::exchange(failures, now) != now) {
            connection.renew();
        }
        run_one(connection, *taken.front());
    }
}

void MongoServer::run_one(MongoConnection& connection, Job& job) {
    std::exception_ptr error;
    try {
        presence_.check();
    } catch (...) {
        error = std::current_exception();
    }
    if (!error) {
        error = run_present(connection, job);
    }
    job.finish(std::move(error));
}

std::exception_ptr MongoServer::run_present(MongoConnection& connection, Job& job) {
    counts_->units.fetch_add(1, std::memory_order_relaxed);
    std::exception_ptr error;
    std::string why;
    try {
        job.run(connection);
    } catch (const Failure& failure) {
        error = std::current_exception();
        why = failure.detail;
    } catch (...) {
        error = std::current_exception();
    }
    if (connection.is_lost()) {
        counts_->failed.fetch_add(1, std::memory_order_relaxed);
        presence_.note_failure(std::move(why));
    } else {
        presence_.note_answer();
    }
    return error;
}

bool is_mongo_url(std::string_view url) {
    for (const std::string_view scheme : {"mongodb://", "mongodb+srv://"}) {
        if (url.starts_with(scheme)) {
            const std::string_view rest = url.substr(scheme.size());
            const std::string_view hosts = rest.substr(0, rest.find_first_of("/?"));
            const std::string_view host = hosts.substr(hosts.rfind('@') + 1);
            return !host.empty() && host.find_first_of(" \t") == std::string_view::npos;
        }
    }
    return false;
}

}  // namespace loquat::store
