#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "aio/completion.hpp"

namespace loquat::store {

// Work that a thread of a store does with its `Target`, and the way of its result to who waits.
// `Job` is how the store queues it: run(Target&), then finish with nothing, or with what went
// wrong.
template <class Job, class Target, class Work>
class WorkJob final : public Job {
  public:
    using Result = std::invoke_result_t<Work&, Target&>;
    using Done = aio::Completion<Result>;

    WorkJob(Work work, std::shared_ptr<Done> done)
        : work_(std::move(work)), done_(std::move(done)) {}

    void run(Target& target) override {
        if constexpr (std::is_void_v<Result>) {
            work_(target);
            value_.emplace();
        } else {
            value_.emplace(work_(target));
        }
    }
    void finish(std::exception_ptr error) override {
        if (error) {
            done_->fail(std::move(error));
        } else {
            done_->set(std::move(*value_));
        }
    }

  private:
    Work work_;
    std::shared_ptr<Done> done_;
    std::optional<typename Done::Value> value_;
};

}  // namespace loquat::store
