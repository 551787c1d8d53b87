#include "base/text.hpp"
#include "runtime/calls/feed_body.hpp"
#include "services/gateway/domain/credentials.hpp"
#include "services/gateway/domain/fields.hpp"
#include "services/gateway/edge/standing.hpp"
#include "services/gateway/proxy/proxy.hpp"

// The way back: an upstream's answer.
namespace loquat::gateway {
namespace {

// While it lives, a client that goes away ends the call, and so the upstream's work.
class GoneCall {
  public:
    GoneCall(net::http::Exchange& exchange, net::http::ClientCall& call) : exchange_(exchange) {
        exchange_.on_client_gone([&call] { call.cancel(); });
    }
    ~GoneCall() { exchange_.on_client_gone(nullptr); }
    GoneCall(const GoneCall&) = delete;
    GoneCall& operator=(const GoneCall&) = delete;

  private:
    net::http::Exchange& exchange_;
};

// Of a service of ours that says something all the time: then it sleeps, or is cut off.
constexpr std::chrono::milliseconds silence_max = 3 * runtime::feed_silence_max;

bool has_events(const net::http::ResponseHead& head) {
    return head.headers.get("Content-Type").starts_with("text/event-stream");
}

// Servers behind do not sign anybody in to Loquat, nor out of it.
bool is_session(const net::http::HeaderView& field) {
    return field.name.size() == 10 && net::http::equal_names(field.name, "set-cookie") &&
           sets_own_cookie(field.value);
}

}  // namespace

// The head goes on when something of the body can: an answer that breaks before is 502.  Events may
// come much later than their head, and their reader waits for it.
Task<void> Proxy::answer(Request& request, net::http::ClientCall& call, std::string_view first) {
    const net::http::ResponseHead& head = call.head();
    if (head.status == 101) {
        co_await open_tunnel(request, call);
        co_return;
    }
    if (head.framing == net::http::Framing::none) {
        co_await answer_without_body(request, head);
        co_return;
    }
    if (first.empty()) {
        first = call.take_buffered_body();
    }
    if (first.empty() && !call.is_body_done() && !has_events(head)) {
        const GoneCall told{request.exchange, call};
        first = co_await call.read_body();
    }
    // The end of a short chunked answer is often already here: then it leaves as one write.
    const std::string_view second =
        call.is_body_done() ? std::string_view{} : call.take_buffered_body();
    if (request.fetch != nullptr) {
        request.fetch->take_piece(first);
        request.fetch->take_piece(second);
    }
    write_answer_head(request, head);
    if (second.empty() && call.is_body_done()) {
        if (request.fetch != nullptr) {
            request.fetch->finish();
        }
        co_await request.exchange.finish(first);
        co_return;
    }
    co_await answer_piecewise(request, call, first, second);
}

Task<void> Proxy::answer_without_body(Request& request, const net::http::ResponseHead& head) {
    write_answer_head(request, head);
    if (!request.head.is("HEAD")) {
        co_await request.exchange.finish({});
        co_return;
    }
    request.exchange.begin_body(parse_number(head.headers.get("Content-Length")));
    co_await request.exchange.end_body();
}

Task<void> Proxy::answer_piecewise(Request& request, net::http::ClientCall& call,
                                   std::string_view first, std::string_view second) {
    const net::http::ResponseHead& head = call.head();
    const bool has_length = head.framing == net::http::Framing::length;
    request.exchange.begin_body(has_length ? std::optional{head.content_length} : std::nullopt);
    const GoneCall told{request.exchange, call};
    // A download is one answer, however long it takes; events never end by themselves.
    const Standing standing{Holder{settings_.rights, request},
                            has_events(head) ? Lasts::token : Lasts::session,
                            [&call] { call.cancel(); }};
    standing.require();
    co_await request.exchange.write_body(first);
    co_await request.exchange.write_body(second);
    co_await request.exchange.flush();
    // Their reader comes back, from where it was, and is led to another one.
    aio::Timer silence{[&call] { call.cancel(); }};
    const bool is_watched = has_events(head) && request.route->trust == UpstreamTrust::platform;
    while (!call.is_body_done()) {
        if (is_watched) {
            silence.start(loop_, silence_max);
        }
        const std::string_view piece = co_await call.read_body();
        silence.stop();
        standing.require();
        if (request.fetch != nullptr) {
            request.fetch->take_piece(piece);
        }
        co_await request.exchange.write_body(piece);
    }
    if (request.fetch != nullptr) {
        request.fetch->finish();
    }
    co_await request.exchange.end_body();
}

void Proxy::write_answer_steps(const Request& request, net::http::HeadWriter& out) {
    for (const FieldStep& step : request.route->filters.answer_fields()) {
        if (step.kind != FieldStep::Kind::remove) {
            out.add(step.name, fill_in(step.value, request.parameters));
        }
    }
}

void Proxy::write_answer_head(const Request& request, const net::http::ResponseHead& head) {
    net::http::HeadWriter out =
        responder_.start_bare(request, request.route->filters.status.value_or(head.status));
    const AnswerFieldFilter filter{head};
    const bool has_cors = !request.allowed_origin.empty();
    const bool has_limit = request.limit.limit > 0;
    const bool is_outside = request.route->trust == UpstreamTrust::outside;
    const std::vector<FieldStep>& steps = request.route->filters.answer_fields();
    const AnswerSteps& changes = request.route->filters.answer_steps();
    AnswerFieldList changed;  // only where they depend on each other
    AnswerFields seen;
    for (const net::http::HeaderView& field : head.headers) {
        if (!filter.lets_through(field.name, seen) || (is_outside && is_session(field))) {
            continue;
        }
        const auto begins = [&](std::string_view prefix) {
            return field.name.size() > prefix.size() &&
                   net::http::equal_names(field.name.substr(0, prefix.size()), prefix);
        };
        const bool is_said_by_us =
            (has_cors && begins("access-control-")) || (has_limit && begins("ratelimit-"));
        if (!is_said_by_us && changes.are_needed()) {
            changed.emplace_back(field.name, field.value);
        } else if (!is_said_by_us && !Filters::replaces(steps, field.name)) {
            out.forward(field.name, field.value);
        }
    }
    if (changes.are_needed()) {
        changes.apply(changed, {request.head.path, request.head.host, request.parameters});
        for (const auto& [name, value] : changed) {
            out.add(name, value);
        }
    } else {
        write_answer_steps(request, out);
    }
    if (request.fetch != nullptr) {
        out.raw(request.fetch->line());
    }
    out.raw(via_line(head.minor));
    if (!seen.has_date) {
        responder_.add_date(out);
    }
    if (!seen.has_nosniff) {
        out.raw(nosniff_line);
    }
    if (!seen.has_referrer_policy) {
        out.raw(referrer_line);
    }
    if (!seen.has_permissions_policy) {
        out.raw(permissions_line);
    }
}

Task<void> Proxy::open_tunnel(Request& request, net::http::ClientCall& call) {
    const net::http::ResponseHead& head = call.head();
    if (!request.is_websocket) {
        throw Failure{Kind::unavailable, "upstream.bad_answer",
                      "The other server's answer is not valid.", "it changed protocols unasked"};
    }
    net::http::Headers fields{{"Connection", "Upgrade"},
                              {"Upgrade", std::string{head.headers.get("Upgrade")}},
                              {"X-Request-Id", std::string{request.id()}}};
    const bool is_outside = request.route->trust == UpstreamTrust::outside;
    const AnswerFieldFilter filter{head};
    AnswerFields seen;
    for (const net::http::HeaderView& field : head.headers) {
        if (filter.lets_through(field.name, seen) && !(is_outside && is_session(field))) {
            fields.append(std::string{field.name}, std::string{field.value});
        }
    }
    fields.append("Via", head.minor == 0 ? "1.0 loquat" : "1.1 loquat");
    std::string early;
    net::Stream upstream = call.take_stream(early);
    const Holder holder{settings_.rights, request};
    net::http::TakenStream client = co_await request.exchange.upgrade(fields);
    tunnels_.start(std::move(client), std::move(upstream), std::move(early), holder);
}

}  // namespace loquat::gateway
