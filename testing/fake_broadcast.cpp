#include "testing/fake_broadcast.hpp"

#include <algorithm>
#include <utility>

#include "aio/completion.hpp"

namespace loquat::test {

struct FakeBroadcast::Listener final : store::Subscription::Entry {
    void end() override { is_over = true; }

    std::string topic;
    store::OnNotice on_notice;
    aio::Loop* loop = nullptr;
    bool is_over = false;
    bool is_heard = true;
};

store::Subscription FakeBroadcast::subscribe(std::string topic, store::OnNotice on_notice) {
    std::erase_if(listeners_, [](const auto& one) { return one->is_over; });
    auto listener = std::make_shared<Listener>();
    listener->topic = std::move(topic);
    listener->on_notice = std::move(on_notice);
    listener->is_heard = !hears_late;
    if (delivery_ == Delivery::posted) {
        listener->loop = &aio::Loop::current();
    }
    listeners_.push_back(listener);
    if (hears_late) {
        listener->loop->post([listener] {
            listener->is_heard = true;
            if (!listener->is_over) {
                listener->on_notice(store::Notice::lost, nullptr);
            }
        });
    }
    return store::Subscription{std::move(listener)};
}

void FakeBroadcast::tell(const std::shared_ptr<Listener>& listener, store::Notice notice,
                         const store::Payload& payload) {
    auto call = [listener, notice, payload] {
        if (!listener->is_over) {
            listener->on_notice(notice, payload);
        }
    };
    if (listener->loop == nullptr) {
        call();
    } else {
        listener->loop->post(std::move(call));
    }
}

Task<void> FakeBroadcast::settle() {
    aio::Loop& loop = aio::Loop::current();
    const auto told = std::make_shared<aio::Completion<void>>(loop);
    loop.post([told] { told->set(); });
    co_await told->wait();
}

void FakeBroadcast::publish(std::string_view topic, store::Payload payload) {
    if (delivery_ == Delivery::posted) {
        published.push_back({std::string{topic}, payload});
    }
    if (is_losing) {
        return;
    }
    const auto listeners = listeners_;
    for (const auto& listener : listeners) {
        if (listener->topic == topic && listener->is_heard) {
            tell(listener, store::Notice::message, payload);
        }
    }
}

void FakeBroadcast::announce_loss(std::string_view topic) {
    const auto listeners = listeners_;
    for (const auto& listener : listeners) {
        if (listener->topic == topic) {
            tell(listener, store::Notice::lost, nullptr);
        }
    }
}

void FakeBroadcast::announce_loss() {
    const auto listeners = listeners_;
    for (const auto& listener : listeners) {
        tell(listener, store::Notice::lost, nullptr);
    }
}

std::size_t FakeBroadcast::count(std::string_view topic) const {
    const auto listens = [&](const auto& one) { return !one->is_over && one->topic == topic; };
    return static_cast<std::size_t>(std::ranges::count_if(listeners_, listens));
}

}  // namespace loquat::test
