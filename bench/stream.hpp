#pragma once
#include "bench/crowd.hpp"
#include "bench/room_connection.hpp"

namespace loquat::bench {

struct StreamOptions {
    Target target;
    int server_pid = 0;
    std::uint16_t provider_port = 0;
    std::size_t generations = 5'000;
    std::size_t alone = 200;   // answers one after the other, before
    double stalled_share = 0;  // of the readers: they open their stream and read nothing
    int deltas = 64;
    int apart_ms = 20;
};

// Answers of an assistant through the whole product.  First one after the other: what the product
// adds to the provider's first token.  Then all users at once: the provider says nothing until
// every answer has been started and is followed, then speaks to all.
Task<wire::Value> measure_stream(aio::Loop& loop, StreamOptions options);

}  // namespace loquat::bench
