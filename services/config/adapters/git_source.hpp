#pragma once
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "aio/loop.hpp"
#include "aio/offload.hpp"
#include "services/config/adapters/folder_watch.hpp"
#include "services/config/adapters/git_repository.hpp"
#include "services/config/ports.hpp"

namespace loquat::config {

struct GitSourceSettings {
    GitSettings repository;
    std::string default_label;  // empty: what the repository calls its own, main or master
    std::chrono::milliseconds fetch_every{10'000};
};

// A clone that is brought up to date in the background; what it has is served meanwhile, also while
// the repository is away, broken or silent.  One on this machine is watched: who asks after a
// commit gets it.
class GitSource final : public SourcePort {
  public:
    GitSource(aio::Loop& loop, GitSourceSettings settings);
    ~GitSource() override;

    // Throws `config.git_missing`, `config.unreadable` (unavailable).
    void start(std::function<void()> on_change) override;
    void stop_fetching() override;
    Task<void> stop() override;
    std::string default_label() const override;
    Task<SnapshotPtr> find(std::string label) override;
    Task<void> refresh() override;
    std::optional<std::string> trouble() const override;
    void set_fetch_every(std::chrono::milliseconds every);

  private:
    // Shared with the thread that fetches.  It ends by itself, at once but for the look-up of a
    // name, which must not hold up the end of the process.
    struct Fetching;

    SnapshotPtr read(const std::string& label);
    bool is_worth_a_look() const;
    Task<void> take_commits();

    aio::Loop& loop_;
    GitSourceSettings settings_;
    std::shared_ptr<Fetching> fetching_;
    // Of the one thread that reads, and its handle of the clone.
    std::unique_ptr<GitRepository> repository_;
    std::vector<SnapshotPtr> recent_;  // the last one first
    std::unique_ptr<aio::WorkerPool> threads_;
    std::unique_ptr<FolderWatch> watch_;  // null: the repository is elsewhere
    std::uint64_t seen_ = 0;              // of its changes
};

}  // namespace loquat::config
