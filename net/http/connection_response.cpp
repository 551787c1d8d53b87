#include "base/check.hpp"
#include "base/failure.hpp"
#include "net/http/connection.hpp"

// The answer.
namespace loquat::net::http {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t joined_max =
    4 * 1024;  // below it a copy costs less than a second part in the system call

iovec part_of(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

std::size_t bytes_of(const std::array<iovec, 3>& parts) {
    return parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
}

}  // namespace

void Connection::append_connection() {
    keep_ = keep_ && !server_.draining && !continue_due_;
    if (!keep_) {
        work_->out += "Connection: close\r\n";
    } else if (head().minor == 0) {
        work_->out += "Connection: keep-alive\r\n";
    }
}

Task<void> Connection::finish(std::string_view body) {
    if (refused_) {
        co_return;
    }
    std::string& out = work_->out;
    // Who answers as a whole wants no more of the request.
    keep_ = keep_ && (body_done_ || body_left_ <= server_.config.unread_body_max);
    if (has_no_body(status_)) {
        body = {};
    } else {
        append_field(out, "Content-Length", body.size());
    }
    append_connection();
    out += line_end;
    const std::string_view sent = head().is("HEAD") ? std::string_view{} : body;
    body_sent_ = sent.size();
    const bool join = sent.size() <= joined_max;
    if (join) {
        out += sent;
    }
    const std::array<iovec, 3> parts{part_of(out), part_of(join ? std::string_view{} : sent),
                                     iovec{}};
    const IoResult result = try_send(parts);
    if (result.bytes < bytes_of(parts)) {
        co_await send_rest(parts, result);
    }
    out.clear();
    ended_ = true;
}

void Connection::begin_body(std::optional<std::uint64_t> length) {
    if (refused_) {
        return;
    }
    std::string& out = work_->out;
    answer_left_ = length.value_or(0);
    if (has_no_body(status_)) {
        answer_body_ = AnswerBody::none;
    } else if (length) {
        answer_body_ = AnswerBody::length;
        append_field(out, "Content-Length", *length);
    } else if (head().minor == 1) {
        answer_body_ = AnswerBody::chunked;
        out += "Transfer-Encoding: chunked\r\n";
    } else {
        answer_body_ = AnswerBody::until_close;
        keep_ = false;
    }
    append_connection();
    out += line_end;
    if (head().is("HEAD")) {
        answer_body_ = AnswerBody::none;
    }
}

Task<void> Connection::write_body(std::string_view piece) {
    if (refused_ || piece.empty()) {
        co_return;
    }
    switch (answer_body_) {
        case AnswerBody::none:
            co_return;
        case AnswerBody::length:
            if (piece.size() > answer_left_) {
                answer_broke("http.long_body");
            }
            answer_left_ -= piece.size();
            break;
        case AnswerBody::chunked:
            append_chunk_line(work_->out, piece.size());
            body_sent_ += piece.size();
            co_await send(piece, line_end);
            co_return;
        case AnswerBody::until_close:
            break;
    }
    body_sent_ += piece.size();
    co_await send(piece);
}

Task<void> Connection::end_body() {
    if (refused_) {
        co_return;
    }
    if (answer_body_ == AnswerBody::length && answer_left_ > 0) {
        answer_broke("http.short_body");
    }
    if (answer_body_ == AnswerBody::chunked) {
        work_->out += last_chunk;
    }
    co_await flush();
    ended_ = true;
}

Task<void> Connection::flush() {
    if (!work_->out.empty() && !refused_) {
        co_await send({});
    }
}

Task<void> Connection::send_interim(int status, const Headers& headers) {
    if (head().minor == 0 || has_started() || refused_) {
        co_return;
    }
    append_status_line(work_->out, status);
    for (const Headers::Item& item : headers) {
        append_checked_field(work_->out, item.name, item.value);
    }
    work_->out += line_end;
    co_await send({});
}

IoResult Connection::try_send(const std::array<iovec, 3>& parts) {
    if (dead_ || !stream_.is_open()) {
        return {Io::closed};
    }
    const std::size_t count = parts[1].iov_len == 0 ? 1 : parts[2].iov_len == 0 ? 2 : 3;
    return stream_.try_write({parts.data(), count});
}

// Writes `out`, then the other two.
Task<void> Connection::send(std::string_view second, std::string_view third) {
    const std::array<iovec, 3> parts{part_of(work_->out), part_of(second), part_of(third)};
    const IoResult result = try_send(parts);
    if (result.bytes < bytes_of(parts)) {
        co_await send_rest(parts, result);
    }
    work_->out.clear();
}

// Goes on after a write that took only some of `parts`, or nothing.
Task<void> Connection::send_rest(std::array<iovec, 3> parts, IoResult last) {
    std::size_t first = 0;
    for (;;) {
        if (last.state == Io::closed || last.state == Io::error) {
            answer_broke("net.closed");
        }
        std::size_t taken = last.bytes;
        while (first < parts.size() && taken >= parts[first].iov_len) {
            taken -= parts[first].iov_len;
            ++first;
        }
        if (first == parts.size()) {
            co_return;
        }
        parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + taken;
        parts[first].iov_len -= taken;
        if (last.state == Io::would_block) {
            begin_wait(Waiting::room, server_.config.send_stall_max);
            co_await stream_.writable();
            in_a_row_ = 0;
            waiting_ = Waiting::nothing;
            clear();
            if (timed_out_) {
                ++server_.counts.timeouts;
                answer_broke("http.send_timeout");
            }
        }
        last = stream_.try_write({parts.data() + first, parts.size() - first});
    }
}

void Connection::answer_broke(const char* code) {
    dead_ = true;
    stream_.reset();
    throw Failure{Kind::unavailable, code, "The answer could not be sent."};
}

void Connection::abandon() {
    keep_ = false;
    if (!ended_) {
        dead_ = true;
        stream_.reset();
    }
}

Task<void> Connection::send_switch(const Headers& headers) {
    for (const Headers::Item& item : headers) {
        append_checked_field(work_->out, item.name, item.value);
    }
    work_->out += line_end;
    co_await send({});
    ended_ = true;
}

TakenStream Connection::take_stream() {
    on_client_gone(nullptr);
    clear();
    std::string early{work_->unread_view()};
    taken_ = true;
    server_.connections.erase(place_);
    server_.let_go(peer_.address);
    return TakenStream{std::move(stream_), std::move(early)};
}

}  // namespace loquat::net::http
