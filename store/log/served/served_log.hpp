#pragma once
#include <chrono>
#include <cstddef>
#include <memory>

#include "store/log/served/log_server.hpp"

namespace loquat::store {

struct ServedLogOptions {
    std::size_t topics_max = EventLog::topics_max;
    std::size_t queue_max = 65'536;  // appends that wait to become durable
    std::size_t queue_bytes_max = 64 * 1024 * 1024;
    std::size_t tail_bytes_max = 32 * 1024 * 1024;  // newest records kept in memory, all topics
    std::size_t fetch_bytes_max = 4 * 1024 * 1024;  // of older ones, at once
    std::chrono::milliseconds append_max{2'500};    // then it is unknown: `upstream.timeout`
    std::chrono::milliseconds answer_max{15'000};   // of everything else
};

// The port over a server: offsets, groups, identity, the newest records in memory, limits.  Nothing
// is trimmed at the server, which keeps what it was told to; a trim is remembered by this process.
std::unique_ptr<EventLog> make_served_log(std::unique_ptr<LogServer> server,
                                          ServedLogOptions options = {});

}  // namespace loquat::store
