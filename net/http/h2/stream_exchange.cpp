#include "net/http/h2/stream_exchange.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::net::http::h2 {
namespace {

std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

nghttp2_nv field(std::string_view name, std::string_view value) {
    return {bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

ssize_t read_for_data(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source* source, void*) {
    auto& exchange = *static_cast<StreamExchange*>(source->ptr);
    bool is_last = false;
    const std::size_t count =
        exchange.take_for_data({reinterpret_cast<char*>(into), size}, is_last);
    if (is_last) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    } else if (count == 0) {
        return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(count);
}

}  // namespace

StreamExchange::StreamExchange(std::shared_ptr<Session> session, std::int32_t id)
    : ExchangeState(session->server()),
      session_(std::move(session)),
      id_(id),
      text_(server_.config.limits.header_bytes_max) {}

void StreamExchange::on_head(bool has_body) {
    in_ended_ = !has_body;
    begun_at_ = std::chrono::steady_clock::now();
    if (text_.is_too_large()) {
        error_ = ParseError::header_too_large;
        head_.method = "GET";
        return;
    }
    bytes_ = text_.to_text(has_body);
    RequestParser parser{server_.config.limits};
    if (parser.parse(bytes_, head_) != ParseState::done) {
        error_ = parser.error();
        return;
    }
    head_.is_http2 = true;
    body_done_ = head_.framing == Framing::none;
    body_left_ = head_.framing == Framing::length ? head_.content_length : 0;
    body_pace_.begin(server_.config.body_pace);
}

void StreamExchange::on_data(std::string_view bytes) {
    if (in_read_ > 0 && in_read_ == in_.size()) {
        in_.clear();
        in_read_ = 0;
    }
    in_ += bytes;
    more_.set();
}

void StreamExchange::on_body_end() {
    in_ended_ = true;
    body_done_ = body_done_ || in_read_ == in_.size();
    more_.set();
}

void StreamExchange::on_end(bool is_whole) {
    closed_ = true;
    if (in_.size() > in_read_) {
        session_->give_credit(id_, in_.size() - in_read_);
    }
    more_.set();
    taken_.set();
    if (!is_whole) {
        tell_gone();
    }
}

void StreamExchange::tell_gone() {
    gone_ = true;
    if (auto call = std::exchange(gone_call_, nullptr)) {
        call();
    }
}

Task<void> StreamExchange::run(std::shared_ptr<StreamExchange> self) {
    struct Handled {
        Session& session;
        ~Handled() { session.on_handled(); }
    };
    const Handled handled{*self->session_};
    co_await self->handle();
}

Task<void> StreamExchange::handle() {
    if (error_ != ParseError::none) {
        ++server_.counts.parse_errors;
        co_await refuse(error_);
        co_return;
    }
    ++server_.counts.requests;
    ++server_.counts.busy;
    std::exception_ptr failed;
    try {
        co_await server_.handler.handle(exchange_);
    } catch (...) {
        failed = std::current_exception();
    }
    --server_.counts.busy;
    gone_call_ = nullptr;
    if (failed) {
        co_await answer_failure(failed);
    }
    if (dead_ || closed_) {
        co_return;
    }
    if (!has_started() && !refused_) {
        log_error({.service = "http"}, "a handler gave no answer", {{"path", head_.path}});
        co_await answer_problem(500, "server.no_answer", "The server gave no answer.");
    }
    if (!ended_ && !refused_) {
        reset(NGHTTP2_INTERNAL_ERROR);  // the answer is cut off, and the client must notice
    } else if (!in_ended_) {
        reset(NGHTTP2_NO_ERROR);  // nobody reads the rest (RFC 9113 section 8.1)
    }
}

Task<void> StreamExchange::refuse(ParseError error) {
    if (!has_started()) {
        co_await answer_problem(status_of(error), code_of(error), text_of(error));
    }
    refused_ = true;
    if (!in_ended_) {
        reset(NGHTTP2_NO_ERROR);
    }
}

void StreamExchange::reset(std::uint32_t error) {
    if (!closed_) {
        nghttp2_submit_rst_stream(session_->native(), NGHTTP2_FLAG_NONE, id_, error);
        session_->flush();
    }
}

// The request's body.

Task<std::size_t> StreamExchange::read_body_some(std::span<char> into) {
    while (!body_done_ && !into.empty()) {
        const std::size_t count = std::min(into.size(), in_.size() - in_read_);
        if (count > 0) {
            std::memcpy(into.data(), in_.data() + in_read_, count);
            in_read_ += count;
            body_left_ -= std::min<std::uint64_t>(body_left_, count);
            body_done_ = in_ended_ && in_read_ == in_.size();
            body_pace_.on_bytes(server_.config.body_pace, count);
            session_->give_credit(id_, count);
            co_return count;
        }
        if (in_ended_) {
            body_done_ = true;
            break;
        }
        if (refused_ || dead_ || closed_) {
            dead_ = true;
            throw Failure{Kind::malformed, "net.closed", "The client closed the connection."};
        }
        if (std::exchange(head_.expects_continue, false) && !has_started()) {
            co_await send_interim(100, {});
        }
        co_await wait_for_body();
    }
    co_return 0;
}

Task<void> StreamExchange::wait_for_body() {
    const Steady begun = coarse_now();
    const std::chrono::nanoseconds pace = body_pace_.left(server_.config.body_pace);
    const Steady paced = pace > Steady::max() - begun ? Steady::max() : begun + pace;
    const Steady due = std::min({begun + server_.config.body_stall_max, body_due_, paced});
    const bool in_time = co_await more_.wait_until(std::max(begun, due));
    body_pace_.on_waited(coarse_now() - begun);
    if (!in_time) {
        ++server_.counts.timeouts;
        co_await refuse(ParseError::body_stalled);
        throw Failure{Kind::malformed, std::string{code_of(ParseError::body_stalled)},
                      std::string{text_of(ParseError::body_stalled)}};
    }
}

// The answer.

void StreamExchange::submit_head(bool has_data) {
    if (closed_ || dead_) {
        answer_broke("net.closed");
    }
    sends_body_ = has_data;
    last_given_ = last_given_ || !has_data;
    const std::string status = std::to_string(status_);
    const std::vector<AnswerField> fields = answer_fields(out_);
    std::vector<nghttp2_nv> list;
    list.reserve(fields.size() + 1);
    list.push_back(field(":status", status));
    for (const AnswerField& item : fields) {
        list.push_back(field(item.name, item.value));
    }
    nghttp2_data_provider source{};
    source.source.ptr = this;
    source.read_callback = read_for_data;
    const int result = nghttp2_submit_response(session_->native(), id_, list.data(), list.size(),
                                               has_data ? &source : nullptr);
    if (result != 0) {
        answer_broke("net.closed");
    }
    out_.clear();
}

Task<void> StreamExchange::finish(std::string_view body) {
    if (refused_) {
        co_return;
    }
    if (has_no_body(status_)) {
        body = {};
    } else {
        append_field(out_, "Content-Length", body.size());
    }
    const std::string_view sent = head_.is("HEAD") ? std::string_view{} : body;
    body_sent_ = sent.size();
    last_given_ = true;
    submit_head(!sent.empty());
    co_await give(sent);
    ended_ = true;
}

void StreamExchange::begin_body(std::optional<std::uint64_t> length) {
    if (refused_) {
        return;
    }
    const bool may_have_body = !has_no_body(status_);
    has_length_ = length.has_value();
    answer_left_ = length.value_or(0);
    if (may_have_body && length) {
        append_field(out_, "Content-Length", *length);
    }
    submit_head(may_have_body && !head_.is("HEAD"));
}

Task<void> StreamExchange::write_body(std::string_view piece) {
    if (refused_ || piece.empty() || !sends_body_) {
        co_return;
    }
    if (has_length_) {
        if (piece.size() > answer_left_) {
            answer_broke("http.long_body");
        }
        answer_left_ -= piece.size();
    }
    body_sent_ += piece.size();
    co_await give(piece);
}

Task<void> StreamExchange::end_body() {
    if (refused_) {
        co_return;
    }
    if (sends_body_ && has_length_ && answer_left_ > 0) {
        answer_broke("http.short_body");
    }
    last_given_ = true;
    co_await give({});
    ended_ = true;
}

Task<void> StreamExchange::flush() {
    session_->flush();
    co_return;
}

std::size_t StreamExchange::take_for_data(std::span<char> into, bool& is_last) {
    const std::size_t count = std::min(into.size(), pending_.size());
    if (count > 0) {
        std::memcpy(into.data(), pending_.data(), count);
        pending_.remove_prefix(count);
    }
    is_last = last_given_ && pending_.empty();
    last_taken_ = last_taken_ || is_last;
    if (pending_.empty()) {
        taken_.set();
    }
    if (count > 0) {
        session_->on_data_sent();
        has_moved_ = true;
    }
    return count;
}

// Until all of `piece` is in frames, and behind the last one their end.
Task<void> StreamExchange::give(std::string_view piece) {
    struct Given {
        std::string_view& pending;
        ~Given() { pending = {}; }
    };
    pending_ = piece;
    const Given given{pending_};
    if (closed_ || dead_) {
        answer_broke("net.closed");
    }
    nghttp2_session_resume_data(session_->native(), id_);  // an error: it was not put off
    session_->flush();
    while (!pending_.empty() || (sends_body_ && last_given_ && !last_taken_)) {
        if (closed_ || dead_) {
            answer_broke("net.closed");
        }
        has_moved_ = false;
        const Steady due = coarse_now() + server_.config.send_stall_max;
        const bool in_time = co_await taken_.wait_until(due);
        if (!in_time && !has_moved_) {
            ++server_.counts.timeouts;
            answer_broke("http.send_timeout");
        }
    }
}

Task<void> StreamExchange::send_interim(int status, const Headers& headers) {
    if (has_started() || refused_ || closed_ || dead_) {
        co_return;
    }
    std::string text;
    append_status_line(text, status);
    for (const Headers::Item& item : headers) {
        append_checked_field(text, item.name, item.value);
    }
    const std::string digits = std::to_string(status);
    const std::vector<AnswerField> fields = answer_fields(text);
    std::vector<nghttp2_nv> list{field(":status", digits)};
    for (const AnswerField& item : fields) {
        list.push_back(field(item.name, item.value));
    }
    nghttp2_submit_headers(session_->native(), NGHTTP2_FLAG_NONE, id_, nullptr, list.data(),
                           list.size(), nullptr);
    session_->flush();
}

void StreamExchange::answer_broke(const char* code) {
    dead_ = true;
    reset(NGHTTP2_INTERNAL_ERROR);
    throw Failure{Kind::unavailable, code, "The answer could not be sent."};
}

void StreamExchange::close_after() { session_->close_when_idle(); }

void StreamExchange::abandon() {
    if (!ended_) {
        dead_ = true;
        reset(NGHTTP2_INTERNAL_ERROR);
    }
}

// No head of HTTP/2 asks for another protocol.
Task<void> StreamExchange::send_switch(const Headers&) {
    throw Failure{Kind::internal, "http.no_upgrade", "HTTP/2 has no Upgrade."};
}

TakenStream StreamExchange::take_stream() {
    LOQUAT_CHECK(false, "a stream of HTTP/2 is never handed over");
    return {};
}

}  // namespace loquat::net::http::h2
