#pragma once
#include <array>
#include <chrono>
#include <cstddef>

#include "runtime/several_instances.hpp"

namespace loquat::consumer {

struct Config {
    runtime::HowMany instances = runtime::HowMany::one;
    std::size_t batch_records_max = 4000;
    std::size_t batch_bytes_max = 4 * 1024 * 1024;
    std::chrono::milliseconds retry_ms_min{50};
    std::chrono::milliseconds retry_ms_max{5000};
    std::size_t refused_tries_max = 5;
    std::chrono::seconds trim_seconds{60};

    static constexpr std::array fields{
        wire::Field{.name = "instances",
                    .doc = "`one`: this instance alone reads the log; `several`: they share its "
                           "partitions out (needs servers: docs/servers.md)."},
        wire::Field{"batch_records_max", 1, 10'000, "Records stored in one transaction."},
        wire::Field{"batch_bytes_max", 1024, 64 * 1024 * 1024,
                    "Bytes of records stored in one transaction."},
        wire::Field{"retry_ms_min", 1, 60'000,
                    "The first pause after a failure; pauses grow from here."},
        wire::Field{"retry_ms_max", 1, 600'000, "The longest pause after a failure."},
        wire::Field{"refused_tries_max", 1, 100,
                    "Tries of a record that the store refuses, before it goes to the log of the "
                    "dead (docs/durability.md)."},
        wire::Field{"trim_seconds", 1, 86'400,
                    "How often stored records are removed from the log."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (instances, batch_records_max, batch_bytes_max, retry_ms_min, retry_ms_max,
                       refused_tries_max, trim_seconds))

}  // namespace loquat::consumer
