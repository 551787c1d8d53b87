#include "bench/fanout.hpp"

#include "base/text.hpp"
#include "bench/samples.hpp"
#include "bench/server_process.hpp"

namespace loquat::bench {
namespace {

// What all connections count together; one loop, so plain numbers.
struct Tally {
    std::uint64_t deliveries = 0;
    std::uint64_t sent = 0;
    std::uint64_t stalls = 0;
    bool is_running = true;
    Samples latency;
};

std::chrono::nanoseconds now() { return std::chrono::steady_clock::now().time_since_epoch(); }

class Subscriber : public RoomListener {
  public:
    Subscriber(Tally& tally, RoomConnection& connection, std::size_t index)
        : tally_(tally), connection_(connection), index_(index) {}

    void on_message(std::string_view raw) override {
        ++tally_.deliveries;
        if (++seen_ % sample_every == index_ % sample_every) {
            sample(connection_.text_of(raw));
        }
    }

  protected:
    // The second word of a text is when it was sent.
    void sample(std::string_view text) {
        const auto words = split(text.substr(0, 40), ' ');
        const auto sent = words.size() > 1 ? parse_number(words[1]) : std::nullopt;
        if (sent) {
            tally_.latency.add(now() - std::chrono::nanoseconds{*sent});
        }
    }

    Tally& tally_;
    RoomConnection& connection_;

  private:
    static constexpr std::size_t sample_every = 101;
    std::size_t index_;
    std::size_t seen_ = 0;
};

class Publisher final : public Subscriber {
  public:
    Publisher(Tally& tally, RoomConnection& connection, std::size_t index, std::size_t text_bytes)
        : Subscriber(tally, connection, index),
          mark_("p" + std::to_string(index) + " "),
          filling_(text_bytes > 40 ? text_bytes - 40 : 0, 'x') {}

    void on_message(std::string_view raw) override {
        Subscriber::on_message(raw);
        if (connection_.text_of(raw).starts_with(mark_)) {
            send();
        }
    }
    void send() {
        if (tally_.is_running) {
            last_sent_ = std::chrono::steady_clock::now();
            ++tally_.sent;
            connection_.send(mark_ + std::to_string(now().count()) + " " + filling_);
        }
    }
    // A publisher that hears nothing of itself for long (its message was dropped for a slow reader)
    // starts again.
    void revive() {
        if (tally_.is_running &&
            std::chrono::steady_clock::now() - last_sent_ > std::chrono::seconds{3}) {
            ++tally_.stalls;
            send();
        }
    }

  private:
    std::string mark_;
    std::string filling_;
    Steady last_sent_{};
};

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

Task<void> let_run(aio::Loop& loop, std::vector<Publisher*>& publishers, double seconds) {
    const Steady end = std::chrono::steady_clock::now() + milliseconds_of(seconds);
    while (std::chrono::steady_clock::now() < end) {
        co_await loop.sleep_for(std::min(milliseconds_of(.5), milliseconds_of(seconds)));
        for (Publisher* publisher : publishers) {
            publisher->revive();
        }
    }
}

}  // namespace

Task<wire::Value> measure_fanout(aio::Loop& loop, Crowd& crowd, FanoutOptions options) {
    Tally tally;
    std::vector<std::unique_ptr<Subscriber>> listeners;
    std::vector<Publisher*> publishers;
    for (std::size_t index = 0; index < crowd.size(); ++index) {
        if (index < options.publishers) {
            auto made =
                std::make_unique<Publisher>(tally, *crowd[index], index, options.text_bytes);
            publishers.push_back(made.get());
            listeners.push_back(std::move(made));
        } else {
            listeners.push_back(std::make_unique<Subscriber>(tally, *crowd[index], index));
        }
        crowd[index]->listen(*listeners.back());
    }
    co_await open_all(loop, crowd, crowd.size());
    for (std::size_t round = 0; round < options.outstanding; ++round) {
        for (Publisher* publisher : publishers) {
            publisher->send();
        }
    }
    co_await let_run(loop, publishers, options.warm_up_seconds);

    tally.latency.clear();
    const auto begun = now();
    const double cpu = cpu_seconds_of(options.server_pids);
    const std::uint64_t before = tally.deliveries;
    const std::uint64_t sent_before = tally.sent;
    co_await let_run(loop, publishers, options.seconds);
    const double took = std::chrono::duration<double>(now() - begun).count();
    const double cpu_used = cpu_seconds_of(options.server_pids) - cpu;
    const auto deliveries = static_cast<double>(tally.deliveries - before);

    tally.is_running = false;
    const std::size_t closed = count_closed(crowd);
    co_return wire::Object{{"seconds", took},
                           {"server_cpu_seconds", cpu_used},
                           {"messages", tally.sent - sent_before},
                           {"deliveries", tally.deliveries - before},
                           {"deliveries_per_second", deliveries / took},
                           {"deliveries_per_cpu_second", cpu_used > 0 ? deliveries / cpu_used : 0.},
                           {"stalls", tally.stalls},
                           {"closed", static_cast<std::uint64_t>(closed)},
                           {"latency", tally.latency.to_value()}};
}

}  // namespace loquat::bench
