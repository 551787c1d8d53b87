#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "aio/call.hpp"
#include "base/check.hpp"
#include "contracts/core/check.hpp"
#include "contracts/core/operation.hpp"
#include "wire/codec.hpp"

namespace loquat::contracts {

enum class CallEnd { succeeded, failed };

// Is told of every client call: metrics and traces hang here.  Names are constant texts.
class CallObserver {
  public:
    virtual ~CallObserver() = default;
    virtual void on_call(std::string_view service, std::string_view operation,
                         std::chrono::nanoseconds took, CallEnd end) = 0;
};

// What a client speaks to: an object on its loop, or else a transport.
struct Callee {
    void* api = nullptr;  // of the type that the client's interface names
    aio::Loop* loop = nullptr;
    std::shared_ptr<Transport> transport;
    CallObserver* observer = nullptr;
};

// Where a request goes on the wire: members named in the path fill it; of a GET or DELETE the
// others become the query, else the body.
struct RemoteTarget {
    std::string target;
    std::string body;
};
RemoteTarget make_remote_target(const RouteSpec& spec, std::string_view request_json);

// Events that came as JSON.
template <class Event>
class DecodedFeed final : public Feed<Event> {
  public:
    explicit DecodedFeed(FeedPtr<EventText> data) : data_(std::move(data)) {}

    Task<std::vector<Event>> next(Steady deadline) override {
        const std::vector<EventText> pieces = co_await data_->next(deadline);
        std::vector<Event> events;
        for (const EventText& piece : pieces) {
            events.push_back(wire::from_json<Event>(piece.text));
        }
        co_return events;
    }
    void cancel() override { data_->cancel(); }

  private:
    FeedPtr<EventText> data_;
};

// The caller's side of a contract.  It cannot be told whether the service is in this process (its
// own loop, values moved there and back) or behind a transport.  Cheap to copy.
//
//   auto message = co_await chat_.call<&ChatApi::post_message>(caller, request);
//
// Every call has a deadline: the caller's, but at most the route's `time_max` from now.  What
// check_call refuses is refused here, whatever the service is behind.
template <class Api>
class Client {
  public:
    Client() = default;
    Client(Api& api, aio::Loop& loop, CallObserver* observer = nullptr)
        : Client(std::make_shared<Callee>(&api, &loop, nullptr, observer)) {}
    explicit Client(std::shared_ptr<Transport> transport, CallObserver* observer = nullptr)
        : Client(std::make_shared<Callee>(nullptr, nullptr, std::move(transport), observer)) {}
    // `callee` may be filled in later: before the first call.
    explicit Client(std::shared_ptr<const Callee> callee) : callee_(std::move(callee)) {}

    template <auto Method>
    Task<ResultOf<Method>> call(Caller caller, RequestOf<Method> request) const {
        static constexpr RouteSpec spec = spec_of<Method>();
        static_assert(!spec.path.empty(), "the method has no row in its contract's table");
        LOQUAT_CHECK(callee_ != nullptr, "a client of nothing is called");
        const Steady began = std::chrono::steady_clock::now();
        caller.deadline = std::min(caller.deadline, began + spec.time_max);
        const Watch watch{callee_->observer, operation_name<Method>, began};
        check_call<Method>(caller, request);
        if (callee_->api != nullptr) {
            const Steady deadline = caller.deadline;
            Api* api = static_cast<Api*>(callee_->api);
            auto work = [api, held_caller = std::move(caller),
                         held = std::move(request)]() mutable {
                return (api->*Method)(std::move(held_caller), std::move(held));
            };
            co_return co_await aio::call_on<ResultOf<Method>>(*callee_->loop, std::move(work),
                                                              deadline);
        } else {
            LOQUAT_CHECK(callee_->transport != nullptr, "called while services are made");
            co_return co_await remote<Method>(std::move(caller), std::move(request));
        }
    }

  private:
    struct Watch {
        CallObserver* observer;
        std::string_view operation;
        Steady began;
        int exceptions = std::uncaught_exceptions();

        ~Watch() {
            if (observer != nullptr) {
                const bool failed = std::uncaught_exceptions() > exceptions;
                observer->on_call(Table<Api>::service, operation,
                                  std::chrono::steady_clock::now() - began,
                                  failed ? CallEnd::failed : CallEnd::succeeded);
            }
        }
    };

    template <auto Method>
    Task<ResultOf<Method>> remote(Caller caller, RequestOf<Method> request) const {
        static constexpr RouteSpec spec = spec_of<Method>();
        RemoteTarget target = make_remote_target(spec, wire::encode(request));
        if constexpr (is_feed<ResultOf<Method>>) {
            using Event = typename FeedEvent<ResultOf<Method>>::Type;
            auto feed = co_await callee_->transport->open(
                spec, std::move(caller), std::move(target.target), std::move(target.body));
            co_return std::make_unique<DecodedFeed<Event>>(std::move(feed));
        } else {
            co_return co_await ask<Method>(std::move(caller), std::move(target));
        }
    }

    template <auto Method>
    Task<ResultOf<Method>> ask(Caller caller, RemoteTarget target) const {
        static constexpr RouteSpec spec = spec_of<Method>();
        auto reply = co_await callee_->transport->call(
            spec, std::move(caller), std::move(target.target), std::move(target.body));
        if constexpr (!std::is_void_v<ResultOf<Method>>) {
            co_return read_reply<ResultOf<Method>>(std::move(reply));
        }
    }

    template <class Result>
    static Result read_reply(RawReply reply) {
        if constexpr (IsReply<Result>::value) {
            return Result{wire::from_json<decltype(Result::body)>(reply.body), reply.status,
                          std::move(reply.headers)};
        } else {
            return wire::from_json<Result>(reply.body);
        }
    }

    std::shared_ptr<const Callee> callee_;
};

}  // namespace loquat::contracts
