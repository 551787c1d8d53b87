#include "services/gateway/proxy/proxy.hpp"

// Another server sees a share of a route's requests too.  Nobody waits for it, and nothing that it
// does is seen by who asked.
namespace loquat::gateway {
namespace {

// Says to a mirror that it is one.
constexpr std::string_view mirror_field = "X-Loquat-Mirror";

// Of a mirror's answer so much is read, so that its connection can be used again; then it is cut.
constexpr std::size_t read_max = 256 * 1024;

}  // namespace

void Proxy::mirror(const Request& request) {
    const Mirror& to = *request.route->mirror;
    std::uniform_real_distribution<double> draw{0, 100};
    if (request.is_websocket || draw(random_) >= to.rules.percent) {
        return;
    }
    int& under_way = mirrors_[request.route->id];
    const std::size_t bytes = request.body ? request.body->size() : 0;
    const bool is_whole = request.body || request.head.framing == net::http::Framing::none;
    if (!is_whole || bytes > to.rules.body_bytes_max || under_way >= to.rules.requests_max) {
        measures_.on_mirrored(Measures::Mirrored::dropped);
        return;
    }
    try {
        auto side =
            std::make_unique<SideCall>(request.routes, to.upstream, runtime::OperationClass::change,
                                       std::chrono::steady_clock::now() + to.rules.time_ms_max);
        prepare_side_call(request, *side).add(mirror_field, request.route->id);
        side->body = request.body;
        ++under_way;
        side_calls_.start(send_to_mirror(std::move(side), request.route->id));
    } catch (const Failure&) {
        measures_.on_mirrored(Measures::Mirrored::failed);
    }
}

// Never again: a mirror that is away misses what was sent meanwhile.
Task<void> Proxy::send_to_mirror(SideCallPtr side, std::string route) {
    struct Place {
        int& under_way;
        ~Place() { --under_way; }
    };
    const Place place{mirrors_[route]};
    Measures::Mirrored became = Measures::Mirrored::failed;
    try {
        const std::string_view body =
            side->body ? std::string_view{*side->body} : std::string_view{};
        co_await side->http->send(body, net::http::Replay::forbidden);
        co_await side->http->read_head();
        side->call.end(runtime::outcome_of(side->http->head().status));
        became = Measures::Mirrored::sent;
        std::size_t read = side->http->take_buffered_body().size();
        while (!side->http->is_body_done() && read < read_max) {
            const std::string_view piece = co_await side->http->read_body();
            read += piece.size();
        }
    } catch (const Failure&) {
        if (became == Measures::Mirrored::failed) {
            side->call.end(runtime::CallOutcome::failure);
        }
    }
    measures_.on_mirrored(became);
}

}  // namespace loquat::gateway
