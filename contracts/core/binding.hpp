#pragma once
#include "base/text.hpp"
#include "contracts/core/operation.hpp"
#include "contracts/core/request_parts.hpp"
#include "wire/codec.hpp"

// Included only by contracts/*.cpp: everything here is instantiated once per contract.
namespace loquat::contracts {
namespace detail {

// Text of a path or query parameter as the JSON value that a member of type M wants.
template <class M>
wire::Value value_of_text(const std::string& text) {
    if constexpr (wire::detail::IsOptional<M>::value) {
        return value_of_text<typename M::value_type>(text);
    } else if constexpr (wire::detail::IsVector<M>::value) {
        wire::Array items;
        for (const std::string_view part : split(text, ',')) {
            if (!part.empty()) {
                items.push_back(value_of_text<typename M::value_type>(std::string{part}));
            }
        }
        return items;
    } else if constexpr (std::is_same_v<M, bool>) {
        return text == "true" || text == "1"    ? wire::Value{true}
               : text == "false" || text == "0" ? wire::Value{false}
                                                : wire::Value{text};
    } else if constexpr (std::is_integral_v<M>) {
        std::int64_t whole = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
        const bool good = !text.empty() && error == std::errc{} && end == text.data() + text.size();
        return good ? wire::Value{whole} : wire::Value{text};
    } else {
        return text;
    }
}

template <auto Method>
RequestOf<Method> decode_request(const RawCall& call) {
    using Request = RequestOf<Method>;
    constexpr RouteSpec spec = spec_of<Method>();
    static const bool needed = needs_body(spec, wire::schema_of<Request>());
    const bool has_query = reads_query(spec);
    wire::Value value =
        call.body.empty() || has_query ? wire::Value{wire::Object{}} : wire::parse(call.body);
    if (value.if_object() == nullptr) {
        throw Failure{Kind::invalid, "request.invalid", "The body must be a JSON object."};
    }
    wire::for_each_member<Request>([&](std::string_view name, auto pointer) {
        using M = std::remove_cvref_t<decltype(std::declval<Request&>().*pointer)>;
        bool is_given = false;
        for (const auto& [key, text] : call.query) {
            if (has_query && key == name && std::exchange(is_given, true)) {
                throw invalid_field(std::string{name}, "duplicate", "is given twice");
            }
            if (has_query && key == name) {
                value.set(std::string{name}, value_of_text<M>(text));
            }
        }
        for (const auto& [key, text] : call.path) {
            if (key == name) {
                value.set(std::string{name}, value_of_text<M>(text));
            }
        }
    });
    auto request = wire::decode<Request>(value);  // names each member that is missing
    if (call.body.empty() && needed) {
        throw Failure{Kind::invalid, "request.invalid", "The request needs a body."};
    }
    return request;
}

// Events of a feed as text.
template <class Event>
class TextFeed final : public Feed<EventText> {
  public:
    explicit TextFeed(FeedPtr<Event> events) : events_(std::move(events)) {}

    Task<std::vector<EventText>> next(Steady deadline) override {
        const std::vector<Event> events = co_await events_->next(deadline);
        std::vector<EventText> pieces;
        if (!events.empty()) {
            pieces.emplace_back();
            for (const Event& event : events) {
                append_event(pieces.front().text, event);
            }
        }
        co_return pieces;
    }
    void cancel() override { events_->cancel(); }

  private:
    FeedPtr<Event> events_;
};

template <class Event>
FeedPtr<EventText> to_text(FeedPtr<Event> events) {
    if constexpr (std::is_same_v<Event, EventText>) {
        return events;
    } else {
        return std::make_unique<TextFeed<Event>>(std::move(events));
    }
}

template <class Result>
RawReply encode_result(Result&& result, const RouteSpec& spec) {
    using Plain = std::remove_cvref_t<Result>;
    if constexpr (IsReply<Plain>::value) {
        RawReply reply{.status = result.status, .headers = std::move(result.headers)};
        if (reply.status != 204) {
            reply.body = wire::encode(result.body);
        }
        return reply;
    } else {
        return {.status = spec.status, .body = wire::encode(result)};
    }
}

template <auto Method>
Task<RawReply> invoke(void* api, Caller caller, RawCall call) {
    auto& target = *static_cast<ApiOf<Method>*>(api);
    auto request = decode_request<Method>(call);
    if constexpr (std::is_void_v<ResultOf<Method>>) {
        co_await (target.*Method)(std::move(caller), std::move(request));
        co_return RawReply{.status = 204};
    } else if constexpr (is_feed<ResultOf<Method>>) {
        auto feed = co_await (target.*Method)(std::move(caller), std::move(request));
        if (!feed) {
            co_return RawReply{.status = 204};
        }
        co_return RawReply{.feed = to_text(std::move(feed))};
    } else {
        auto result = co_await (target.*Method)(std::move(caller), std::move(request));
        co_return encode_result(std::move(result), spec_of<Method>());
    }
}

template <class T>
struct BodyOf {
    using Type = T;
};
template <class T>
struct BodyOf<Reply<T>> {
    using Type = T;
};
template <class Event>
struct BodyOf<FeedPtr<Event>> {
    using Type = Event;
};
// Whether an answer's body has a schema.
template <class T>
inline constexpr bool has_schema = !std::is_void_v<T> && !std::is_same_v<T, FeedPtr<EventText>>;

template <class T>
wire::Schema schema() {
    if constexpr (!has_schema<T>) {
        return {};
    } else {
        return wire::schema_of<typename BodyOf<T>::Type>();
    }
}

template <auto Method>
Operation operation_of(const Route<Method>& route) {
    return {
        .service = Table<ApiOf<Method>>::service,
        .name = operation_name<Method>,
        .spec = route.spec,
        .invoke = &invoke<Method>,
        .request = &schema<RequestOf<Method>>,
        .response = &schema<ResultOf<Method>>,
        .has_request = !std::is_same_v<RequestOf<Method>, Empty>,
        .has_response = has_schema<ResultOf<Method>>,
        .is_feed = is_feed<ResultOf<Method>>,
    };
}

}  // namespace detail

// All rows of a contract, ready for a server.
template <class Api>
std::vector<Operation> bind_table() {
    return std::apply(
        [](const auto&... route) { return std::vector<Operation>{detail::operation_of(route)...}; },
        Table<Api>::routes);
}

}  // namespace loquat::contracts
