#include "services/config/adapters/git_source.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/redact.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t snapshots_max = 4;
constexpr std::size_t waiting_max = 10'000;
constexpr auto looks_apart = std::chrono::seconds{1};
constexpr auto refresh_time_max = std::chrono::seconds{30};
using Wait = std::shared_ptr<aio::Completion<void>>;

// Where a repository on this machine keeps its references; none for one elsewhere.
std::optional<std::filesystem::path> local_folder(std::string_view uri) {
    constexpr std::string_view scheme = "file://";
    if (uri.starts_with(scheme)) {
        uri.remove_prefix(scheme.size());
    } else if (uri.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    std::error_code error;
    const std::filesystem::path path{uri};
    return std::filesystem::is_directory(path / ".git", error) ? path / ".git" : path;
}

}  // namespace

struct GitSource::Fetching {
    std::mutex mutex;
    std::condition_variable changed;
    std::chrono::milliseconds every{};
    bool stops = false;
    bool is_wanted = false;
    std::vector<Wait> waiting;
    std::vector<Wait> told;  // by the fetch that is under way: they asked before it began
    std::string trouble = "the repository was not fetched yet";
    std::string default_label;
    bool has_fetched = false;
    Steady fetched_at{};
    std::function<void()> on_change;
    GitSettings settings;
    std::shared_ptr<GitConnections> running;  // of the fetch that is under way

    void run();
    // Ends the fetch that is under way, and begins no other.  Under the mutex.
    void end();
    void fetch(GitRepository& repository);
};

void GitSource::Fetching::end() {
    stops = true;
    std::ranges::move(std::exchange(told, {}), std::back_inserter(waiting));
    for (const Wait& one : std::exchange(waiting, {})) {
        one->fail(std::make_exception_ptr(
            Failure{Kind::unavailable, "config.unreadable", "The service stops."}));
    }
    if (running) {
        running->end();
    }
    changed.notify_all();
}

void GitSource::Fetching::fetch(GitRepository& repository) {
    std::string problem;
    std::exception_ptr error;
    const auto connections = std::make_shared<GitConnections>();
    {
        const std::lock_guard lock{mutex};
        if (stops) {
            return;
        }
        running = connections;
    }
    try {
        repository.fetch(*connections);
    } catch (const Failure& failure) {
        problem = failure.message;
        error = std::current_exception();
    }
    std::string label = repository.default_branch();
    std::string before;
    {
        const std::lock_guard lock{mutex};
        running.reset();
        if (stops) {
            return;
        }
        before = std::exchange(trouble, problem);
        default_label = std::move(label);
        has_fetched = has_fetched || !error;
        fetched_at = std::chrono::steady_clock::now();
        for (const Wait& one : std::exchange(told, {})) {
            error ? one->fail(std::make_exception_ptr(
                        Failure{Kind::unavailable, "config.remote_away", problem}))
                  : one->set();
        }
    }
    if (!problem.empty() && problem != before) {
        log_warn({.service = "config"}, "the repository is away; what was last seen is served",
                 {{"problem", problem}});
    }
    if (!error) {
        on_change();
    }
}

void GitSource::Fetching::run() {
    std::unique_ptr<GitRepository> repository;
    std::unique_lock lock{mutex};
    while (!stops) {
        is_wanted = false;
        told = std::exchange(waiting, {});
        lock.unlock();
        if (!repository) {
            repository = std::make_unique<GitRepository>(settings);
        }
        fetch(*repository);
        lock.lock();
        changed.wait_for(lock, every, [this] { return stops || is_wanted; });
    }
}

GitSource::GitSource(aio::Loop& loop, GitSourceSettings settings)
    : loop_(loop), settings_(std::move(settings)), fetching_(std::make_shared<Fetching>()) {
    fetching_->every = settings_.fetch_every;
    fetching_->settings = settings_.repository;
}

GitSource::~GitSource() {
    const std::lock_guard lock{fetching_->mutex};
    fetching_->end();
}

void GitSource::start(std::function<void()> on_change) {
    repository_ = std::make_unique<GitRepository>(settings_.repository);
    fetching_->default_label = repository_->default_branch();
    // After the end of this source nobody may be told: the loop may be gone.
    fetching_->on_change = [held = std::weak_ptr{fetching_}, &loop = loop_,
                            on_change = std::move(on_change)] {
        const auto fetching = held.lock();
        const std::lock_guard lock{fetching->mutex};
        if (!fetching->stops) {
            loop.post(on_change);
        }
    };
    threads_ = std::make_unique<aio::WorkerPool>("config-git", 1, waiting_max);
    if (const auto folder = local_folder(settings_.repository.uri)) {
        watch_ = std::make_unique<FolderWatch>(*folder, [held = fetching_] {
            const std::lock_guard lock{held->mutex};
            held->is_wanted = true;
            held->changed.notify_all();
        });
        seen_ = watch_->changes();
    }
    std::thread{[held = fetching_] {
        try {
            held->run();
        } catch (const std::exception& error) {
            log_error({.service = "config"}, "the repository is fetched no more",
                      {{"problem", error.what()}});
        }
    }}.detach();
}

void GitSource::stop_fetching() {
    const std::lock_guard lock{fetching_->mutex};
    fetching_->end();
}

Task<void> GitSource::stop() {
    stop_fetching();
    watch_.reset();
    threads_.reset();
    co_return;
}

std::string GitSource::default_label() const {
    if (!settings_.default_label.empty()) {
        return settings_.default_label;
    }
    const std::lock_guard lock{fetching_->mutex};
    return fetching_->default_label;
}

// The first ones wait for the first fetch, and who names what is not known for news.
Task<SnapshotPtr> GitSource::find(std::string label) {
    co_await take_commits();
    if (!threads_) {
        throw Failure{Kind::unavailable, "config.unreadable", "The service stops."};
    }
    std::string name = label.empty() ? default_label() : label;
    SnapshotPtr found;
    if (!name.empty()) {
        found = co_await threads_->run<SnapshotPtr>([this, name] { return read(name); });
    }
    if (found || !is_worth_a_look()) {
        co_return found;
    }
    try {
        co_await refresh();
    } catch (const Failure& failure) {
        if (name.empty()) {
            throw Failure{Kind::unavailable, "config.unreadable",
                          "There is nothing of the repository yet: " + failure.message};
        }
        co_return nullptr;
    }
    name = label.empty() ? default_label() : label;
    if (name.empty() || !threads_) {
        throw Failure{Kind::unavailable, "config.unreadable", "The repository is empty."};
    }
    co_return co_await threads_->run<SnapshotPtr>([this, name] { return read(name); });
}

// What was last seen is served where this fails.
Task<void> GitSource::take_commits() {
    if (!watch_) {
        co_return;
    }
    const std::uint64_t now = watch_->changes();
    if (std::exchange(seen_, now) == now) {
        co_return;
    }
    try {
        co_await refresh();
    } catch (const Failure&) {
        co_return;  // noted by who fetches
    }
}

// Names that nobody has are not to cause more than a fetch a second.
bool GitSource::is_worth_a_look() const {
    const std::lock_guard lock{fetching_->mutex};
    return !fetching_->has_fetched ||
           std::chrono::steady_clock::now() - fetching_->fetched_at > looks_apart;
}

// On the one thread that reads.
SnapshotPtr GitSource::read(const std::string& label) {
    const auto commit = repository_->find_commit(label);
    if (!commit) {
        return nullptr;
    }
    const auto known = std::ranges::find(recent_, *commit, &Snapshot::version);
    if (known != recent_.end()) {
        std::rotate(recent_.begin(), known, known + 1);
        return recent_.front();
    }
    auto made = std::make_shared<Snapshot>();
    made->version = *commit;
    made->name_prefix = hide_credentials(settings_.repository.uri) + "/";
    made->files = repository_->read(*commit);
    recent_.insert(recent_.begin(), made);
    recent_.resize(std::min(recent_.size(), snapshots_max));
    return made;
}

Task<void> GitSource::refresh() {
    auto done = std::make_shared<aio::Completion<void>>(loop_);
    {
        const std::lock_guard lock{fetching_->mutex};
        if (fetching_->stops) {
            throw Failure{Kind::unavailable, "config.unreadable", "The service stops."};
        }
        if (fetching_->waiting.size() >= waiting_max) {
            throw Failure{Kind::unavailable, "server.overloaded", "Too many wait for this."};
        }
        fetching_->waiting.push_back(done);
        fetching_->is_wanted = true;
        fetching_->changed.notify_all();
    }
    co_await done->wait_until(std::chrono::steady_clock::now() + refresh_time_max);
}

std::optional<std::string> GitSource::trouble() const {
    const std::lock_guard lock{fetching_->mutex};
    return fetching_->trouble.empty() ? std::nullopt : std::optional{fetching_->trouble};
}

void GitSource::set_fetch_every(std::chrono::milliseconds every) {
    const std::lock_guard lock{fetching_->mutex};
    fetching_->every = every;
}

}  // namespace loquat::config
