#pragma once
#include <list>
#include <memory>
#include <span>

#include "net/alarm.hpp"
#include "net/http/exchange_state.hpp"

// Only for net/http itself.
namespace loquat::net::http {

namespace h2 {
class Session;
}

// One client connection of a server: reads a head, runs the handler, reads the next.
class Connection final : public ExchangeState, Alarm {
  public:
    Connection(ServerState& server, Stream stream);
    ~Connection();

    // Runs until the connection ends; owns it.
    static Task<void> run(std::unique_ptr<Connection> self);

    // The drain: ends it now when nothing is under way.
    void close_if_idle();
    // The drain's deadline: the handler is told that the client is gone.
    void tell_gone();

    const RequestHead& head() const override { return work_->head; }
    const Endpoint& peer() const override { return peer_; }
    bool is_tls() const override { return tls_; }
    std::span<const std::string> certificate_names() const override { return stream_.peer_names(); }

    // The request's body; connection_body.cpp.
    Task<std::size_t> read_body_some(std::span<char> into) override;

    // The answer; connection_response.cpp.
    Task<void> finish(std::string_view body) override;
    void begin_body(std::optional<std::uint64_t> length) override;
    Task<void> write_body(std::string_view piece) override;
    Task<void> end_body() override;
    Task<void> flush() override;
    Task<void> send_interim(int status, const Headers& headers) override;
    void close_after() override { keep_ = false; }
    void abandon() override;
    bool is_client_gone() const override { return gone_ || stream_.is_hung_up(); }
    void on_client_gone(std::move_only_function<void()> call) override;
    Task<void> send_switch(const Headers& headers) override;
    TakenStream take_stream() override;

  private:
    enum class Waiting : std::uint8_t { nothing, request, head, body, room };
    enum class AnswerBody : std::uint8_t { none, length, chunked, until_close };

    std::string& out() override { return work_->out; }
    bool has_body_to_send() const override { return answer_body_ != AnswerBody::none; }
    void leave_body() override { keep_ = false; }
    void on_alarm() override;
    void begin_wait(Waiting what, std::chrono::milliseconds time);

    enum class HeadStep : std::uint8_t { done, wait, refuse, closed, http2 };

    Task<void> serve();
    // The first bytes are, or may become, the preface of HTTP/2.
    bool begins_as_http2() const;
    Task<void> serve_http2();
    // Reads and parses as far as it can be done without waiting.
    HeadStep try_head();
    void prepare_wait_for_head();
    void note_tls_trouble() const;
    // Plain HTTP has come where TLS is spoken, and may not.
    bool lacks_tls();
    Task<void> end_late_head();
    void begin_exchange();
    bool is_ready_for_next() const;
    void begin_next();
    // The rarer ends of an exchange; true when the next request may be read.
    Task<bool> end_exchange();
    Task<void> refuse_head(ParseError error);
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
    [[noreturn]] void answer_broke(const char* code);

    Stream stream_;
    std::unique_ptr<Workspace> work_;
    std::list<Connection*>::iterator place_;
    Endpoint peer_;
    std::move_only_function<void()> gone_call_;
    std::shared_ptr<h2::Session> http2_;  // has the stream, once it is spoken
    std::uint16_t in_a_row_ = 0;
    Waiting waiting_ = Waiting::nothing;
    AnswerBody answer_body_ = AnswerBody::none;
    bool tls_ = false;
    bool is_new_ = true;  // no head has been read
    bool timed_out_ = false;
    bool busy_ = false;  // a handler runs
    bool keep_ = true;
    bool continue_due_ = false;
    bool taken_ = false;  // upgraded
};

}  // namespace loquat::net::http
