#include "services/realtime/node.hpp"

#include "contracts/auth/events.hpp"

namespace loquat::realtime {

namespace {

constexpr std::chrono::milliseconds drain_step{50};

}  // namespace

Node::Node(aio::Loop& loop, Config config, const NodePorts& ports)
    : edge_(loop, std::move(config), ports),
      tick_(loop, [this](Ticked& socket) { bury(socket); }),
      wheel_(edge_.clock.steady()),
      intake_(edge_.config),
      maker_(edge_.config.compress_bytes_min),
      history_(edge_),
      rooms_({edge_.config, maker_, addresses_, tick_, edge_.counts, history_}, edge_.broadcast,
             edge_.hearing),
      people_(edge_, maker_),
      calls_(edge_, people_, rooms_),
      session_parts_{edge_.config, edge_.clock, edge_.rights, maker_, addresses_, rooms_},
      connection_parts_{edge_, tick_, wheel_, intake_, maker_, people_, calls_, session_parts_},
      timer_([this] {
          advance();
          arm();
      }) {
    watch_ = edge_.rights.watch(*this);
    arm();
}

Node::~Node() {
    watch_.reset();
    *alive_ = false;
}

void Node::arm() { timer_.start(edge_.loop, DueWheel::slot_time); }

void Node::advance() {
    wheel_.advance(edge_.clock.steady());
    if (edge_.hearing == Hearing::uncertain) {
        rooms_.look(edge_.clock.steady());
    }
}

bool Node::is_full() const { return connections_.size() >= edge_.config.connections_max; }

void Node::accept(Upgraded upgraded) {
    std::string early = std::move(upgraded.early);
    connections_.push_back(std::make_unique<Connection>(connection_parts_, std::move(upgraded)));
    Connection& connection = *connections_.back();
    connection.index = static_cast<std::uint32_t>(connections_.size() - 1);
    ++edge_.counts.accepted;
    connection.start(std::move(early));
}

void Node::bury(Ticked& socket) {
    const std::size_t index = static_cast<Connection&>(socket).index;
    std::swap(connections_[index], connections_.back());
    connections_[index]->index = static_cast<std::uint32_t>(index);
    connections_.pop_back();
}

Counts Node::counts() const {
    Counts counts = edge_.counts;
    counts.connections = connections_.size();
    counts.rooms = rooms_.size();
    return counts;
}

// On the thread that took the right away: what is shown here after that comes behind it.
void Node::on_ended(const contracts::Revocation& revocation) {
    edge_.loop.post([this, alive = alive_, revocation] {
        if (*alive) {
            end_sessions(revocation);
        }
    });
}

void Node::on_ended(const runtime::StandingRights::Member& member) {
    edge_.loop.post([this, alive = alive_, member] {
        if (*alive) {
            end_membership(member);
        }
    });
}

void Node::end_membership(const runtime::StandingRights::Member& member) {
    const std::shared_ptr<Room> room = rooms_.find(member.chat);
    if (room) {
        room->note_removal();
    }
    people_.end_membership(member.user, member.chat, room.get());
}

void Node::end_sessions(const contracts::Revocation& revocation) {
    std::vector<Connection*> ended;
    for (const auto& connection : connections_) {
        const Session& session = connection->session();
        if (!connection->is_open() || !session.is_signed_in()) {
            continue;
        }
        const Identity& who = session.identity();
        const bool is_session = revocation.session_id == who.session;
        const bool is_user = revocation.user_id == who.user &&
                             (!revocation.before || who.issued_at < *revocation.before);
        if (is_session || is_user) {
            ended.push_back(connection.get());
        }
    }
    for (Connection* connection : ended) {
        connection->session().give_feed(Feed::session, wire::encode(contracts::SessionEnded{}));
        connection->fail({Kind::unauthenticated, "auth.session_ended", "The session has ended."},
                         "");
    }
}

Task<void> Node::drain(Steady deadline) {
    is_draining_ = true;
    const auto spread = edge_.config.drain_spread_ms;
    const auto steps = static_cast<std::size_t>(std::max<std::int64_t>(1, spread / drain_step));
    const std::size_t each = connections_.size() / steps + 1;
    const auto wait = std::chrono::duration_cast<std::chrono::seconds>(spread);
    while (!connections_.empty() && std::chrono::steady_clock::now() < deadline) {
        std::size_t closed = 0;
        for (std::size_t i = connections_.size(); i-- > 0 && closed < each;) {
            if (connections_[i]->is_open()) {
                Failure restarting{Kind::unavailable, "server.restarting",
                                   "The server restarts; connect again."};
                // Spread again over the clients, so that they do not come back all at once.
                restarting.retry_after = std::chrono::seconds{1 + i % (1 + wait.count())};
                connections_[i]->fail(restarting, "");
                ++closed;
            }
        }
        co_await edge_.loop.sleep_for(drain_step);
    }
    co_await edge_.tasks.close();
}

}  // namespace loquat::realtime
