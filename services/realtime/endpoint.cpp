#include "services/realtime/endpoint.hpp"

#include "base/text.hpp"
#include "net/websocket/handshake.hpp"
#include "runtime/front/problem.hpp"
#include "runtime/rights/tokens.hpp"
#include "services/realtime/adapters/stream_link.hpp"
#include "services/realtime/domain/origin.hpp"

namespace loquat::realtime {

namespace websocket = net::websocket;

namespace {

constexpr std::array<std::string_view, 3> subprotocols{"v12.stomp", "v11.stomp", "v10.stomp"};
constexpr std::chrono::seconds overload_pause{5};

// List fields may come more than once (RFC 9110 section 5.3).
std::string joined(const net::http::HeaderViews& headers, std::string_view name) {
    std::string all;
    for (const net::http::HeaderView& header : headers) {
        if (net::http::equal_names(header.name, name)) {
            all.append(all.empty() ? "" : ", ").append(header.value);
        }
    }
    return all;
}

std::string token_of(const net::http::RequestHead& head) {
    const std::string_view bearer = runtime::bearer_token(head.headers.get("Authorization"));
    if (!bearer.empty()) {
        return std::string{bearer};
    }
    for (const std::string_view part : split(head.query, '&')) {
        if (part.starts_with("access_token=")) {
            return percent_decode(part.substr(part.find('=') + 1)).value_or("");
        }
    }
    return {};
}

net::http::Response refusal(const websocket::HandshakeRefusal& refused, std::string_view id) {
    const Failure failure{Kind::malformed, "websocket.bad_handshake", refused.reason};
    net::http::Response response = runtime::problem_response(failure, id);
    if (refused.status == 426) {
        // RFC 6455 section 4.4; the closed list of kinds has no name for it.
        response.status = 426;
        response.body = R"({"type":"about:blank","title":"Upgrade Required","status":426,)"
                        R"("code":"websocket.unsupported_version"})";
        response.headers.set("Sec-WebSocket-Version", "13");
        response.headers.set("Upgrade", "websocket");
    }
    return response;
}

}  // namespace

void Endpoint::check_capacity() const {
    if (node_.is_draining()) {
        throw Failure{Kind::unavailable, "server.restarting", "The server restarts; connect again."}
            .retry_in(overload_pause);
    }
    if (node_.is_full()) {
        throw Failure{Kind::unavailable, "server.overloaded", "Too many connections."}.retry_in(
            overload_pause);
    }
}

Task<void> Endpoint::handle_upgrade(net::http::Exchange& exchange, contracts::Caller caller) {
    const net::http::RequestHead& head = exchange.head();
    check_capacity();
    if (!is_allowed_origin(caller.origin, caller.host, origins_)) {
        throw Failure{Kind::forbidden, "auth.origin_not_allowed",
                      "Pages of this origin may not connect."};
    }
    const std::string upgrade = joined(head.headers, "Upgrade");
    const std::string connection = joined(head.headers, "Connection");
    const std::string protocols = joined(head.headers, "Sec-WebSocket-Protocol");
    const std::string key = joined(head.headers, "Sec-WebSocket-Key");
    const std::string version = joined(head.headers, "Sec-WebSocket-Version");
    const std::string extensions = joined(head.headers, "Sec-WebSocket-Extensions");
    const websocket::UpgradeRequest request{.method = head.method,
                                            .upgrade = upgrade,
                                            .connection = connection,
                                            .key = key,
                                            .version = version,
                                            .protocols = protocols,
                                            .extensions = extensions};
    const auto policy = node_.config().deflate ? websocket::DeflatePolicy::accept
                                               : websocket::DeflatePolicy::refuse;
    const auto answer = websocket::check_handshake(request, {subprotocols, policy});
    // What follows the head is frames, not a body.
    if (head.framing == net::http::Framing::chunked || head.content_length > 0) {
        throw Failure{Kind::malformed, "websocket.bad_handshake", "A handshake has no body."};
    }
    if (!answer) {
        net::http::Response response = refusal(answer.error(), caller.request_id);
        co_await exchange.respond(std::move(response));
        co_return;
    }
    net::http::Headers headers{{"Upgrade", "websocket"},
                               {"Connection", "Upgrade"},
                               {"Sec-WebSocket-Accept", answer->accept}};
    if (!answer->protocol.empty()) {
        headers.append("Sec-WebSocket-Protocol", answer->protocol);
    }
    if (answer->is_deflated()) {
        headers.append("Sec-WebSocket-Extensions", answer->extensions);
    }
    Upgraded upgraded;
    upgraded.deflate_bits = static_cast<std::uint8_t>(answer->window_bits);
    upgraded.token = token_of(head);
    net::http::TakenStream taken = co_await exchange.upgrade(headers);
    upgraded.link = std::make_unique<StreamLink>(std::move(taken.stream));
    upgraded.early = std::move(taken.early);
    node_.accept(std::move(upgraded));
}

}  // namespace loquat::realtime
