#include "services/realtime/node.hpp"

namespace loquat::realtime {

namespace {

constexpr std::size_t read_buffer_bytes = 64 * 1024;
constexpr std::size_t message_slack_bytes = 64 * 1024;
constexpr std::size_t head_bytes_max = 16 * 1024;

}  // namespace

Node::Node(aio::Loop& loop, Config config, Neighbours neighbours)
    : loop_(loop),
      config_(std::move(config)),
      neighbours_(neighbours),
      read_buffer_(read_buffer_bytes),
      maker_(static_cast<std::size_t>(config_.compress_bytes_min)),
      wheel_(neighbours.clock.steady()),
      timer_([this] {
          advance();
          arm();
      }),
      scope_(loop, "realtime") {
    const auto body = static_cast<std::size_t>(config_.body_bytes_max);
    const auto login = static_cast<std::size_t>(config_.login_frame_bytes_max);
    read_settings_ = {net::websocket::Role::server, body + message_slack_bytes, &inflaters_};
    login_limits_ = {.headers_max = 32, .head_bytes_max = login, .body_bytes_max = login};
    frame_limits_ = {.headers_max = 100, .head_bytes_max = head_bytes_max, .body_bytes_max = body};
    watch_ = neighbours_.rights.watch(*this);
    arm();
}

Node::~Node() {
    watch_.reset();
    *alive_ = false;
}

void Node::arm() { timer_.start(loop_, DueWheel::slot_time); }

void Node::advance() { wheel_.advance(now()); }

bool Node::is_full() const {
    return connections_.size() >= static_cast<std::size_t>(config_.connections_max);
}

void Node::accept(Upgraded upgraded) {
    std::string early = std::move(upgraded.early);
    connections_.push_back(std::make_unique<Connection>(*this, std::move(upgraded)));
    Connection& connection = *connections_.back();
    connection.index = static_cast<std::uint32_t>(connections_.size() - 1);
    ++counts_.accepted;
    connection.start(std::move(early));
}

Counts Node::counts() const {
    Counts counts = counts_;
    counts.connections = connections_.size();
    counts.rooms = rooms_.size();
    return counts;
}

void Node::count_error(std::string_view) { ++counts_.errors; }

void Node::schedule_tick() {
    if (!std::exchange(is_tick_scheduled_, true)) {
        loop_.defer([this, alive = alive_] {
            if (*alive) {
                tick();
            }
        });
    }
}

void Node::note_dirty(Connection& connection) {
    if (!std::exchange(connection.is_dirty, true)) {
        dirty_.push_back(&connection);
        schedule_tick();
    }
}

void Node::note_dirty(Group& group) {
    if (!std::exchange(group.is_dirty, true)) {
        dirty_groups_.push_back(&group);
        schedule_tick();
    }
}

void Node::read_later(Connection& connection) {
    if (!std::exchange(connection.is_hungry, true)) {
        hungry_.push_back(&connection);
        schedule_tick();
    }
}

void Node::bury_later(Connection& connection) {
    if (!std::exchange(connection.is_dead, true)) {
        dead_.push_back(&connection);
        schedule_tick();
    }
}

void Node::flush_group(Group& group) {
    const SharedBatch batch = group.take_batch();
    if (!batch) {
        return;
    }
    counts_.deliveries += group.members().size();
    for (Subscription* member : group.members()) {
        member->connection->enqueue(batch);
        note_unacked(*member, *batch);
    }
    if (batch->numbers.empty()) {
        return;
    }
    const std::vector<Subscription*> members = group.members();
    for (Subscription* member : members) {
        member->connection->session().check_window(*member);
    }
}

void Node::forget_group(Group& group) {
    if (std::exchange(group.is_dirty, false)) {
        std::erase(dirty_groups_, &group);
    }
}

void Node::tick() {
    is_tick_scheduled_ = false;
    std::vector<Connection*> hungry;
    hungry.swap(hungry_);
    for (Connection* connection : hungry) {
        connection->is_hungry = false;
        connection->read_on();
    }
    flush_dirty();
    bury();
}

void Node::flush_dirty() {
    std::vector<Group*> groups;
    groups.swap(dirty_groups_);
    for (Group* group : groups) {
        group->is_dirty = false;
        flush_group(*group);
    }
    // Writing may make others dirty (a lost connection's person); those wait for the next tick.
    std::vector<Connection*> dirty;
    dirty.swap(dirty_);
    for (Connection* connection : dirty) {
        connection->is_dirty = false;
        connection->flush();
    }
}

// Only at the end of a tick, when nobody holds a pointer to what is over.
void Node::bury() {
    std::vector<Connection*> dead;
    dead.swap(dead_);
    for (Connection* connection : dead) {
        connection->is_dead = false;
        if (!connection->is_over()) {
            continue;  // frames are under way; it comes again when they are done
        }
        if (connection->is_dirty || connection->is_hungry) {
            bury_later(*connection);
            continue;
        }
        const std::size_t index = connection->index;
        std::swap(connections_[index], connections_.back());
        connections_[index]->index = static_cast<std::uint32_t>(index);
        connections_.pop_back();
    }
}

}  // namespace loquat::realtime
