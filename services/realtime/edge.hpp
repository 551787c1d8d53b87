#pragma once
#include <cstdint>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/clock.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/realtime/config.hpp"
#include "services/realtime/metrics.hpp"
#include "services/realtime/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// Whether the broadcast knows what it loses.
enum class Hearing : std::uint8_t {
    certain,    // between the loops of one process
    uncertain,  // over a server: the store is asked now and then
};

// What a node needs of others; all of it outlives the node.
struct NodePorts {
    TokenPort& tokens;
    ChatPort& chat;
    PresencePort& presence;
    store::Broadcast& broadcast;
    runtime::StandingRights& rights;
    const Clock& clock;
    Hearing hearing = Hearing::certain;
};

// What surrounds everything of one loop: settings, time, ports, and where tasks run.
struct Edge {
    Edge(aio::Loop& on, Config settings, const NodePorts& ports)
        : config(std::move(settings)),
          loop(on),
          tokens(ports.tokens),
          chat(ports.chat),
          presence(ports.presence),
          broadcast(ports.broadcast),
          rights(ports.rights),
          clock(ports.clock),
          hearing(ports.hearing),
          tasks(on, "realtime") {}

    const Config config;
    aio::Loop& loop;
    TokenPort& tokens;
    ChatPort& chat;
    PresencePort& presence;
    store::Broadcast& broadcast;
    runtime::StandingRights& rights;
    const Clock& clock;
    const Hearing hearing;
    Counts counts;
    aio::Scope tasks;
};

}  // namespace loquat::realtime
