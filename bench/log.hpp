#pragma once
#include <filesystem>
#include <string>

#include "aio/loop.hpp"
#include "wire/json.hpp"

namespace loquat::bench {

struct LogOptions {
    std::filesystem::path folder;  // made, or one that the bench made before
    std::string url;               // of RabbitMQ or Kafka instead of a folder
    std::size_t outstanding = 1;   // appends on their way at the same time
    std::size_t record_bytes = 200;
    double seconds = 5;
};

// Appends to a log or to topics of its own, at the store's port: how many a second become durable,
// how long one takes, and the CPU time of this process for each.
Task<wire::Value> measure_log(aio::Loop& loop, LogOptions options);

struct LogOpenOptions {
    std::filesystem::path folder;
    std::uint64_t bytes = 1024 * 1024 * 1024;  // the log is filled up to it first
};

// Opens a log of so many bytes: time and CPU time until it takes an append.
Task<wire::Value> measure_log_open(aio::Loop& loop, LogOpenOptions options);

}  // namespace loquat::bench
