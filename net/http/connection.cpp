#include "net/http/connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "net/http/h2/session.hpp"
#include "net/http/linger.hpp"
#include "net/tls/trouble.hpp"

namespace loquat::net::http {
namespace {

using UseTask = boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>;

constexpr std::uint16_t requests_in_a_row_max = 32;
// When all that was asked for has come there is nothing to wait for.
constexpr LingerRule hardly{.pause_max = std::chrono::milliseconds{0}};

}  // namespace

Connection::Connection(ServerState& server, Stream stream)
    : ExchangeState(server),
      stream_(std::move(stream)),
      place_(server.connections.insert(server.connections.end(), this)),
      peer_(stream_.peer()),
      tls_(stream_.is_tls()) {}

Connection::~Connection() {
    if (work_) {
        server_.workspaces.give_back(std::move(work_));
    }
    stream_.close();
    if (!taken_) {
        server_.connections.erase(place_);
        server_.let_go(peer_.address);
    }
}

Task<void> Connection::run(std::unique_ptr<Connection> self) { co_await self->serve(); }

void Connection::on_alarm() {
    timed_out_ = true;
    stream_.wake();
}

void Connection::begin_wait(Waiting what, std::chrono::milliseconds time) {
    waiting_ = what;
    const Steady now = coarse_now();
    set(server_.loop, now, now + time);
}

void Connection::close_if_idle() {
    if (http2_) {
        http2_->close_when_idle();
        return;
    }
    if (!busy_ && (!work_ || work_->unread() == 0)) {
        stream_.close();
    }
}

void Connection::tell_gone() {
    if (http2_) {
        http2_->tell_gone();
        return;
    }
    gone_ = true;
    if (auto call = std::exchange(gone_call_, nullptr)) {
        call();
    }
}

void Connection::on_client_gone(std::move_only_function<void()> call) {
    gone_call_ = std::move(call);
    if (!stream_.is_open()) {
        return;
    }
    if (gone_call_) {
        stream_.on_hang_up([this] { tell_gone(); });
    } else {
        stream_.on_hang_up(nullptr);
    }
}

Task<void> Connection::serve() {
    begin_wait(Waiting::head, server_.config.head_time_max);
    for (;;) {
        const HeadStep step = try_head();
        if (step == HeadStep::wait) {
            prepare_wait_for_head();
            co_await stream_.readable();
            in_a_row_ = 0;
            if (timed_out_) {
                co_await end_late_head();
                co_return;
            }
            continue;
        }
        if (step == HeadStep::closed) {
            note_tls_trouble();
            co_return;
        }
        if (step == HeadStep::refuse || lacks_tls()) {
            co_await refuse_head(step == HeadStep::refuse ? work_->parser.error()
                                                          : ParseError::needs_tls);
            co_return;
        }
        if (step == HeadStep::http2) {
            co_await serve_http2();
            co_return;
        }
        begin_exchange();
        std::exception_ptr failed;
        try {
            co_await server_.handler.handle(exchange_);
        } catch (...) {
            failed = std::current_exception();
        }
        busy_ = false;
        --server_.counts.busy;
        if (gone_call_) {
            on_client_gone(nullptr);
        }
        if (taken_) {
            co_return;
        }
        if (failed) {
            co_await answer_failure(failed);
        }
        if (!is_ready_for_next()) {
            const bool again = co_await end_exchange();
            if (!again) {
                co_return;
            }
        }
        begin_next();
        if (++in_a_row_ >= requests_in_a_row_max) {
            in_a_row_ = 0;  // a client that pipelines without end must not keep the others waiting
            UseTask token;
            co_await boost::asio::post(server_.loop.context().get_executor(), token);
        }
    }
}

Connection::HeadStep Connection::try_head() {
    for (;;) {
        if (work_ && work_->end > 0 && is_new_ && begins_as_http2()) {
            if (work_->end >= h2::preface.size()) {
                return HeadStep::http2;
            }
        } else if (work_ && work_->end > 0) {
            switch (work_->parser.parse({work_->buffer.get(), work_->end}, work_->head)) {
                case ParseState::done:
                    return HeadStep::done;
                case ParseState::failed:
                    return HeadStep::refuse;
                case ParseState::need_more:
                    break;
            }
        }
        const IoResult result = fill();
        if (result.state == Io::would_block) {
            return HeadStep::wait;
        }
        if (result.state != Io::bytes) {
            return HeadStep::closed;
        }
    }
}

void Connection::note_tls_trouble() const {
    const tls::Trouble trouble = stream_.tls_trouble();
    if (trouble != tls::Trouble::none && server_.config.on_tls_trouble) {
        server_.config.on_tls_trouble(peer_, trouble, stream_.tls_reason());
    }
}

bool Connection::lacks_tls() {
    const bool is_plain = tls_ && !stream_.is_tls();
    tls_ = tls_ && !is_plain;
    return is_plain && !server_.config.takes_plain_too;
}

IoResult Connection::fill() {
    if (!stream_.is_open()) {
        return {Io::closed};
    }
    if (!work_) {
        work_ = server_.workspaces.take();
    }
    const IoResult result =
        stream_.try_read({work_->buffer.get() + work_->end, work_->capacity - work_->end});
    if (result.state == Io::bytes) {
        work_->end += result.bytes;
    }
    return result;
}

void Connection::prepare_wait_for_head() {
    const bool begun = work_ && work_->parser.has_begun();
    if (work_ && work_->end == 0) {
        server_.workspaces.give_back(std::move(work_));
    }
    if (begun && waiting_ != Waiting::head) {
        begin_wait(Waiting::head, server_.config.head_time_max);
    } else if (waiting_ == Waiting::nothing) {
        begin_wait(Waiting::request, server_.config.idle_time_max);
    }
}

Task<void> Connection::end_late_head() {
    // Who has said nothing needs no answer.
    if (work_ && work_->parser.has_begun()) {
        ++server_.counts.timeouts;
        co_await refuse(ParseError::head_stalled);
    }
}

bool Connection::begins_as_http2() const {
    const std::string_view begin{work_->buffer.get(), std::min(work_->end, h2::preface.size())};
    return server_.config.http2.enabled && h2::preface.starts_with(begin);
}

Task<void> Connection::serve_http2() {
    clear();
    std::string early{work_->buffer.get(), work_->end};
    server_.workspaces.give_back(std::move(work_));
    http2_ = std::make_shared<h2::Session>(server_, std::move(stream_), std::move(early));
    co_await http2_->serve();
}

void Connection::begin_exchange() {
    is_new_ = false;
    waiting_ = Waiting::nothing;
    clear();
    ++server_.counts.requests;
    ++server_.counts.busy;
    busy_ = true;
    begun_at_ = std::chrono::steady_clock::now();
    work_->begin = work_->parser.consumed();
    keep_ = work_->head.keep_alive;
    body_sent_ = 0;
    status_ = 0;
    answer_body_ = AnswerBody::none;
    ended_ = false;
    begin_body_of_request();
}

bool Connection::is_ready_for_next() const {
    return ended_ && keep_ && body_done_ && !dead_ && !refused_ && !server_.draining;
}

void Connection::begin_next() {
    status_ = 0;
    Workspace& work = *work_;
    const std::size_t rest = work.unread();
    if (rest > 0) {
        std::memmove(work.buffer.get(), work.buffer.get() + work.begin, rest);
    }
    work.reset();
    work.end = rest;
}

Task<bool> Connection::end_exchange() {
    if (dead_ || !stream_.is_open()) {
        co_return false;
    }
    if (!has_started() && !refused_) {
        log_error({.service = "http"}, "a handler gave no answer", {{"path", head().path}});
        co_await answer_problem(500, "server.no_answer", "The server gave no answer.");
    }
    if (!ended_ && !refused_) {
        stream_.reset();  // the answer is cut off, and the client must notice
        co_return false;
    }
    if (keep_ && !refused_ && !server_.draining) {
        const bool clean = body_done_ || co_await discard_body();
        if (clean) {
            co_return true;
        }
    }
    const bool is_read = body_done_ && work_->unread() == 0;
    co_await linger(stream_, is_read ? hardly : LingerRule{});
    co_return false;
}

Task<void> Connection::refuse_head(ParseError error) {
    ++server_.counts.parse_errors;
    co_await refuse(error);
}

Task<void> Connection::refuse(ParseError error) {
    if (!has_started()) {
        keep_ = false;
        work_->head.minor = 1;
        co_await answer_problem(status_of(error), code_of(error), text_of(error));
    }
    refused_ = true;
    if (!dead_ && !busy_) {
        co_await linger(stream_, {});
    }
}

}  // namespace loquat::net::http
