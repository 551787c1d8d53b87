#include "services/realtime/socket/connection.hpp"

#include "net/stomp/encoder.hpp"
#include "services/realtime/domain/close_codes.hpp"

namespace loquat::realtime {

namespace stomp = net::stomp;
namespace websocket = net::websocket;

namespace {

constexpr int reads_per_turn = 4;
constexpr std::size_t replay_room_bytes = 64 * 1024;

}  // namespace

Connection::Connection(const Parts& parts, Upgraded upgraded)
    : parts_(parts),
      link_(std::move(upgraded.link)),
      reader_(parts.intake.websocket, upgraded.deflate_bits != 0
                                          ? websocket::Reader::Extension::deflate
                                          : websocket::Reader::Extension::none),
      parser_(parts.intake.login),
      opened_at_(parts.edge.clock.steady()),
      last_read_(opened_at_),
      last_sent_(opened_at_),
      session_(parts.session, *this, std::move(upgraded.token)) {
    shape_.deflate_bits = upgraded.deflate_bits;
}

void Connection::start(std::string early) {
    reschedule();
    if (!early.empty()) {
        take(early);
    }
    read_some();
}

void Connection::set_version(stomp::Version version) {
    shape_.version = version;
    parser_.set_version(version);
}

bool Connection::has_room() const { return outbox_.bytes() < replay_room_bytes; }

bool Connection::wants_input() const {
    const bool reads_answers = outbox_.bytes() < parts_.edge.config.queue_bytes_max;
    return state_ == State::closing || (session_.wants_input() && reads_answers);
}

void Connection::read_some() {
    is_waiting_to_read_ = false;
    for (int i = 0; i < reads_per_turn; ++i) {
        if (state_ == State::over || !wants_input()) {
            return;
        }
        const net::IoResult result = link_->try_read(std::span{parts_.intake.buffer});
        if (result.state == net::Io::would_block) {
            is_waiting_to_read_ = true;
            link_->want_read(*this);
            return;
        }
        if (result.state != net::Io::bytes) {
            lose();
            return;
        }
        take(std::span{parts_.intake.buffer}.first(result.bytes));
    }
    if (state_ != State::over) {
        parts_.tick.read_later(*this);
    }
}

void Connection::read_on() {
    if (!is_waiting_to_read_) {
        read_some();
    }
}

void Connection::resume_reading() {
    if (state_ != State::over && !is_waiting_to_read_ && !is_hungry() && wants_input()) {
        parts_.tick.read_later(*this);
    }
}

void Connection::on_idle() {
    if (state_ == State::over) {
        parts_.tick.bury_later(*this);
    } else {
        resume_reading();
    }
}

void Connection::take(std::span<char> bytes) {
    last_read_ = parts_.edge.clock.steady();
    is_pinged_ = false;
    const auto error = reader_.feed(bytes, *this);
    if (!error) {
        return;
    }
    if (error->close_code == websocket::close_code::too_big) {
        fail({Kind::too_large, "request.too_large",
              "A message may have at most " +
                  std::to_string(parts_.intake.websocket.message_bytes_max) + " bytes."},
             parser_.broken_receipt());
        return;
    }
    close(error->close_code, error->reason);
}

void Connection::on_data(websocket::MessageType type, std::string_view piece, websocket::Part) {
    if (state_ != State::open) {
        return;
    }
    if (!std::exchange(has_type_, true)) {
        shape_.type = type;
    }
    if (auto failure = parser_.feed(piece, session_)) {
        fail(*failure, parser_.broken_receipt());
    }
}

void Connection::on_ping(std::string_view payload) {
    if (state_ != State::open) {
        return;
    }
    std::string pong;
    websocket::append_frame(pong, websocket::Opcode::pong, payload);
    outbox_.add_answer(pong);
    parts_.tick.write_later(*this);
}

void Connection::on_close(std::uint16_t code, std::string_view) {
    peer_closed_ = true;
    std::string frame;
    if (code == websocket::close_code::no_status) {
        websocket::append_frame(frame, websocket::Opcode::close, {});
    } else {
        websocket::append_close_frame(frame, code, {});
    }
    begin_closing(frame);
}

void Connection::answer(std::string_view frame) {
    if (state_ != State::open) {
        return;
    }
    std::string bytes;
    parts_.maker.append_answer(bytes, shape_, frame);
    push(bytes);
}

void Connection::push(std::string_view frames) {
    if (state_ == State::open) {
        outbox_.add_answer(frames);
        last_sent_ = parts_.edge.clock.steady();
        parts_.tick.write_later(*this);
    }
}

void Connection::enqueue(const SharedBatch& batch) {
    if (state_ == State::open) {
        outbox_.add(batch, Keep::if_quick);
        last_sent_ = parts_.edge.clock.steady();
        parts_.tick.write_later(*this);
    }
}

void Connection::fail(const Failure& failure, std::string_view receipt) {
    if (state_ != State::open) {
        return;
    }
    session_.end();  // no event follows an ERROR
    say_error(failure, receipt);
    close(close_code_of(failure), failure.code);
}

void Connection::say_error(const Failure& failure, std::string_view receipt) {
    if (state_ != State::open) {
        return;
    }
    std::string bytes;
    stomp::FrameWriter writer{bytes, shape_.version, stomp::Command::error};
    writer.header("code", failure.code).header("message", failure.message);
    if (failure.code == "stomp.unsupported_version") {
        writer.header("version", stomp::supported_versions);
    }
    if (!receipt.empty()) {
        writer.header("receipt-id", receipt);
    }
    if (failure.retry_after) {
        writer.header("retry-after", static_cast<std::uint64_t>(failure.retry_after->count()));
    }
    writer.header("content-type", "text/plain");
    writer.finish(failure.message);
    answer(bytes);
    ++parts_.edge.counts.errors;
}

void Connection::close(std::uint16_t code, std::string_view reason) {
    std::string frame;
    websocket::append_close_frame(frame, code, reason);
    begin_closing(frame);
}

// Events that are queued still leave; nothing is added after the close frame.
void Connection::begin_closing(std::string_view close_frame) {
    if (state_ != State::open) {
        if (peer_closed_ && outbox_.is_empty()) {
            parts_.tick.write_later(*this);
        }
        return;
    }
    session_.end();
    parser_.stop();
    outbox_.add_answer(close_frame);
    state_ = State::closing;
    parts_.wheel.add(*this, parts_.edge.clock.steady() + parts_.edge.config.linger_ms);
    parts_.tick.write_later(*this);
    resume_reading();
}

}  // namespace loquat::realtime
