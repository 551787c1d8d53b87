#include "net/websocket/frame.hpp"
#include "services/realtime/socket/connection.hpp"

// Writing, time and the end of a connection.

namespace loquat::realtime {

namespace websocket = net::websocket;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t parts_max = 16;

}  // namespace

void Connection::flush() {
    if (state_ == State::open && session_.is_expired()) {
        outbox_.drop_events();
        fail(token_expired(), "");
    }
    while (!outbox_.is_empty() && !is_waiting_to_write_ && state_ != State::over) {
        std::array<iovec, parts_max> parts;
        const std::size_t count = outbox_.fill(parts);
        const net::IoResult result = link_->try_write({parts.data(), count});
        if (result.state == net::Io::would_block) {
            is_waiting_to_write_ = true;
            link_->want_write(*this);
        } else if (result.state == net::Io::bytes) {
            outbox_.sent(result.bytes);
        } else {
            lose();
            return;
        }
    }
    if (state_ == State::over) {
        return;
    }
    if (!outbox_.is_empty()) {
        if (outbox_.bytes() > parts_.edge.config.queue_bytes_max) {
            overflow();
        }
        return;
    }
    if (state_ == State::closing) {
        if (!std::exchange(has_shut_, true)) {
            link_->shutdown_write();
        }
        if (peer_closed_) {
            lose();
        }
        return;
    }
    has_overflowed_ = false;
    session_.on_drained();
    resume_reading();
}

void Connection::on_writable() {
    is_waiting_to_write_ = false;
    flush();
}

void Connection::overflow() {
    if (!std::exchange(has_overflowed_, true)) {
        ++parts_.edge.counts.overflows;
    }
    session_.on_overflow(outbox_.drop_events());
    if (outbox_.bytes() > 2 * parts_.edge.config.queue_bytes_max) {
        lose();  // answers alone fill it: the client asks but does not read
    }
}

void Connection::lose() {
    if (state_ == State::over) {
        return;
    }
    session_.end();
    parser_.stop();
    reader_.stop();
    state_ = State::over;
    cancel();
    link_->close();
    outbox_.clear();
    parts_.tick.bury_later(*this);
}

void Connection::on_signed_in() {
    parser_.set_limits(parts_.intake.frames);
    reschedule();
    parts_.people.join(session_.identity().user, session_);
}

void Connection::on_signed_off() { parts_.people.leave(session_.identity().user, session_); }

void Connection::on_looks_changed() { parts_.people.note_presence(session_.identity().user); }

void Connection::reschedule() { parts_.wheel.add(*this, next_due()); }

// A tab in the background may beat only once a minute, so silence beyond the agreed period is
// forgiven for that long.  Clients without heart-beats answer pings.
milliseconds Connection::silence_max() const {
    const milliseconds period =
        std::max(session_.beats().expect_every, parts_.edge.config.ping_after_ms);
    return parts_.edge.config.read_slack_ms + 2 * period;
}

// So much earlier than promised as the wheel may be late, twice.
milliseconds Connection::beat_after() const {
    return session_.beats().send_every - 2 * DueWheel::slot_time;
}

Steady Connection::next_due() const {
    if (!session_.is_signed_in()) {
        return opened_at_ + parts_.edge.config.login_time_max_ms;
    }
    Steady due = last_read_ + silence_max();
    if (!is_pinged_) {
        due = std::min(due, last_read_ + parts_.edge.config.ping_after_ms);
    }
    if (session_.beats().send_every.count() > 0) {
        due = std::min(due, last_sent_ + beat_after());
    }
    Time expiry = session_.identity().expires_at;
    if (!session_.was_warned()) {
        expiry -= parts_.edge.config.token_warning_ms;
    }
    const milliseconds to_expiry = expiry - parts_.edge.clock.now();
    return std::min(due, parts_.edge.clock.steady() + std::max(to_expiry, milliseconds{0}));
}

void Connection::on_due(Steady now) {
    if (state_ == State::closing) {
        lose();
    } else if (state_ == State::open) {
        check_open(now);
        if (state_ == State::open) {
            reschedule();
        }
    }
}

void Connection::check_open(Steady now) {
    if (!session_.is_signed_in()) {
        fail({Kind::timed_out, "auth.login_timeout", "Sign in within the time limit."}, "");
        return;
    }
    const Time wall = parts_.edge.clock.now();
    if (session_.is_expired()) {
        fail(token_expired(), "");
        return;
    }
    if (now >= last_read_ + silence_max()) {
        lose();  // nobody is there to read an ERROR
        return;
    }
    const milliseconds warning = parts_.edge.config.token_warning_ms;
    if (!session_.was_warned() && wall >= session_.identity().expires_at - warning) {
        session_.warn_of_expiry();
    }
    if (!is_pinged_ && now >= last_read_ + parts_.edge.config.ping_after_ms) {
        is_pinged_ = true;
        outbox_.add_answer(std::string_view{"\x89\x00", 2});
        parts_.tick.write_later(*this);
    }
    const bool beats = session_.beats().send_every.count() > 0;
    if (beats && now >= last_sent_ + beat_after() && outbox_.is_empty()) {
        answer("\n");
    }
}

}  // namespace loquat::realtime
