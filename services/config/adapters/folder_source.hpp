#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "aio/loop.hpp"
#include "aio/offload.hpp"
#include "services/config/adapters/folder_watch.hpp"
#include "services/config/ports.hpp"

namespace loquat::config {

// A folder, read again whenever something in it has changed: who asks after a change gets it.
// Every label names the same files.
class FolderSource final : public SourcePort {
  public:
    FolderSource(aio::Loop& loop, std::filesystem::path folder);

    void start(std::function<void()> on_change) override;
    Task<void> stop() override;
    std::string default_label() const override { return {}; }
    Task<SnapshotPtr> find(std::string label) override;
    Task<void> refresh() override;
    std::optional<std::string> trouble() const override;

  private:
    SnapshotPtr read_if_changed();

    aio::Loop& loop_;
    std::filesystem::path folder_;
    mutable std::mutex mutex_;  // of what follows; health asks from any thread
    SnapshotPtr last_;
    std::uint64_t read_at_ = 0;
    std::string trouble_;
    std::unique_ptr<aio::WorkerPool> threads_;
    std::unique_ptr<FolderWatch> watch_;
};

}  // namespace loquat::config
