#pragma once
#include <cstdint>

#include "bench/crowd.hpp"
#include "wire/json.hpp"

namespace loquat::bench {

struct FanoutOptions {
    std::vector<int> server_pids;
    std::size_t subscribers = 1000;  // the first `publishers` of them also send
    std::size_t publishers = 16;
    std::size_t outstanding = 1;  // messages of one publisher on their way
    std::size_t text_bytes = 100;
    double warm_up_seconds = 2;
    double seconds = 10;
};

// One room: each publisher sends its next message when its own comes back to it.  Counts deliveries
// to all subscribers and samples how long they took from `send`.
Task<wire::Value> measure_fanout(aio::Loop& loop, Crowd& crowd, FanoutOptions options);

}  // namespace loquat::bench
