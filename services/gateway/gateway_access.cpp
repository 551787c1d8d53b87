#include "contracts/core/check.hpp"
#include "services/gateway/edge/caller_of.hpp"
#include "services/gateway/gateway.hpp"
#include "wire/json.hpp"

// Who asks, how often, and may they.
namespace loquat::gateway {
namespace {

// Whose password is tried, from any of the sign-in bodies; empty when it cannot be read.
std::string account_in(const std::string& body) {
    try {
        const wire::Value value = wire::parse(body);
        for (const char* name : {"login", "username", "email"}) {
            const wire::Value* member = value.find(name);
            if (member != nullptr && member->if_string() != nullptr) {
                return *member->if_string();
            }
        }
    } catch (const Failure&) {
        return {};
    }
    return {};
}

}  // namespace

// A token that is good names the user, also where none is needed.  A bad one is refused where one
// is needed and ignored elsewhere: a browser with an old token must be able to sign in again.
Task<void> Gateway::identify(Request& request, std::string_view token, Need need) {
    runtime::Tokens::Result result = co_await parts_.tokens.verify(std::string{token});
    if (result) {
        request.identity = std::move(*result);
        co_return;
    }
    if (need == Need::required) {
        Limiter::Checked checked =
            limiter_.check_refused_token(request.client.address, parts_.clock.steady());
        co_await refuse_or_ask(request, std::move(checked));
        throw std::move(result.error());
    }
}

Limiter::Checked Gateway::count(const Request& request, const RouteLimit& limit) {
    Limiter::Caller caller{.address = request.client.address};
    if (request.identity) {
        caller.user = request.identity->user;
    }
    return limiter_.check(limit, caller, parts_.clock.steady());
}

Task<void> Gateway::check_limit(Request& request, RouteLimit limit) {
    Limiter::Checked checked = count(request, limit);
    co_await refuse_or_ask(request, std::move(checked));
}

Task<void> Gateway::refuse_or_ask(Request& request, Limiter::Checked checked) {
    if (!checked.verdict) {
        checked.verdict = co_await limiter_.ask(std::move(checked.count));
    }
    refuse_if_limited(request, *checked.verdict);
}

// Who asks is known now.
Gateway::Way Gateway::judge(Request& request) {
    Limiter::Checked checked = count(request, request.route->limit);
    if (!checked.verdict) {
        request.count = std::move(checked.count);
        return Way::ask_limit;
    }
    refuse_if_limited(request, *checked.verdict);
    return admit(request);
}

// It is not too often.
Gateway::Way Gateway::admit(Request& request) {
    check_access(request);
    if (request.is_websocket) {
        check_origin(request);
    }
    // Bodies of others' servers and route tables may be of any size: they only have a least rate.
    if (request.route->made_by == RouteMaker::product &&
        request.route->own != OwnAnswer::replace_routes) {
        request.exchange.limit_body(request.exchange.begun_at() + config_.body_ms_max);
    }
    const bool is_sign_in = request.route->limit.kind == LimitKind::sign_in;
    return is_sign_in && limiter_.is_enabled() ? Way::check_sign_in : way_of(request);
}

Task<void> Gateway::check_sign_in(Request& request) {
    std::string account;
    if (request.identity) {
        account = request.identity->user.to_string();
    } else if (request.head.framing != net::http::Framing::none) {
        request.body = co_await request.exchange.read_body(request.route->body_bytes_max);
        account = account_in(*request.body);
    }
    Limiter::Checked checked =
        limiter_.check_sign_in(request.client.address, account, parts_.clock.steady());
    co_await refuse_or_ask(request, std::move(checked));
}

// The answer tells of the verdict that came last: for sign-in the narrower one.
void Gateway::refuse_if_limited(Request& request, const Verdict& verdict) {
    request.limit = verdict;
    if (verdict.is_allowed) {
        return;
    }
    measures_.on_limited();
    Failure failure{Kind::limited, "rate.limited", "Too many requests. Wait a moment."};
    throw std::move(failure).retry_in(verdict.retry_after);
}

void Gateway::check_access(const Request& request) const {
    const auto& who = request.identity;
    contracts::check_access(request.route->access, contracts::From::outside,
                            who ? std::optional{who->role} : std::nullopt);
}

// A page of another site must not open a connection with the user's rights (RFC 6455 section 10.2).
void Gateway::check_origin(const Request& request) const {
    if (!cors_.may_connect(request.head.headers.get("Origin"), request.head.host)) {
        throw Failure{Kind::forbidden, "request.origin_refused", "This origin may not connect."};
    }
}

}  // namespace loquat::gateway
