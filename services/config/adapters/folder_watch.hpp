#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

namespace loquat::config {

// Notices changes below a folder (inotify); where the system gives no watches, the folder counts as
// changed once a second.
class FolderWatch {
  public:
    // `on_change` is called on a thread of its own, once writing has paused for 10 ms.
    FolderWatch(std::filesystem::path root, std::function<void()> on_change);
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    // Any thread.  Differs from the last time when something may have changed before this call.
    std::uint64_t changes();
    // Any thread.  Watches the folders that are there now; to be called before they are read.
    void watch_all();

  private:
    void run();
    void nudge() const;
    // Whether anything was there.
    bool drain();
    // Waits for an event, at most so long; false when it is time to end.
    bool wait(int ms_max);

    std::filesystem::path root_;
    std::function<void()> on_change_;
    int inotify_ = -1;
    int wake_ = -1;
    std::mutex mutex_;
    std::atomic<std::uint64_t> changes_ = 1;
    std::atomic<bool> is_blind_ = false;
    std::atomic<bool> stops_ = false;
    std::jthread thread_;
};

}  // namespace loquat::config
