#include "tests/fault/lanes.hpp"

#include <algorithm>
#include <condition_variable>

#include "aio/run.hpp"
#include "base/failure.hpp"
#include "tests/fault/load.hpp"

namespace loquat::test {
namespace {

constexpr std::chrono::milliseconds pace{5};
constexpr std::chrono::seconds patience{15};

// Of a problem; else its status.
std::string code_of(const net::http::ClientResponse& answer) {
    constexpr std::string_view mark = R"("code":")";
    const auto at = answer.body.find(mark);
    if (at == std::string::npos) {
        return std::to_string(answer.status);
    }
    const auto begin = at + mark.size();
    return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

}  // namespace

Lanes::Lanes(std::vector<std::string> gateways, std::string token, const std::vector<Lane>& lanes)
    : gateways_(std::move(gateways)),
      token_(std::move(token)),
      client_(loop_,
              {.connect_time_max = std::chrono::milliseconds{300}, .head_time_max = patience}) {
    for (const Lane& lane : lanes) {
        ended_[lane.name] = 0;
    }
    thread_ = std::thread{[this, lanes] { aio::run_to_end(loop_, run_all(lanes)); }};
}

Lanes::~Lanes() {
    {
        const std::lock_guard lock{mutex_};
        is_ending_ = true;
    }
    thread_.join();
}

Task<void> Lanes::run_all(std::vector<Lane> lanes) {
    aio::Scope scope{loop_, "lane"};
    for (const Lane& lane : lanes) {
        scope.start(run_one(lane));
    }
    while (scope.size() > 0) {
        co_await pause_for(pace);
    }
    co_await scope.close();
}

Task<void> Lanes::run_one(Lane lane) {
    for (;;) {
        const Steady begun = std::chrono::steady_clock::now();
        const std::string failure = co_await ask(lane.target);
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun);
        {
            const std::lock_guard lock{mutex_};
            Counts& counts = counts_[lane.name];
            ++counts.made;
            counts.longest_ms = std::max<std::int64_t>(counts.longest_ms, took.count());
            if (!failure.empty()) {
                ++counts.failed;
                counts.last_failure = failure;
            }
            ++ended_[lane.name];
            if (is_ending_) {
                co_return;
            }
        }
        ended_one_.notify_all();
        co_await pause_for(pace);
    }
}

Task<std::string> Lanes::ask(std::string target) {
    std::string problem;
    const std::size_t first = asked_++;
    for (std::size_t i = 0; i < gateways_.size(); ++i) {
        const std::size_t at = (first + i) % gateways_.size();
        net::http::ClientRequest request{.origin = net::http::Origin::parse(gateways_[at]).value(),
                                         .target = target};
        request.headers.append("Authorization", "Bearer " + token_);
        try {
            const auto answer = co_await client_.request(
                std::move(request), std::chrono::steady_clock::now() + patience);
            co_return answer.status == 200 ? "" : code_of(answer);
        } catch (const Failure& failure) {
            problem = failure.code;
        }
    }
    co_return problem;
}

Lanes::ByLane Lanes::take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(counts_, {});
}

void Lanes::wait_for_another_round() {
    std::unique_lock lock{mutex_};
    const auto before = ended_;
    ended_one_.wait(lock, [&] {
        return std::ranges::all_of(
            before, [&](const auto& one) { return ended_.at(one.first) >= one.second + 2; });
    });
}

}  // namespace loquat::test
