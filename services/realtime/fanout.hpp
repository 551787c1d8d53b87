#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/stomp/encoder.hpp"
#include "net/websocket/deflate.hpp"
#include "net/websocket/reader.hpp"
#include "services/realtime/destination.hpp"
#include "services/realtime/generations.hpp"
#include "services/realtime/outbox.hpp"
#include "services/realtime/pace.hpp"

namespace loquat::realtime {

class Connection;
class Group;
class Room;
struct CatchUp;

enum class AckMode : std::uint8_t { automatic, client, client_individual };

// How frames are written for a connection: what must be equal for two to share bytes.
struct Shape {
    net::stomp::Version version = net::stomp::Version::v1_2;
    net::websocket::MessageType type = net::websocket::MessageType::text;
    std::uint8_t deflate_bits = 0;  // window of what is compressed, 9 to 15; 0: nothing is
    friend bool operator==(const Shape&, const Shape&) = default;
};

// What the MESSAGE frames of a subscription say of it.
struct Address {
    std::string id;
    std::string destination;  // as the client wrote it
    AckMode ack = AckMode::automatic;
    Shape shape;
    std::uint32_t serial = 0;  // of this address on this loop
    friend bool operator==(const Address& a, const Address& b) {
        return a.id == b.id && a.destination == b.destination && a.ack == b.ack &&
               a.shape == b.shape;
    }
};

// One thing to tell subscribers.
struct Event {
    std::string_view body;       // JSON
    std::int64_t seq = 0;        // of a `message` event; 0 for all others
    std::uint64_t number = 0;    // message-id: unique and growing on this loop
    bool is_change = false;      // an edit or a deletion: must not be lost unannounced
    bool is_generation = false;  // of an answer that is written: the same
};

// Writes frames; one per loop, so that compressor and scratch space are shared.
class FrameMaker {
  public:
    explicit FrameMaker(std::size_t compress_bytes_min) : compress_bytes_min_(compress_bytes_min) {}

    void append_event(std::string& out, const Address& to, const Event& event);
    // `frame` is a STOMP frame; appends it as one WebSocket message.
    void append_answer(std::string& out, const Shape& shape, std::string_view frame);

    // The parts of an `ack` header: which address, which event.
    struct AckId {
        std::uint32_t serial;
        std::uint64_t number;
    };
    static std::optional<AckId> parse_ack(std::string_view text);

  private:
    net::websocket::Deflater& deflater(std::uint8_t window_bits);

    std::size_t compress_bytes_min_;
    // By their windows; made when a client first wants one.
    std::array<std::unique_ptr<net::websocket::Deflater>, net::websocket::window_bits_max + 1>
        deflaters_;
    std::string frame_;
    std::string compressed_;
};

// Events of a feed for many subscriptions, whoever they belong to: encoded once for each address.
class SharedEvents {
  public:
    // The bodies outlive it.
    SharedEvents(FrameMaker& maker, std::vector<Event> events)
        : maker_(maker), events_(std::move(events)) {}

    const SharedBatch& batch_for(const Address& address);

  private:
    FrameMaker& maker_;
    std::vector<Event> events_;
    std::unordered_map<const Address*, SharedBatch> batches_;
};

// Addresses of feeds: equal ones are one, for as long as somebody holds it.
class AddressBook {
  public:
    // `serial` is for an address that nobody holds.
    std::shared_ptr<const Address> hold(Address address, std::uint32_t serial);
    std::size_t size() const { return held_.size(); }

  private:
    void forget_unheld();

    std::unordered_map<std::string, std::weak_ptr<const Address>> held_;
    std::size_t next_sweep_ = 64;
};

enum class FollowState : std::uint8_t {
    catching_up,  // its history is being read from the store
    ahead,        // it was given more than was broadcast yet: `last_seq` and `known` and below are
                  // skipped
    live,         // a member of its group
    lagging,      // its pace withholds events, or it does not follow yet
};

// One SUBSCRIBE.  Belongs to its connection's session.
struct Subscription {
    Connection* connection = nullptr;
    Feed feed = Feed::room;
    FollowState state = FollowState::live;
    Pace pace;
    bool has_lost = false;             // lagging: events without a number were dropped
    bool has_lost_generation = false;  // lagging: the same for answers that are written
    std::uint32_t index = 0;           // its place in Group or in Room
    std::shared_ptr<Room> room;
    Group* group = nullptr;                    // of a room: also its address
    std::shared_ptr<const Address> own;        // of the other feeds
    std::int64_t last_seq = 0;                 // lagging: the first that is missing, minus one
    std::uint64_t changes_seen = 0;            // lagging: Room::changes when it began
    std::uint64_t generation_events_seen = 0;  // lagging: Room::generation_events when it began
    std::unique_ptr<GenerationIds> known;  // from its snapshots, where the broadcast is behind them
    std::shared_ptr<CatchUp> catch_up;     // while catching up
    std::unique_ptr<std::deque<std::uint64_t>> unacked;
    std::uint64_t first_given = 0;  // where the client acknowledges: the numbers it was sent
    std::uint64_t last_given = 0;

    const Address& address() const;
};

// The live subscriptions of a room whose frames are the same bytes.
class Group {
  public:
    explicit Group(Address address) : address_(std::move(address)) {}

    const Address& address() const { return address_; }
    bool has_members() const { return !members_.empty(); }
    void add_event(FrameMaker& maker, const Event& event);
    // What was added since the last call; null when nothing was.
    SharedBatch take_batch();
    std::size_t batch_bytes() const { return batch_ ? batch_->bytes.size() : 0; }

    void join(Subscription& subscription);
    void leave(Subscription& subscription);
    const std::vector<Subscription*>& members() const { return members_; }

    std::uint32_t users = 0;  // subscriptions that have it as their address
    bool is_dirty = false;    // listed for the next flush

  private:
    Address address_;
    SharedBatch batch_;
    std::vector<Subscription*> members_;
};

// Whether the subscription has the event from a snapshot.  With the first that is not in it, the
// broadcast has caught up with the snapshot, which is then forgotten.
bool is_in_snapshot(Subscription& subscription, const GenerationMark& mark);

SharedBatch make_batch(FrameMaker& maker, const Address& address, std::span<const Event> events);

// Notes that `batch` was put into a subscription's queue.
void note_unacked(Subscription& subscription, const Batch& batch);

}  // namespace loquat::realtime
