#include "services/registry/web.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/front/problem.hpp"
#include "services/registry/page/page.hpp"
#include "wire/codec.hpp"

namespace loquat::registry {
namespace {

using net::http::RequestHead;
using net::http::Response;

constexpr std::size_t body_bytes_max = 256 * 1024;
constexpr std::size_t batch_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t zipped_from_bytes = 1024;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t list_max = 1'000;
constexpr std::size_t page_max = 500;
constexpr std::size_t gone_max = 50;

// A text that many readers share, in pieces: a slow one holds no copy of it.
class SharedBody final : public net::http::BodySource {
  public:
    SharedBody(std::shared_ptr<EncodedText> keep, const std::string& text)
        : keep_(std::move(keep)), text_(text) {}

    Task<std::optional<std::string>> next() override {
        if (sent_ == text_.size()) {
            co_return std::nullopt;
        }
        std::string piece = text_.substr(sent_, piece_bytes);
        sent_ += piece.size();
        co_return piece;
    }
    std::optional<std::uint64_t> length() const override { return text_.size(); }

  private:
    std::shared_ptr<EncodedText> keep_;
    const std::string& text_;
    std::size_t sent_ = 0;
};

bool takes_gzip(const RequestHead& head) {
    for (const std::string_view one : split(head.headers.get("Accept-Encoding"), ',')) {
        const std::size_t end = std::min(one.find(';'), one.size());
        const std::string quality = to_lower_ascii(one.substr(end));
        const bool is_refused = quality.find("q=0") != std::string::npos &&
                                quality.find_first_of("123456789") == std::string::npos;
        if (equal_ignoring_case(trim(one.substr(0, end)), "gzip") && !is_refused) {
            return true;
        }
    }
    return false;
}

[[noreturn]] void refuse_path() {
    throw Failure{Kind::malformed, "request.malformed_path", "The path cannot be read."};
}

std::string decode(std::string_view text) {
    auto decoded = percent_decode(text);
    if (!decoded || !is_utf8(*decoded) || find_control_character(*decoded)) {
        refuse_path();
    }
    return std::move(*decoded);
}

// Empty ones count for nothing: clients end collections with a slash, or double one.
std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    for (const std::string_view part : split(path, '/')) {
        if (!part.empty()) {
            segments.push_back(decode(part));
        }
    }
    return segments;
}

std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const std::string_view one : split(query, '&')) {
        if (one.empty()) {
            continue;
        }
        std::string plain{one};
        std::ranges::replace(plain, '+', ' ');
        const std::size_t equals = std::min(plain.find('='), plain.size());
        parameters.emplace_back(
            decode(std::string_view{plain}.substr(0, equals)),
            decode(std::string_view{plain}.substr(std::min(equals + 1, plain.size()))));
    }
    return parameters;
}

Response plain_response(int status, std::string text) {
    Response response{.status = status, .body = std::move(text)};
    if (!response.body.empty()) {
        response.headers.append("Content-Type", "text/plain;charset=UTF-8");
    }
    return response;
}

Response json_response(std::string json) {
    Response response{.body = std::move(json)};
    response.headers.append("Content-Type", "application/json");
    response.headers.append("Cache-Control", "no-store");
    return response;
}

Response redirect(std::string to) {
    Response response{.status = 302};
    response.headers.append("Location", std::move(to));
    return response;
}

// Eureka's clients take a body of JSON for an instance: what goes wrong is told as text.
Response failed(const Failure& failure) {
    Response response = plain_response(http_status(failure.kind), failure.message);
    if (failure.kind == Kind::unavailable) {
        response.headers.append("Retry-After", "1");
    }
    return response;
}

}  // namespace

struct Web::Request {
    std::string_view method;
    std::vector<std::string> path;
    std::vector<std::pair<std::string, std::string>> query;
    const RequestHead& head;
    bool is_trusted = false;

    std::string get(std::string_view name) const {
        for (const auto& [key, value] : query) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }
};

Web::Web(const runtime::Context& context, Registry& registry, const Config& config)
    : context_(context), registry_(registry), own_names_(context.known_services()) {
    for (std::string& name : own_names_) {
        name = to_app_name(name);
    }
    if (!config.password.empty()) {
        credentials_ = "Basic " + to_base64(config.username + ":" + config.password);
    }
}

bool Web::is_allowed(const RequestHead& head, bool is_ours) const {
    return credentials_.empty() || is_ours ||
           equal_in_constant_time(trim(head.headers.get("Authorization")), credentials_);
}

Task<Response> Web::answer(net::http::Exchange& exchange) {
    const RequestHead& head = exchange.head();
    const bool is_ours = context_.is_ours(exchange);
    if (!is_allowed(head, is_ours)) {
        Response refused = plain_response(401, "A name and a password are needed.");
        refused.headers.append("WWW-Authenticate", "Basic realm=\"registry\"");
        co_return refused;
    }
    Request request{.method = head.is("HEAD") ? "GET" : head.method,
                    .path = segments_of(head.path),
                    .query = parameters_of(head.query),
                    .head = head,
                    .is_trusted = is_ours};
    const std::vector<std::string>& path = request.path;
    if (!path.empty() && path[0] == "eureka") {
        co_return co_await answer_eureka(exchange, std::move(request));
    }
    if (request.method != "GET") {
        throw Failure{Kind::not_allowed, "request.method_not_allowed", "Only GET is known here."};
    }
    if (path.size() == 3 && path[0] == "api" && path[1] == "registry" && registry_.is_ready()) {
        if (path[2] == "watch") {
            co_return watch(request);
        }
        if (path[2] == "apps") {
            co_return list(request);
        }
    }
    if (path.empty() || (path.size() == 1 && path[0] == "lastn")) {
        co_return redirect("/registry");
    }
    if (path[0] == "registry" && path.size() <= 2) {
        co_return page(request);
    }
    if (path[0] == "api" && !registry_.is_ready()) {
        throw Failure{Kind::unavailable, "registry.starting",
                      "The registry is still catching up with its peers."}
            .retry_in(std::chrono::seconds{1});
    }
    throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
}

Task<std::string> Web::read_body(net::http::Exchange& exchange, std::size_t bytes_max) const {
    std::string body = co_await exchange.read_body(bytes_max);
    // A client may name the encoding of a body that it does not have.
    if (!body.empty() &&
        equal_ignoring_case(exchange.head().headers.get("Content-Encoding"), "gzip")) {
        auto plain = net::http::gunzip(body, bytes_max);
        if (!plain) {
            throw Failure{Kind::malformed, "registry.malformed",
                          "The body is no gzip, or too large."};
        }
        body = std::move(*plain);
    }
    co_return body;
}

Task<Response> Web::answer_eureka(net::http::Exchange& exchange, Request request) {
    const RequestHead& head = request.head;
    auto& path = request.path;
    path.erase(path.begin());
    if (!path.empty() && (path[0] == "v1" || path[0] == "v2")) {
        path.erase(path.begin());
    }
    const bool is_batch = !path.empty() && path[0] == "peerreplication";
    if (!registry_.is_ready() && !is_batch) {
        Response starting{.status = 503};
        starting.headers.append("Retry-After", "1");
        starting.headers.append("X-Loquat-Registry", "starting");
        co_return starting;
    }
    std::optional<Failure> failed_as;
    try {
        const std::string body =
            co_await read_body(exchange, is_batch ? batch_bytes_max : body_bytes_max);
        const std::string accept = to_lower_ascii(head.headers.get("Accept"));
        const std::string type = to_lower_ascii(head.headers.get("Content-Type"));
        const bool is_peer =
            equal_ignoring_case(head.headers.get("x-netflix-discovery-replication"), "true");
        const EurekaRequest asked{
            .method = request.method,
            .path = std::move(path),
            .query = std::move(request.query),
            .body = body,
            .wants_json = accept.find("json") != std::string::npos,
            .has_xml = type.find("xml") != std::string::npos,
            .detail = equal_ignoring_case(head.headers.get("X-Eureka-Accept"), "compact")
                          ? Detail::compact
                          : Detail::full,
            .origin = is_peer ? Origin::peer : Origin::client,
            .is_trusted = request.is_trusted};
        co_return to_response(registry_.answer(asked), head);
    } catch (const Failure& failure) {
        if (failure.code == "net.closed") {
            throw;
        }
        failed_as = failure;
    }
    co_return failed(*failed_as);
}

Response Web::to_response(EurekaReply reply, const RequestHead& head) {
    Response response{.status = reply.status, .body = std::move(reply.body)};
    if (!reply.type.empty()) {
        response.headers.append("Content-Type", std::move(reply.type));
        response.headers.append("Vary", "Accept, Accept-Encoding, X-Eureka-Accept");
    }
    // What all ask for is packed however small it is, as Eureka's clients are used to.
    const bool is_zipped =
        takes_gzip(head) && (reply.whole || response.body.size() >= zipped_from_bytes);
    if (is_zipped) {
        response.headers.append("Content-Encoding", "gzip");
    }
    if (reply.whole) {
        const std::string& text = is_zipped ? reply.whole->zipped(gzip_) : reply.whole->plain();
        if (text.size() <= piece_bytes) {
            response.body = text;
        } else {
            response.stream = std::make_unique<SharedBody>(reply.whole, text);
        }
    } else if (is_zipped) {
        response.body = gzip_.encode(response.body);
    }
    return response;
}

Response Web::list(const Request& request) const {
    const std::string limit_text = request.get("limit");
    const auto limit = limit_text.empty() ? std::uint64_t{100} : parse_number(limit_text);
    if (!limit || *limit < 1 || *limit > list_max) {
        throw invalid_field("limit", "out_of_range", "must be a number from 1 to 1000");
    }
    return json_response(wire::encode(registry_.list(
        {.after = request.get("after"), .limit = *limit, .text = request.get("q")})));
}

Held Web::read_holder(std::string_view text, bool is_trusted) const {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        throw invalid_field("instance", "malformed", "must be APPLICATION/ID");
    }
    Held held{to_app_name(text.substr(0, slash)), std::string{text.substr(slash + 1)}};
    if (!is_trusted && std::ranges::find(own_names_, held.app) != own_names_.end()) {
        throw Failure{Kind::forbidden, "registry.own_name",
                      "An instance of the platform's own needs the internal key."};
    }
    return held;
}

Response Web::watch(const Request& request) {
    const std::string_view last = request.head.headers.get("Last-Event-ID");
    const std::string since = last.empty() ? request.get("since") : std::string{last};
    std::optional<WatchPlace> place;
    if (!since.empty()) {
        place = read_place(since);
        if (!place && last.empty()) {
            throw invalid_field("since", "malformed", "must be a version, or EPOCH-VERSION");
        }
        if (place && place->epoch.empty()) {
            place->epoch = request.get("epoch");
        }
    }
    std::vector<Held> holders;
    for (const auto& [name, value] : request.query) {
        if (name == "instance") {
            holders.push_back(read_holder(value, request.is_trusted));
        }
    }
    return runtime::make_event_stream(registry_.watch(std::move(place), std::move(holders)));
}

Response Web::page(const Request& request) const {
    if (request.path.size() == 2) {
        const bool is_style = request.path[1] == "style.css";
        if (!is_style && request.path[1] != "live.js") {
            throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
        }
        Response response{.body = std::string{is_style ? page_style() : page_script()}};
        response.headers.append("Content-Type", is_style ? "text/css; charset=utf-8"
                                                         : "text/javascript; charset=utf-8");
        response.headers.append("Cache-Control", "no-cache");
        response.headers.append("X-Content-Type-Options", "nosniff");
        return response;
    }
    PageContent content{
        .shown = registry_.list(
            {.after = request.get("after"), .limit = page_max, .text = request.get("q")}),
        .gone = registry_.list_gone(gone_max),
        .text = request.get("q"),
        .is_ready = registry_.is_ready(),
        .now = context_.clock().now()};
    for (const auto& replicator : registry_.replicators()) {
        content.peers.push_back({.name = replicator->peer(),
                                 .is_reached = replicator->is_reached(),
                                 .waiting = replicator->tasks().size()});
    }
    Response response{.body = registry_page(content)};
    response.headers.append("Content-Type", "text/html; charset=utf-8");
    response.headers.append("Cache-Control", "no-store");
    response.headers.append("Content-Security-Policy",
                            "default-src 'none'; script-src 'self'; style-src 'self'; "
                            "connect-src 'self'; form-action 'self'; base-uri 'none'; "
                            "frame-ancestors 'none'");
    response.headers.append("X-Content-Type-Options", "nosniff");
    response.headers.append("Referrer-Policy", "no-referrer");
    return response;
}

}  // namespace loquat::registry
