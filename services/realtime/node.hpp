#pragma once
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "aio/timer.hpp"
#include "net/stomp/parser.hpp"
#include "runtime/standing_rights.hpp"
#include "services/realtime/config.hpp"
#include "services/realtime/connection.hpp"
#include "services/realtime/due.hpp"
#include "services/realtime/fanout.hpp"
#include "services/realtime/places.hpp"
#include "services/realtime/ports.hpp"
#include "services/realtime/room.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// What a node needs; all of it outlives the node.
struct Neighbours {
    TokenPort& tokens;
    ChatPort& chat;
    PresencePort& presence;
    store::Broadcast& broadcast;
    runtime::StandingRights& rights;
    const Clock& clock;
};

struct Counts {
    std::size_t connections = 0;
    std::size_t rooms = 0;
    std::uint64_t accepted = 0;
    std::uint64_t deliveries = 0;  // batches put into a socket's queue
    std::uint64_t overflows = 0;   // sockets that were too slow
    std::uint64_t errors = 0;      // ERROR frames
};

// All live connections of one loop.  Everything on its thread.
//
// One tick of the loop: events of rooms are encoded once for each group of equal subscribers, then
// every socket that got anything is written to once.
class Node final : runtime::StandingRights::Watcher {
  public:
    Node(aio::Loop& loop, Config config, Neighbours neighbours);
    ~Node() override;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    bool is_full() const;
    bool is_draining() const { return is_draining_; }
    void accept(Upgraded upgraded);
    // Heart-beats, limits of time; called by a timer four times a second.
    void advance();
    // Tells clients to come back elsewhere, over `drain_spread_ms`; returns when all are gone or at
    // `deadline`.
    Task<void> drain(Steady deadline);
    Counts counts() const;

    // For its connections, sessions and rooms.
    const Config& config() const { return config_; }
    aio::Loop& loop() const { return loop_; }
    TokenPort& tokens() const { return neighbours_.tokens; }
    ChatPort& chat() const { return neighbours_.chat; }
    store::Broadcast& broadcast() const { return neighbours_.broadcast; }
    Steady now() const { return neighbours_.clock.steady(); }
    Time wall_now() const { return neighbours_.clock.now(); }
    FrameMaker& maker() { return maker_; }
    DueWheel& wheel() { return wheel_; }
    std::span<char> read_buffer() { return read_buffer_; }
    const net::websocket::ReadSettings& read_settings() const { return read_settings_; }
    const net::stomp::ParseLimits& login_limits() const { return login_limits_; }
    const net::stomp::ParseLimits& frame_limits() const { return frame_limits_; }
    std::uint64_t next_number() { return ++last_number_; }
    std::uint32_t next_serial() { return ++last_serial_; }
    void start(Task<void> task) { scope_.start(std::move(task)); }
    void start_catch_up(Subscription& subscription);

    void note_dirty(Connection& connection);
    void note_dirty(Group& group);
    void flush_group(Group& group);
    void forget_group(Group& group);
    void read_later(Connection& connection);
    void bury_later(Connection& connection);
    void count_overflow() { ++counts_.overflows; }
    void count_error(std::string_view code);

    std::shared_ptr<Room> open_room(ChatId chat);
    void close_if_unused(Room& room);
    void end_room_subscriptions(const UserId& user, Room& room);
    // Throws auth.token_revoked.
    void require_session(const Identity& who) const;

    void join_person(const UserId& user, Connection& connection);
    void leave_person(const UserId& user, Connection& connection);
    // The person's own events are listened to; returns when that is in force.  Throws upstream.*.
    Task<void> follow_person(Identity who, Feed feed);
    // An event for all connections of a person that listen to that queue.
    void give_person(const UserId& user, Feed feed, std::string_view body);
    // The same for many people: `share` it once.
    void give_person(const UserId& user, Feed feed, SharedEvents& events);
    // Events of a feed; the bodies outlive it.
    SharedEvents share(std::span<const std::string_view> bodies);
    std::shared_ptr<const Address> hold_address(Address address) {
        return addresses_.hold(std::move(address), next_serial());
    }
    void note_presence(const UserId& user);

  private:
    struct Person {
        std::vector<Connection*> connections;
        store::Subscription topic;
    };

    void schedule_tick();
    void tick();
    void flush_dirty();
    void bury();
    void on_person_notice(const UserId& user, store::Notice notice, const store::Payload& payload);
    void follow_names();
    void on_names_notice(store::Notice notice, const store::Payload& payload);
    void follow_presence();
    void on_presence_notice(store::Notice notice, const store::Payload& payload);
    void on_ended(const contracts::Revocation& revocation) override;
    void on_ended(const runtime::StandingRights::Member& member) override;
    void end_sessions(const contracts::Revocation& revocation);
    void end_membership(const runtime::StandingRights::Member& member);
    void end_session(Connection& connection);
    void arm();

    aio::Loop& loop_;
    Config config_;
    Neighbours neighbours_;
    net::websocket::InflaterPool inflaters_;
    net::websocket::ReadSettings read_settings_;
    net::stomp::ParseLimits login_limits_;
    net::stomp::ParseLimits frame_limits_;
    std::vector<char> read_buffer_;
    FrameMaker maker_;
    DueWheel wheel_;
    std::uint64_t last_number_ = 0;
    std::uint32_t last_serial_ = 0;
    std::unordered_map<ChatId, std::shared_ptr<Room>> rooms_;
    std::unordered_map<UserId, Person> people_;
    store::Subscription presence_topic_;
    store::Subscription names_topic_;
    AddressBook addresses_;
    Places places_{*this};
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<Group*> dirty_groups_;
    std::vector<Connection*> dirty_;
    std::vector<Connection*> hungry_;
    std::vector<Connection*> dead_;
    bool is_tick_scheduled_ = false;
    bool is_draining_ = false;
    Counts counts_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    aio::Timer timer_;
    aio::Scope scope_;
    std::shared_ptr<runtime::StandingRights::Watch> watch_;
};

}  // namespace loquat::realtime
