#include "services/auth/domain/hash_queue.hpp"

#include <algorithm>
#include <string>

#include "base/failure.hpp"

namespace loquat::auth {
namespace {

using std::chrono::seconds;

constexpr seconds retry_max{120};
constexpr int weight_of_past = 7;  // of 8

}  // namespace

std::chrono::nanoseconds HashQueue::each() const {
    return mean_ / static_cast<std::int64_t>(rules_.threads);
}

void HashQueue::check(Steady now) {
    const auto wait = each() * static_cast<std::int64_t>(taken_);
    if (taken_ < rules_.waiting_max && wait < rules_.wait_max) {
        return;
    }
    refuse(now);
}

void HashQueue::refuse(Steady now) {
    const auto wait = each() * static_cast<std::int64_t>(taken_);
    promised_until_ = std::max(promised_until_, now + wait) + each();
    const auto retry = std::chrono::ceil<seconds>(promised_until_ - now);
    Failure failure{Kind::unavailable, "server.overloaded",
                    "Many people sign in at this moment. Try again a little later."};
    failure.retry_after = std::clamp(retry, seconds{1}, retry_max);
    failure.extra.emplace_back("queue_position", std::to_string(taken_ + 1));
    throw std::move(failure);
}

void HashQueue::note(std::chrono::nanoseconds took) {
    mean_ = (mean_ * weight_of_past + took) / (weight_of_past + 1);
}

}  // namespace loquat::auth
