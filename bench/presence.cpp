#include "bench/presence.hpp"

#include "bench/crowd.hpp"
#include "bench/server_process.hpp"

namespace loquat::bench {
namespace {

constexpr std::chrono::milliseconds look_every{500};
// As long as the server may pause between two things that it tells.
constexpr int quiet_looks = 6;
constexpr int looks_max = 240;
constexpr std::chrono::seconds answer_max{60};

class Listener final : public RoomListener {
  public:
    void on_message(std::string_view) override { ++messages; }
    void on_event(std::string_view raw) override {
        const bool is_resync = raw.find("\"type\":\"resync\"") != std::string_view::npos;
        ++(is_resync ? resyncs : events);
    }
    std::uint64_t messages = 0;
    std::uint64_t events = 0;
    std::uint64_t resyncs = 0;
};

std::uint64_t received_bytes(const Crowd& crowd) {
    std::uint64_t bytes = 0;
    for (const auto& connection : crowd) {
        bytes += connection->received_bytes();
    }
    return bytes;
}

// Until nothing was told for a while.
Task<void> become_quiet(aio::Loop& loop, const Crowd& crowd) {
    std::uint64_t last = received_bytes(crowd);
    int quiet = 0;
    for (int look = 0; look < looks_max && quiet < quiet_looks; ++look) {
        co_await loop.sleep_for(look_every);
        const std::uint64_t now = received_bytes(crowd);
        quiet = now == last ? quiet + 1 : 0;
        last = now;
    }
}

Task<double> cpu_of_a_message(aio::Loop& loop, const ListsOptions& options, RoomConnection& sender,
                              const Listener& heard, std::size_t people) {
    const ServerProcess server{options.server_pid};
    const std::chrono::milliseconds pause{static_cast<std::int64_t>(options.pause_seconds * 1000)};
    const double cpu = server.cpu_seconds();
    const std::uint64_t before = heard.messages;
    for (std::size_t i = 0; i < options.messages; ++i) {
        sender.send("A message of some length, as people write them to a room.");
        co_await loop.sleep_for(pause);
    }
    for (int look = 0; look < looks_max && heard.messages < before + options.messages * people;
         ++look) {
        co_await loop.sleep_for(look_every);
    }
    co_await loop.sleep_for(2 * look_every);
    co_return (server.cpu_seconds() - cpu) * 1000 / static_cast<double>(options.messages);
}

}  // namespace

Task<wire::Value> measure_presence(aio::Loop& loop, PresenceOptions options) {
    const ServerProcess server{options.server_pid};
    Listener heard;
    Crowd crowd;
    for (const std::string& token : options.tokens) {
        StompLogin login{options.target, token, {}, "/user/queue/presence"};
        crowd.push_back(std::make_unique<StompConnection>(loop, std::move(login)));
        crowd.back()->listen(heard);
    }
    const std::int64_t rss = server.rss_bytes();
    const double cpu = server.cpu_seconds();
    const auto begun = std::chrono::steady_clock::now();
    co_await open_all(loop, crowd, options.listeners);
    const std::chrono::duration<double> opening = std::chrono::steady_clock::now() - begun;
    co_await become_quiet(loop, crowd);
    const double cpu_used = server.cpu_seconds() - cpu;
    const std::int64_t rss_there = server.rss_bytes();
    const std::size_t closed = count_closed(crowd);
    const std::uint64_t bytes = received_bytes(crowd);
    const std::uint64_t events = heard.events;
    for (const auto& connection : crowd) {
        connection->leave();
    }
    co_await loop.sleep_for(10 * look_every);
    const auto people = static_cast<double>(crowd.size());
    co_return wire::Object{
        {"people", static_cast<std::uint64_t>(crowd.size())},
        {"listeners", static_cast<std::uint64_t>(options.listeners)},
        {"seconds", opening.count()},
        {"cpu_ms_a_person", cpu_used * 1000 / people},
        {"kib_a_person", static_cast<double>(rss_there - rss) / 1024 / people},
        {"kib_a_person_left", static_cast<double>(server.rss_bytes() - rss) / 1024 / people},
        {"bytes_sent_a_person", static_cast<double>(bytes) / people},
        {"events", events},
        {"resyncs", heard.resyncs},
        {"closed", static_cast<std::uint64_t>(closed)}};
}

Task<wire::Value> measure_lists(aio::Loop& loop, ListsOptions options) {
    Listener heard;
    Crowd crowd;
    std::vector<StompConnection*> people;
    for (const std::string& token : options.tokens) {
        StompLogin login{options.target, token, options.chat_id, {}};
        auto made = std::make_unique<StompConnection>(loop, std::move(login));
        people.push_back(made.get());
        made->listen(heard);
        crowd.push_back(std::move(made));
    }
    co_await open_all(loop, crowd, crowd.size());
    co_await become_quiet(loop, crowd);
    const double without =
        co_await cpu_of_a_message(loop, options, *people.front(), heard, crowd.size());
    for (StompConnection* one : people) {
        const Steady deadline = std::chrono::steady_clock::now() + answer_max;
        co_await one->subscribe_to("list", "/user/queue/chats", deadline);
    }
    const std::uint64_t events = heard.events;
    const double with =
        co_await cpu_of_a_message(loop, options, *people.front(), heard, crowd.size());
    const std::size_t closed = count_closed(crowd);
    co_return wire::Object{{"people", static_cast<std::uint64_t>(crowd.size())},
                           {"cpu_ms_a_message", without},
                           {"cpu_ms_a_message_with_lists", with},
                           {"ratio", without > 0 ? with / without : 0.},
                           {"list_events_a_message_and_person",
                            static_cast<double>(heard.events - events) /
                                static_cast<double>(options.messages * crowd.size())},
                           {"closed", static_cast<std::uint64_t>(closed)}};
}

}  // namespace loquat::bench
