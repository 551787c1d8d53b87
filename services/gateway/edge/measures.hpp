#pragma once
#include <string>

#include "runtime/telemetry/metrics.hpp"
#include "services/gateway/routes/loop_routes.hpp"

namespace loquat::gateway {

// The gateway's metrics on one loop.
class Measures {
  public:
    // `instance` is a label of what is counted per loop.
    Measures(runtime::Metrics& metrics, std::string instance);

    // `route` may be null: what no route was found for.
    void on_end(LoopRoutes& routes, const Route* route, int status, std::chrono::nanoseconds took);
    void on_limited() { limited_.add(); }
    void on_upstream(LoopRoutes& routes, std::size_t upstream, std::chrono::nanoseconds took);
    void on_repeat() { repeats_.add(); }
    void on_fallback() { fallbacks_.add(); }
    // What became of a request whose route keeps answers.
    enum class Kept : std::uint8_t { hit, stale, stand_in, confirmed, miss };
    void on_kept(Kept what) { kept_[static_cast<std::size_t>(what)]->add(); }
    // What became of a request that was mirrored.
    enum class Mirrored : std::uint8_t { sent, failed, dropped };
    void on_mirrored(Mirrored what) { mirrored_[static_cast<std::size_t>(what)]->add(); }

    runtime::Gauge& connections;
    runtime::Gauge& tunnels;
    runtime::Gauge& token_hits;
    runtime::Gauge& token_misses;
    runtime::Gauge& upstream_connections;
    runtime::Gauge& kept_bytes;
    runtime::Gauge& kept_answers;
    runtime::Gauge& certificate_seconds;

  private:
    // Routes beyond so many share one series: labels must not grow without bound.
    static constexpr std::size_t routes_max = 1'000;

    RouteMeasures make(std::string_view route);

    runtime::Metrics& metrics_;
    runtime::Counter& limited_;
    runtime::Counter& repeats_;
    runtime::Counter& fallbacks_;
    std::array<runtime::Counter*, 5> kept_{};
    std::array<runtime::Counter*, 3> mirrored_{};
    RouteMeasures unmatched_;
};

}  // namespace loquat::gateway
