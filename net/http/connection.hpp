#pragma once
#include <list>
#include <memory>
#include <span>

#include "net/alarm.hpp"
#include "net/http/server_state.hpp"

// Only for net/http itself.
namespace loquat::net::http {

// One client connection of a server: reads a head, runs the handler, reads the next.
class Connection final : Alarm {
  public:
    Connection(ServerState& server, Stream stream);
    ~Connection();

    // Runs until the connection ends; owns it.
    static Task<void> run(std::unique_ptr<Connection> self);

    // The drain: ends it now when nothing is under way.
    void close_if_idle();
    // The drain's deadline: the handler is told that the client is gone.
    void tell_gone();

    const RequestHead& head() const { return work_->head; }
    Stream& stream() { return stream_; }
    ServerState& server() { return server_; }
    Steady begun_at() const { return begun_at_; }
    const Endpoint& peer() const { return peer_; }
    bool is_tls() const { return tls_; }

    // The request's body; connection_body.cpp.
    Task<std::string> read_body(std::size_t bytes_max);
    Task<std::size_t> read_body_some(std::span<char> into);
    void limit_body(Steady due) { body_due_ = due; }
    bool is_body_done() const { return body_done_; }

    // The answer; connection_response.cpp.
    Task<void> respond(Response response);
    HeadWriter start(int status);
    Task<void> finish(std::string_view body);
    void begin_body(std::optional<std::uint64_t> length);
    Task<void> write_body(std::string_view piece);
    Task<void> end_body();
    Task<void> flush();
    Task<void> send_interim(int status, const Headers& headers);
    bool has_started() const { return status_ != 0; }
    int status() const { return status_; }
    std::uint64_t body_bytes_sent() const { return body_sent_; }
    void close_after() { keep_ = false; }
    void abandon();
    bool is_client_gone() const { return gone_ || stream_.is_hung_up(); }
    void on_client_gone(std::move_only_function<void()> call);
    // The rest of a 101.
    Task<void> send_switch(const Headers& headers);
    TakenStream take_stream();

  private:
    enum class Waiting : std::uint8_t { nothing, request, head, body, room };
    enum class AnswerBody : std::uint8_t { none, length, chunked, until_close };

    void on_alarm() override;
    void begin_wait(Waiting what, std::chrono::milliseconds time);

    enum class HeadStep : std::uint8_t { done, wait, refuse, closed };

    Task<void> serve();
    // Reads and parses as far as it can be done without waiting.
    HeadStep try_head();
    void prepare_wait_for_head();
    Task<void> end_late_head();
    void begin_exchange();
    bool is_ready_for_next() const;
    void begin_next();
    // The rarer ends of an exchange; true when the next request may be read.
    Task<bool> end_exchange();
    Task<void> answer_failure(std::exception_ptr error);
    Task<void> answer_problem(int status, std::string_view code, std::string_view detail);
    Task<void> refuse(ParseError error);

    void begin_body_of_request();
    IoResult fill();
    // Waits until more of the body can be read.
    Task<void> wait_for_body();
    std::size_t take_decoded(std::span<char> into, ParseError& error);
    Task<void> send_continue();
    [[noreturn]] void client_left();
    Task<void> break_body(ParseError error);
    Task<bool> discard_body();

    void append_connection();
    IoResult try_send(const std::array<iovec, 3>& parts);
    Task<void> send(std::string_view second, std::string_view third = {});
    Task<void> send_rest(std::array<iovec, 3> parts, IoResult last);
    Task<void> stream_body(BodySource& source);
    [[noreturn]] void answer_broke(const char* code);

    ServerState& server_;
    Stream stream_;
    std::unique_ptr<Workspace> work_;
    std::list<Connection*>::iterator place_;
    Endpoint peer_;
    Exchange exchange_;
    Steady begun_at_;
    std::move_only_function<void()> gone_call_;
    Steady body_due_ = Steady::max();
    Pace body_pace_;
    std::uint64_t body_left_ = 0;  // Framing::length: bytes not yet read
    std::uint64_t body_sent_ = 0;
    std::uint64_t answer_left_ = 0;  // AnswerBody::length: bytes not yet given
    int status_ = 0;
    std::uint16_t in_a_row_ = 0;
    Waiting waiting_ = Waiting::nothing;
    AnswerBody answer_body_ = AnswerBody::none;
    bool tls_ = false;
    bool timed_out_ = false;
    bool busy_ = false;  // a handler runs
    bool keep_ = true;
    bool body_done_ = true;
    bool continue_due_ = false;
    bool ended_ = false;    // the answer is complete
    bool refused_ = false;  // the server itself has answered; what the handler says is ignored
    bool dead_ = false;     // nothing more can be sent
    bool gone_ = false;     // told to the handler
    bool taken_ = false;    // upgraded
};

}  // namespace loquat::net::http
