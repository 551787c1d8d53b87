#include "bench/stream.hpp"

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "bench/server_process.hpp"
#include "bench/stream_user.hpp"
#include "testing/paced_provider.hpp"

namespace loquat::bench {
namespace {

using Users = std::vector<std::unique_ptr<StreamUser>>;
using Step = std::function<Task<void>(StreamUser&)>;

constexpr std::size_t at_once = 64;
constexpr int alone_deltas = 4;
constexpr std::chrono::milliseconds look_every{20};
constexpr std::chrono::seconds settle{1};
constexpr std::chrono::minutes wait_max{10};

struct Work {
    Users::iterator next;
    Users::iterator end;
    Step step;
    std::size_t running = 0;
    std::exception_ptr error;
    aio::Signal done;
};

Task<void> work_off(std::shared_ptr<Work> work) {
    try {
        while (work->next != work->end && !work->error) {
            StreamUser& user = **work->next++;
            co_await work->step(user);
        }
    } catch (...) {
        work->error = std::current_exception();
    }
    if (--work->running == 0) {
        work->done.set();
    }
}

// `step` for these users, so many of them at the same time; throws the first failure.
Task<void> for_each(aio::Loop& loop, Users::iterator begin, Users::iterator end, std::size_t most,
                    Step step) {
    auto work = std::make_shared<Work>();
    work->next = begin;
    work->end = end;
    work->step = std::move(step);
    work->running = std::min(most, static_cast<std::size_t>(end - begin));
    for (std::size_t i = work->running; i > 0; --i) {
        loop.spawn(work_off(work));
    }
    if (begin != end) {
        co_await work->done.wait();
    }
    if (work->error) {
        std::rethrow_exception(work->error);
    }
}

class StreamBench {
  public:
    StreamBench(aio::Loop& loop, StreamOptions options)
        : loop_(loop),
          options_(std::move(options)),
          server_(options_.server_pid),
          provider_(options_.provider_port,
                    {options_.deltas, std::chrono::milliseconds{options_.apart_ms}}),
          client_(loop, {.body_stall_max = wait_max,
                         .idle_per_origin_max = at_once,
                         .connections_per_origin_max = 100'000}),
          stalled_(static_cast<std::size_t>(options_.stalled_share *
                                            static_cast<double>(options_.generations))) {}

    Task<wire::Value> run() {
        const net::http::Origin origin{options_.target.host, options_.target.port};
        for (std::size_t i = 0; i < options_.generations; ++i) {
            users_.push_back(std::make_unique<StreamUser>(client_, origin, i));
        }
        co_await for_each(loop_, users_.begin(), users_.end(), at_once,
                          [](StreamUser& user) { return user.prepare(); });
        result_.emplace_back("generations", static_cast<std::uint64_t>(options_.generations));
        result_.emplace_back("stalled", static_cast<std::uint64_t>(stalled_));
        co_await measure_alone();
        co_await open_all_streams();
        co_await measure_together();
        co_return wire::Value{std::move(result_)};
    }

  private:
    // From POST to the first token of answers that have the machine to themselves; the provider
    // adds nothing.
    Task<void> measure_alone() {
        provider_.set_deltas(alone_deltas);
        Samples started;
        Samples first_token;
        StreamCounts counts;
        StreamUser& user = *users_.front();
        for (std::size_t i = 0; i < options_.alone; ++i) {
            const Steady begun = std::chrono::steady_clock::now();
            co_await user.start();
            started.add(std::chrono::steady_clock::now() - begun);
            co_await user.open();
            const Steady first_at = co_await user.read(counts, alone_deltas);
            first_token.add(first_at - begun);
        }
        provider_.set_deltas(options_.deltas);
        result_.emplace_back("alone",
                             wire::Object{{"started", started.to_value()},
                                          {"first_token", first_token.to_value()},
                                          {"first_relayed", counts.first_relayed.to_value()},
                                          {"relayed", counts.relayed.to_value()},
                                          {"broken", static_cast<std::uint64_t>(counts.broken)},
                                          {"why_broken", counts.why_broken}});
    }

    // All answers started, held by the provider, and followed.
    Task<void> open_all_streams() {
        provider_.hold();
        co_await loop_.sleep_for(settle);
        const std::int64_t before = server_.rss_bytes();
        const Steady begun = std::chrono::steady_clock::now();
        co_await for_each(loop_, users_.begin(), users_.end(), at_once,
                          [](StreamUser& user) { return user.start(); });
        const std::chrono::duration<double> starting = std::chrono::steady_clock::now() - begun;
        co_await wait_for_provider();
        const std::int64_t started = server_.rss_bytes();
        co_await for_each(loop_, users_.begin(), users_.end(), at_once,
                          [](StreamUser& user) { return user.open(); });
        co_await loop_.sleep_for(settle);
        const std::int64_t followed = server_.rss_bytes();
        const auto count = static_cast<double>(options_.generations);
        result_.emplace_back("starts_per_second", count / starting.count());
        result_.emplace_back("rss_before", before);
        result_.emplace_back("rss_followed", followed);
        result_.emplace_back("bytes_per_generation", static_cast<double>(started - before) / count);
        result_.emplace_back("bytes_per_reader", static_cast<double>(followed - started) / count);
    }

    Task<void> wait_for_provider() {
        const Steady deadline = std::chrono::steady_clock::now() + wait_max;
        while (provider_.waiting() < options_.generations) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw Failure{Kind::timed_out, "bench.no_answer",
                              "the provider was asked for " + std::to_string(provider_.waiting()) +
                                  " answers only"};
            }
            co_await loop_.sleep_for(look_every);
        }
        co_await loop_.sleep_for(settle);
    }

    Task<void> measure_together() {
        StreamCounts counts;
        const std::int64_t disk = server_.disk_bytes();
        const double cpu = server_.cpu_seconds();
        const Steady begun = std::chrono::steady_clock::now();
        provider_.release();
        const auto stalled = static_cast<std::ptrdiff_t>(stalled_);
        const int deltas = options_.deltas;
        co_await for_each(
            loop_, users_.begin() + stalled, users_.end(), users_.size(),
            [&counts, deltas](StreamUser& user) { return read_one(user, counts, deltas); });
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        const double cpu_used = server_.cpu_seconds() - cpu;
        result_.emplace_back("rss_after", server_.rss_bytes());
        for (std::size_t i = 0; i < stalled_; ++i) {
            users_[i]->close();
        }
        const auto events =
            static_cast<double>(counts.relayed.size() + counts.first_relayed.size());
        const auto text = static_cast<double>(std::max<std::uint64_t>(counts.text_bytes, 1));
        result_.emplace_back("seconds", took.count());
        result_.emplace_back("deltas_per_second", events / took.count());
        result_.emplace_back("server_cpu_us_per_delta", cpu_used * 1e6 / std::max(events, 1.));
        result_.emplace_back("first_relayed", counts.first_relayed.to_value());
        result_.emplace_back("relayed", counts.relayed.to_value());
        result_.emplace_back("longest_gap_ms",
                             static_cast<std::int64_t>(counts.longest_gap.count()));
        result_.emplace_back("whole", static_cast<std::uint64_t>(counts.whole));
        result_.emplace_back("broken", static_cast<std::uint64_t>(counts.broken));
        result_.emplace_back("why_broken", counts.why_broken);
        result_.emplace_back("event_bytes_per_text_byte",
                             static_cast<double>(counts.event_bytes) / text);
        result_.emplace_back("disk_bytes_per_text_byte",
                             static_cast<double>(server_.disk_bytes() - disk) / text);
    }

    static Task<void> read_one(StreamUser& user, StreamCounts& counts, int deltas) {
        co_await user.read(counts, deltas);
    }

    aio::Loop& loop_;
    StreamOptions options_;
    ServerProcess server_;
    test::PacedProvider provider_;
    net::http::Client client_;
    std::size_t stalled_;
    Users users_;
    wire::Object result_;
};

}  // namespace

Task<wire::Value> measure_stream(aio::Loop& loop, StreamOptions options) {
    const auto bench = std::make_unique<StreamBench>(loop, std::move(options));
    co_return co_await bench->run();
}

}  // namespace loquat::bench
