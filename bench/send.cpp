#include "bench/send.hpp"

#include "bench/samples.hpp"
#include "bench/server_process.hpp"

namespace loquat::bench {
namespace {

struct Tally {
    std::uint64_t acknowledged = 0;
    bool is_running = true;
    Samples latency;
};

class Sender final : public RoomListener {
  public:
    Sender(Tally& tally, RoomConnection& connection, std::size_t text_bytes)
        : tally_(tally), connection_(connection), text_(text_bytes, 'x') {}

    void on_message(std::string_view) override {}
    // A server acknowledges the messages of one connection in the order in which they came.
    void on_receipt() override {
        if (sent_.empty()) {
            return;
        }
        ++tally_.acknowledged;
        tally_.latency.add(std::chrono::steady_clock::now() - sent_.front());
        sent_.pop_front();
        send();
    }
    void send() {
        if (tally_.is_running) {
            sent_.push_back(std::chrono::steady_clock::now());
            connection_.send(text_);
        }
    }

  private:
    Tally& tally_;
    RoomConnection& connection_;
    std::string text_;
    std::deque<Steady> sent_;
};

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

}  // namespace

Task<wire::Value> measure_send(aio::Loop& loop, Crowd& crowd, SendOptions options) {
    Tally tally;
    std::vector<std::unique_ptr<Sender>> senders;
    for (const auto& connection : crowd) {
        senders.push_back(std::make_unique<Sender>(tally, *connection, options.text_bytes));
        connection->listen(*senders.back());
    }
    co_await open_all(loop, crowd, 0);
    for (std::size_t round = 0; round < options.outstanding; ++round) {
        for (const auto& sender : senders) {
            sender->send();
        }
    }
    co_await loop.sleep_for(milliseconds_of(options.warm_up_seconds));

    tally.latency.clear();
    const ServerProcess server{options.server_pid};
    const auto begun = std::chrono::steady_clock::now();
    const double cpu = server.cpu_seconds();
    const std::uint64_t before = tally.acknowledged;
    co_await loop.sleep_for(milliseconds_of(options.seconds));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const double cpu_used = server.cpu_seconds() - cpu;
    const std::uint64_t count = tally.acknowledged - before;

    tally.is_running = false;
    const std::size_t closed = count_closed(crowd);
    co_return wire::Object{
        {"seconds", took.count()},
        {"server_cpu_seconds", cpu_used},
        {"acknowledged", count},
        {"per_second", static_cast<double>(count) / took.count()},
        {"server_cpu_us_per_message", count > 0 ? cpu_used * 1e6 / static_cast<double>(count) : 0.},
        {"closed", static_cast<std::uint64_t>(closed)},
        {"latency", tally.latency.to_value()}};
}

}  // namespace loquat::bench
