#pragma once
#include <chrono>

#include "wire/codec.hpp"

// Settings of what a route may have besides: gateway.routes[].cache, .mirror, .fallback.last_good.
namespace loquat::gateway {

// Good answers that are given again when the servers cannot answer.
struct LastGoodConfig {
    std::chrono::seconds seconds{0};
    std::size_t bytes_max = 16 * 1024 * 1024;
    std::size_t answer_bytes_max = 1024 * 1024;

    static constexpr std::array<std::string_view, 3> defaulted{"seconds", "bytes_max",
                                                               "answer_bytes_max"};
    static constexpr std::array fields{
        wire::Field{"seconds", 0, 31'536'000, "How old one may be; 0: none is kept."},
        wire::Field{"bytes_max", 1'024, std::int64_t{1} << 34, "Of all that are kept."},
        wire::Field{"answer_bytes_max", 1, 64 * 1024 * 1024, "A larger one is not kept."},
    };
};
BOOST_DESCRIBE_STRUCT(LastGoodConfig, (), (seconds, bytes_max, answer_bytes_max))

// Answers to GET that are kept and given to others, as Cache-Control allows.
struct CacheConfig {
    bool enabled = false;
    std::chrono::seconds otherwise_seconds{0};
    std::size_t bytes_max = 16 * 1024 * 1024;
    std::size_t answer_bytes_max = 1024 * 1024;

    static constexpr std::array<std::string_view, 4> defaulted{"enabled", "otherwise_seconds",
                                                               "bytes_max", "answer_bytes_max"};
    static constexpr std::array fields{
        wire::Field{.name = "enabled", .doc = "Whether answers of this route are kept."},
        wire::Field{"otherwise_seconds", 0, 31'536'000,
                    "How long an answer is good that does not say so itself; 0: it is not kept."},
        wire::Field{"bytes_max", 1'024, std::int64_t{1} << 34, "Of all that are kept."},
        wire::Field{"answer_bytes_max", 1, 64 * 1024 * 1024, "A larger one is not kept."},
    };
};
BOOST_DESCRIBE_STRUCT(CacheConfig, (), (enabled, otherwise_seconds, bytes_max, answer_bytes_max))

// A share of the requests goes to another server too, whose answers nobody sees.
struct MirrorConfig {
    std::string upstream;
    double percent = 100;
    std::int32_t requests_max = 64;
    std::size_t body_bytes_max = 64 * 1024;
    std::chrono::milliseconds time_ms_max{5'000};

    static constexpr std::array<std::string_view, 5> defaulted{
        "upstream", "percent", "requests_max", "body_bytes_max", "time_ms_max"};
    static constexpr std::array fields{
        wire::Field{"upstream", 0, 512, "http://host:port or lb://NAME; empty: none."},
        wire::Field{"percent", 0, 100, "Of the requests."},
        wire::Field{"requests_max", 1, 10'000, "Under way to it, per loop; more are dropped."},
        wire::Field{"body_bytes_max", 0, 64 * 1024,
                    "Requests with a larger body, or one of unknown length, are not sent to it."},
        wire::Field{"time_ms_max", 1, 60'000, "Later it has failed."},
    };
};
BOOST_DESCRIBE_STRUCT(MirrorConfig, (),
                      (upstream, percent, requests_max, body_bytes_max, time_ms_max))

}  // namespace loquat::gateway
