#pragma once
#include <nghttp2/nghttp2.h>

#include <map>
#include <memory>
#include <string>

#include "aio/signal.hpp"
#include "net/alarm.hpp"
#include "net/http/h2/patience.hpp"
#include "net/http/h2/stream_numbers.hpp"
#include "net/http/server_state.hpp"

// Only for net/http itself.
namespace loquat::net::http::h2 {

class StreamExchange;

// What an HTTP/2 client sends first, on a new connection (RFC 9113 section 3.4).
inline constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// One HTTP/2 connection of a server: frames by nghttp2, limits and time by this class.  Each of its
// streams is a request with a handler of its own.  Outlives its streams' handlers.
class Session final : public std::enable_shared_from_this<Session>, Alarm {
  public:
    // `early` has been read from `stream` already.
    Session(ServerState& server, Stream stream, std::string early);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Until the connection and all handlers of its streams have ended.
    Task<void> serve();
    // No new streams; ends when those that are there have.
    void close_when_idle();
    // The drain's deadline.
    void tell_gone();

    ServerState& server() { return server_; }
    const Endpoint& peer() const { return peer_; }
    bool is_tls() const { return tls_; }
    bool is_open() const { return stream_.is_open(); }
    bool is_hung_up() const { return stream_.is_hung_up(); }
    nghttp2_session* native() { return native_; }

    // Sends what is due, as far as the connection takes it.
    void flush();
    // More of the request's body may come: the handler has taken so much of it.
    void give_credit(std::int32_t stream, std::size_t bytes);
    // A DATA frame was filled: the client will say that it has it.
    void on_data_sent() { patience_.earn(2 * Patience::window_update); }
    // A handler has ended.
    void on_handled();

  private:
    struct Callbacks;
    friend struct Callbacks;

    void on_alarm() override;
    nghttp2_session* make_native();
    void open();
    // Hands bytes to nghttp2; false when the connection must end.
    bool feed(std::string_view bytes);
    bool read_some();
    // Answers that wait for the client, or requests for their handlers: those first.
    bool must_rest() const;
    std::size_t backlog() const { return out_.size() - out_sent_; }
    void fill_out();
    void write_out();
    void drop_sent();
    void wait_to_write();
    void watch_time();
    bool is_late();
    static Steady later(Steady since, std::chrono::milliseconds time);
    Steady head_since() const;
    bool is_over() const;
    void start_ready();
    void end();
    void give_up(std::uint32_t error);
    bool spend(int cost);

    int on_begin(const nghttp2_frame_hd& head);
    int on_begin_head(const nghttp2_frame& frame);
    int on_field(const nghttp2_frame& frame, std::string_view name, std::string_view value);
    int on_frame(const nghttp2_frame& frame);
    int on_data(std::int32_t stream, std::string_view bytes);
    int on_stream_end(std::int32_t stream, std::uint32_t error);
    std::shared_ptr<StreamExchange> find(std::int32_t stream) const;

    ServerState& server_;
    Stream stream_;
    std::string early_;
    Endpoint peer_;
    nghttp2_session* native_ = nullptr;
    std::map<std::int32_t, std::shared_ptr<StreamExchange>> streams_;
    std::vector<std::shared_ptr<StreamExchange>> ready_;  // whole heads, handlers not started
    std::string out_;
    std::size_t out_sent_ = 0;
    Patience patience_;
    StreamNumbers numbers_;
    aio::Signal handled_;
    std::size_t handling_ = 0;
    aio::Signal room_;  // less than the limit waits to be written
    Steady begun_;
    Steady head_since_ = Steady::max();     // a head has begun and is not whole
    Steady idle_since_ = Steady::max();     // no stream is open
    Steady stalled_since_ = Steady::max();  // the client takes nothing of `out_`
    bool has_head_ = false;                 // a first one has come
    bool tls_;
    bool in_native_ = false;  // nghttp2 calls back: it may not be called to read or to send
    bool waits_to_write_ = false;
    bool timed_out_ = false;
    bool leaving_ = false;
    bool cut_off_ = false;
    bool holds_back_ = false;
    bool ended_ = false;
    bool unread_ = false;  // there may be more to read at once
};

}  // namespace loquat::net::http::h2
