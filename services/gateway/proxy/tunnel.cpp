#include "services/gateway/proxy/tunnel.hpp"

#include "aio/signal.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"
#include "services/gateway/edge/standing.hpp"

namespace loquat::gateway {
namespace {

constexpr std::size_t buffer_size = 64 * 1024;
// A side that never pauses lets the others of its loop have a turn.
constexpr int turns_max = 32;

}  // namespace

struct Tunnels::Pair {
    Pair(net::Stream a, net::Stream b, std::size_t& count)
        : client(std::move(a)), upstream(std::move(b)), open(count) {
        ++open;
    }
    ~Pair() { --open; }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    void close() {
        client.close();
        upstream.close();
    }

    net::Stream client;
    net::Stream upstream;
    std::size_t& open;
    std::optional<Standing> standing;
};

Tunnels::Tunnels(aio::Loop& loop)
    : loop_(loop),
      buffer_(std::make_unique_for_overwrite<char[]>(buffer_size)),
      scope_(loop, "gateway tunnels") {}

void Tunnels::start(net::http::TakenStream client, net::Stream upstream, std::string early,
                    const Holder& holder) {
    auto pair = std::make_shared<Pair>(std::move(client.stream), std::move(upstream), open_);
    pair->standing.emplace(holder, Lasts::token, [weak = std::weak_ptr{pair}] {
        if (const auto open = weak.lock()) {
            open->close();
        }
    });
    if (!pair->standing->holds()) {
        pair->close();
        return;
    }
    scope_.start(pump(pair, &pair->client, &pair->upstream, std::move(client.early)));
    scope_.start(pump(pair, &pair->upstream, &pair->client, std::move(early)));
}

// One direction.  Its end half-closes the other side; a broken connection closes both.
Task<void> Tunnels::pump(std::shared_ptr<Pair> pair, net::Stream* from, net::Stream* to,
                         std::string early) {
    bool is_broken = false;
    try {
        if (!early.empty()) {
            co_await to->write_all(early);
            early = {};
        }
        bool goes_on = true;
        for (int in_a_row = 1; goes_on; ++in_a_row) {
            if (in_a_row % turns_max == 0) {
                aio::Signal turn;
                loop_.post([&turn] { turn.set(); });
                co_await turn.wait();
            }
            pair->standing->require();
            goes_on = co_await pass_on(*from, *to);
        }
        to->shutdown_write();
    } catch (...) {
        is_broken = true;
    }
    if (is_broken) {
        pair->close();
    }
}

// Moves what there is, or waits for more.  False at the end of `from`.
Task<bool> Tunnels::pass_on(net::Stream& from, net::Stream& to) {
    if (!from.is_open() || !to.is_open()) {
        throw Failure{Kind::unavailable, "net.closed", "The other way of the tunnel has broken."};
    }
    const net::IoResult read = from.try_read({buffer_.get(), buffer_size});
    switch (read.state) {
        case net::Io::would_block:
            co_await from.readable();
            co_return true;
        case net::Io::closed:
            co_return false;
        case net::Io::error:
            throw Failure{Kind::unavailable, "net.closed", "The connection broke."};
        case net::Io::bytes:
            break;
    }
    const std::string_view bytes{buffer_.get(), read.bytes};
    const net::IoResult written = to.try_write(bytes);
    const std::size_t taken = written.state == net::Io::bytes ? written.bytes : 0;
    if (taken < bytes.size()) {
        // The buffer is everybody's: what did not fit waits in a copy, and nothing more is read
        // meanwhile.
        const std::string rest{bytes.substr(taken)};
        co_await to.write_all(rest);
    }
    co_return true;
}

Task<void> Tunnels::close(Steady deadline) {
    while (open_ > 0 && std::chrono::steady_clock::now() < deadline) {
        co_await loop_.sleep_for(std::chrono::milliseconds{10});
    }
    co_await scope_.close();
}

}  // namespace loquat::gateway
