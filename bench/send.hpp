#pragma once
#include "bench/crowd.hpp"

namespace loquat::bench {

struct SendOptions {
    int server_pid = 0;
    std::size_t outstanding = 8;  // of one sender: sent and not yet acknowledged
    std::size_t text_bytes = 100;
    double warm_up_seconds = 2;
    double seconds = 10;
};

// Every connection sends as fast as its receipts come; nobody is subscribed.  A receipt means
// durable.
Task<wire::Value> measure_send(aio::Loop& loop, Crowd& crowd, SendOptions options);

}  // namespace loquat::bench
