#include "services/gateway/local_calls.hpp"

#include "aio/call.hpp"
#include "base/text.hpp"
#include "runtime/calls/feed_body.hpp"
#include "runtime/front/dispatcher.hpp"
#include "services/gateway/domain/negotiate.hpp"
#include "services/gateway/edge/caller_of.hpp"
#include "services/gateway/edge/standing.hpp"
#include "services/gateway/routes/route.hpp"

namespace loquat::gateway {
namespace {

// A body of GET means nothing (RFC 9110 section 9.3.1); it is read, so that the connection can go
// on, but not without end.
constexpr std::size_t ignored_body_max = 4 * 1024;
constexpr std::size_t compress_from = 1024;
// Measured on message pages: 1 takes half the time of 4 and gives 6 % more bytes.
constexpr int gzip_level = 1;

bool has_meaningless_body(const net::http::RequestHead& head) {
    return head.is("GET") || head.is("HEAD");
}

// An operation that describes no request reads the body itself: a file of products.
bool is_file_type(const contracts::Operation& operation, std::string_view type) {
    const std::string plain = to_lower_ascii(trim(type.substr(0, type.find(';'))));
    return operation.request == nullptr && (plain == "application/x-ndjson" || plain == "text/csv");
}

void check_type(const contracts::Operation& operation, std::string_view type) {
    if (!type.empty() && !is_json_type(type) && !is_file_type(operation, type)) {
        throw Failure{Kind::unsupported, "request.unsupported_media_type",
                      operation.request == nullptr
                          ? "The body must be application/x-ndjson, text/csv or application/json."
                          : "The body must be application/json."};
    }
}

}  // namespace

Task<void> LocalCalls::run(Request& request) {
    const runtime::HostedOperation& hosted = *request.route->operation;
    std::string body;
    if (request.head.framing != net::http::Framing::none) {
        body = co_await read_body(request);
    }
    runtime::Dispatcher::Match match{.outcome = runtime::Dispatcher::Outcome::found,
                                     .operation = &hosted,
                                     .parameters = std::move(request.parameters)};
    contracts::RawCall call = runtime::make_raw_call(match, request.head.query, std::move(body));
    if (hosted.operation.is_feed) {
        runtime::take_last_event_id(call, request.head.headers.get("Last-Event-ID"));
        request.exchange.close_after();
    }
    contracts::Caller caller =
        caller_of(request, request.exchange.begun_at() + request.route->time_max);
    const bool waits = hosted.operation.spec.time_max > contracts::RouteSpec{}.time_max;
    auto work = [&hosted, caller = std::move(caller), call = std::move(call)]() mutable {
        return runtime::Dispatcher::run(hosted, std::move(caller), std::move(call));
    };
    net::http::Response response;
    if (waits) {
        response = co_await wait_for(request, std::move(work));
    } else {
        response = co_await work();
    }
    if (response.stream) {
        co_await follow(request, response);
        co_return;
    }
    compress(request, response);
    co_await responder_.send(request, response);
}

// A call that waits for something ends at once with its session; what it waits for goes on.
Task<net::http::Response> LocalCalls::wait_for(Request& request, Work work) {
    auto done = aio::start_call<net::http::Response>(request.exchange.loop(), std::move(work));
    const Standing standing{Holder{rights_, request}, Lasts::session, [done] {
                                done->fail(std::make_exception_ptr(Standing::session_over()));
                            }};
    standing.require();
    auto response = co_await done->wait();
    standing.require();
    co_return response;
}

// The feed is listed while it is sent, so that stopping the gateway can end it: readers come back.
// It ends with the session that opened it.
Task<void> LocalCalls::follow(Request& request, net::http::Response& response) {
    if (are_feeds_over_) {
        throw Failure{Kind::unavailable, "upstream.unavailable", "The server is about to stop."};
    }
    const auto place = feeds_.insert(feeds_.end(), response.stream.get());
    std::exception_ptr error;
    try {
        const Standing standing{Holder{rights_, request}, Lasts::token,
                                [&source = *response.stream] { source.on_client_gone(); }};
        standing.require();
        request.standing = &standing;
        co_await responder_.send_stream(request, response);
    } catch (...) {
        error = std::current_exception();
    }
    request.standing = nullptr;
    feeds_.erase(place);
    if (error) {
        std::rethrow_exception(error);
    }
}

void LocalCalls::end_feeds() {
    are_feeds_over_ = true;
    for (net::http::BodySource* feed : feeds_) {
        feed->on_client_gone();
    }
}

Task<std::string> LocalCalls::read_body(Request& request) {
    const net::http::RequestHead& head = request.head;
    const bool is_ignored = has_meaningless_body(head);
    const std::size_t bytes_max = is_ignored ? ignored_body_max : request.route->body_bytes_max;
    if (!is_ignored) {
        check_type(request.route->operation->operation, head.headers.get("Content-Type"));
    }
    const std::string coding = to_lower_ascii(trim(head.headers.get("Content-Encoding")));
    if (!is_ignored && !coding.empty() && coding != "identity") {
        throw Failure{Kind::unsupported, "request.unsupported_media_type",
                      "The body must not be encoded (Content-Encoding)."};
    }
    if (head.framing == net::http::Framing::length && head.content_length > bytes_max) {
        throw Failure{Kind::too_large, "request.too_large",
                      "The body is larger than this route takes."};
    }
    std::string body;
    if (request.body) {
        body = std::move(*request.body);
    } else {
        body = co_await request.exchange.read_body(bytes_max);
    }
    co_return is_ignored ? std::string{} : std::move(body);
}

// Only what GET gives: answers that carry tokens stay as they are, so that their length tells
// nothing about their content next to text of an attacker's choice (BREACH).
void LocalCalls::compress(const Request& request, net::http::Response& response) {
    if (response.body.size() < compress_from || response.status != 200 || !request.head.is("GET") ||
        response.stream || response.headers.contains("Content-Encoding")) {
        return;
    }
    response.headers.append("Vary", "Accept-Encoding");
    if (!accepts_coding(request.head.headers.get("Accept-Encoding"), "gzip")) {
        return;
    }
    if (!gzip_) {
        gzip_ = std::make_unique<net::http::GzipEncoder>(gzip_level);
    }
    response.body = gzip_->encode(response.body);
    response.headers.append("Content-Encoding", "gzip");
}

}  // namespace loquat::gateway
