#pragma once
#include <memory>
#include <string>

#include "net/stomp/parser.hpp"
#include "net/websocket/reader.hpp"
#include "services/realtime/socket/call_driver.hpp"
#include "services/realtime/socket/due.hpp"
#include "services/realtime/socket/intake.hpp"
#include "services/realtime/socket/outbox.hpp"
#include "services/realtime/socket/tick.hpp"
#include "services/realtime/stomp/session.hpp"

namespace loquat::realtime {

// What the opening handshake left behind.
struct Upgraded {
    std::unique_ptr<Link> link;
    std::uint8_t deflate_bits = 0;  // see Shape
    std::string token;              // of the upgrade request; may be empty
    std::string early;              // bytes read after the request
};

// One WebSocket: bytes in and out, closing, and time.  What it is told to send goes into its
// outbox; the loop's tick writes, once for each socket.
class Connection final : public Ticked, net::websocket::ReadSink, Link::Owner, Due, Wire {
  public:
    // What all sockets of a loop share; outlives them.
    struct Parts {
        Edge& edge;
        Tick& tick;
        DueWheel& wheel;
        Intake& intake;
        FrameMaker& maker;
        PeopleBook& people;
        CallDriver& calls;
        const Session::Parts& session;
    };

    Connection(const Parts& parts, Upgraded upgraded);
    ~Connection() override = default;

    void start(std::string early);

    Session& session() { return session_; }
    void fail(const Failure& failure, std::string_view receipt) override;
    bool is_open() const { return state_ == State::open; }
    bool is_over() const override { return state_ == State::over && !session_.is_busy(); }

    std::uint32_t index = 0;  // in the node's list

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

    // Of Wire.
    const Shape& shape() const override { return shape_; }
    void set_version(net::stomp::Version version) override;
    void answer(std::string_view frame) override;
    void push(std::string_view frames) override;
    void enqueue(const SharedBatch& batch) override;
    bool has_room() const override;
    void say_error(const Failure& failure, std::string_view receipt) override;
    void close(std::uint16_t code, std::string_view reason) override;
    void start_calls() override { parts_.calls.start(session_); }
    void on_idle() override;
    void on_signed_in() override;
    void on_signed_off() override;
    void on_looks_changed() override;
    void reschedule() override;

    void read_on() override;
    void flush() override;
    void read_some();
    void resume_reading();
    void take(std::span<char> bytes);
    void begin_closing(std::string_view close_frame);
    void lose();
    void overflow();
    void check_open(Steady now);
    Steady next_due() const;
    bool wants_input() const;
    std::chrono::milliseconds silence_max() const;
    std::chrono::milliseconds beat_after() const;

    const Parts& parts_;
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
