#include "services/gateway/proxy/proxy.hpp"

#include "net/tls/context.hpp"
#include "services/gateway/domain/client_address.hpp"

namespace loquat::gateway {
namespace {

// Bodies up to this size are read whole first: head and body leave in one write, and can leave
// again.
constexpr std::uint64_t whole_body_max = 64 * 1024;
constexpr std::size_t upload_piece = 32 * 1024;

net::http::ClientConfig client_config(const UpstreamConfig& config) {
    using std::chrono::milliseconds;
    const Networks allowed{link_local_setting, config.link_local_networks};
    return {.connect_time_max = config.connect_ms_max,
            .head_time_max = config.head_ms_max,
            .body_stall_max = config.stall_ms_max,
            .send_stall_max = config.stall_ms_max,
            .idle_time_max = config.idle_ms_max,
            .idle_per_origin_max = config.idle_connections_max,
            .connections_per_origin_max = config.connections_max,
            .may_connect = [allowed](const net::Address& address) {
                return !address.is_link_local() || allowed.covers(address);
            }};
}

Failure too_large() {
    return {Kind::too_large, "request.too_large", "The body is larger than this route takes."};
}

bool is_idempotent(const net::http::RequestHead& head) {
    return head.is("GET") || head.is("HEAD") || head.is("OPTIONS") || head.is("PUT") ||
           head.is("DELETE");
}

// Failures of the upstream; others are ours or the client's.
bool is_upstreams(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        return failure.code.starts_with("upstream.");
    } catch (...) {
        return false;
    }
}

// Statuses by which a server says that the trouble is at or behind it.
bool is_trouble(int status) { return status == 502 || status == 503 || status == 504; }

// Keeps, when an attempt ends however it does, whether it reached anyone.
struct ReachNote {
    net::http::ClientCall& call;
    bool& has_connected;
    ~ReachNote() { has_connected = call.has_connected(); }
};

}  // namespace

Proxy::Proxy(aio::Loop& loop, Settings settings, Responder& responder, Measures& measures)
    : settings_(std::move(settings)),
      responder_(responder),
      measures_(measures),
      loop_(loop),
      client_(loop, client_config(settings_.upstream)),
      tunnels_(loop) {}

Task<void> Proxy::run(Request& request) {
    const auto time_max = request.route->time_max;
    Journey journey{.deadline = time_max.count() > 0 ? request.exchange.begun_at() + time_max
                                                     : Steady::max()};
    if (request.is_websocket && tunnels_.size() >= settings_.tunnels_max) {
        throw Failure{Kind::unavailable, "gateway.too_many_tunnels",
                      "There are too many open connections."};
    }
    if (request.head.framing != net::http::Framing::none) {
        co_await prepare_body(request, journey);
    }
    UpstreamGroup& group = request.routes->upstreams[request.route->upstream];
    journey.address = group.pick(request.exchange.begun_at(), 0).value();
    std::exception_ptr error;
    try {
        co_await exchange(request, journey);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        co_await try_elsewhere(request, journey, error);
    }
}

Task<void> Proxy::prepare_body(Request& request, Journey& journey) {
    const net::http::RequestHead& head = request.head;
    const bool has_length = head.framing == net::http::Framing::length;
    if (has_length && head.content_length > request.route->body_bytes_max) {
        throw too_large();
    }
    if (!request.body && has_length && head.content_length <= whole_body_max) {
        request.body = co_await request.exchange.read_body(whole_body_max);
    }
    journey.is_streamed = !request.body;
}

// After a failure: the other addresses, as long as that is safe and there is reason to hope.
Task<void> Proxy::try_elsewhere(Request& request, Journey& journey, std::exception_ptr error) {
    UpstreamGroup& group = request.routes->upstreams[request.route->upstream];
    for (int tries = 1; error; ++tries) {
        if (!is_upstreams(error) || request.exchange.is_client_gone()) {
            std::rethrow_exception(error);
        }
        group.on_failure(journey.address, std::chrono::steady_clock::now());
        journey.tried |= std::uint64_t{1} << journey.address;
        std::optional<std::size_t> next;
        if (may_repeat(request, journey, tries) && group.may_repeat()) {
            next = group.pick(request.exchange.begun_at(), journey.tried);
        }
        if (!next) {
            std::rethrow_exception(error);
        }
        measures_.on_repeat();
        journey.address = *next;
        journey.has_connected = false;
        error = nullptr;
        try {
            co_await exchange(request, journey);
        } catch (const Failure&) {
            error = std::current_exception();
        }
    }
}

// Reading the system's authorities takes 50 ms: only those pay who have upstreams with TLS.
net::http::Client& Proxy::client_for(const net::http::Origin& origin) {
    if (origin.scheme == net::http::Scheme::http) {
        return client_;
    }
    if (!tls_client_) {
        net::http::ClientConfig config = client_config(settings_.upstream);
        config.tls = net::tls::ClientContext::make();
        tls_client_ = std::make_unique<net::http::Client>(loop_, std::move(config));
    }
    return *tls_client_;
}

bool Proxy::may_repeat(const Request& request, const Journey& journey, int tries) const {
    const bool is_safe =
        !journey.has_connected || (is_idempotent(request.head) && !journey.is_streamed);
    return is_safe && tries < settings_.upstream.attempts_max && !request.exchange.has_started();
}

Task<void> Proxy::exchange(Request& request, Journey& journey) {
    const net::http::Origin& origin =
        request.routes->table->upstreams()[request.route->upstream].origins[journey.address];
    net::http::ClientCall call{client_for(origin), origin, journey.deadline};
    const ReachNote note{call, journey.has_connected};
    write_head(request, journey, call);
    if (journey.is_streamed) {
        const bool has_length = request.head.framing == net::http::Framing::length;
        co_await call.begin_body(has_length ? std::optional{request.head.content_length}
                                            : std::nullopt);
        co_await upload(request, call);
    } else {
        const std::string_view body =
            request.body ? std::string_view{*request.body} : std::string_view{};
        co_await call.send(body, is_idempotent(request.head) ? net::http::Replay::allowed
                                                             : net::http::Replay::forbidden);
    }
    co_await call.read_head();
    note_answer(request, journey, call.head().status);
    std::string_view first;
    if (call.head().framing == net::http::Framing::length) {
        first = call.take_buffered_body();
        if (call.is_body_done()) {
            write_answer_head(request, call.head());
            co_await request.exchange.finish(first);
            co_return;
        }
    }
    co_await answer(request, call, first);
}

// Of repeated requests the time from the first attempt counts: that is what the client waits for.
void Proxy::note_answer(const Request& request, const Journey& journey, int status) {
    const std::size_t upstream = request.route->upstream;
    UpstreamGroup& group = request.routes->upstreams[upstream];
    const Steady now = std::chrono::steady_clock::now();
    measures_.on_upstream(*request.routes, upstream, now - request.exchange.begun_at());
    if (is_trouble(status)) {
        group.on_failure(journey.address, now);
    } else {
        group.on_success(journey.address);
    }
}

Task<void> Proxy::upload(Request& request, net::http::ClientCall& call) {
    const auto buffer = std::make_unique_for_overwrite<char[]>(upload_piece);
    std::size_t total = 0;
    for (;;) {
        const std::size_t count =
            co_await request.exchange.read_body_some({buffer.get(), upload_piece});
        if (count == 0) {
            break;
        }
        total += count;
        if (total > request.route->body_bytes_max) {
            throw too_large();
        }
        co_await call.write_body({buffer.get(), count});
    }
    co_await call.end_body();
}

}  // namespace loquat::gateway
