#pragma once
#include <memory>
#include <string>

#include "net/stomp/parser.hpp"
#include "net/websocket/reader.hpp"
#include "services/realtime/due.hpp"
#include "services/realtime/outbox.hpp"
#include "services/realtime/ports.hpp"
#include "services/realtime/session.hpp"

namespace loquat::realtime {

class Node;

// What the opening handshake left behind.
struct Upgraded {
    std::unique_ptr<Link> link;
    std::uint8_t deflate_bits = 0;  // see Shape
    std::string token;              // of the upgrade request; may be empty
    std::string early;              // bytes read after the request
};

// One WebSocket: bytes in and out, closing, and time.  What it is told to send goes into its
// outbox; the loop's tick writes, once for each socket.
class Connection final : net::websocket::ReadSink, Link::Owner, Due {
  public:
    Connection(Node& node, Upgraded upgraded);
    ~Connection() override = default;

    void start(std::string early);

    const Shape& shape() const { return shape_; }
    void set_version(net::stomp::Version version);
    Session& session() { return session_; }

    // A STOMP frame that must arrive.
    void answer(std::string_view frame);
    // An event for one subscription; may be dropped for a slow reader.
    void give(Subscription& subscription, const Event& event);
    void give(Subscription& subscription, const SharedBatch& batch);
    // An event of a replay, which waits for `has_room` and is therefore never dropped.
    void replay(Subscription& subscription, const Event& event);
    // Events shared with others.
    void enqueue(const SharedBatch& batch);

    // Sends ERROR, then closes.  The socket is closed by code of the failure's kind.
    void fail(const Failure& failure, std::string_view receipt);
    // Sends ERROR about one frame; the connection goes on.
    void say_error(const Failure& failure, std::string_view receipt);
    void close(std::uint16_t code, std::string_view reason);

    // Writes what is queued; may find that the socket is gone.
    void flush();
    bool has_room() const;
    void resume_reading();
    // Reads on after a pause, unless the socket is being waited for already.
    void read_on();

    void on_signed_in();
    // Its times have changed.
    void reschedule();
    bool is_open() const { return state_ == State::open; }
    // May be destroyed.
    bool is_over() const { return state_ == State::over && !session_.is_busy(); }

    std::uint32_t index = 0;  // in the node's list
    bool is_dirty = false;    // listed for the next flush
    bool is_hungry = false;   // listed for reading on
    bool is_dead = false;     // listed for burial

  private:
    enum class State : std::uint8_t {
        open,
        closing,  // our close frame is queued; only the peer's is still of interest
        over,
    };

    void on_data(net::websocket::MessageType type, std::string_view piece,
                 net::websocket::Part part) override;
    void on_ping(std::string_view payload) override;
    void on_pong(std::string_view) override {}
    void on_close(std::uint16_t code, std::string_view reason) override;
    void on_readable() override { read_some(); }
    void on_writable() override;
    void on_due(Steady now) override;

    void read_some();
    void take(std::span<char> bytes);
    void begin_closing(std::string_view close_frame);
    void lose();
    void overflow();
    void check_open(Steady now);
    Steady next_due() const;
    bool wants_input() const;
    std::chrono::milliseconds silence_max() const;
    std::chrono::milliseconds beat_after() const;

    Node& node_;
    std::unique_ptr<Link> link_;
    net::websocket::Reader reader_;
    net::stomp::Parser parser_;
    Outbox outbox_;
    Steady opened_at_;
    Steady last_read_;
    Steady last_sent_;  // bytes of STOMP; what WebSocket says for itself is no heart-beat
    Shape shape_;
    State state_ = State::open;
    bool has_type_ = false;
    bool is_waiting_to_write_ = false;
    bool is_waiting_to_read_ = false;
    bool has_overflowed_ = false;
    bool is_pinged_ = false;
    bool peer_closed_ = false;
    bool has_shut_ = false;
    Session session_;
};

}  // namespace loquat::realtime
