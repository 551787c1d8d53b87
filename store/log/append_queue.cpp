#include "store/log/append_queue.hpp"

#include <unordered_map>

#include "base/failure.hpp"
#include "store/copy_error.hpp"

namespace loquat::store {
namespace {

std::size_t size_of(const PendingAppend& append) {
    std::size_t bytes = 0;
    for (const auto& record : append.records) {
        bytes += record->key.size() + record->payload.size();
    }
    return bytes;
}

void answer(std::vector<PendingAppend>& appends) {
    for (PendingAppend& append : appends) {
        if (append.error) {
            append.done->fail(std::move(append.error));
        } else {
            append.done->set(append.records.back()->offset);
        }
    }
}

}  // namespace

void AppendQueue::push(PendingAppend append) {
    bool wake = false;
    {
        const std::lock_guard lock{mutex_};
        const std::size_t bytes = size_of(append);
        const std::size_t records = records_ + append.records.size();
        if (records > limits_.records_max || bytes_ + bytes > limits_.bytes_max) {
            throw Failure{Kind::unavailable, "store.overloaded",
                          "The store has too much to do at the moment."}
                .retry_in(std::chrono::seconds{1});
        }
        bytes_ += bytes;
        records_ = records;
        appends_.push_back(std::move(append));
        wake = std::exchange(is_waiting_, false);
    }
    if (wake) {
        changed_.notify_one();
    }
}

void AppendQueue::push(PendingTrim trim) {
    {
        const std::lock_guard lock{mutex_};
        trims_.push_back(std::move(trim));
        is_waiting_ = false;
    }
    changed_.notify_one();
}

void AppendQueue::close() {
    {
        const std::lock_guard lock{mutex_};
        is_closed_ = true;
    }
    changed_.notify_one();
}

PendingWork AppendQueue::take(std::chrono::milliseconds wait_max) {
    std::unique_lock lock{mutex_};
    const auto ready = [this] { return !appends_.empty() || !trims_.empty() || is_closed_; };
    if (!ready()) {
        is_waiting_ = true;
        if (wait_max == std::chrono::milliseconds::max()) {
            changed_.wait(lock, ready);
        } else {
            changed_.wait_for(lock, wait_max, ready);
        }
        is_waiting_ = false;
    }
    PendingWork work;
    work.trims.swap(trims_);
    std::size_t bytes = 0;
    std::size_t count = 0;
    while (count < appends_.size() && bytes < limits_.group_bytes_max) {
        bytes += size_of(appends_[count]);
        records_ -= appends_[count].records.size();
        ++count;
    }
    bytes_ -= bytes;
    if (count == appends_.size()) {
        work.appends.swap(appends_);
    } else {
        const auto end = appends_.begin() + static_cast<std::ptrdiff_t>(count);
        work.appends.assign(std::move_iterator{appends_.begin()}, std::move_iterator{end});
        appends_.erase(appends_.begin(), end);
    }
    work.is_last = is_closed_ && appends_.empty();
    return work;
}

void complete_appends(std::vector<PendingAppend> appends) {
    std::unordered_map<aio::Loop*, std::vector<PendingAppend>> by_home;
    for (PendingAppend& append : appends) {
        by_home[append.home].push_back(std::move(append));
    }
    for (auto& [home, mine] : by_home) {
        home->post([done = std::move(mine)]() mutable { answer(done); });
    }
}

void fail_appends(std::vector<PendingAppend> appends, const std::exception_ptr& error) {
    for (PendingAppend& append : appends) {
        append.error = copy_of(error);
    }
    complete_appends(std::move(appends));
}

}  // namespace loquat::store
