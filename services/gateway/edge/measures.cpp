#include "services/gateway/edge/measures.hpp"

namespace loquat::gateway {

Measures::Measures(runtime::Metrics& metrics, std::string instance)
    : connections(metrics.gauge("loquat_gateway_connections", "Open client connections.",
                                {{"instance", instance}})),
      tunnels(metrics.gauge("loquat_gateway_tunnels", "Upgraded connections to upstreams.",
                            {{"instance", instance}})),
      token_hits(metrics.gauge("loquat_gateway_token_cache_hits",
                               "Tokens that were remembered, since start.",
                               {{"instance", instance}})),
      token_misses(metrics.gauge("loquat_gateway_token_cache_misses",
                                 "Tokens whose signature was computed, since start.",
                                 {{"instance", instance}})),
      upstream_connections(metrics.gauge("loquat_gateway_upstream_connections",
                                         "Open connections to upstreams.",
                                         {{"instance", instance}})),
      kept_bytes(
          metrics.gauge("loquat_gateway_kept_bytes", "Answers that are kept, of all loops.")),
      kept_answers(
          metrics.gauge("loquat_gateway_kept_answers", "How many answers are kept, of all loops.")),
      certificate_seconds(metrics.gauge("loquat_gateway_certificate_expires_seconds",
                                        "How long the certificate of the port is still valid; 0: "
                                        "it has no file, or has ended.")),
      metrics_(metrics),
      limited_(
          metrics.counter("loquat_gateway_limited_total", "Requests refused by a rate limit.")),
      repeats_(metrics.counter("loquat_gateway_repeats_total",
                               "Requests sent to another address of an upstream.")),
      fallbacks_(metrics.counter("loquat_gateway_fallbacks_total",
                                 "Requests answered by a fallback of their route.")),
      unmatched_(make("none")) {
    constexpr std::array kept{"hit", "stale", "stand_in", "confirmed", "miss"};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        kept_[i] = &metrics.counter("loquat_gateway_cache_total",
                                    "Requests of routes that keep answers, by what they got.",
                                    {{"result", kept[i]}});
    }
    constexpr std::array mirrored{"sent", "failed", "dropped"};
    for (std::size_t i = 0; i < mirrored.size(); ++i) {
        mirrored_[i] =
            &metrics.counter("loquat_gateway_mirrored_total", "Requests that went to a mirror too.",
                             {{"result", mirrored[i]}});
    }
}

RouteMeasures Measures::make(std::string_view route) {
    RouteMeasures made;
    const std::string name{route};
    for (std::size_t i = 1; i < made.by_class.size(); ++i) {
        made.by_class[i] = &metrics_.counter(
            "loquat_gateway_requests_total", "Requests by route and class of status.",
            {{"route", name}, {"status", std::to_string(i) + "xx"}});
    }
    made.by_class[0] =
        &metrics_.counter("loquat_gateway_requests_total", "Requests by route and class of status.",
                          {{"route", name}, {"status", "none"}});
    made.seconds =
        &metrics_.histogram("loquat_gateway_request_seconds",
                            "From a request's head to its answer's end.", {{"route", name}});
    return made;
}

void Measures::on_end(LoopRoutes& routes, const Route* route, int status,
                      std::chrono::nanoseconds took) {
    RouteMeasures* measures = &unmatched_;
    if (route != nullptr) {
        measures = &routes.measures[route->number];
        if (measures->seconds == nullptr) {
            *measures = make(route->number < routes_max ? std::string_view{route->id} : "other");
        }
    }
    const auto of_class =
        static_cast<std::size_t>(status >= 100 && status < 600 ? status / 100 : 0);
    measures->by_class[of_class]->add();
    if (status != 101) {  // what follows an upgrade is no longer the request's time
        measures->seconds->observe(took);
    }
}

void Measures::on_upstream(LoopRoutes& routes, std::size_t upstream,
                           std::chrono::nanoseconds took) {
    runtime::Histogram*& seconds = routes.upstream_seconds[upstream];
    if (seconds == nullptr) {
        const bool is_counted = upstream < routes_max;
        seconds = &metrics_.histogram(
            "loquat_gateway_upstream_seconds", "From a request sent to the answer's head.",
            {{"upstream", is_counted ? routes.upstreams[upstream]->name : "other"}});
    }
    seconds->observe(took);
}

}  // namespace loquat::gateway
