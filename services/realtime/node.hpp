#pragma once
#include <memory>
#include <vector>

#include "aio/timer.hpp"
#include "services/realtime/socket/connection.hpp"
#include "services/realtime/socket/history_driver.hpp"

namespace loquat::realtime {

// All live connections of one loop.  Everything on its thread.  It only puts the parts of a loop
// together, and ends connections from outside.
class Node final : runtime::StandingRights::Watcher {
  public:
    Node(aio::Loop& loop, Config config, const NodePorts& ports);
    ~Node() override;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    const Config& config() const { return edge_.config; }
    bool is_full() const;
    bool is_draining() const { return is_draining_; }
    void accept(Upgraded upgraded);
    // Heart-beats, limits of time; called by a timer four times a second.
    void advance();
    // Tells clients to come back elsewhere, over `drain_spread_ms`; returns when all are gone or at
    // `deadline`.
    Task<void> drain(Steady deadline);
    Counts counts() const;

  private:
    void on_ended(const contracts::Revocation& revocation) override;
    void on_ended(const runtime::StandingRights::Member& member) override;
    void end_sessions(const contracts::Revocation& revocation);
    void end_membership(const runtime::StandingRights::Member& member);
    void bury(Ticked& socket);
    void arm();

    Edge edge_;
    Tick tick_;
    DueWheel wheel_;
    Intake intake_;
    FrameMaker maker_;
    Addresses addresses_;
    HistoryDriver history_;
    RoomBook rooms_;
    PeopleBook people_;
    CallDriver calls_;
    const Session::Parts session_parts_;
    const Connection::Parts connection_parts_;
    std::vector<std::unique_ptr<Connection>> connections_;
    bool is_draining_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    aio::Timer timer_;
    std::shared_ptr<runtime::StandingRights::Watch> watch_;
};

}  // namespace loquat::realtime
