#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aio/loop.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::test {

// Keeps a copy of everything, and may be told to lose.
class FakeBroadcast : public store::Broadcast {
  public:
    enum class Delivery {
        posted,   // on the loop that subscribed, as the real ones do
        at_once,  // inside `publish`: for what knows no loop
    };

    explicit FakeBroadcast(Delivery delivery = Delivery::posted) : delivery_(delivery) {}

    using Broadcast::publish;
    store::Subscription subscribe(std::string topic, store::OnNotice on_notice) override;
    void publish(std::string_view topic, store::Payload payload) override;
    store::Reach reach() const override { return heard; }
    Task<void> settle() override;
    // Tells those who listen to it, or everyone, that something may have been missed.
    void announce_loss(std::string_view topic);
    void announce_loss();
    // Who listens to it.
    std::size_t count(std::string_view topic) const;

    struct Published {
        std::string topic;
        store::Payload payload;
    };
    std::vector<Published> published;  // nothing where it is delivered at once
    bool is_losing = false;
    // As over a server: who subscribes hears a turn of the loop later, and is told then that
    // something may have been missed.
    bool hears_late = false;
    store::Reach heard = store::Reach::everybody;

  private:
    struct Listener;
    void tell(const std::shared_ptr<Listener>& listener, store::Notice notice,
              const store::Payload& payload);

    const Delivery delivery_;
    std::vector<std::shared_ptr<Listener>> listeners_;
};

}  // namespace loquat::test
