#include "services/gateway/edge/responder.hpp"

#include "net/http/codec.hpp"
#include "runtime/front/problem.hpp"
#include "services/gateway/domain/cors.hpp"
#include "services/gateway/edge/standing.hpp"
#include "wire/json.hpp"

namespace loquat::gateway {
namespace {

constexpr std::string_view page_lines =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
    "Content-Security-Policy: default-src 'self'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view file_lines =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

std::string_view lines_of(Content content) {
    switch (content) {
        case Content::data:
            return data_lines;
        case Content::page:
            return page_lines;
        case Content::file:
            break;
    }
    return file_lines;
}

void add_number(net::http::HeadWriter& head, std::string_view name, std::int64_t value) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    head.forward(name, {text, static_cast<std::size_t>(end - text)});
}

void add_limit(net::http::HeadWriter& head, const Verdict& limit) {
    if (limit.limit == 0) {
        return;
    }
    add_number(head, "RateLimit-Limit", limit.limit);
    add_number(head, "RateLimit-Remaining", limit.remaining);
    add_number(head, "RateLimit-Reset", limit.reset.count());
}

// Statuses that no Kind has.
int status_of(const Failure& failure) {
    return failure.code == "upstream.bad_answer" ? 502 : http_status(failure.kind);
}

}  // namespace

net::http::HeadWriter Responder::start_bare(const Request& request, int status) {
    net::http::HeadWriter head = request.exchange.start(status);
    head.forward("X-Request-Id", request.id());
    if (request.client.is_secure) {
        head.raw(hsts_line);
    }
    if (!request.allowed_origin.empty()) {
        Cors::add_fields(head, request.allowed_origin);
    }
    add_limit(head, request.limit);
    return head;
}

net::http::HeadWriter Responder::start(const Request& request, int status, Content content) {
    net::http::HeadWriter head = start_bare(request, status);
    add_date(head);
    return head.raw(lines_of(content));
}

void Responder::add_date(net::http::HeadWriter& head) {
    date_.clear();
    net::http::append_date(date_);
    head.raw(date_);
}

Task<void> Responder::send(Request& request, const net::http::Response& response, Content content) {
    net::http::HeadWriter head = start(request, response.status, content);
    for (const auto& [name, value] : response.headers) {
        head.add(name, value);
    }
    co_await request.exchange.finish(response.body);
}

Task<void> Responder::send_stream(Request& request, net::http::Response& response) {
    net::http::HeadWriter head = start(request, response.status, Content::data);
    for (const auto& [name, value] : response.headers) {
        head.add(name, value);
    }
    net::http::Exchange& exchange = request.exchange;
    net::http::BodySource& source = *response.stream;
    exchange.on_client_gone([&source] { source.on_client_gone(); });
    exchange.begin_body(source.length());
    std::exception_ptr error;
    try {
        co_await exchange.flush();
        const bool has_body = !request.head.is("HEAD");
        while (has_body) {
            const std::optional<std::string> piece = co_await source.next();
            if (!piece || (request.standing != nullptr && !request.standing->holds())) {
                break;
            }
            co_await exchange.write_body(*piece);
        }
    } catch (...) {
        error = std::current_exception();
    }
    exchange.on_client_gone({});
    if (error) {
        std::rethrow_exception(error);
    }
    co_await exchange.end_body();
}

Task<void> Responder::send_text(Request& request, std::string_view type, std::string_view text,
                                Content content) {
    start(request, 200, content).forward("Content-Type", type).raw("Cache-Control: no-store\r\n");
    co_await request.exchange.finish(text);
}

Task<void> Responder::send_failure(Request& request, Failure failure) {
    const int status = status_of(failure);
    if (status != http_status(failure.kind)) {
        co_await send_problem(request, {status, failure.code, failure.message});
        co_return;
    }
    const net::http::Response response = runtime::problem_response(failure, request.id());
    co_await send(request, response);
}

Task<void> Responder::send_problem(Request& request, Problem problem) {
    std::string body = "{\"type\":\"about:blank\",\"title\":";
    wire::append_json_string(body, net::http::reason_of(problem.status));
    body += ",\"status\":" + std::to_string(problem.status) + ",\"detail\":";
    wire::append_json_string(body, problem.detail);
    body += ",\"code\":";
    wire::append_json_string(body, problem.code);
    body += ",\"request_id\":";
    wire::append_json_string(body, request.id());
    body += "}";
    net::http::HeadWriter head = start(request, problem.status);
    if (problem.status == 426) {  // RFC 9110 section 15.5.22, RFC 6455 section 4.4
        head.raw("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    }
    if (!problem.told_in.empty()) {
        head.add(problem.told_in, problem.detail);
    }
    head.raw(
        "Content-Type: application/problem+json\r\n"
        "Cache-Control: no-store\r\n");
    co_await request.exchange.finish(body);
}

}  // namespace loquat::gateway
