#include "aio/offload.hpp"

#include <pthread.h>

namespace loquat::aio {

WorkerPool::WorkerPool(std::string name, std::size_t threads, std::size_t queue_max)
    : name_(std::move(name)), queue_max_(queue_max) {
    try {
        for (std::size_t i = 0; i < threads; ++i) {
            threads_.emplace_back([this] { work(); });
        }
    } catch (...) {
        stop();
        throw;
    }
}

WorkerPool::~WorkerPool() { stop(); }

// Those that run are told before they are waited for.
void WorkerPool::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    threads_.clear();
}

void WorkerPool::submit(std::move_only_function<void()> job) {
    {
        const std::lock_guard lock{mutex_};
        if (queue_.size() >= queue_max_ || stopping_) {
            throw Failure{Kind::unavailable, "server.overloaded",
                          "The server is busy. Try again in a moment.", name_ + ": queue is full"}
                .retry_in(std::chrono::seconds{1});
        }
        queue_.push_back(std::move(job));
    }
    changed_.notify_one();
}

void WorkerPool::work() {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    for (;;) {
        std::move_only_function<void()> job;
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) {
                return;
            }
            job = std::move(queue_.front());
            queue_.pop_front();
        }
        job();
    }
}

}  // namespace loquat::aio
