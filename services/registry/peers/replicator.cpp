#include "services/registry/peers/replicator.hpp"

#include "aio/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::registry {
namespace {

constexpr std::chrono::seconds answer_time_max{2};
// Beats alone wait for each other.
constexpr std::chrono::milliseconds beats_wait{250};

}  // namespace

void Replicator::tell(const Replicated& told) {
    tasks_.push(told, clock_.steady());
    if (tasks_.is_urgent() || tasks_.size() >= batch_max) {
        pushed_.set();
    }
}

Task<void> Replicator::run() {
    aio::Backoff backoff{std::chrono::milliseconds{100}, std::chrono::milliseconds{2'000}};
    while (true) {
        co_await pushed_.wait_until(std::chrono::steady_clock::now() + beats_wait);
        while (!tasks_.empty()) {
            const bool is_sent =
                co_await send_some(std::chrono::steady_clock::now() + answer_time_max);
            if (is_sent) {
                backoff.reset();
            } else {
                co_await loop_.sleep_for(backoff.next());
            }
        }
    }
}

Task<void> Replicator::flush(Steady deadline) {
    bool is_sent = true;
    while (!tasks_.empty() && is_sent && std::chrono::steady_clock::now() < deadline) {
        is_sent = co_await send_some(deadline);
    }
}

Task<bool> Replicator::send_some(Steady deadline) {
    const auto tasks = tasks_.take(batch_max, clock_.steady());
    if (tasks.empty()) {
        co_return true;
    }
    std::string problem;
    try {
        PeerAnswer answer = co_await peer_.send_batch(batch_of(tasks), deadline);
        if (answer.status == 200) {
            auto answers = read_batch_answer(answer.body, clock_.now());
            ++counts_.batches;
            is_reached_ = true;
            for (std::size_t i = 0; i < std::min(answers.size(), tasks.size()); ++i) {
                apply(*tasks[i], std::move(answers[i]));
            }
            co_return true;
        }
        problem = "it answers " + std::to_string(answer.status);
    } catch (const Failure& failure) {
        problem = failure.detail.empty() ? failure.message : failure.detail;
    }
    ++counts_.failures;
    if (std::exchange(is_reached_, false)) {
        log_warn({.service = "registry"}, "a peer does not take what it is told",
                 {{"peer", peer_.name()}, {"problem", problem}});
    }
    tasks_.give_back(tasks);
    co_return false;
}

// A peer that does not know an instance gets all of it; one that has a newer copy gives it.
void Replicator::apply(const PeerTask& task, TaskAnswer answer) {
    const Replicated& told = task.told;
    if (answer.status == 404 && told.kind != Replicated::Kind::canceled) {
        if (auto instance = book_.find(told.app, told.id)) {
            tell({.kind = Replicated::Kind::registered,
                  .app = told.app,
                  .id = told.id,
                  .instance = std::move(instance)});
        }
        return;
    }
    if (answer.status == 409 && answer.newer && answer.newer->app == told.app &&
        answer.newer->id == told.id) {
        ++counts_.conflicts;
        book_.add(std::move(*answer.newer), Origin::peer, {clock_.now(), clock_.steady()});
    }
}

}  // namespace loquat::registry
