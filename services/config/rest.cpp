#include "services/config/rest.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "runtime/calls/caller_header.hpp"
#include "services/config/domain/names.hpp"
#include "services/config/domain/push.hpp"

namespace loquat::config {
namespace {

constexpr std::string_view bus = "/actuator/busrefresh";
constexpr std::size_t body_bytes_max = 64 * 1024;
constexpr std::size_t push_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t vote_bytes_max = 256 * 1024;

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

net::http::Response json_response(std::string body) {
    net::http::Response response{.status = 200, .body = std::move(body)};
    response.headers.append("Content-Type", "application/json");
    response.headers.append("Cache-Control", "no-store");
    return response;
}

using Query = std::vector<std::pair<std::string, std::string>>;

std::string value_of(const Query& query, std::string_view name) {
    const auto found = std::ranges::find(query, name, &Query::value_type::first);
    constexpr std::size_t bytes_max = 200;
    return found == query.end() ? std::string{} : found->second.substr(0, bytes_max);
}

// ?applications=loquat,auth&profile=dev&label=main
FollowerKey key_of(const Query& query) {
    FollowerKey key;
    const std::string applications = value_of(query, "applications");
    const std::string profile = value_of(query, "profile");
    const std::string label = value_of(query, "label");
    auto profiles = read_profiles(profile.empty() ? "default" : profile);
    if (!is_application(applications) || !profiles || (!label.empty() && !is_label(label))) {
        throw Failure{Kind::malformed, "config.bad_name",
                      "An application, a profile or the label is no name."};
    }
    for (const std::string_view name : split(applications, ',')) {
        key.applications.emplace_back(name);
    }
    key.profiles = *std::move(profiles);
    key.label = label;
    return key;
}

}  // namespace

Rest::Rest(Parts parts)
    : parts_(parts),
      requests_(parts.context.metrics().counter("loquat_config_requests_total",
                                                "Requests for configuration.")) {}

bool Rest::may_ask(const net::http::RequestHead& head) const {
    if (parts_.config.password.empty()) {
        return true;
    }
    constexpr std::string_view scheme = "basic ";
    const std::string_view field = head.headers.get("Authorization");
    if (!equal_ignoring_case(field.substr(0, scheme.size()), scheme)) {
        return false;
    }
    const auto given = from_base64(trim(field.substr(scheme.size())));
    return given &&
           equal_in_constant_time(*given, parts_.config.username + ":" + parts_.config.password);
}

bool Rest::has_own(std::string_view path) const {
    return path.starts_with(bus) && (path.size() == bus.size() || path[bus.size()] == '/');
}

Task<net::http::Response> Rest::answer(net::http::Exchange& exchange) {
    requests_.add();
    const net::http::RequestHead& head = exchange.head();
    const bool is_post = head.is("POST");
    if (is_post && head.path == "/monitor" && !parts_.config.monitor_secret.empty()) {
        co_return co_await monitor(exchange);
    }
    // Processes of the house name their key instead.
    if (!may_ask(head) && !parts_.context.is_ours(exchange)) {
        net::http::Response refusal{.status = 401};
        refusal.headers.append("WWW-Authenticate", "Basic realm=\"config\"");
        co_return refusal;
    }
    if (is_post && head.path == "/monitor") {
        co_return co_await monitor(exchange);
    }
    if (has_own(head.path)) {
        if (!is_post) {
            co_return to_response(ConfigReply{.status = 405, .type = {}, .body = {}});
        }
        std::string destination =
            decoded(head.path.substr(std::min(bus.size() + 1, head.path.size())));
        std::ranges::replace(destination, '/', ':');
        co_return co_await bus_refresh(std::move(destination));
    }
    constexpr std::string_view ours = "/api/config/";
    for (const std::string_view what : {"state", "follow", "votes", "followers", "changes"}) {
        if (head.path == std::string{ours} + std::string{what}) {
            co_return co_await answer_followers(exchange, what);
        }
    }
    co_return co_await answer_of_files(exchange);
}

Task<net::http::Response> Rest::answer_followers(net::http::Exchange& exchange,
                                                 std::string_view what) {
    const net::http::RequestHead& head = exchange.head();
    if (head.is("POST") != (what == "votes")) {
        co_return to_response(ConfigReply{.status = 405, .type = {}, .body = {}});
    }
    if ((what == "votes" || what == "follow") && !parts_.context.is_ours(exchange)) {
        throw Failure{Kind::forbidden, "upstream.refused_us",
                      "This is for processes of the platform: give all the same internal key, or "
                      "certificates."};
    }
    if (what == "votes") {
        const std::string body = co_await exchange.read_body(vote_bytes_max);
        const bool is_taken =
            parts_.following.vote(wire::decode<contracts::ConfigVote>(wire::parse(body)));
        co_return net::http::Response{.status = is_taken ? 204 : 410};
    }
    if (what == "followers") {
        co_return json_response(wire::encode(parts_.following.followers()));
    }
    if (what == "changes") {
        co_return json_response(wire::encode(parts_.following.changes()));
    }
    const auto query = query_of(head.query);
    FollowerKey key = key_of(query);
    if (what == "state") {
        const contracts::ConfigState state = co_await parts_.following.state(std::move(key));
        co_return json_response(wire::encode(state));
    }
    co_return co_await parts_.following.follow(std::move(key), value_of(query, "instance"));
}

Task<void> Rest::look_for_news() {
    std::string problem;
    try {
        co_await parts_.source.refresh();
    } catch (const Failure& failure) {
        problem = failure.message;
    }
    if (!problem.empty()) {
        log_warn(parts_.context.log_context(), "there may be news that cannot be fetched",
                 {{"problem", problem}});
    }
    parts_.following.on_change();
}

Task<net::http::Response> Rest::monitor(net::http::Exchange& exchange) {
    const std::string body = co_await exchange.read_body(push_bytes_max);
    const FieldOf field = [&exchange](std::string_view name) {
        return exchange.head().headers.get(name);
    };
    const std::string& secret = parts_.config.monitor_secret;
    if (!secret.empty() && !is_signed(field, body, secret)) {
        throw Failure{Kind::unauthenticated, "config.bad_signature",
                      "The call is not signed with config.monitor_secret."};
    }
    const std::vector<std::string> services = services_of_files(changed_files(field, body));
    if (!services.empty()) {
        co_await look_for_news();
    }
    co_return json_response(wire::encode(services));
}

Task<net::http::Response> Rest::bus_refresh(std::string destination) {
    co_await look_for_news();
    parts_.following.refresh(destination);
    co_await parts_.registered.refresh(std::move(destination));
    co_return net::http::Response{.status = 204};
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
    for (const std::string& label : parts_.front.labels_of(request)) {
        auto snapshot = co_await parts_.source.find(label);
        if (!snapshot) {
            throw Failure{Kind::not_found, "config.unknown_label",
                          "There is no label " + label + "."};
        }
        snapshots.push_back(std::move(snapshot));
    }
    co_return to_response(parts_.front.answer(request, snapshots));
}

}  // namespace loquat::config
