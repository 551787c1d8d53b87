#include "apps/loquat/chat_server.hpp"

#include <fstream>

#include "base/cut.hpp"
#include "base/text.hpp"
#include "net/tls/context.hpp"

namespace loquat::app {
namespace {

using net::http::ClientRequest;

constexpr std::chrono::seconds call_time_max{30};
constexpr std::chrono::hours stream_time_max{24};

net::http::Origin parse_url(std::string url) {
    while (url.ends_with('/')) {
        url.pop_back();
    }
    const auto origin = net::http::Origin::parse(url);
    if (!origin) {
        throw Failure{Kind::invalid, "chat.bad_url",
                      url + " is no address of a server; write http://HOST:PORT or https://HOST."};
    }
    return *origin;
}

net::http::ClientConfig config_for(const net::http::Origin& origin, const std::string& ca_file) {
    net::http::ClientConfig config;
    if (origin.scheme != net::http::Scheme::https) {
        return config;
    }
    if (ca_file.empty()) {
        config.tls = net::tls::ClientContext::make();
        return config;
    }
    std::ifstream file{ca_file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.empty()) {
        throw Failure{Kind::invalid, "chat.no_ca_file",
                      "No certificate can be read from " + ca_file + "."};
    }
    config.tls = net::tls::ClientContext::make_trusting(text);
    return config;
}

Failure with_hint(Failure failure) {
    failure.message +=
        " Where the server has a certificate of its own (loquat up --tls-self-signed keeps it in "
        "its data folder as self-signed.pem), trust it with --ca-file FILE.";
    return failure;
}

std::string text_of(const wire::Value& value, std::string_view name) {
    const wire::Value* member = value.find(name);
    return member != nullptr && member->if_string() != nullptr ? *member->if_string()
                                                               : std::string{};
}

// What a problem body (RFC 9457) says; each field that was refused by its name.
Failure failure_of(int status, const std::string& body) {
    const Kind kind = kind_of_status(status).value_or(Kind::unavailable);
    Failure failure{kind, "http." + std::to_string(status),
                    "The server answered with " + std::to_string(status) + "."};
    try {
        const wire::Value problem = wire::parse(body);
        const std::string detail = text_of(problem, "detail");
        const std::string title = text_of(problem, "title");
        if (const std::string code = text_of(problem, "code"); !code.empty()) {
            failure.code = code;
        }
        if (!detail.empty() || !title.empty()) {
            failure.message = detail.empty() ? title : detail;
        }
    } catch (const Failure&) {
        failure.detail = cut_text(body, 200);
    }
    return failure;
}

}  // namespace

ChatServer::ChatServer(aio::Loop& loop, const std::string& url, const std::string& ca_file)
    : origin_(parse_url(url)), client_(loop, config_for(origin_, ca_file)) {}

ClientRequest ChatServer::make_request(std::string method, std::string target) const {
    return {.origin = origin_, .method = std::move(method), .target = std::move(target)};
}

Task<std::string> ChatServer::send(ClientRequest request) {
    const Steady deadline = std::chrono::steady_clock::now() + call_time_max;
    net::http::ClientResponse answer;
    try {
        answer = co_await client_.request(std::move(request), deadline);
    } catch (const Failure& failure) {
        if (failure.code == "upstream.untrusted") {
            throw with_hint(failure);
        }
        throw;
    }
    if (answer.status >= 300) {
        throw failure_of(answer.status, answer.body);
    }
    co_return std::move(answer.body);
}

Task<void> ChatServer::renew() { access_token_ = co_await renew_(); }

Task<std::string> ChatServer::call_as_nobody(std::string method, std::string target,
                                             std::string body) {
    ClientRequest request = make_request(std::move(method), std::move(target));
    request.headers.append("Content-Type", "application/json");
    request.body = std::move(body);
    co_return co_await send(std::move(request));
}

Task<std::string> ChatServer::call(std::string method, std::string target, std::string body) {
    ClientRequest request = make_request(std::move(method), std::move(target));
    if (!body.empty()) {
        request.headers.append("Content-Type", "application/json");
        request.body = std::move(body);
    }
    ClientRequest again = request;
    request.headers.append("Authorization", "Bearer " + access_token_);
    std::optional<Failure> expired;
    try {
        co_return co_await send(std::move(request));
    } catch (const Failure& failure) {
        if (failure.code != "auth.token_expired" || !renew_) {
            throw;
        }
        expired = failure;
    }
    co_await renew();
    again.headers.append("Authorization", "Bearer " + access_token_);
    co_return co_await send(std::move(again));
}

Task<std::unique_ptr<net::http::EventSource>> ChatServer::open_stream(std::string target,
                                                                      std::int64_t last_event_id) {
    const Steady deadline = std::chrono::steady_clock::now() + stream_time_max;
    for (bool has_renewed = false;;) {
        ClientRequest request = make_request("GET", target);
        request.headers.append("Authorization", "Bearer " + access_token_);
        if (last_event_id > 0) {
            request.headers.append("Last-Event-ID", std::to_string(last_event_id));
        }
        auto source =
            std::make_unique<net::http::EventSource>(client_, std::move(request), deadline);
        const int status = co_await source->open();
        if (source->is_stream()) {
            co_return source;
        }
        if (status == 204) {
            co_return nullptr;
        }
        const Failure failure = failure_of(status, source->refusal());
        if (failure.code != "auth.token_expired" || !renew_ || std::exchange(has_renewed, true)) {
            throw failure;
        }
        co_await renew();
    }
}

}  // namespace loquat::app
