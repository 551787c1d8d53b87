#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "services/model/config.hpp"
#include "services/model/domain/breaker.hpp"
#include "services/model/metrics.hpp"
#include "services/model/ports.hpp"
#include "services/model/slots.hpp"

namespace loquat::model {

// A provider with all that stands around it.  One loop.
struct Backend {
    Backend(std::unique_ptr<Provider> by, const ProviderConfig& of, const Breaker::Rules& rules,
            runtime::Metrics& registry)
        : name(of.name),
          provider(std::move(by)),
          breaker(rules),
          slots(of.concurrent_max, of.waiting_max),
          metrics(registry, of.name),
          waiting_max(of.waiting_ms_max),
          retry_max(of.retry_ms_max),
          tries_max(of.tries_max) {}

    std::string name;
    std::unique_ptr<Provider> provider;
    Breaker breaker;
    Slots slots;
    ProviderMetrics metrics;
    std::chrono::milliseconds waiting_max;
    std::chrono::milliseconds retry_max;
    std::int64_t tries_max;
    std::atomic<Steady::rep> rests_until{0};  // the breaker's, for other threads
};

}  // namespace loquat::model
