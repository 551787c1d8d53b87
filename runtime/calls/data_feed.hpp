#pragma once
#include <memory>

#include "contracts/core/feed.hpp"
#include "net/http/message.hpp"

namespace loquat::runtime {

// Reads the event stream that `source` gives, on this loop and ahead of its reader by a bounded
// number of events. Each piece of the feed is the data of one event; comments and events without
// data are passed over.
contracts::FeedPtr<contracts::EventText> make_data_feed(
    std::unique_ptr<net::http::BodySource> source);

}  // namespace loquat::runtime
