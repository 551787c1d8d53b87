#include "net/http/client.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "net/http/client_state.hpp"
#include "net/http/target.hpp"

namespace loquat::net::http {

std::optional<Origin> Origin::parse(std::string_view url) {
    Origin origin;
    if (url.starts_with("http://")) {
        url.remove_prefix(7);
    } else if (url.starts_with("https://")) {
        url.remove_prefix(8);
        origin.scheme = Scheme::https;
        origin.port = 443;
    } else {
        return std::nullopt;
    }
    if (url.ends_with('/')) {
        url.remove_suffix(1);
    }
    if (!detail::is_valid_authority(url)) {
        return std::nullopt;
    }
    const std::size_t bracket = url.find(']');
    const std::size_t colon = url.find(':', bracket == std::string_view::npos ? 0 : bracket);
    std::string_view host = url.substr(0, colon);
    if (colon != std::string_view::npos) {
        origin.port = static_cast<std::uint16_t>(parse_number(url.substr(colon + 1)).value_or(0));
    }
    if (host.starts_with('[')) {
        host = host.substr(1, host.size() - 2);
    }
    origin.host = host;
    return origin.port == 0 ? std::nullopt : std::optional<Origin>{origin};
}

std::string Origin::authority() const {
    const bool v6 = host.find(':') != std::string::npos;
    std::string text = v6 ? "[" + host + "]" : host;
    const std::uint16_t usual = scheme == Scheme::http ? 80 : 443;
    if (port != usual) {
        text += ":" + std::to_string(port);
    }
    return text;
}

Client::Client(aio::Loop& loop, ClientConfig config)
    : state_(std::make_unique<ClientState>(loop, std::move(config))) {}

Client::~Client() = default;

Task<ClientResponse> Client::request(ClientRequest request, Steady deadline) {
    ClientCall call{*this, request.origin, deadline};
    HeadWriter head = call.start(request.method, request.target);
    if (!request.headers.contains("Host")) {
        head.add("Host", request.origin.authority());
    }
    for (const Headers::Item& item : request.headers) {
        head.add(item.name, item.value);
    }
    const bool safe = request.method == "GET" || request.method == "HEAD";
    co_await call.send(request.body, safe ? Replay::allowed : request.replay);
    co_await call.read_head();
    ClientResponse response;
    response.status = call.head().status;
    for (const HeaderView& header : call.head().headers) {
        response.headers.append(std::string{header.name}, std::string{header.value});
    }
    for (;;) {
        const std::string_view piece = co_await call.read_body();
        if (piece.empty()) {
            break;
        }
        if (response.body.size() + piece.size() > state_->config.body_bytes_max) {
            throw Failure{Kind::unavailable, "upstream.bad_answer",
                          "The other server's answer is not valid.",
                          request.origin.authority() + ": the body is too large"};
        }
        response.body += piece;
    }
    co_return response;
}

void Client::leave(const Origin& origin) { state_->leave(origin); }
ClientCounts Client::counts() const { return state_->counts; }
aio::Loop& Client::loop() const { return state_->loop; }

}  // namespace loquat::net::http
