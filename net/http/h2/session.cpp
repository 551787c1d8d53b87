#include "net/http/h2/session.hpp"

#include <algorithm>
#include <utility>

#include "aio/yield.hpp"
#include "base/check.hpp"
#include "base/failure.hpp"
#include "net/http/h2/stream_exchange.hpp"
#include "net/http/linger.hpp"

namespace loquat::net::http::h2 {
namespace {

constexpr std::size_t piece_size = 16 * 1024;
// What waits to be written; beyond it neither answers are taken nor requests read.
constexpr std::size_t out_max = 64 * 1024;
constexpr int reads_in_a_row_max = 16;
// Handlers whose streams were taken back still run: so many times what may be open at once.
constexpr std::size_t handlers_factor = 2;
constexpr std::size_t out_kept_max = 16 * 1024;
constexpr LingerRule goodbye{.bytes_max = 256 * 1024,
                             .pause_max = std::chrono::milliseconds{200},
                             .time_max = std::chrono::milliseconds{1'000}};

std::string_view view_of(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

Session::Session(ServerState& server, Stream stream, std::string early)
    : server_(server),
      stream_(std::move(stream)),
      early_(std::move(early)),
      peer_(stream_.peer()),
      patience_(coarse_now()),
      begun_(coarse_now()),
      tls_(stream_.is_tls()) {}

Session::~Session() { nghttp2_session_del(native_); }

void Session::open() {
    native_ = make_native();
    const Http2Limits& limits = server_.config.http2;
    const std::array settings{
        nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streams_max},
        nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window},
        nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
                               static_cast<std::uint32_t>(server_.config.limits.header_bytes_max)},
        nghttp2_settings_entry{NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };
    nghttp2_submit_settings(native_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(native_, NGHTTP2_FLAG_NONE, 0,
                                          static_cast<std::int32_t>(limits.connection_window));
}

Task<void> Session::serve() {
    // Whatever ends this, the handlers learn that their client is gone.
    struct Ending {
        Session& session;
        ~Ending() { session.end(); }
    };
    {
        const Ending ending{*this};
        open();
        bool goes_on = feed(std::exchange(early_, {}));
        start_ready();
        flush();
        while (goes_on && !is_over()) {
            watch_time();
            if (must_rest()) {
                co_await room_.wait();
            } else if (std::exchange(unread_, false)) {
                co_await aio::yield();
            } else {
                co_await stream_.readable();
            }
            if (std::exchange(timed_out_, false) && is_late()) {
                break;
            }
            goes_on = must_rest() || read_some();
            start_ready();
            flush();
        }
        flush();
        clear();
        if (stream_.is_open() && backlog() == 0) {
            co_await linger(stream_, goodbye);
        }
    }
    while (handling_ > 0) {
        co_await handled_.wait();
    }
}

// Says why, where the client can hear it; false: it was too early.
bool Session::is_late() {
    const Steady now = coarse_now();
    const ServerConfig& config = server_.config;
    if (now >= later(stalled_since_, config.send_stall_max)) {
        ++server_.counts.timeouts;
        stream_.reset();
        return true;
    }
    if (now >= later(head_since(), config.head_time_max)) {
        ++server_.counts.timeouts;
        give_up(NGHTTP2_ENHANCE_YOUR_CALM);
        return true;
    }
    if (now >= later(idle_since_, config.idle_time_max)) {
        give_up(NGHTTP2_NO_ERROR);
        return true;
    }
    return false;
}

Steady Session::later(Steady since, std::chrono::milliseconds time) {
    return since == Steady::max() ? since : since + time;
}

Steady Session::head_since() const { return has_head_ ? head_since_ : begun_; }

void Session::watch_time() {
    const ServerConfig& config = server_.config;
    const Steady due = std::min({later(stalled_since_, config.send_stall_max),
                                 later(head_since(), config.head_time_max),
                                 later(idle_since_, config.idle_time_max)});
    set(server_.loop, coarse_now(), due);
}

void Session::on_alarm() {
    timed_out_ = true;
    stream_.wake();
    room_.set();
}

bool Session::is_over() const {
    if (!stream_.is_open() || cut_off_) {
        return true;
    }
    const bool wants_nothing =
        nghttp2_session_want_read(native_) == 0 && nghttp2_session_want_write(native_) == 0;
    return (wants_nothing || (leaving_ && streams_.empty())) && backlog() == 0;
}

bool Session::must_rest() const {
    return backlog() >= out_max ||
           handling_ + ready_.size() >= handlers_factor * server_.config.http2.streams_max;
}

bool Session::read_some() {
    static thread_local char buffer[piece_size];
    int in_a_row = 0;
    for (;;) {
        const IoResult result = stream_.try_read(buffer);
        if (result.state == Io::would_block) {
            return true;
        }
        if (result.state != Io::bytes || !feed({buffer, result.bytes})) {
            return false;
        }
        if (must_rest() || ++in_a_row >= reads_in_a_row_max) {
            unread_ = true;
            return true;
        }
    }
}

bool Session::feed(std::string_view bytes) {
    if (bytes.empty()) {
        return true;
    }
    in_native_ = true;
    const ssize_t taken = nghttp2_session_mem_recv(
        native_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    in_native_ = false;
    if (cut_off_) {
        give_up(NGHTTP2_ENHANCE_YOUR_CALM);
        return false;
    }
    if (taken < 0) {
        ++server_.counts.parse_errors;
        const bool is_flood = taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_CALLBACK_FAILURE;
        give_up(is_flood ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
        return false;
    }
    fill_out();
    return true;
}

void Session::give_up(std::uint32_t error) {
    nghttp2_session_terminate_session(native_, error);
    leaving_ = true;
    fill_out();
    write_out();
}

bool Session::spend(int cost) {
    cut_off_ = cut_off_ || !patience_.spend(cost, coarse_now());
    return !cut_off_;
}

void Session::start_ready() {
    holds_back_ = true;  // one write for all that answer at once
    for (const auto& exchange : std::exchange(ready_, {})) {
        ++handling_;
        server_.scope.start(StreamExchange::run(exchange));
    }
    holds_back_ = false;
}

void Session::flush() {
    if (in_native_ || native_ == nullptr || ended_) {
        return;
    }
    fill_out();
    if (!holds_back_) {
        write_out();
    }
}

void Session::fill_out() {
    while (backlog() < out_max) {
        const std::uint8_t* bytes = nullptr;
        in_native_ = true;
        const ssize_t size = nghttp2_session_mem_send(native_, &bytes);
        in_native_ = false;
        if (size < 0) {
            cut_off_ = true;
            stream_.wake();
            room_.set();
        }
        if (size <= 0) {
            return;
        }
        out_.append(view_of(bytes, static_cast<std::size_t>(size)));
    }
}

void Session::write_out() {
    while (backlog() > 0 && !waits_to_write_) {
        if (!stream_.is_open()) {
            return;
        }
        const IoResult result = stream_.try_write(std::string_view{out_}.substr(out_sent_));
        out_sent_ += result.bytes;
        if (result.state == Io::bytes) {
            stalled_since_ = Steady::max();
            drop_sent();
            fill_out();
        } else if (result.state == Io::would_block) {
            wait_to_write();
        } else {
            stream_.reset();
            room_.set();
            return;
        }
    }
}

void Session::drop_sent() {
    if (backlog() == 0) {
        out_sent_ = 0;
        if (out_.capacity() > out_kept_max) {
            out_ = {};
        }
        out_.clear();
    } else if (out_sent_ >= out_max) {
        out_.erase(0, out_sent_);
        out_sent_ = 0;
    }
}

void Session::wait_to_write() {
    waits_to_write_ = true;
    stalled_since_ = std::min(stalled_since_, coarse_now());
    watch_time();
    stream_.on_writable([this] {
        waits_to_write_ = false;
        flush();
        if (backlog() < out_max) {
            room_.set();
        }
    });
}

void Session::give_credit(std::int32_t stream, std::size_t bytes) {
    if (ended_) {
        return;
    }
    if (streams_.contains(stream)) {
        nghttp2_session_consume(native_, stream, bytes);
    } else {
        nghttp2_session_consume_connection(native_, bytes);
    }
    flush();
}

void Session::on_handled() {
    --handling_;
    handled_.set();
    room_.set();
}

void Session::close_when_idle() {
    leaving_ = true;
    if (native_ != nullptr && !ended_) {
        const std::int32_t last = nghttp2_session_get_last_proc_stream_id(native_);
        nghttp2_submit_goaway(native_, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
        flush();
        stream_.wake();
    }
}

void Session::tell_gone() {
    for (const auto& [id, exchange] : std::map{streams_}) {
        exchange->tell_gone();
    }
}

void Session::end() {
    ended_ = true;
    ready_.clear();
    for (const auto& [id, exchange] : std::exchange(streams_, {})) {
        exchange->on_end(false);
    }
    clear();
    stream_.close();
}

}  // namespace loquat::net::http::h2
