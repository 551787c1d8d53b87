#include "store/log/segments/sync_lane.hpp"

namespace loquat::store {

SyncLane::SyncLane(Finish finish) : finish_(std::move(finish)) {
    thread_ = std::jthread{[this] { run(); }};
}

SyncLane::~SyncLane() {
    {
        const std::lock_guard lock{mutex_};
        is_closed_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void SyncLane::push(WrittenGroup group) {
    {
        const std::lock_guard lock{mutex_};
        groups_.push_back(std::move(group));
        ++count_;
    }
    changed_.notify_all();
}

void SyncLane::wait_for_room() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return count_ <= 1; });
}

void SyncLane::drain() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return count_ == 0; });
}

bool SyncLane::is_busy() const {
    const std::lock_guard lock{mutex_};
    return count_ > 0;
}

void SyncLane::run() {
    for (;;) {
        WrittenGroup group;
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return is_closed_ || !groups_.empty(); });
            if (groups_.empty()) {
                return;
            }
            group = std::move(groups_.front());
            groups_.pop_front();
        }
        std::exception_ptr error = broken_;
        if (!error) {
            try {
                group.segment->file.sync();
            } catch (...) {
                error = std::current_exception();
            }
        }
        finish_(std::move(group), error);
        {
            const std::lock_guard lock{mutex_};
            --count_;
        }
        changed_.notify_all();
    }
}

}  // namespace loquat::store
