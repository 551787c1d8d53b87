#include "net/http/client_state.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/failure.hpp"

namespace loquat::net::http {
namespace {

constexpr std::size_t calls_kept_max = 256;
constexpr std::size_t body_room = 4 * 1024;
constexpr std::size_t out_kept_max = 16 * 1024;

}  // namespace

Upstream::Upstream(ClientState& of, OriginPools::iterator at) : client(of), place(at) {
    ++place->second.open;
    ++client.counts.open;
}

Upstream::~Upstream() {
    stream.close();
    --client.counts.open;
    if (--place->second.open == 0) {
        client.pools.erase(place);
    }
}

bool Upstream::is_quiet() {
    if (!stream.is_open() || stream.is_hung_up()) {
        return false;
    }
    if (!stream.may_be_readable() && !stream.is_tls()) {
        return true;
    }
    // Bytes that nobody asked for would be taken for the next answer.
    char byte = 0;
    return stream.try_read({&byte, 1}).state == Io::would_block;
}

void Upstream::on_alarm() {
    if (!idle) {
        timed_out = true;
        stream.wake();
        return;
    }
    auto& pool = place->second.idle;
    const auto self =
        std::ranges::find_if(pool, [this](const auto& one) { return one.get() == this; });
    --client.counts.idle;
    const std::unique_ptr<Upstream> last = std::move(*self);
    pool.erase(self);
}

CallState::CallState(const ClientConfig& config)
    : parser(config.limits),
      chunks(config.limits),
      capacity(config.limits.header_bytes_max + body_room),
      buffer(std::make_unique_for_overwrite<char[]>(capacity)) {}

void CallState::reset() {
    upstream.reset();
    parser.reset();
    chunks.reset();
    if (out.capacity() > out_kept_max) {
        out = {};
    }
    out.clear();
    begin = end = body_base = 0;
    body_left = request_left = 0;
    replay_body = {};
    may_replay = request_chunked = sending_broke = received = body_done = canceled = false;
    connecting = {};
}

ClientState::~ClientState() {
    calls.clear();
    // Each connection takes itself out of its pool, and the last one takes the pool.
    while (!pools.empty()) {
        LOQUAT_CHECK(!pools.begin()->second.idle.empty(), "calls end before their client");
        std::vector<std::unique_ptr<Upstream>> last = std::move(pools.begin()->second.idle);
        last.clear();
    }
}

std::unique_ptr<Upstream> ClientState::take_idle(const Origin& origin) {
    const auto pool = pools.find(origin);
    if (pool == pools.end()) {
        return nullptr;
    }
    auto& idle = pool->second.idle;
    while (!idle.empty()) {
        std::unique_ptr<Upstream> upstream = std::move(idle.back());
        idle.pop_back();
        --counts.idle;
        upstream->idle = false;
        upstream->clear();
        const bool last = idle.empty();
        if (upstream->is_quiet()) {
            ++counts.reused;
            return upstream;
        }
        upstream.reset();  // with the last one the pool is gone
        if (last) {
            break;
        }
    }
    return nullptr;
}

Task<std::unique_ptr<Upstream>> ClientState::connect(const Origin& origin, Steady deadline,
                                                     ConnectHandle& handle) {
    const auto pool = pools.try_emplace(origin).first;
    if (pool->second.open >= config.connections_per_origin_max) {
        throw Failure{Kind::unavailable, "upstream.unavailable", "The other server is busy.",
                      origin.host + ": too many connections"};
    }
    pool->second.is_left = false;
    auto upstream = std::make_unique<Upstream>(*this, pool);
    const Steady limit =
        std::min(deadline, std::chrono::steady_clock::now() + config.connect_time_max);
    net::ConnectOptions options{config.may_connect, &handle};
    upstream->stream =
        co_await net::connect(loop, origin.host, origin.port, limit, std::move(options));
    if (origin.scheme == Scheme::https) {
        const auto context = config.tls_of_now ? config.tls_of_now() : config.tls;
        if (!context) {
            throw Failure{Kind::unavailable, "upstream.unavailable",
                          "The other server cannot be reached.",
                          origin.host + ": https is not set up"};
        }
        const std::string& name = config.tls_name.empty() ? origin.host : config.tls_name;
        co_await upstream->stream.start_tls(context, name, limit);
    }
    ++counts.connects;
    co_return upstream;
}

void ClientState::give_back(std::unique_ptr<Upstream> upstream) {
    auto& idle = upstream->place->second.idle;
    if (idle.size() >= config.idle_per_origin_max || upstream->place->second.is_left) {
        return;
    }
    const Steady now = coarse_now();
    upstream->used_before = true;
    upstream->idle = true;
    upstream->set(loop, now, now + config.idle_time_max);
    ++counts.idle;
    idle.push_back(std::move(upstream));
}

void ClientState::leave(const Origin& origin) {
    const auto pool = pools.find(origin);
    if (pool == pools.end()) {
        return;
    }
    pool->second.is_left = true;
    const std::vector<std::unique_ptr<Upstream>> last = std::move(pool->second.idle);
    pool->second.idle.clear();
    counts.idle -= last.size();
}

std::unique_ptr<CallState> ClientState::take_call() {
    std::unique_ptr<CallState> call;
    if (calls.empty()) {
        call = std::make_unique<CallState>(config);
    } else {
        call = std::move(calls.back());
        calls.pop_back();
    }
    call->client = this;
    return call;
}

void ClientState::keep_call(std::unique_ptr<CallState> call) {
    call->reset();
    if (calls.size() < calls_kept_max) {
        calls.push_back(std::move(call));
    }
}

}  // namespace loquat::net::http
