#include <algorithm>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/redact.hpp"
#include "net/http/characters.hpp"
#include "net/http/client_state.hpp"
#include "net/tls/trouble.hpp"

namespace loquat::net::http {
namespace {

Failure unavailable(const CallState& call, const char* why) {
    return Failure{Kind::unavailable, "upstream.unavailable", "The other server cannot be reached.",
                   call.origin->authority() + ": " + why};
}

Failure timed_out(const CallState& call) {
    return Failure{Kind::timed_out, "upstream.timeout", "The other server did not answer in time.",
                   call.origin->authority()};
}

Failure bad_answer(const CallState& call, ParseError error) {
    return Failure{Kind::unavailable, "upstream.bad_answer",
                   "The other server's answer is not valid.",
                   call.origin->authority() + ": " + std::string{code_of(error)}};
}

// In TLS 1.3 a client has shaken hands before the server has seen its certificate: the refusal
// comes in place of an answer.  Nothing of the request has been heard then.
void throw_refused(CallState& call) {
    const Stream& stream = call.upstream->stream;
    if (call.received || stream.tls_trouble() != tls::Trouble::certificate_refused) {
        return;
    }
    const Failure refused{Kind::unavailable, tls::code_for_caller(stream.tls_trouble()),
                          tls::text_for_caller(stream.tls_trouble()),
                          call.origin->authority() + ": " + stream.tls_reason()};
    call.upstream.reset();
    throw refused;
}

void check_wait(CallState& call) {
    call.upstream->clear();
    if (call.canceled) {
        throw unavailable(call, "the caller has gone");
    }
    if (call.upstream->timed_out) {
        throw timed_out(call);
    }
}

void begin_wait(CallState& call, std::chrono::milliseconds time) {
    const Steady now = coarse_now();
    call.upstream->set(call.client->loop, now, std::min(call.deadline, now + time));
}

// Connects if there is no pooled connection.  The common case is not a coroutine of its own.
Task<void> connect_now(CallState& call) {
    call.upstream = co_await call.client->connect(*call.origin, call.deadline, call.connecting);
    if (call.canceled) {
        throw unavailable(call, "the caller has gone");
    }
}

std::span<const iovec> filled(const std::array<iovec, 3>& parts) {
    return {parts.data(), parts[1].iov_len == 0 ? 1U : parts[2].iov_len == 0 ? 2U : 3U};
}

iovec part_of(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

// Goes on until all is written.  A connection that breaks is no failure here: there may be an
// answer to read.
Task<void> write_rest(CallState& call, std::array<iovec, 3> parts, IoResult last) {
    std::size_t first = 0;
    while (last.state == Io::bytes || last.state == Io::would_block) {
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
            begin_wait(call, call.client->config.send_stall_max);
            co_await call.upstream->stream.writable();
            check_wait(call);
        }
        last = call.upstream->stream.try_write({parts.data() + first, parts.size() - first});
    }
    call.sending_broke = true;
}

Task<void> write_parts(CallState& call, std::string_view second, std::string_view third) {
    if (call.sending_broke) {
        co_return;
    }
    const std::array<iovec, 3> parts{part_of(call.out), part_of(second), part_of(third)};
    const IoResult result = call.upstream->stream.try_write(filled(parts));
    if (result.bytes < call.out.size() + second.size() + third.size()) {
        co_await write_rest(call, parts, result);
    }
    call.out.clear();
}

// A pooled connection was closed by the other side just as we used it.
Task<void> replay(CallState& call) {
    ++call.client->counts.replayed;
    call.upstream.reset();
    call.may_replay = false;
    call.sending_broke = false;
    co_await connect_now(call);
    const std::array<iovec, 3> parts{part_of(call.out), part_of(call.replay_body), iovec{}};
    const IoResult result = call.upstream->stream.try_write(filled(parts));
    if (result.bytes < call.out.size() + call.replay_body.size()) {
        co_await write_rest(call, parts, result);
    }
}

bool expects_length(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "DELETE";
}

void end_body_of_answer(CallState& call) {
    call.body_done = true;
    const bool clean = call.head.keep_alive && call.begin == call.end && call.request_left == 0 &&
                       !call.request_chunked && !call.sending_broke && call.head.status != 101;
    if (clean) {
        call.client->give_back(std::move(call.upstream));
    } else if (call.head.status != 101) {
        call.upstream.reset();
    }
}

// The head is whole: what follows in the buffer is the body.
void begin_body_of_answer(CallState& call) {
    call.begin += call.parser.consumed();
    call.body_base = call.begin;
    call.body_left = call.head.framing == Framing::length ? call.head.content_length : 0;
    if (call.head.framing == Framing::none) {
        end_body_of_answer(call);
    }
}

// Payload among the bytes that have been read; empty when more must be read, or at the end.
std::string_view take_payload(CallState& call) {
    std::string_view payload;
    switch (call.head.framing) {
        case Framing::none:
            break;
        case Framing::length:
            payload = call.unread().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(
                                                  call.body_left, call.end - call.begin)));
            call.begin += payload.size();
            call.body_left -= payload.size();
            if (call.body_left == 0 && !call.body_done) {
                end_body_of_answer(call);
            }
            break;
        case Framing::until_close:
            payload = call.unread();
            call.begin = call.end;
            break;
        case Framing::chunked:
            while (call.begin < call.end && payload.empty() && !call.body_done) {
                const ChunkedDecoder::Step step = call.chunks.decode(call.unread());
                call.begin += step.consumed;
                payload = step.data;
                if (step.state == ParseState::failed) {
                    throw bad_answer(call, call.chunks.error());
                }
                if (step.state == ParseState::done) {
                    end_body_of_answer(call);
                }
            }
            break;
    }
    return payload;
}

}  // namespace

ClientCall::ClientCall(Client& client, const Origin& origin, Steady deadline)
    : state_(client.state_->take_call()) {
    state_->origin = &origin;
    state_->deadline = deadline;
}

ClientCall::~ClientCall() {
    ClientState* client = state_->client;
    client->keep_call(std::move(state_));
}

HeadWriter ClientCall::start(std::string_view method, std::string_view target) {
    if (!is_token(method) || target.empty() || !are_all_in(target, target_class)) {
        throw Failure{Kind::internal, "http.bad_target", "A request cannot be sent.",
                      hide_credentials(target)};
    }
    state_->method = method;
    append_request_line(state_->out, method, target);
    return HeadWriter{state_->out};
}

Task<void> ClientCall::send(std::string_view body, Replay replay_rule) {
    CallState& call = *state_;
    if (!body.empty() || expects_length(call.method)) {
        append_field(call.out, "Content-Length", body.size());
    }
    call.out += "\r\n";
    call.upstream = call.client->take_idle(*call.origin);
    if (!call.upstream) {
        co_await connect_now(call);
    }
    call.may_replay = replay_rule == Replay::allowed && call.upstream->used_before;
    call.replay_body = body;
    const std::array<iovec, 3> parts{part_of(call.out), part_of(body), iovec{}};
    const IoResult result = call.upstream->stream.try_write(filled(parts));
    if (result.bytes < call.out.size() + body.size()) {
        co_await write_rest(call, parts, result);
    }
}

Task<void> ClientCall::begin_body(std::optional<std::uint64_t> length) {
    CallState& call = *state_;
    call.request_chunked = !length.has_value();
    call.request_left = length.value_or(0);
    if (length) {
        append_field(call.out, "Content-Length", *length);
    } else {
        call.out += "Transfer-Encoding: chunked\r\n";
    }
    call.out += "\r\n";
    // What cannot be sent twice goes over a connection that is certainly alive.
    co_await connect_now(call);
}

Task<void> ClientCall::write_body(std::string_view piece) {
    CallState& call = *state_;
    if (piece.empty()) {
        co_return;
    }
    if (call.request_chunked) {
        append_chunk_line(call.out, piece.size());
        co_await write_parts(call, piece, "\r\n");
        co_return;
    }
    LOQUAT_CHECK(piece.size() <= call.request_left, "a body is not longer than announced");
    call.request_left -= piece.size();
    co_await write_parts(call, piece, {});
}

Task<void> ClientCall::end_body() {
    CallState& call = *state_;
    if (call.request_chunked) {
        call.out += last_chunk;
        call.request_chunked = false;
    }
    if (!call.out.empty()) {
        co_await write_parts(call, {}, {});
    }
}

Task<void> ClientCall::read_head() {
    CallState& call = *state_;
    const Steady begun = coarse_now();
    const Steady due = std::min(call.deadline, begun + call.client->config.head_time_max);
    for (;;) {
        if (call.end > call.begin) {
            const ParseState state = call.parser.parse(call.unread(), call.method, call.head);
            if (state == ParseState::failed) {
                throw bad_answer(call, call.parser.error());
            }
            if (state == ParseState::done && call.head.status >= 200) {
                break;
            }
            if (state == ParseState::done && call.head.status == 101) {
                break;
            }
            if (state == ParseState::done) {
                call.begin += call.parser.consumed();  // interim
                call.parser.reset();
                continue;
            }
            if (call.end == call.capacity) {
                throw bad_answer(call, ParseError::header_too_large);
            }
        }
        const IoResult result = call.upstream->stream.try_read(
            {call.buffer.get() + call.end, call.capacity - call.end});
        if (result.state == Io::bytes) {
            call.received = true;
            call.end += result.bytes;
        } else if (result.state == Io::would_block) {
            call.upstream->set(call.client->loop, begun, due);
            co_await call.upstream->stream.readable();
            check_wait(call);
        } else if (!call.received && call.may_replay) {
            co_await replay(call);
        } else {
            throw_refused(call);
            throw unavailable(call, "it closed the connection without an answer");
        }
    }
    begin_body_of_answer(call);
}

const ResponseHead& ClientCall::head() const { return state_->head; }
bool ClientCall::is_body_done() const { return state_->body_done; }
bool ClientCall::has_connected() const { return state_->upstream != nullptr || state_->received; }

std::string_view ClientCall::take_buffered_body() { return take_payload(*state_); }

Task<std::string_view> ClientCall::read_body() {
    CallState& call = *state_;
    std::string_view payload = take_payload(call);
    while (payload.empty() && !call.body_done) {
        call.begin = call.end = call.body_base;
        const IoResult result = call.upstream->stream.try_read(
            {call.buffer.get() + call.end, call.capacity - call.end});
        if (result.state == Io::bytes) {
            call.end += result.bytes;
            payload = take_payload(call);
        } else if (result.state == Io::would_block) {
            begin_wait(call, call.client->config.body_stall_max);
            co_await call.upstream->stream.readable();
            check_wait(call);
        } else if (result.state == Io::closed && call.head.framing == Framing::until_close) {
            end_body_of_answer(call);
        } else {
            throw unavailable(call, "it closed the connection within the answer");
        }
    }
    co_return payload;
}

Stream ClientCall::take_stream(std::string& early) {
    early.assign(state_->unread());
    Stream stream = std::move(state_->upstream->stream);
    state_->upstream.reset();
    return stream;
}

void ClientCall::cancel() {
    state_->canceled = true;
    state_->connecting.give_up();
    if (state_->upstream) {
        state_->upstream->stream.wake();
    }
}

}  // namespace loquat::net::http
