#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "aio/task.hpp"
#include "contracts/core/caller.hpp"

namespace loquat::contracts {

// Who may call a route: `guest` is whoever has a token, `user` only people with an account.
// `internal` routes answer 404 through the gateway.
enum class Access { anyone, guest, user, admin, internal };
// Which default rate limit applies at the gateway.  `guest` is the narrower one of who makes a
// guest of itself, and `shop` for who has a token.
enum class LimitClass { standard, sign_in, model, shop, guest, none };

// Whether a call may be sent again by whoever does not know whether it arrived.
enum class Repeat {
    by_method,  // safe for GET; with_key where the row takes an Idempotency-Key; else never
    safe,       // twice is as good as once
    with_key,   // safe when the caller gave an Idempotency-Key
    never,
};

// One row of a service's table.
struct RouteSpec {
    std::string_view method;
    std::string_view path;  // `/api/chats/{id}`; a name in braces is one segment
    std::string_view summary;
    Access access = Access::user;
    int status = 200;  // of a plain answer; 204 for methods that return nothing
    LimitClass limit = LimitClass::standard;
    std::size_t body_bytes_max = 64 * 1024;
    std::chrono::milliseconds time_max{10'000};
    bool takes_idempotency_key = false;  // the same one again is done once
    Repeat repeat = Repeat::by_method;
};

// What a row says or means of being repeated: never `by_method`.
constexpr Repeat repeat_of(const RouteSpec& spec) {
    if (spec.repeat != Repeat::by_method) {
        return spec.repeat;
    }
    return spec.method == "GET"         ? Repeat::safe
           : spec.takes_idempotency_key ? Repeat::with_key
                                        : Repeat::never;
}
// Whether this call of the row may be sent again.
inline bool may_repeat(const RouteSpec& spec, const Caller& caller) {
    const Repeat repeat = repeat_of(spec);
    return repeat == Repeat::safe ||
           (repeat == Repeat::with_key && !caller.idempotency_key.empty());
}

// A row bound to a method of the service's interface: Task<Result> (Api::*)(Caller, Request).
template <auto Method>
struct Route {
    RouteSpec spec;
    static constexpr auto method = Method;
};

// An answer that says more than its body: another status, headers.
template <class T>
struct Reply {
    T body;
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
};

template <class T>
struct IsReply : std::false_type {};
template <class T>
struct IsReply<Reply<T>> : std::true_type {};

template <class Method>
struct MethodTraits;
template <class Api_, class Result_, class Request_>
struct MethodTraits<Task<Result_> (Api_::*)(Caller, Request_)> {
    using Api = Api_;
    using Result = Result_;
    using Request = Request_;
};
template <auto Method>
using RequestOf = typename MethodTraits<decltype(Method)>::Request;
template <auto Method>
using ResultOf = typename MethodTraits<decltype(Method)>::Result;
template <auto Method>
using ApiOf = typename MethodTraits<decltype(Method)>::Api;

// Each contract specialises this with `static constexpr std::string_view service` and
// `static constexpr std::tuple routes{Route<&Api::method>{...}, ...}`.
template <class Api>
struct Table;

namespace detail {
template <auto Method>
constexpr std::string_view method_name() {
    std::string_view name = __PRETTY_FUNCTION__;
    name.remove_suffix(1);
    return name.substr(name.rfind("::") + 2);
}
}  // namespace detail

// "post_message" for &ChatApi::post_message: the operation's name in OpenAPI, metrics and logs.
template <auto Method>
inline constexpr std::string_view operation_name = detail::method_name<Method>();

template <auto Method>
struct MethodTag {};

// The row of `Method`; an empty path when it has none.
template <auto Method>
constexpr RouteSpec spec_of() {
    RouteSpec found{};
    const auto look = [&]<auto... Rows>(const Route<Rows>&... route) {
        (void)((std::is_same_v<MethodTag<Rows>, MethodTag<Method>> ? (found = route.spec, true)
                                                                   : false) ||
               ...);
    };
    std::apply(look, Table<ApiOf<Method>>::routes);
    return found;
}

// A request without anything in it.
struct Empty {};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

// Where a page begins.  What else a cursor must be, only the list itself knows.
inline constexpr wire::Field cursor_field{"cursor", 1, 1024,
                                          "`next_cursor` of the page before this one."};

// A page of a list; `next_cursor` is null on the last one.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next_cursor;

    static constexpr std::array<std::string_view, 1> nulls{"next_cursor"};
    BOOST_DESCRIBE_CLASS(Page, (), (items, next_cursor), (), ())
};

}  // namespace loquat::contracts
