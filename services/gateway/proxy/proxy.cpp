#include "services/gateway/proxy/proxy.hpp"

#include "base/log.hpp"
#include "contracts/core/named_request.hpp"
#include "net/tls/context.hpp"
#include "runtime/calls/patient_call.hpp"
#include "runtime/tls/platform_tls.hpp"
#include "services/gateway/domain/client_address.hpp"
#include "services/gateway/routes/filter_rules.hpp"

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

bool has_fallback(const Route& route) {
    return route.fallback.status != 0 || !route.fallback.path.empty();
}

// Whether what a request does is done once however often it is sent, by its contract.
bool is_done_once(const Request& request) {
    const std::string_view body = request.body ? *request.body : std::string_view{};
    return request.route->repeat != contracts::Repeat::by_method &&
           contracts::may_repeat(request.route->repeat,
                                 request.head.headers.contains("Idempotency-Key"), body);
}

// Whether what a request does may be done twice, by its contract or its method.
bool may_be_done_twice(const Request& request) {
    const auto& repeats = request.route->filters.repeats;
    return repeats ? repeats->methods.covers(Methods::of(request.head.method))
                   : is_done_once(request) || is_idempotent(request.head);
}

runtime::CallOutcome outcome_of(const Route& route, int status) {
    const std::vector<int>& failures = route.filters.failures;
    const bool is_failure =
        !failures.empty() && std::ranges::find(failures, status) != failures.end();
    return is_failure ? runtime::CallOutcome::failure : runtime::outcome_of(status);
}

// Others may do better: another server, or a fallback.
bool is_trouble(const Route& route, int status, bool has_others) {
    const auto& repeats = route.filters.repeats;
    return ((has_others || has_fallback(route)) &&
            outcome_of(route, status) != runtime::CallOutcome::success) ||
           (has_others && repeats && repeats->covers(status));
}

runtime::OperationClass class_of(const Request& request) {
    return request.is_websocket          ? runtime::OperationClass::stream
           : is_idempotent(request.head) ? runtime::OperationClass::read
                                         : runtime::OperationClass::change;
}

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
      tunnels_(loop),
      side_calls_(loop, "gateway") {}

// No coroutine of its own: most requests take one frame less.
Task<void> Proxy::run(Request& request) {
    const Route& route = *request.route;
    if (route.filters.field_limit) {
        const std::string_view large =
            find_larger(request.head.headers, route.filters.field_limit->bytes_max);
        if (!large.empty()) {
            return refuse_field(request, large);
        }
    }
    return route.filters.redirect ? redirect(request)
           : route.keeping        ? run_kept(request)
                                  : run_plain(request);
}

Task<void> Proxy::run_plain(Request& request) {
    return pass_on(request, has_fallback(*request.route) ? AtLast::fall_back : AtLast::fail);
}

bool Proxy::may_answer_instead(const Request& request, const Failure& failure) {
    return failure.code.starts_with("upstream.") && !request.exchange.has_started() &&
           !request.exchange.is_client_gone();
}

Task<void> Proxy::pass_on(Request& request, AtLast at_last) {
    const auto time_max = request.route->time_max;
    const auto& calls = request.routes->upstreams[request.route->upstream]->calls;
    Journey journey{
        .call{*calls, class_of(request)},
        .deadline = time_max.count() > 0 ? request.exchange.begun_at() + time_max : Steady::max()};
    if (request.is_websocket && tunnels_.size() >= settings_.tunnels_max) {
        throw Failure{Kind::unavailable, "gateway.too_many_tunnels",
                      "There are too many open connections."};
    }
    if (request.route->filters.repeats) {
        journey.call.repeat_up_to(request.route->filters.repeats->retries + 1);
    }
    if (request.head.framing != net::http::Framing::none) {
        co_await prepare_body(request, journey);
    }
    if (request.route->mirror) {
        mirror(request);
    }
    std::exception_ptr error;
    try {
        journey.at = journey.call.begin();
        co_await exchange(request, journey);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        co_await recover(request, journey, error, at_last);
    }
}

// After a failure: another server, else what the route answers instead.
Task<void> Proxy::recover(Request& request, Journey& journey, std::exception_ptr error,
                          AtLast at_last) {
    std::optional<Failure> failure;
    try {
        co_await try_elsewhere(request, journey, error);
    } catch (const Failure& thrown) {
        if (at_last == AtLast::fail || !may_answer_instead(request, thrown)) {
            throw;
        }
        failure = thrown;
    }
    if (failure) {
        co_await answer_instead(request, *failure);
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

// The other servers, as long as that is safe and there is reason to hope.
Task<void> Proxy::try_elsewhere(Request& request, Journey& journey, std::exception_ptr error) {
    for (std::int32_t repeat = 1; error; ++repeat) {
        const bool was_sent = journey.at != nullptr;
        if (!was_sent || !is_upstreams(error) || request.exchange.is_client_gone()) {
            std::rethrow_exception(error);
        }
        journey.call.end(journey.has_connected ? runtime::CallOutcome::failure
                                               : runtime::CallOutcome::unreachable);
        using Reached = runtime::ServiceCall::Reached;
        const Reached reached = journey.has_connected ? Reached::maybe : Reached::nobody;
        if (!may_repeat(request, journey) || !journey.call.could_try_again(reached) ||
            !journey.call.try_again(reached)) {
            std::rethrow_exception(error);
        }
        measures_.on_repeat();
        if (const auto& repeats = request.route->filters.repeats) {
            const double chance = std::generate_canonical<double, 32>(random_);
            co_await pause(request, journey, repeats->pause(repeat, chance));
        }
        journey.at = journey.call.begin();
        journey.has_connected = false;
        error = nullptr;
        try {
            co_await exchange(request, journey);
        } catch (const Failure&) {
            error = std::current_exception();
        }
    }
}

// Before a repeat; not beyond the time that the request has, nor for a client that went away.
Task<void> Proxy::pause(Request& request, Journey& journey, std::chrono::milliseconds time) {
    if (time.count() == 0) {
        co_return;
    }
    const bool has_time = std::chrono::steady_clock::now() + time < journey.deadline;
    if (has_time) {
        co_await loop_.sleep_for(time);
    }
    if (!has_time || request.exchange.is_client_gone()) {
        throw Failure{Kind::timed_out, "upstream.timeout", "The other server took too long."};
    }
}

// Reading the system's authorities takes 50 ms: only those pay who have upstreams with TLS.
net::http::Client& Proxy::client_for(const net::http::Origin& origin, const std::string& service) {
    if (!service.empty() && settings_.tls != nullptr && settings_.tls->is_mutual()) {
        if (origin.scheme == net::http::Scheme::http) {
            throw Failure{Kind::unavailable, "upstream.not_tls",
                          "The other server does not speak TLS there.", origin.authority()};
        }
        auto& own = own_clients_[service];
        if (!own) {
            own = std::make_unique<net::http::Client>(
                loop_, settings_.tls->for_calls(client_config(settings_.upstream), service));
        }
        return *own;
    }
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

void Proxy::leave(const net::http::Origin& origin) {
    client_.leave(origin);
    if (tls_client_) {
        tls_client_->leave(origin);
    }
    for (const auto& [service, client] : own_clients_) {
        client->leave(origin);
    }
}

bool Proxy::may_repeat(const Request& request, const Journey& journey) {
    const bool is_safe =
        !journey.has_connected || (may_be_done_twice(request) && !journey.is_streamed);
    return is_safe && !request.exchange.has_started();
}

Task<void> Proxy::exchange(Request& request, Journey& journey) {
    const net::http::Origin& origin = journey.at->endpoint.origin;
    net::http::ClientCall call{client_for(origin, service_of(*request.routes, *request.route)),
                               origin, journey.deadline};
    const ReachNote note{call, journey.has_connected};
    const bool has_others = may_be_done_twice(request) && !journey.is_streamed &&
                            !request.is_websocket && journey.call.could_try_again();
    aio::Timer silence{[&call] { call.cancel(); }};
    if (has_others) {
        silence.start(loop_, std::chrono::milliseconds{settings_.upstream.attempt_ms_max});
    }
    write_head(request, journey.at->endpoint, journey.deadline, call);
    if (is_done_once(request) && !journey.is_streamed && !request.is_websocket) {
        const std::string body = request.body.value_or("");
        runtime::PatientCall patient{
            {loop_, journey.call, call,
             [&](const runtime::Endpoint& other) { return ask_other(request, journey, other); },
             request.routes->upstreams[request.route->upstream], &side_calls_}};
        net::http::ClientCall* answered = co_await patient.ask(body, net::http::Replay::allowed);
        silence.stop();
        co_return co_await take_answer(request, journey, *answered, has_others);
    }
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
    silence.stop();
    co_await take_answer(request, journey, call, has_others);
}

std::unique_ptr<net::http::ClientCall> Proxy::ask_other(Request& request, const Journey& journey,
                                                        const runtime::Endpoint& other) {
    net::http::Client& client =
        client_for(other.origin, service_of(*request.routes, *request.route));
    auto call = std::make_unique<net::http::ClientCall>(client, other.origin, journey.deadline);
    write_head(request, other, journey.deadline, *call);
    return call;
}

Task<void> Proxy::take_answer(Request& request, Journey& journey, net::http::ClientCall& call,
                              bool has_others) {
    if (is_trouble(*request.route, call.head().status, has_others)) {
        throw Failure{
            Kind::unavailable, "upstream.unavailable", "The other server cannot answer.",
            journey.call.at()->endpoint.authority + " says " + std::to_string(call.head().status)};
    }
    note_answer(request, journey, call.head().status);
    if (request.fetch != nullptr) {
        const bool is_answered = co_await answer_fetched(request, call);
        if (is_answered) {
            co_return;
        }
    }
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
void Proxy::note_answer(const Request& request, Journey& journey, int status) {
    const Steady at = journey.call.end(outcome_of(*request.route, status));
    measures_.on_upstream(*request.routes, request.route->upstream,
                          at - request.exchange.begun_at());
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
