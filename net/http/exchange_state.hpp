#pragma once
#include "net/http/server_state.hpp"

// Only for net/http itself.
namespace loquat::net::http {

// What is behind an Exchange: one request and its answer, on a connection of HTTP/1.1 or as a
// stream of HTTP/2.  The functions do what those of Exchange say.
class ExchangeState {
  public:
    explicit ExchangeState(ServerState& server) : server_(server), exchange_(*this) {}
    ExchangeState(const ExchangeState&) = delete;
    ExchangeState& operator=(const ExchangeState&) = delete;

    virtual const RequestHead& head() const = 0;
    virtual const Endpoint& peer() const = 0;
    virtual bool is_tls() const = 0;
    virtual std::span<const std::string> certificate_names() const { return {}; }
    ServerState& server() { return server_; }
    Steady begun_at() const { return begun_at_; }

    Task<std::string> read_body(std::size_t bytes_max);
    virtual Task<std::size_t> read_body_some(std::span<char> into) = 0;
    void limit_body(Steady due) { body_due_ = due; }
    bool is_body_done() const { return body_done_; }

    Task<void> respond(Response response);
    HeadWriter start(int status);
    virtual Task<void> finish(std::string_view body) = 0;
    virtual void begin_body(std::optional<std::uint64_t> length) = 0;
    virtual Task<void> write_body(std::string_view piece) = 0;
    virtual Task<void> end_body() = 0;
    virtual Task<void> flush() = 0;
    virtual Task<void> send_interim(int status, const Headers& headers) = 0;
    bool has_started() const { return status_ != 0; }
    int status() const { return status_; }
    std::uint64_t body_bytes_sent() const { return body_sent_; }

    virtual void close_after() = 0;
    virtual void abandon() = 0;
    virtual bool is_client_gone() const = 0;
    virtual void on_client_gone(std::move_only_function<void()> call) = 0;

    // The rest of a 101.
    virtual Task<void> send_switch(const Headers& headers) = 0;
    virtual TakenStream take_stream() = 0;

  protected:
    ~ExchangeState() = default;

    // Where the head is put together, a status line and fields as HTTP/1.1 writes them.
    virtual std::string& out() = 0;
    // The answer that begin_body has begun has a body.
    virtual bool has_body_to_send() const = 0;
    // The rest of a body that is too large will not be read.
    virtual void leave_body() = 0;

    // What a handler threw, as an answer where one can still be given.  Rethrows a cancellation.
    Task<void> answer_failure(std::exception_ptr error);
    Task<void> answer_problem(int status, std::string_view code, std::string_view detail);

    ServerState& server_;
    Exchange exchange_;  // what the handler sees
    Steady begun_at_;
    Steady body_due_ = Steady::max();
    Pace body_pace_;
    std::uint64_t body_left_ = 0;  // Framing::length: bytes not yet read
    std::uint64_t body_sent_ = 0;
    std::uint64_t answer_left_ = 0;  // of a length that was said: bytes not yet given
    int status_ = 0;
    bool body_done_ = true;
    bool refused_ = false;  // the server itself has answered; what the handler says is ignored
    bool ended_ = false;    // the answer is complete
    bool dead_ = false;     // nothing more can be sent
    bool gone_ = false;     // told to the handler

  private:
    Task<void> stream_body(BodySource& source);
};

}  // namespace loquat::net::http
