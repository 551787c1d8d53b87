#include "services/config/adapters/folder_source.hpp"

#include "base/failure.hpp"
#include "services/config/adapters/read_folder.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t waiting_max = 10'000;

}  // namespace

FolderSource::FolderSource(aio::Loop& loop, std::filesystem::path folder)
    : loop_(loop), folder_(std::filesystem::absolute(folder).lexically_normal()) {}

void FolderSource::start(std::function<void()> on_change) {
    threads_ = std::make_unique<aio::WorkerPool>("config-files", 1, waiting_max);
    watch_ = std::make_unique<FolderWatch>(
        folder_, [this, on_change = std::move(on_change)] { loop_.post(on_change); });
}

Task<void> FolderSource::stop() {
    watch_.reset();
    threads_.reset();
    co_return;
}

Task<SnapshotPtr> FolderSource::find(std::string) {
    if (!threads_) {
        throw Failure{Kind::unavailable, "config.unreadable", "The service stops."};
    }
    const std::uint64_t now = watch_->changes();
    {
        const std::lock_guard lock{mutex_};
        if (last_ && read_at_ == now) {
            co_return last_;
        }
    }
    co_return co_await threads_->run<SnapshotPtr>([this] { return read_if_changed(); });
}

Task<void> FolderSource::refresh() { co_await find({}); }

std::optional<std::string> FolderSource::trouble() const {
    const std::lock_guard lock{mutex_};
    return trouble_.empty() ? std::nullopt : std::optional{trouble_};
}

// On the one thread that reads.
SnapshotPtr FolderSource::read_if_changed() {
    const std::uint64_t now = watch_->changes();
    {
        const std::lock_guard lock{mutex_};
        if (last_ && read_at_ == now) {
            return last_;
        }
    }
    watch_->watch_all();
    std::string trouble;
    auto made = std::make_shared<Snapshot>();
    made->name_prefix = "file:" + folder_.string() + (folder_.has_filename() ? "/" : "");
    try {
        made->files = read_folder(folder_);
    } catch (const Failure& failure) {
        trouble = failure.message;
    }
    const std::lock_guard lock{mutex_};
    trouble_ = trouble;
    read_at_ = now;
    if (trouble.empty()) {
        last_ = std::move(made);
    } else if (!last_) {
        throw Failure{Kind::unavailable, "config.unreadable", trouble};
    }
    return last_;
}

}  // namespace loquat::config
