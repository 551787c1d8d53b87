#pragma once
#include "runtime/resilience/breaker.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {

BOOST_DESCRIBE_ENUM(Probing, all, share)

// A circuit breaker opens by any of its rules and rests; then a few probes decide.
struct BreakerConfig {
    std::int32_t failure_percent = 50;
    std::int32_t failures_in_row = 0;
    std::int32_t slow_percent = 100;
    std::int32_t slow_ms = 60'000;
    std::int32_t window_calls = 100;
    std::int32_t calls_min = 20;
    std::int32_t rest_ms = 60'000;
    std::int32_t probes = 3;
    std::int32_t probe_ms_max = 30'000;
    Probing probing = Probing::all;

    static constexpr std::array fields{
        wire::Field{"failure_percent", 1, 100, "Failed calls of the window that open it."},
        wire::Field{"failures_in_row", 0, 10'000, "Failed calls in a row that open it; 0: none."},
        wire::Field{"slow_percent", 1, 100, "Slow calls of the window that open it."},
        wire::Field{"slow_ms", 1, 3'600'000, "From so long on a call is slow."},
        wire::Field{"window_calls", 1, 10'000, "The latest calls, which it judges."},
        wire::Field{"calls_min", 1, 10'000, "With fewer in the window no share opens it."},
        wire::Field{"rest_ms", 1, 3'600'000, "How long it stays open before it probes."},
        wire::Field{"probes", 1, 1'000, "Calls let through while it is half open."},
        wire::Field{"probe_ms_max", 1, 3'600'000, "A probe without an end by then has failed."},
        wire::Field{.name = "probing",
                    .doc = "all: the first probe that fails opens it again; share: all are "
                           "awaited, then failure_percent decides."},
    };
};
BOOST_DESCRIBE_STRUCT(BreakerConfig, (),
                      (failure_percent, failures_in_row, slow_percent, slow_ms, window_calls,
                       calls_min, rest_ms, probes, probe_ms_max, probing))

// How this process calls services of others; each loop judges by what it sees itself.
struct ClientsConfig {
    std::int32_t attempts_max = 3;
    std::int32_t retry_percent = 10;
    std::int32_t retries_per_second_min = 3;
    std::int32_t calls_max = 1'024;
    std::int32_t aside_after_failures = 5;
    std::int32_t aside_ms = 30'000;
    std::int32_t aside_ms_max = 300'000;
    std::int32_t aside_percent_max = 50;
    std::int32_t latency_memory_ms = 10'000;
    std::int32_t name_seconds = 30;
    BreakerConfig breaker;

    static constexpr std::array fields{
        wire::Field{"attempts_max", 1, 10, "Tries of a call that may be repeated."},
        wire::Field{"retry_percent", 0, 100, "Of the calls of ten seconds: how many are repeats."},
        wire::Field{"retries_per_second_min", 0, 10'000, "Repeats that are free in any case."},
        wire::Field{"calls_max", 1, 1'000'000, "Under way at once, of a loop to a service."},
        wire::Field{"aside_after_failures", 1, 10'000,
                    "Failures in a row that put an instance aside."},
        wire::Field{"aside_ms", 1, 3'600'000, "For how long; each further time as much longer."},
        wire::Field{"aside_ms_max", 1, 86'400'000, "The longest."},
        wire::Field{"aside_percent_max", 0, 100, "Of a service's instances, at once."},
        wire::Field{"latency_memory_ms", 1, 3'600'000,
                    "Half of what is known of a latency is forgotten in it."},
        wire::Field{"name_seconds", 1, 86'400, "Names in platform.urls are looked up this often."},
        wire::Field{.name = "breaker", .doc = "When an instance is left alone."},
    };
};
BOOST_DESCRIBE_STRUCT(ClientsConfig, (),
                      (attempts_max, retry_percent, retries_per_second_min, calls_max,
                       aside_after_failures, aside_ms, aside_ms_max, aside_percent_max,
                       latency_memory_ms, name_seconds, breaker))

}  // namespace loquat::runtime
