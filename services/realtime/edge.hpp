#pragma once
#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/clock.hpp"
#include "runtime/standing_rights.hpp"
#include "services/realtime/config.hpp"
#include "services/realtime/metrics.hpp"
#include "services/realtime/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// What a node needs of others; all of it outlives the node.
struct Neighbours {
    TokenPort& tokens;
    ChatPort& chat;
    PresencePort& presence;
    store::Broadcast& broadcast;
    runtime::StandingRights& rights;
    const Clock& clock;
};

// What surrounds everything of one loop: settings, time, ports, and where tasks run.
struct Edge {
    Edge(aio::Loop& on, Config settings, const Neighbours& neighbours)
        : config(std::move(settings)),
          loop(on),
          tokens(neighbours.tokens),
          chat(neighbours.chat),
          presence(neighbours.presence),
          broadcast(neighbours.broadcast),
          rights(neighbours.rights),
          clock(neighbours.clock),
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
