#include <algorithm>
#include <cstring>

#include "base/failure.hpp"
#include "net/http/connection.hpp"

// The request's body.
namespace loquat::net::http {
namespace {

constexpr std::size_t piece_size = 16 * 1024;

Steady later(Steady now, std::chrono::nanoseconds time) {
    return time > Steady::max() - now ? Steady::max() : now + time;
}

}  // namespace

void Connection::begin_body_of_request() {
    const RequestHead& request = work_->head;
    body_done_ = request.framing == Framing::none;
    body_due_ = Steady::max();
    body_pace_.begin(server_.config.body_pace);
    body_left_ = request.framing == Framing::length ? request.content_length : 0;
    continue_due_ = request.expects_continue && !body_done_ && work_->unread() == 0;
    if (request.framing == Framing::chunked) {
        work_->chunks.reset();
    }
}

Task<void> Connection::wait_for_body() {
    const Steady begun = coarse_now();
    const Steady due = std::min({begun + server_.config.body_stall_max, body_due_,
                                 later(begun, body_pace_.left(server_.config.body_pace))});
    waiting_ = Waiting::body;
    set(server_.loop, begun, std::max(begun, due));
    co_await stream_.readable();
    body_pace_.on_waited(coarse_now() - begun);
    in_a_row_ = 0;
    waiting_ = Waiting::nothing;
    clear();
    if (timed_out_) {
        ++server_.counts.timeouts;
        co_await break_body(ParseError::body_stalled);
    }
}

// The server answers itself: no Kind of Failure says 408, and the handler can do nothing about it.
Task<void> Connection::break_body(ParseError error) {
    co_await refuse(error);
    throw Failure{Kind::malformed, std::string{code_of(error)}, std::string{text_of(error)}};
}

void Connection::client_left() {
    dead_ = true;
    throw Failure{Kind::malformed, "net.closed", "The client closed the connection."};
}

Task<void> Connection::send_continue() {
    continue_due_ = false;
    if (has_started()) {
        co_return;
    }
    work_->out = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await send({});
}

// Decoded bytes that can be had from what has been read; 0 means that more must be read, or the
// end.
std::size_t Connection::take_decoded(std::span<char> into, ParseError& error) {
    Workspace& work = *work_;
    while (work.unread() > 0 && !body_done_) {
        const std::string_view in = work.unread_view().substr(0, into.size());
        const ChunkedDecoder::Step step = work.chunks.decode(in);
        work.begin += step.consumed;
        if (step.state == ParseState::failed) {
            error = work.chunks.error();
            return 0;
        }
        body_done_ = step.state == ParseState::done;
        if (!step.data.empty()) {
            std::memcpy(into.data(), step.data.data(), step.data.size());
            return step.data.size();
        }
    }
    return 0;
}

Task<std::size_t> Connection::read_body_some(std::span<char> into) {
    if (continue_due_) {
        co_await send_continue();
    }
    Workspace& work = *work_;
    while (!body_done_ && !into.empty()) {
        if (refused_ || dead_ || !stream_.is_open()) {
            client_left();
        }
        IoResult result;
        if (head().framing == Framing::length) {
            const std::size_t wanted =
                static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, into.size()));
            std::size_t count = std::min(wanted, work.unread());
            if (count > 0) {
                std::memcpy(into.data(), work.buffer.get() + work.begin, count);
                work.begin += count;
            } else {
                result = stream_.try_read(into.first(wanted));
                count = result.bytes;
            }
            body_left_ -= count;
            body_done_ = body_left_ == 0;
            if (count > 0) {
                body_pace_.on_bytes(server_.config.body_pace, count);
                co_return count;
            }
        } else {
            ParseError error = ParseError::none;
            const std::size_t count = take_decoded(into, error);
            if (error != ParseError::none) {
                ++server_.counts.parse_errors;
                co_await break_body(error);
            }
            body_pace_.on_bytes(server_.config.body_pace, count);
            if (count > 0 || body_done_) {
                co_return count;
            }
            work.begin = work.end = work.parser.consumed();
            result = fill();
        }
        if (result.state == Io::would_block) {
            co_await wait_for_body();
        } else if (result.state != Io::bytes) {
            client_left();
        }
    }
    co_return 0;
}

// A handler that ignored the body leaves it on the connection; a short one is read away so that the
// connection lives.
Task<bool> Connection::discard_body() {
    if (continue_due_) {
        co_return false;  // it was never asked for, so it will not come
    }
    if (head().framing == Framing::length && body_left_ > server_.config.unread_body_max) {
        co_return false;
    }
    static thread_local char nowhere[piece_size];
    std::size_t bytes = 0;
    try {
        while (!body_done_ && bytes <= server_.config.unread_body_max) {
            bytes += co_await read_body_some(nowhere);
        }
    } catch (const Failure&) {
        co_return false;
    }
    co_return body_done_;
}

}  // namespace loquat::net::http
