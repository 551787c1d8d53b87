#include "bench/idle.hpp"

#include "bench/server_process.hpp"

namespace loquat::bench {

Task<wire::Value> measure_idle(aio::Loop& loop, Crowd& crowd, IdleOptions options) {
    const ServerProcess server{options.server_pid};
    const std::chrono::milliseconds settle{
        static_cast<std::int64_t>(options.settle_seconds * 1000)};
    Crowd first;
    for (std::size_t index = 0; index < options.settle_connections && !crowd.empty(); ++index) {
        first.push_back(std::move(crowd.back()));
        crowd.pop_back();
    }
    co_await open_all(loop, first, first.size());
    co_await loop.sleep_for(settle);
    const std::int64_t before = server.rss_bytes();

    const auto begun = std::chrono::steady_clock::now();
    const double cpu = server.cpu_seconds();
    co_await open_all(loop, crowd, crowd.size());
    const std::chrono::duration<double> opening = std::chrono::steady_clock::now() - begun;
    const double cpu_used = server.cpu_seconds() - cpu;
    co_await loop.sleep_for(settle);
    const std::int64_t after = server.rss_bytes();

    const auto count = static_cast<double>(crowd.size());
    const std::size_t closed = count_closed(first) + count_closed(crowd);
    co_return wire::Object{
        {"connections", static_cast<std::uint64_t>(crowd.size() + first.size())},
        {"rss_before", before},
        {"rss_after", after},
        {"bytes_per_connection", count > 0 ? static_cast<double>(after - before) / count : 0.},
        {"connects_per_second", count / opening.count()},
        {"server_cpu_us_per_connect", count > 0 ? cpu_used * 1e6 / count : 0.},
        {"closed", static_cast<std::uint64_t>(closed)}};
}

}  // namespace loquat::bench
