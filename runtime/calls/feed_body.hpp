#pragma once
#include <chrono>
#include <memory>
#include <string_view>

#include "contracts/core/operation.hpp"
#include "net/http/message.hpp"

namespace loquat::runtime {

inline constexpr std::chrono::seconds feed_silence_max{1};

// A feed as the body of an answer.  While the feed is silent a comment is sent every
// `feed_silence_max`, so that proxies and readers see that the connection lives; a feed that fails
// cuts the connection, which tells the reader to come back.
std::unique_ptr<net::http::BodySource> make_feed_body(
    contracts::FeedPtr<contracts::EventText> feed);

// The fields of an event stream: never stored, never held back by a proxy.
void add_feed_fields(net::http::Headers& headers);

// `Last-Event-ID` (HTML standard, section 9.2.4) as the parameter `last_event_id`; the field wins
// over the query.
void take_last_event_id(contracts::RawCall& call, std::string_view field);

}  // namespace loquat::runtime
