#pragma once
#include <optional>

#include "net/http/exchange_state.hpp"
#include "net/http/h2/head_text.hpp"
#include "net/http/h2/session.hpp"

// Only for net/http itself.
namespace loquat::net::http::h2 {

// One stream of an HTTP/2 connection: a request and its answer.
class StreamExchange final : public ExchangeState,
                             public std::enable_shared_from_this<StreamExchange> {
  public:
    StreamExchange(std::shared_ptr<Session> session, std::int32_t id);

    // From the session, as frames come.
    RequestText& text() { return text_; }
    void on_head(bool has_body);
    void on_data(std::string_view bytes);
    void on_body_end();
    // The stream is no more; `is_whole` when both sides have ended it.
    void on_end(bool is_whole);
    void tell_gone();
    // All of the answer has been given; it may still be on its way.
    bool is_answered() const { return last_given_ || refused_ || dead_; }
    // The next bytes of the answer's body, for a DATA frame.  Nothing: not yet, unless `is_last`.
    std::size_t take_for_data(std::span<char> into, bool& is_last);

    // Runs the handler and what follows from its ways to end.
    static Task<void> run(std::shared_ptr<StreamExchange> self);

    const RequestHead& head() const override { return head_; }
    const Endpoint& peer() const override { return session_->peer(); }
    bool is_tls() const override { return session_->is_tls(); }
    Task<std::size_t> read_body_some(std::span<char> into) override;
    Task<void> finish(std::string_view body) override;
    void begin_body(std::optional<std::uint64_t> length) override;
    Task<void> write_body(std::string_view piece) override;
    Task<void> end_body() override;
    Task<void> flush() override;
    Task<void> send_interim(int status, const Headers& headers) override;
    void close_after() override;
    void abandon() override;
    bool is_client_gone() const override { return gone_ || session_->is_hung_up(); }
    void on_client_gone(std::move_only_function<void()> call) override {
        gone_call_ = std::move(call);
    }
    Task<void> send_switch(const Headers& headers) override;
    TakenStream take_stream() override;

  private:
    std::string& out() override { return out_; }
    bool has_body_to_send() const override { return sends_body_; }
    void leave_body() override {}  // the stream is reset behind the answer

    Task<void> handle();
    Task<void> refuse(ParseError error);
    void reset(std::uint32_t error);
    // The head in `out_`; with `has_data` a body follows.
    void submit_head(bool has_data);
    Task<void> wait_for_body();
    Task<void> give(std::string_view piece);
    [[noreturn]] void answer_broke(const char* code);

    std::shared_ptr<Session> session_;
    std::int32_t id_;
    RequestText text_;
    std::string bytes_;  // the head as text; `head_` points into it
    RequestHead head_;
    ParseError error_ = ParseError::none;

    std::string in_;  // of the body, not read yet
    std::size_t in_read_ = 0;
    bool in_ended_ = false;
    aio::Signal more_;

    std::string out_;
    std::string_view pending_;  // of the answer's body, not yet in a frame
    bool last_given_ = false;   // nothing comes behind `pending_`
    bool last_taken_ = false;
    bool has_moved_ = false;
    bool sends_body_ = false;
    bool has_length_ = false;
    bool closed_ = false;
    aio::Signal taken_;

    std::move_only_function<void()> gone_call_;
};

}  // namespace loquat::net::http::h2
