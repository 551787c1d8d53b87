#pragma once
#include <string>
#include <vector>

#include "bench/crowd.hpp"

namespace loquat::bench {

struct StormOptions {
    Target target;
    std::vector<std::string> tokens;  // used in turn
    std::vector<std::string> chats;   // guests and others are dealt to them in turn
    std::size_t guests = 15'000;      // whose connections are cut
    std::size_t others = 50;          // who talk all the time and are not
    double messages_per_second = 50;  // of all others together
    std::size_t at_once = 500;        // guests who are coming back at the same time
    double calm_seconds = 5;          // before the cut
    double away_seconds = 1;          // between the cut and coming back
};

// Cuts the connections of all guests at once and lets them come back, each with the number of the
// last message that it has seen, while others talk.  Whoever has not seen every message in the end,
// in order and once, is counted.
Task<wire::Value> measure_storm(aio::Loop& loop, StormOptions options);

}  // namespace loquat::bench
