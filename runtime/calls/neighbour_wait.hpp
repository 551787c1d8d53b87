#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "aio/loop.hpp"

namespace loquat::runtime {

// A service of another process that must answer before this one can start.
struct Neighbour {
    std::string service;
    std::string url;  // for people; empty: wherever a registry says
    std::chrono::seconds limit{60};
    std::chrono::milliseconds pause{500};
};

// Asks until `ask` returns, with pauses, and says every few seconds that it waits.  Failures that
// waiting cannot mend are thrown as they are.  Throws Failure `upstream.not_there` after the limit,
// and when this process was told to stop meanwhile.
Task<void> wait_for_neighbour(aio::Loop& loop, Neighbour neighbour,
                              std::function<Task<void>()> ask);

// Whether SIGINT or SIGTERM waits for the end of the start: whoever waits for something else gives
// up then.
bool is_told_to_stop();

}  // namespace loquat::runtime
