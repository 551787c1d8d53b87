#pragma once
#include "bench/crowd.hpp"

namespace loquat::bench {

struct IdleOptions {
    int server_pid = 0;
    std::size_t settle_connections =
        200;  // opened before the first look, so that pools and arenas are there
    double settle_seconds = 2;
};

// Memory of the server for each connection that is signed in, subscribed and silent.
Task<wire::Value> measure_idle(aio::Loop& loop, Crowd& crowd, IdleOptions options);

}  // namespace loquat::bench
