#include "net/stream.hpp"

#include <sys/socket.h>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "net/socket.hpp"
#include "net/tls/context.hpp"

namespace loquat::net {
namespace {

using UseTask = boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>;

constexpr std::chrono::seconds handshake_time_max{60};

}  // namespace

Stream::Stream() = default;
Stream::Stream(aio::Loop& loop, int fd, const Endpoint& peer)
    : socket_(std::make_shared<Socket>(loop, fd, peer)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept {
    if (this != &other) {
        close();
        socket_ = std::move(other.socket_);
    }
    return *this;
}
Stream::~Stream() { close(); }

IoResult Stream::try_read(std::span<char> into) {
    if (socket_->tls) [[unlikely]] {
        return socket_->tls->read(into);
    }
    return socket_->receive(into);
}

IoResult Stream::try_write(std::span<const iovec> parts) {
    if (socket_->tls) [[unlikely]] {
        return socket_->tls->write(parts);
    }
    return socket_->send(parts);
}

IoResult Stream::try_write(std::string_view bytes) {
    const iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    return try_write({&part, 1});
}

IoResult Stream::finish_connect() { return socket_->finish_connect(); }

Task<void> Stream::until_ready(Way way) {
    LOQUAT_CHECK(socket_ != nullptr, "only an open stream can be waited for");
    UseTask token;
    auto begin = [socket = socket_, way](auto handler) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            slot.assign([socket, way](boost::asio::cancellation_type) {
                socket->finish(way, Wake::aborted);
            });
        }
        socket->wait(way, [handler = std::move(handler)](Wake why) mutable {
            boost::system::error_code error;
            if (why == Wake::aborted) {
                error = boost::asio::error::operation_aborted;
            }
            handler(error);
        });
    };
    return boost::asio::async_initiate<UseTask, void(boost::system::error_code)>(begin, token);
}

Task<void> Stream::readable() { return until_ready(Way::read); }
Task<void> Stream::writable() { return until_ready(Way::write); }

void Stream::wait(Way way, Waiter waiter) { socket_->wait(way, std::move(waiter)); }
bool Stream::forget_readable() { return socket_ && socket_->forget(Way::read); }
bool Stream::forget_writable() { return socket_ && socket_->forget(Way::write); }

void Stream::wake() {
    if (socket_) {
        socket_->finish(Way::read, Wake::ready);
        socket_->finish(Way::write, Wake::ready);
    }
}

Task<void> Stream::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const IoResult result = try_write(bytes);
        if (result.state == Io::bytes) {
            bytes.remove_prefix(result.bytes);
        } else if (result.state == Io::would_block) {
            co_await writable();
        } else {
            throw Failure{Kind::unavailable, "net.closed", "The connection was closed."};
        }
    }
}

void Stream::shutdown_write() {
    if (!socket_) {
        return;
    }
    if (socket_->tls) {
        socket_->tls->say_goodbye();
    }
    ::shutdown(socket_->fd(), SHUT_WR);
}

void Stream::close() {
    if (!socket_) {
        return;
    }
    if (socket_->tls && socket_->fd() >= 0) {
        socket_->tls->say_goodbye();
    }
    socket_->close();
    socket_.reset();
}

void Stream::reset() {
    if (!socket_) {
        return;
    }
    const linger at_once{1, 0};
    ::setsockopt(socket_->fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_->close();
    socket_.reset();
}

bool Stream::may_be_readable() const { return socket_ && socket_->may_be_readable(); }
bool Stream::is_hung_up() const { return !socket_ || socket_->is_hung_up(); }
void Stream::on_hang_up(std::move_only_function<void()> call) {
    socket_->on_hang_up(std::move(call));
}
const Endpoint& Stream::peer() const { return socket_->peer(); }
bool Stream::is_tls() const { return socket_->tls != nullptr && !socket_->tls->is_plain(); }
std::span<const std::string> Stream::peer_names() const {
    return socket_ && socket_->tls ? socket_->tls->peer_names() : std::span<const std::string>{};
}
tls::Trouble Stream::tls_trouble() const {
    return socket_ && socket_->tls ? socket_->tls->trouble() : tls::Trouble::none;
}
std::string Stream::tls_reason() const {
    return socket_ && socket_->tls ? socket_->tls->reason() : std::string{};
}
aio::Loop& Stream::loop() const { return socket_->loop(); }
int Stream::fd() const { return socket_->fd(); }
std::size_t Stream::buffered() const { return socket_->tls ? socket_->tls->buffered() : 0; }

void Stream::start_tls(const tls::ServerContext& context) {
    socket_->tls = std::make_unique<tls::Session>(*socket_, context);
}

Task<void> Stream::start_tls(std::shared_ptr<const tls::ClientContext> context, std::string host,
                             Steady deadline) {
    socket_->tls = std::make_unique<tls::Session>(*socket_, *context, host);
    const auto socket = socket_;
    bool late = false;
    aio::Timer timer{[socket, &late] {
        late = true;
        socket->finish(Way::read, Wake::ready);
        socket->finish(Way::write, Wake::ready);
    }};
    const Steady now = std::chrono::steady_clock::now();
    const Steady end = std::min(deadline, now + handshake_time_max);
    timer.start(loop(), std::chrono::ceil<std::chrono::milliseconds>(end - now));
    for (;;) {
        const tls::Handshake state = socket->tls->shake_hands();
        if (state == tls::Handshake::done) {
            co_return;
        }
        if (late) {
            throw Failure{Kind::timed_out, "upstream.timeout",
                          "The other server did not answer in time."};
        }
        const bool is_over = state == tls::Handshake::untrusted || state == tls::Handshake::failed;
        if (is_over && context->is_mutual()) {
            const tls::Trouble trouble = socket->tls->trouble();
            throw Failure{Kind::unavailable, tls::code_for_caller(trouble),
                          tls::text_for_caller(trouble), host + ": " + socket->tls->reason()};
        }
        if (state == tls::Handshake::untrusted) {
            throw Failure{Kind::unavailable, "upstream.untrusted",
                          "The other server's certificate is not valid.", socket->tls->reason()};
        }
        if (state == tls::Handshake::failed) {
            throw Failure{Kind::unavailable, "upstream.unavailable",
                          "The other server cannot be reached.", socket->tls->reason()};
        }
        if (state == tls::Handshake::wants_write) {
            co_await writable();
        } else {
            co_await readable();
        }
    }
}

}  // namespace loquat::net
