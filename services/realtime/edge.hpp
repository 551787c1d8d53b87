#pragma once
#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/clock.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/realtime/config.hpp"
#include "services/realtime/metrics.hpp"
#include "services/realtime/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// What a node needs of others; all of it outlives the node.
struct NodePorts {
    TokenPort& tokens;
    ChatPort& chat;
    PresencePort& presence;
    store::Broadcast& broadcast;
    runtime::StandingRights& rights;
    const Clock& clock;
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
          tasks(on, "realtime") {}

    const Config config;
    aio::Loop& loop;
    TokenPort& tokens;
    ChatPort& chat;
    PresencePort& presence;
    store::Broadcast& broadcast;
    runtime::StandingRights& rights;
    const Clock& clock;
    Counts counts;
    aio::Scope tasks;
};

}  // namespace loquat::realtime
