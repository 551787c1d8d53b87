#include "services/config/rest.hpp"

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t body_bytes_max = 64 * 1024;

std::string decoded(std::string_view text) {
    auto plain = percent_decode(text);
    if (!plain) {
        throw Failure{Kind::malformed, "request.malformed_path", "The path has a bad escape."};
    }
    return *std::move(plain);
}

// An escaped slash is part of a segment.  One slash at the end is passed over.
std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    for (const std::string_view part : split(path.substr(1), '/')) {
        segments.push_back(decoded(part));
    }
    if (segments.back().empty()) {
        segments.pop_back();
    }
    return segments;
}

std::vector<std::pair<std::string, std::string>> query_of(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const std::string_view part : split(query, '&')) {
        const std::size_t equals = std::min(part.find('='), part.size());
        const auto name = percent_decode(part.substr(0, equals));
        const auto value = percent_decode(part.substr(std::min(equals + 1, part.size())));
        if (!part.empty() && name && value) {
            all.emplace_back(*name, *value);
        }
    }
    return all;
}

net::http::Response to_response(ConfigReply reply) {
    if (reply.status >= 400 && reply.body.empty()) {
        throw Failure{reply.status == 405 ? Kind::not_allowed : Kind::not_found,
                      reply.status == 405 ? "request.method_not_allowed" : "request.no_route",
                      "There is nothing here."};
    }
    net::http::Response response{.status = reply.status, .body = std::move(reply.body)};
    if (!reply.type.empty()) {
        response.headers.append("Content-Type", std::move(reply.type));
    }
    if (!reply.last_modified.empty()) {
        response.headers.append("Last-Modified", std::move(reply.last_modified));
    }
    response.headers.append("Cache-Control", "no-store");
    return response;
}

}  // namespace

Rest::Rest(const Config& config, SourcePort& source, const ConfigFront& front,
           runtime::Metrics& metrics)
    : config_(config),
      source_(source),
      front_(front),
      requests_(metrics.counter("loquat_config_requests_total", "Requests for configuration.")) {}

bool Rest::may_ask(const net::http::RequestHead& head) const {
    if (config_.password.empty()) {
        return true;
    }
    constexpr std::string_view scheme = "basic ";
    const std::string_view field = head.headers.get("Authorization");
    if (!equal_ignoring_case(field.substr(0, scheme.size()), scheme)) {
        return false;
    }
    const auto given = from_base64(trim(field.substr(scheme.size())));
    return given && equal_in_constant_time(*given, config_.username + ":" + config_.password);
}

Task<net::http::Response> Rest::answer(net::http::Exchange& exchange) {
    requests_.add();
    if (!may_ask(exchange.head())) {
        net::http::Response refusal{.status = 401};
        refusal.headers.append("WWW-Authenticate", "Basic realm=\"config\"");
        co_return refusal;
    }
    co_return co_await answer_of_files(exchange);
}

Task<net::http::Response> Rest::answer_of_files(net::http::Exchange& exchange) {
    const net::http::RequestHead& head = exchange.head();
    ConfigRequest request{.method = head.method,
                          .path = segments_of(head.path),
                          .query = query_of(head.query),
                          .content_type = head.headers.get("Content-Type"),
                          .accept = head.headers.get("Accept"),
                          .if_modified_since = head.headers.get("If-Modified-Since")};
    const std::string body = co_await exchange.read_body(body_bytes_max);
    request.body = body;
    std::vector<SnapshotPtr> snapshots;
    for (const std::string& label : front_.labels_of(request)) {
        auto snapshot = co_await source_.find(label);
        if (!snapshot) {
            throw Failure{Kind::not_found, "config.unknown_label",
                          "There is no label " + label + "."};
        }
        snapshots.push_back(std::move(snapshot));
    }
    co_return to_response(front_.answer(request, snapshots));
}

}  // namespace loquat::config
