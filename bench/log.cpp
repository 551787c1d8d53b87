#include "bench/log.hpp"

#include "aio/scope.hpp"
#include "bench/own_usage.hpp"
#include "bench/samples.hpp"
#include "store/log/kafka/kafka_log.hpp"
#include "store/log/rabbitmq/rabbit_log.hpp"
#include "store/log/segment_log.hpp"

namespace loquat::bench {
namespace {

constexpr const char* topic = "bench";
constexpr std::size_t fill_record_bytes = 100 * 1024;

struct Appends {
    store::EventLog& log;
    std::string payload;
    bool is_running = true;
    std::uint64_t done = 0;
    Samples latency;
};

Task<void> keep_appending(Appends& appends) {
    while (appends.is_running) {
        const auto begun = std::chrono::steady_clock::now();
        co_await appends.log.append(topic, "key", appends.payload);
        appends.latency.add(std::chrono::steady_clock::now() - begun);
        ++appends.done;
    }
}

// What is appended to, gone afterwards where it is at a server.
struct LogUnderLoad {
    std::unique_ptr<store::EventLog> log;
    std::function<void()> remove = [] {};
};

template <class Options>
Options at_server(const std::string& url) {
    Options at;
    at.url =
        url + (url.contains('?') ? "&" : "?") + "prefix=bench-" + Uuid::make().to_string() + ".";
    return at;
}

LogUnderLoad open_log(const LogOptions& options) {
    if (store::is_rabbit_url(options.url)) {
        const auto at = at_server<store::RabbitOptions>(options.url);
        return {store::open_rabbit_log(at), [at] { store::delete_rabbit_topics(at, {topic}); }};
    }
    if (store::is_kafka_url(options.url)) {
        const auto at = at_server<store::KafkaOptions>(options.url);
        return {store::open_kafka_log(at), [at] { store::delete_kafka_topics(at, {topic}); }};
    }
    return {store::open_segment_log({.folder = options.folder})};
}

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

std::uint64_t bytes_in(const std::filesystem::path& folder) {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        bytes += entry.is_regular_file() ? entry.file_size() : 0;
    }
    return bytes;
}

Task<void> fill(const LogOpenOptions& options) {
    const auto log = store::open_segment_log({.folder = options.folder});
    const std::string payload(fill_record_bytes, 'x');
    while (bytes_in(options.folder) < options.bytes) {
        std::vector<store::KeyedPayload> records(32, {"key", payload});
        co_await log->append_all(topic, std::move(records));
    }
}

}  // namespace

Task<wire::Value> measure_log(aio::Loop& loop, LogOptions options) {
    LogUnderLoad under = open_log(options);
    Appends appends{*under.log, std::string(options.record_bytes, 'x')};
    aio::Scope scope{loop, "appends"};
    for (std::size_t i = 0; i < options.outstanding; ++i) {
        scope.start(keep_appending(appends));
    }
    co_await loop.sleep_for(milliseconds_of(options.seconds / 5));
    appends.latency.clear();
    const std::uint64_t before = appends.done;
    const double cpu = own_cpu_seconds();
    const auto begun = std::chrono::steady_clock::now();
    co_await loop.sleep_for(milliseconds_of(options.seconds));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const double cpu_used = own_cpu_seconds() - cpu;
    const auto count = static_cast<double>(appends.done - before);
    appends.is_running = false;
    co_await scope.close();
    under.log.reset();
    under.remove();
    co_return wire::Object{{"per_second", count / took.count()},
                           {"cpu_us_per_append", cpu_used * 1e6 / std::max(count, 1.)},
                           {"latency", appends.latency.to_value()}};
}

Task<wire::Value> measure_log_open(aio::Loop&, LogOpenOptions options) {
    co_await fill(options);
    const std::uint64_t bytes = bytes_in(options.folder);
    const double cpu = own_cpu_seconds();
    const auto begun = std::chrono::steady_clock::now();
    const auto log = store::open_segment_log({.folder = options.folder});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    const double cpu_used = own_cpu_seconds() - cpu;
    co_await log->append(topic, "key", "payload");
    co_return wire::Object{
        {"bytes", bytes}, {"open_ms", took.count()}, {"open_cpu_ms", cpu_used * 1e3}};
}

}  // namespace loquat::bench
