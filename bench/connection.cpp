#include "bench/connection.hpp"

#include <array>

#include "base/failure.hpp"

namespace loquat::bench {

Task<void> Connection::connect(Target target, Steady deadline) {
    auto stream = co_await net::connect(loop_, target.host, target.port, deadline);
    stream_ = std::move(stream);
    read_some();
}

Task<void> Connection::wait_for_answer(Steady deadline) {
    const bool in_time = co_await answer_.wait_until(deadline);
    if (!in_time || !is_open()) {
        throw Failure{Kind::timed_out, "bench.no_answer",
                      in_time ? why_closed_ : "no answer in time"};
    }
}

void Connection::close(std::string why) {
    if (why_closed_.empty()) {
        why_closed_ = std::move(why);
        stream_.forget_readable();
        stream_.forget_writable();
        answer_.set();
    }
}

void Connection::read_some() {
    static thread_local std::array<char, 256 * 1024> buffer;
    while (is_open()) {
        const net::IoResult result = stream_.try_read(buffer);
        if (result.state == net::Io::bytes) {
            received_bytes_ += result.bytes;
            take_all({buffer.data(), result.bytes});
        } else if (result.state == net::Io::would_block) {
            stream_.on_readable([this] { read_some(); });
            return;
        } else {
            close("the server closed the connection");
        }
    }
}

void Connection::take_all(std::string_view bytes) {
    if (held_.empty()) {
        held_.assign(bytes.substr(take(bytes)));
    } else {
        held_.append(bytes);
        held_.erase(0, take(held_));
    }
}

void Connection::write(std::string_view bytes) {
    const bool is_waiting = !outbox_.empty();
    outbox_.append(bytes);
    if (!is_waiting) {
        flush();
    }
}

void Connection::flush() {
    while (is_open() && !outbox_.empty()) {
        const net::IoResult result = stream_.try_write(std::string_view{outbox_});
        if (result.state == net::Io::bytes) {
            outbox_.erase(0, result.bytes);
        } else if (result.state == net::Io::would_block) {
            stream_.on_writable([this] { flush(); });
            return;
        } else {
            close("the server takes nothing more");
        }
    }
}

}  // namespace loquat::bench
