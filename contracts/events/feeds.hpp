#pragma once
#include <string_view>
#include <vector>

#include "wire/schema.hpp"

namespace loquat::contracts {

// A destination of STOMP and the events that come there.
struct LiveFeed {
    std::string_view name;         // of it in programs: chatFeed
    std::string_view destination;  // ends in a slash where the id of a subject follows
    wire::Schema events;
};

// All of them.
std::vector<LiveFeed> live_feeds();

}  // namespace loquat::contracts
