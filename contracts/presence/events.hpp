#pragma once
#include "contracts/events/resync.hpp"
#include "contracts/presence/presence.hpp"
#include "wire/schema.hpp"

// Live events on `/user/queue/presence`.
namespace loquat::contracts {

struct PresenceChanged : Presence {
    static constexpr std::string_view event_type = "presence";
};
BOOST_DESCRIBE_STRUCT(PresenceChanged, (Presence), ())

struct PresenceEvent : wire::OneOf<PresenceChanged, ResyncEvent> {};

}  // namespace loquat::contracts
