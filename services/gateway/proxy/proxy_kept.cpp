#include "services/gateway/cache/cache_control.hpp"
#include "services/gateway/proxy/fetch.hpp"
#include "services/gateway/proxy/proxy.hpp"

// Routes that keep answers: what is kept is given, what is not is fetched and kept.
namespace loquat::gateway {
namespace {

// While an answer is fetched for one request others wait so long for it, and then ask themselves.
constexpr std::chrono::milliseconds wait_max{5'000};
constexpr int waits_max = 2;
// What is confirmed while it is given already.
constexpr std::size_t side_calls_max = 256;
constexpr std::chrono::milliseconds confirm_time_max{30'000};

bool is_safe(const net::http::RequestHead& head) {
    return head.is("GET") || head.is("HEAD") || head.is("OPTIONS") || head.is("TRACE");
}

// Whether the client wants what is kept or nothing (RFC 9111 section 5.2.1.7).
bool wants_only_kept(const Request& request) {
    const net::http::RequestHead& head = request.head;
    return request.route->keeping->cache.enabled && (head.is("GET") || head.is("HEAD")) &&
           CacheControl::of(head.headers).only_if_cached;
}

Failure not_kept() {
    return {Kind::timed_out, "gateway.not_kept", "No answer to this is kept that may be given."};
}

// For the time that the request is run.
struct Fetching {
    Request& request;
    Fetching(Request& of, Fetch& fetch) : request(of) { request.fetch = &fetch; }
    ~Fetching() { request.fetch = nullptr; }
    Fetching(const Fetching&) = delete;
    Fetching& operator=(const Fetching&) = delete;
};

}  // namespace

Task<void> Proxy::run_kept(Request& request) {
    const bool wants_only = wants_only_kept(request);
    if (!Fetch::may_begin(request)) {
        if (wants_only) {
            throw not_kept();
        }
        co_await run_and_forget(request);
        co_return;
    }
    Fetch fetch{request, {settings_.answers, settings_.clock, bytes_held_}};
    Fetch::Use use = Fetch::Use::ask;
    if (wants_only) {
        use = fetch.look();
        if (use == Fetch::Use::ask) {
            throw not_kept();
        }
    } else {
        use = co_await look(fetch);
    }
    if (use != Fetch::Use::ask) {
        const StoredAnswerPtr stored = fetch.stored();
        const bool is_stale = use == Fetch::Use::kept_meanwhile;
        measures_.on_kept(is_stale ? Measures::Kept::stale : Measures::Kept::hit);
        const Fetching now{request, fetch};
        if (is_stale) {
            start_confirming(request, fetch);
        }
        fetch.describe_kept(*stored);
        co_await send_kept(request, stored);
        co_return;
    }
    std::optional<Failure> failure;
    {
        const Fetching now{request, fetch};
        try {
            co_await pass_on(request);
        } catch (const Failure& thrown) {
            if (!may_answer_instead(request, thrown)) {
                throw;
            }
            failure = thrown;
        }
    }
    if (failure) {
        co_await answer_after(request, fetch, *failure);
    }
}

// What may change the address is not kept, and what is kept of it is no longer right.
Task<void> Proxy::run_and_forget(Request& request) {
    // A fallback may make the request another route's.
    const std::shared_ptr<const Keeping> keeping = request.route->keeping;
    const std::string key = is_safe(request.head) ? std::string{} : Fetch::key_of(request);
    co_await run_plain(request);
    const int status = request.exchange.status();
    if (!key.empty() && status >= 200 && status < 400) {
        for (const std::string& room : keeping->forgets) {
            settings_.answers.erase({room, key});
        }
    }
}

// What is kept, once whoever fetches it now has it.
Task<Fetch::Use> Proxy::look(Fetch& fetch) {
    for (int waits = 0;; ++waits) {
        const Fetch::Use use = fetch.look();
        if (use != Fetch::Use::ask || waits == waits_max || !fetch.may_share_turn()) {
            co_return use;
        }
        const auto signal = std::make_shared<aio::Signal>();
        if (fetch.take_turn(loop_, signal) != AnswerCache::Turn::wait) {
            co_return use;
        }
        fetch.note_wait();
        const Steady until = std::chrono::steady_clock::now() + wait_max;
        const bool is_over = co_await signal->wait_until(until);
        if (!is_over) {
            co_return fetch.look();
        }
    }
}

Task<void> Proxy::answer_after(Request& request, Fetch& fetch, const Failure& failure) {
    if (const StoredAnswerPtr kept = fetch.find_stand_in()) {
        co_await stand_in(request, fetch, kept);
        co_return;
    }
    const FallbackConfig& fallback = request.route->fallback;
    if (fallback.status == 0 && fallback.path.empty()) {
        throw Failure{failure};
    }
    co_await answer_instead(request, failure);
}

Task<void> Proxy::stand_in(Request& request, Fetch& fetch, StoredAnswerPtr kept) {
    measures_.on_kept(Measures::Kept::stand_in);
    measures_.on_fallback();
    fetch.describe_kept(*kept, kept == fetch.stored() ? "stale-if-error" : "last-good");
    const Fetching now{request, fetch};
    co_await send_kept(request, kept);
}

// The head of the server's answer has come.  False: it goes on to the client as it comes.
Task<bool> Proxy::answer_fetched(Request& request, net::http::ClientCall& call) {
    Fetch& fetch = *request.fetch;
    const net::http::ResponseHead& head = call.head();
    if (head.status == 304 && fetch.takes_conditions() && fetch.stored()) {
        measures_.on_kept(Measures::Kept::confirmed);
        const StoredAnswerPtr kept = fetch.take_confirmation(head);
        fetch.describe_confirmed(*kept);
        co_await send_kept(request, kept);
        co_return true;
    }
    measures_.on_kept(Measures::Kept::miss);
    if (head.status >= 500) {
        if (const StoredAnswerPtr kept = fetch.find_stand_in()) {
            co_await stand_in(request, fetch, kept);
            co_return true;
        }
    }
    fetch.take_head(head);
    if (!fetch.keeps() || head.framing == net::http::Framing::chunked ||
        head.framing == net::http::Framing::until_close) {
        co_return false;
    }
    fetch.take_piece(call.take_buffered_body());
    while (!call.is_body_done()) {
        const std::string_view piece = co_await call.read_body();
        fetch.take_piece(piece);
    }
    const StoredAnswerPtr kept = fetch.finish();
    co_await send_kept(request, kept);
    co_return true;
}

// A kept answer, or that the client has it already.
Task<void> Proxy::send_kept(Request& request, StoredAnswerPtr kept) {
    net::http::ResponseHead head = kept->head();
    const bool is_known = kept->status == 200 && !request.route->filters.status &&
                          is_known_to_client(request.head.headers, *kept);
    if (is_known) {
        head = kept->head_of_304();
    }
    write_answer_head(request, head);
    if (request.head.is("HEAD") && !is_known) {
        request.exchange.begin_body(kept->body->size());
        co_await request.exchange.end_body();
        co_return;
    }
    co_await request.exchange.finish(is_known ? std::string_view{} : *kept->body);
}

// Asks the server whether what is kept is still right; the client does not wait for it.
void Proxy::start_confirming(Request& request, Fetch& fetch) {
    if (side_calls_.size() >= side_calls_max || !fetch.may_share_turn()) {
        return;
    }
    const auto nobody = std::make_shared<aio::Signal>();
    if (fetch.take_turn(loop_, nobody) != AnswerCache::Turn::fetch) {
        return;
    }
    auto what = fetch.make_confirmation();
    try {
        auto side = std::make_unique<SideCall>(request.routes, request.route->upstream,
                                               runtime::OperationClass::read,
                                               std::chrono::steady_clock::now() + confirm_time_max);
        prepare_side_call(request, *side);
        side_calls_.start(confirm(std::move(side), std::move(what)));
    } catch (const Failure&) {
        return;  // nobody can be asked now: the next who comes tries again
    }
}

Task<void> Proxy::confirm(SideCallPtr side, std::unique_ptr<Confirmation> what) {
    try {
        co_await side->http->send({}, net::http::Replay::allowed);
        co_await side->http->read_head();
        std::string body{side->http->take_buffered_body()};
        while (!side->http->is_body_done() && body.size() <= what->bytes_max()) {
            const std::string_view piece = co_await side->http->read_body();
            body.append(piece);
        }
        side->call.end(runtime::outcome_of(side->http->head().status));
        if (body.size() <= what->bytes_max()) {
            what->take(side->http->head(), std::move(body));
        }
    } catch (const Failure&) {
        side->call.end(runtime::CallOutcome::failure);
    }
}

// The head is written at once: nothing of the request is needed afterwards.
net::http::HeadWriter Proxy::prepare_side_call(const Request& request, SideCall& side) {
    side.at = side.call.begin();
    const runtime::Endpoint& to = side.at->endpoint;
    side.http = std::make_unique<net::http::ClientCall>(client_for(to.origin, {}), to.origin,
                                                        side.deadline);
    return write_head(request, to, side.deadline, *side.http);
}

}  // namespace loquat::gateway
