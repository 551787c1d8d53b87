#include "runtime/front/dispatcher.hpp"

#include "aio/call.hpp"
#include "aio/scope.hpp"
#include "base/text.hpp"
#include "contracts/core/check.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/calls/feed_body.hpp"
#include "runtime/front/problem.hpp"

namespace loquat::runtime {
namespace {

// Who a failure concerns, kept because the caller is moved into the call.
struct Track {
    std::string request_id;
    std::string trace_parent;
    std::string user_id;

    explicit Track(const contracts::Caller& caller)
        : request_id(caller.request_id),
          trace_parent(caller.trace_parent),
          user_id(caller.user ? caller.user->to_string() : std::string{}) {}
};

void log_failure(const HostedOperation& hosted, const Track& track, const Failure& failure) {
    const LogContext context{.service = hosted.operation.service,
                             .request_id = track.request_id,
                             .trace_id = trace_id_of(track.trace_parent),
                             .user_id = track.user_id};
    const bool is_ours = failure.kind == Kind::internal || failure.kind == Kind::unavailable ||
                         failure.kind == Kind::timed_out;
    log(is_ours ? Level::error : Level::debug, context, "request failed",
        {{"operation", hosted.operation.name}, {"code", failure.code}, {"detail", failure.detail}});
}

// With it the way of one request can be read in the logs of all processes, by its ids.
void log_call(const HostedOperation& hosted, const Track& track, int status, Steady began) {
    if (!is_logged(Level::debug)) {
        return;
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    log(Level::debug,
        {.service = hosted.operation.service,
         .request_id = track.request_id,
         .trace_id = trace_id_of(track.trace_parent),
         .user_id = track.user_id},
        "called", {{"operation", hosted.operation.name}, {"status", status}, {"ms", took.count()}});
}

net::http::Response to_response(contracts::RawReply reply) {
    net::http::Response response{.status = reply.status, .body = std::move(reply.body)};
    if (reply.feed) {
        add_feed_fields(response.headers);
        response.stream = make_feed_body(std::move(reply.feed));
    } else if (!response.body.empty()) {
        response.headers.append("Content-Type", "application/json");
        response.headers.append("Cache-Control", "no-store");
    }
    // What an operation says itself stands in place of what is usual.
    for (const auto& [name, value] : reply.headers) {
        if (!net::http::equal_names(name, "Set-Cookie")) {
            response.headers.remove(name);
        }
    }
    for (auto& [name, value] : reply.headers) {
        response.headers.append(std::move(name), std::move(value));
    }
    return response;
}

}  // namespace

void Dispatcher::add(std::string_view service, void* api, aio::Loop& loop,
                     std::vector<contracts::Operation> operations) {
    for (contracts::Operation& operation : operations) {
        const Labels labels{{"service", std::string{service}},
                            {"operation", std::string{operation.name}}};
        HostedOperation hosted{.operation = operation, .api = api, .loop = &loop};
        hosted.seconds =
            &metrics_.histogram("loquat_operation_seconds", "Time of each operation.", labels);
        hosted.failures = &metrics_.counter("loquat_operation_failures_total",
                                            "Operations that ended without success.", labels);
        trie_.at(operation.spec.path).rows.push_back(hosted);
        all_.push_back(operation);
    }
}

void Dispatcher::add_upgrade(std::string path, std::size_t edge, UpgradeTarget& target) {
    upgrades_.emplace_back(std::move(path), edge, &target);
}

Dispatcher::Match Dispatcher::find(std::string_view method, std::string_view path) const {
    const std::string_view wanted = method == "HEAD" ? std::string_view{"GET"} : method;
    auto found = trie_.find(path);
    Match match;
    if (found.value == nullptr) {
        return match;
    }
    for (const HostedOperation& row : found.value->rows) {
        if (row.operation.spec.method == wanted) {
            match.outcome = Outcome::found;
            match.operation = &row;
            match.parameters = std::move(found.parameters);
            return match;
        }
        match.allow += (match.allow.empty() ? "" : ", ") + std::string{row.operation.spec.method};
    }
    match.outcome = Outcome::no_method;
    return match;
}

UpgradeTarget* Dispatcher::find_upgrade(std::string_view path, std::size_t edge) const {
    for (const auto& [known, at, target] : upgrades_) {
        if (known == path && at == edge) {
            return target;
        }
    }
    return nullptr;
}

Task<net::http::Response> Dispatcher::run(const HostedOperation& hosted, contracts::Caller caller,
                                          contracts::RawCall call) {
    const Steady began = std::chrono::steady_clock::now();
    const Track track{caller};
    net::http::Response response;
    std::exception_ptr error;
    try {
        contracts::check_access(hosted.operation.spec, caller);
        caller.deadline = std::min(caller.deadline, began + hosted.operation.spec.time_max);
        const Steady deadline = caller.deadline;
        auto work = [&hosted, held_caller = std::move(caller), held = std::move(call)]() mutable {
            return hosted.operation.invoke(hosted.api, std::move(held_caller), std::move(held));
        };
        auto reply =
            co_await aio::call_on<contracts::RawReply>(*hosted.loop, std::move(work), deadline);
        response = to_response(std::move(reply));
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        if (aio::is_cancellation(error)) {
            std::rethrow_exception(error);
        }
        const Failure failure = to_failure(error);
        hosted.failures->add();
        log_failure(hosted, track, failure);
        response = problem_response(failure, track.request_id);
    }
    hosted.seconds->observe(std::chrono::steady_clock::now() - began);
    log_call(hosted, track, response.status, began);
    co_return response;
}

contracts::RawCall make_raw_call(const Dispatcher::Match& match, std::string_view query,
                                 std::string body) {
    contracts::RawCall call{.query = contracts::parse_query(query), .body = std::move(body)};
    for (const auto& [name, raw] : match.parameters) {
        auto text = percent_decode(raw);
        if (!text || !is_utf8(*text)) {
            throw Failure{Kind::malformed, "request.malformed_path", "The path cannot be read."};
        }
        call.path.emplace_back(name, std::move(*text));
    }
    return call;
}

}  // namespace loquat::runtime
