#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "services/registry/domain/instance_book.hpp"
#include "services/registry/eureka/front.hpp"

namespace loquat::registry {

// One thing that a peer must hear of.
struct PeerTask {
    Replicated told;
    Steady expires{};
    bool is_void = false;  // a later one says more
};

// What a peer must hear of, in order.  A beat of an instance that has a task already adds nothing;
// a registration takes the place of earlier ones, and a cancellation that of everything.
class PeerTasks {
  public:
    static constexpr std::size_t tasks_max = 10'000;
    static constexpr std::chrono::seconds task_time_max{30};

    // Beyond `tasks_max` the oldest is given up.
    void push(Replicated told, Steady now);
    // At most `most`, without those whose time is over.
    std::vector<std::shared_ptr<PeerTask>> take(std::size_t most, Steady now);
    // Not delivered: before all others again.
    void give_back(const std::vector<std::shared_ptr<PeerTask>>& tasks);

    bool empty() const { return queue_.empty(); }
    // Something else than beats waits.
    bool is_urgent() const { return urgent_ > 0; }
    std::size_t size() const { return queue_.size(); }
    std::uint64_t given_up() const { return given_up_; }

  private:
    static std::string key_of(const Replicated& told) { return told.app + '/' + told.id; }
    void note(const std::shared_ptr<PeerTask>& task);
    void forget(const std::shared_ptr<PeerTask>& task);

    std::deque<std::shared_ptr<PeerTask>> queue_;
    std::unordered_map<std::string, std::vector<std::shared_ptr<PeerTask>>> waiting_;
    std::size_t urgent_ = 0;
    std::uint64_t given_up_ = 0;
};

// Body of a batch.
std::string batch_of(const std::vector<std::shared_ptr<PeerTask>>& tasks);

// A peer's answer to one task.
struct TaskAnswer {
    int status = 0;
    std::optional<Instance> newer;  // for 409
};
// Throws Failure `registry.malformed`.
std::vector<TaskAnswer> read_batch_answer(std::string_view body, Time now);

// All instances of an answer to GET apps.  Throws as above; those that lack something are left out.
std::vector<Instance> read_all(std::string_view body, Time now);

}  // namespace loquat::registry
