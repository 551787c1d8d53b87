#include "aio/call.hpp"
#include "base/failure.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/resilience/service_calls.hpp"

namespace loquat::runtime {
namespace {

constexpr std::chrono::seconds patience{1};

// Null when the calls are no more.
Task<wire::Value> ask(aio::Loop& loop, std::weak_ptr<ServiceCalls> calls) {
    auto work = [calls = std::move(calls)]() -> Task<wire::Value> {
        const auto held = calls.lock();
        co_return held ? held->to_value() : wire::Value{};
    };
    co_return co_await aio::call_on<wire::Value>(loop, std::move(work),
                                                 std::chrono::steady_clock::now() + patience);
}

}  // namespace

void ClientStates::add(aio::Loop& loop, std::weak_ptr<ServiceCalls> calls) {
    const std::lock_guard lock{mutex_};
    std::erase_if(all_, [](const Known& known) { return known.calls.expired(); });
    all_.push_back({&loop, std::move(calls)});
}

Task<wire::Value> ClientStates::describe() const {
    std::vector<Known> all;
    {
        const std::lock_guard lock{mutex_};
        all = all_;
    }
    wire::Array clients;
    for (const Known& known : all) {
        if (known.calls.expired()) {
            continue;
        }
        try {
            wire::Value one = co_await ask(*known.loop, known.calls);
            if (wire::Object* members = one.if_object()) {
                members->emplace_back("loop", known.loop->name());
                clients.push_back(std::move(one));
            }
        } catch (const Failure&) {
            continue;  // it is busy or ends: its state would be old when it came
        }
    }
    co_return wire::Object{{"clients", std::move(clients)}};
}

}  // namespace loquat::runtime
